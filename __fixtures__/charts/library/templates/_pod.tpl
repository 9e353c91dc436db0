{{- define "library.securityContext" -}}
runAsNonRoot: true
runAsUser: {{ .Values.runAsUser | default 1000 }}
{{- end -}}

{{- define "library.pod" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Values.name | default .Chart.Name }}
spec:
  securityContext:
    {{- include "library.securityContext" . | nindent 4 }}
  containers:
    - name: main
      image: {{ required "an image is needed" .Values.image }}
{{- end -}}
