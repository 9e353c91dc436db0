{{- define "functions.resources" -}}
{{- $merged := mergeOverwrite (deepCopy .Values.base) .Values.override -}}
{{- toYaml $merged -}}
{{- end -}}
