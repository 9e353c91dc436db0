{{- define "reads.spread" -}}
topologyKey: example.org/zone
maxSkew: 3
{{- end -}}
{{- define "reads.image" -}}
{{ printf "%s:%s" .repository .tag }}
{{- end -}}
