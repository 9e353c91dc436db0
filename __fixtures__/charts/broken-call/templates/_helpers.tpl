{{- define "broken.name" -}}
{{ .Values.name.first }}
{{- end -}}
