{{- define "windows.labels" -}}
app: {{ .Values.name }}
fixed: "true"
{{- end }}
