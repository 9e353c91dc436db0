package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

// chartOf makes the files of a chart in the directory "app"; names without a Chart.yaml get one.
func chartOf(files map[string]string) []File {
	var out []File
	if _, ok := files["Chart.yaml"]; !ok {
		out = append(out, File{"app/Chart.yaml", []byte("apiVersion: v2\nname: demo\nversion: 1.0.0\n")})
	}
	for name, text := range files {
		p := "app/" + name
		if rest, ok := strings.CutPrefix(name, "../"); ok {
			p = rest
		}
		out = append(out, File{p, []byte(text)})
	}
	return out
}

func render(t testing.TB, req Request) *Result {
	t.Helper()
	r, err := Render(req)
	if err != nil {
		t.Fatalf("%v %+v", err, *err.(*fault.Error))
	}
	checkProperties(t, req, r)
	return r
}

func failure(t testing.TB, req Request) *fault.Error {
	t.Helper()
	_, err := Render(req)
	if err == nil {
		t.Fatal("no error")
	}
	return err.(*fault.Error)
}

func place1(r *Result, files []File, source, pos int32) string {
	s := r.Sources[source]
	text := s.Text
	for _, f := range files {
		if f.Path == s.File && s.Inner == "" {
			text = string(f.Data)
		}
	}
	before := text[:pos]
	name := s.File
	if s.Inner != "" {
		name += "!" + s.Inner
	}
	return fmt.Sprintf("%s:%d:%d", name, 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n'))
}

func leafName(r *Result, i int32) string {
	l := r.Leaves[i]
	name := l.File
	if l.Inner != "" {
		name += "!" + l.Inner
	}
	if l.File == "" && l.Layer >= 0 {
		name = fmt.Sprintf("#%d", l.Layer)
	}
	name += "@" + strings.Join(l.Path, ".")
	if !slices.Equal(l.Path, l.Final) {
		name += "=>" + strings.Join(l.Final, ".")
	}
	return name
}

// originOf describes the segment that the first occurrence of some text in the outputs begins in.
func originOf(t testing.TB, r *Result, files []File, text string) string {
	t.Helper()
	for _, o := range r.Outputs {
		at := strings.Index(string(o.Data), text)
		if at < 0 {
			continue
		}
		k := 0
		for k+1 < len(o.Segments) && int(o.Segments[k+1].Off) <= at {
			k++
		}
		g := o.Segments[k]
		d := int32(at) - int32(g.Off)
		if g.Kind == Text {
			return "text " + place1(r, files, g.Source, g.Pos+d)
		}
		what := [...]string{"none", "exact", "leafwise", "derived", "builtin", "constant"}[g.Class]
		switch g.Class {
		case Exact, Leafwise:
			what += " " + leafName(r, g.Leaf)
			if p := g.LeafPos; g.Class == Exact && p+d > 0 {
				what += fmt.Sprintf("+%d", p+d)
			}
		case Derived:
			for _, l := range r.Sets[g.Leaf] {
				what += " " + leafName(r, l)
			}
		}
		return what + " by " + place1(r, files, g.Source, g.Pos)
	}
	t.Fatalf("%q is not in the output:\n%+v", text, r)
	return ""
}

const testValues = `image:
  repository: nginx
  tag: "1.27"
flag: true
count: 3
zero: 0
blank: ""
empty: {}
none: []
labels:
  team: blue
  tier: "7"
ports:
- name: http
  port: 80
- name: grpc
  port: 90
text: |
  first
  second
host: '{{ .Release.Name }}.example.com'
plain: words
`

const testHelpers = `{{- define "demo.name" -}}
app: fixed
{{- end -}}
{{- define "demo.image" -}}
{{ .repository }}:{{ .tag }}
{{- end -}}
{{- define "demo.labels" -}}
kind: literal
team: {{ .Values.labels.team }}
on: true
{{- end -}}
`

func TestOrigins(t *testing.T) {
	const a, h, v = "app/templates/a.yaml", "app/templates/_h.tpl", "app/values.yaml"
	tests := []struct {
		name, template, text, want string
	}{
		{"literal", "x: 1\n  key: word\n", "word", "text " + a + ":2:8"},
		{"literal after trimming", "{{- if .Values.flag }}\n  key: word\n{{- end }}\n", "key", "text " + a + ":2:3"},
		{"include and nindent", `x: {{ include "demo.name" . | nindent 4 }}`, "fixed", "text " + h + ":2:6"},
		{"include, trim, quote", `x: {{ include "demo.name" . | trim | quote }}`, "fixed", "text " + h + ":2:6"},
		{"template", `x: {{ template "demo.name" . }}`, "app", "text " + h + ":2:1"},
		{"replace", `x: {{ include "demo.name" . | replace "app" "new" }}`, "fixed", "text " + h + ":2:6"},
		{"replacement", `x: {{ include "demo.name" . | replace "app" "new" }}`, "new", "text " + a + ":1:46"},
		{"trunc", `x: {{ include "demo.name" . | trunc 8 | trimPrefix "ap" }}`, "p: fix", "text " + h + ":2:3"},
		{"a literal given to default", `x: {{ default "lit" .Values.missing }}`, "lit", "text " + a + ":1:16"},
		{"a literal chosen by ternary", `x: {{ ternary "yes-it-is" "no" .Values.flag }}`, "yes-it-is", "text " + a + ":1:16"},
		{"value", `x: {{ .Values.image.repository }}`, "nginx", "exact " + v + "@image.repository by " + a + ":1:7"},
		{"boolean", `x: {{ .Values.flag }}`, "true", "exact " + v + "@flag by " + a + ":1:7"},
		{"number", `x: {{ .Values.count }}`, "3", "exact " + v + "@count by " + a + ":1:7"},
		{"zero through int", `x: {{ int .Values.zero }}`, "0", "leafwise " + v + "@zero by " + a + ":1:7"},
		{"boolean quoted", `x: {{ .Values.flag | quote }}`, "true", "exact " + v + "@flag by " + a + ":1:7"},
		{"empty string quoted", `x: {{ .Values.blank | quote }}`, `""`, "leafwise " + v + "@blank by " + a + ":1:7"},
		{"with", `{{ with .Values.image }}x: {{ .tag }}{{ end }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:31"},
		{"with a boolean", `{{ with .Values.flag }}x: {{ . }}{{ end }}`, "true", "exact " + v + "@flag by " + a + ":1:30"},
		{"variable", `{{ $i := .Values.image }}x: {{ $i.tag }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:32"},
		{"variable of a number", `{{ $n := int .Values.count }}x: {{ $n }}`, "3", "leafwise " + v + "@count by " + a + ":1:36"},
		{"range key", `{{ range $k, $v := .Values.labels }}{{ $k }}={{ $v }};{{ end }}`, "team", "leafwise " + v + "@labels.team by " + a + ":1:40"},
		{"range value", `{{ range $k, $v := .Values.labels }}{{ $k }}={{ $v }};{{ end }}`, "blue", "exact " + v + "@labels.team by " + a + ":1:49"},
		{"range over maps", `{{ range .Values.ports }}{{ .port }};{{ end }}`, "90", "exact " + v + "@ports.1.port by " + a + ":1:29"},
		{"include arguments", `x: {{ include "demo.image" .Values.image }}`, "1.27", "exact " + v + "@image.tag by " + h + ":5:22"},
		{"dict", `x: {{ include "demo.image" (dict "repository" "r" "tag" .Values.image.tag) }}`, "1.27", "exact " + v + "@image.tag by " + h + ":5:22"},
		{"literal in dict", `x: {{ include "demo.image" (dict "repository" "rrr" "tag" 5) }}`, "rrr", "text " + a + ":1:48"},
		{"printf", `x: {{ printf "%s-%s-end" .Values.image.repository .Values.image.tag }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"format of printf", `x: {{ printf "%s-%s-end" .Values.image.repository .Values.image.tag }}`, "-end", "text " + a + ":1:20"},
		{"printf of a number", `x: {{ printf "%d" (int .Values.count) }}`, "3", "leafwise " + v + "@count by " + a + ":1:7"},
		{"ternary of values", `x: {{ ternary .Values.image.tag "no" .Values.flag }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"default of a value", `x: {{ .Values.plain | default "lit" }}`, "words", "exact " + v + "@plain by " + a + ":1:7"},
		{"coalesce", `x: {{ coalesce .Values.missing .Values.plain }}`, "words", "exact " + v + "@plain by " + a + ":1:7"},
		{"required", `x: {{ required "m" .Values.plain }}`, "words", "exact " + v + "@plain by " + a + ":1:7"},
		{"get", `x: {{ get .Values.image "tag" }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"index", `x: {{ index .Values "ports" 1 "name" }}`, "grpc", "exact " + v + "@ports.1.name by " + a + ":1:7"},
		{"dig", `x: {{ dig "image" "tag" "no" .Values.AsMap }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"pluck", `x: {{ pluck "tag" .Values.image | first }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"join", `x: {{ list .Values.plain .Values.image.tag | join "+" }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:7"},
		{"mergeOverwrite", `{{ $m := mergeOverwrite (dict "tag" "old") .Values.image }}x: {{ $m.tag }}`, "1.27", "exact " + v + "@image.tag by " + a + ":1:66"},
		{"merge of copies", `{{ $m := merge (dict) (deepCopy .Values.AsMap) }}x: {{ $m.flag }}`, "true", "exact " + v + "@flag by " + a + ":1:56"},
		{"copy of the context", `{{ $c := deepCopy $ }}{{ $_ := set $c.Values "plain" "other" }}x: {{ .Values.plain }} {{ $c.Values.flag }}`, "words", "exact " + v + "@plain by " + a + ":1:70"},
		{"splitList", `x: {{ splitList "." .Values.image.tag | last }}`, "27", "exact " + v + "@image.tag+2 by " + a + ":1:7"},
		{"upper", `x: {{ upper .Values.plain }}`, "WORDS", "leafwise " + v + "@plain by " + a + ":1:7"},
		{"b64enc", `x: {{ b64enc .Values.plain }}`, "d29yZHM=", "leafwise " + v + "@plain by " + a + ":1:7"},
		{"checksum", `x: {{ sha256sum .Values.plain | trunc 8 }}`, "dba36bff", "derived " + v + "@plain by " + a + ":1:7"},
		{"arithmetic", `x: {{ add .Values.count 4 }}`, "7", "derived " + v + "@count by " + a + ":1:7"},
		{"comparison", `x: {{ eq .Values.plain "words" }}`, "true", "derived " + v + "@plain by " + a + ":1:7"},
		{"default for an empty value", `x: {{ default 5 .Values.zero }}`, "5", "derived " + v + "@zero by " + a + ":1:7"},
		{"release", `x: {{ .Release.Name }}`, "release-name", "builtin by " + a + ":1:7"},
		{"chart in a helper", `x: {{ printf "%s" .Chart.Name }}`, "demo", "builtin by " + a + ":1:7"},
		{"capabilities", `x: {{ .Capabilities.KubeVersion.Version }}`, "v1.", "builtin by " + a + ":1:7"},
		{"constant", `x: {{ add 1 2 }}`, "3", "constant by " + a + ":1:7"},
		{"toYaml, scalar", `{{ toYaml .Values.image | indent 2 }}`, "nginx", "exact " + v + "@image.repository by " + a + ":1:4"},
		{"toYaml, key", `{{ toYaml .Values.image | indent 2 }}`, "repository", "leafwise " + v + "@image.repository by " + a + ":1:4"},
		{"toYaml, key of a map", `{{ toYaml .Values | indent 2 }}`, "labels:", "leafwise " + v + "@labels by " + a + ":1:4"},
		{"toYaml, boolean", `{{ toYaml .Values }}`, "true", "exact " + v + "@flag by " + a + ":1:4"},
		{"toYaml, quoted", `{{ toYaml .Values.labels }}`, "7", "exact " + v + "@labels.tier by " + a + ":1:4"},
		{"toYaml, list", `{{ toYaml .Values.ports }}`, "grpc", "exact " + v + "@ports.1.name by " + a + ":1:4"},
		{"toYaml, block scalar", `{{ toYaml (dict "z" .Values.text) }}`, "second", "exact " + v + "@text+6 by " + a + ":1:4"},
		{"toYaml, empty map", `x: {{ toYaml .Values.empty }}`, "{}", "leafwise " + v + "@empty by " + a + ":1:7"},
		{"toYaml, empty list", `x: {{ toYaml .Values.none }}`, "[]", "leafwise " + v + "@none by " + a + ":1:7"},
		{"toYaml of a dict", `{{ toYaml (dict "i" .Values.image "l" "lit") }}`, "lit", "text " + a + ":1:40"},
		{"toYamlPretty", `{{ toYamlPretty (dict "p" .Values.ports) }}`, "grpc", "exact " + v + "@ports.1.name by " + a + ":1:4"},
		{"toJson", `x: {{ toJson .Values.ports }}`, "90", "exact " + v + "@ports.1.port by " + a + ":1:7"},
		{"fromYaml, literal", `x: {{ (include "demo.labels" . | fromYaml).kind }}`, "literal", "text " + h + ":8:7"},
		{"fromYaml, value", `{{ include "demo.labels" . | fromYaml | toYaml }}`, "blue", "exact " + v + "@labels.team by " + h + ":9:10"},
		{"fromYaml, boolean", `{{ include "demo.labels" . | fromYaml | toYaml }}`, "true\"", "constant by " + a + ":1:4"},
		{"tpl of a value", `x: {{ tpl .Values.host . }}`, ".example.com", "exact " + v + "@host+19 by " + a + ":1:7"},
		{"tpl, inner action", `x: {{ tpl .Values.host . }}`, "release-name", "builtin by " + a + ":1:7"},
		{"tpl without actions", `x: {{ tpl .Values.plain . }}`, "words", "exact " + v + "@plain by " + a + ":1:7"},
		{"tpl of toYaml", `{{ tpl (toYaml .Values) . }}`, "blue", "exact " + v + "@labels.team by " + a + ":1:4"},
		{"tpl of a literal", `x: {{ tpl "say {{ .Values.plain }}" . }}`, "say", "text " + a + ":1:12"},
		{"Files.Get", `{{ .Files.Get "data/f.txt" | indent 2 }}`, "two", "text app/data/f.txt:2:1"},
		{"Files.Lines", `{{ range .Files.Lines "data/f.txt" }}- {{ . }}{{ end }}`, "two", "text app/data/f.txt:2:1"},
		{"Files, printed", `x: {{ .Files.Glob "data/t*" | toString | trunc 20 }}`, "map[data/t.txt:[60 1", "constant by " + a + ":1:7"},
		{"Files.Glob", `{{ range $p, $b := .Files.Glob "data/*" }}{{ toString $b }}{{ end }}`, "two", "text app/data/f.txt:2:1"},
		{"AsConfig", `{{ (.Files.Glob "data/*").AsConfig | nindent 2 }}`, "two", "text app/data/f.txt:2:1"},
		{"tpl of a file", `{{ tpl (.Files.Get "data/t.txt") . }}`, "words", "exact " + v + "@plain by app/data/t.txt:1:15"},
		{"a value set by the template", `{{ $_ := set .Values "flag" false }}x: {{ toYaml .Values.flag }}`, "false", "constant by " + a + ":1:43"},
		{"an index of range", `{{ range $i, $e := .Values.ports }}{{ $i }}{{ end }}`, "1", "none by " + a + ":1:39"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := chartOf(map[string]string{
				"values.yaml": testValues, "templates/_h.tpl": testHelpers, "templates/a.yaml": test.template,
				"data/f.txt": "one\ntwo\n", "data/t.txt": "<{{ if 1 }}{{ .Values.plain }}{{ end }}>",
			})
			r := render(t, Request{Chart: "app", Files: files})
			if got := originOf(t, r, files, test.text); got != test.want {
				t.Errorf("%s\n got %s\nwant %s\n%s", test.text, got, test.want, r.Outputs[0].Data)
			}
		})
	}
}

func TestValuesLayers(t *testing.T) {
	sub := map[string]string{
		"Chart.yaml": `apiVersion: v2
name: demo
version: 1.0.0
dependencies:
- {name: sub, version: "*", alias: one, condition: one.enabled}
- {name: sub, version: "*", alias: two, tags: [off], condition: nothing.here}
- {name: sub, version: "*", import-values: [{child: inner, parent: taken}, shared]}
`,
		"values.yaml":              "global: {g: 1, deep: {d: 2}}\none: {x: parent, enabled: true}\na: base\nl: [p, q]\ngone: {k: 1}\ntaken: {own: 3}\ntags: {off: true}\n",
		"charts/z/Chart.yaml":      "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
		"charts/z/values.yaml":     "x: default\nyy: 5\nb: false\nglobal: {only: sub}\ninner: {i: true}\nexports: {shared: {s: exported}}\n",
		"charts/z/templates/s.yml": "x={{ .Values.x }} y={{ .Values.yy }} b={{ .Values.b }} g={{ .Values.global.g }} d={{ .Values.global.deep.d }} o={{ .Values.global.only }}",
		"templates/a.yaml":         "a={{ .Values.a }} l={{ .Values.l | join \"/\" }} gone={{ .Values.gone }} i={{ .Values.taken.i }} s={{ .Values.s }} e={{ .Values.one.enabled }}",
		"../env/prod.yaml":         "a: prod\nl: [p, q]\ngone: null\none: {yy: 6}\n",
	}
	files := chartOf(sub)
	r := render(t, Request{Chart: "app", Files: files, Values: []Layer{{File: "env/prod.yaml"}, {Set: "l[1]=set,two.x=two"}, {Inline: "sub: {b: true}"}}})
	const d = "app/charts/z/values.yaml"
	for text, want := range map[string]string{
		"a=prod": "exact env/prod.yaml@a",
		"l=p":    "exact env/prod.yaml@l.0",
		"/set":   "exact #1@l.1",
		"i=true": "exact " + d + "@inner.i=>taken.i",
		"s=exp":  "exact " + d + "@exports.shared.s=>s",
		"e=true": "exact app/values.yaml@one.enabled",
		"x=par":  "exact app/values.yaml@one.x",
		"y=6":    "exact env/prod.yaml@one.yy",
		"g=1":    "exact app/values.yaml@global.g",
		"d=2":    "exact app/values.yaml@global.deep.d",
		"o=sub":  "exact " + d + "@global.only",
		"x=two":  "exact #1@two.x",
		"x=def":  "exact " + d + "@x=>sub.x",
		"b=true": "exact #2@sub.b",
	} {
		i := strings.IndexAny(text, "=/") + 1
		found := false
		for _, o := range r.Outputs {
			at := strings.Index(string(o.Data), text)
			if at < 0 {
				continue
			}
			found = true
			one := *r
			one.Outputs = []Output{{Name: o.Name, Data: o.Data[at+i:], Segments: cutSegments(o.Segments, at+i, len(o.Data))}}
			got, _, _ := strings.Cut(originOf(t, &one, files, text[i:]), " by ")
			if got != want {
				t.Errorf("%s: got %s, want %s", text, got, want)
			}
		}
		if !found {
			t.Errorf("%s is not printed: %+v", text, r)
		}
	}
	if got := string(r.Outputs[len(r.Outputs)-1].Data); !strings.Contains(got, "gone= ") {
		t.Errorf("null did not delete: %s", got)
	}
	if want := []string{"app/Chart.yaml", "app/charts/z/Chart.yaml", "app/charts/z/templates/s.yml", d, "app/templates/a.yaml", "app/values.yaml", "env/prod.yaml"}; !slices.Equal(r.Read, want) {
		t.Errorf("read %v", r.Read)
	}
}

// archiveOf packs files; a name that ends in "@" is a link.
func archiveOf(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		h := &tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o644}
		if name, ok := strings.CutSuffix(files[i], "@"); ok {
			h = &tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: files[i+1]}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			w.Write([]byte(files[i+1]))
		}
	}
	w.Close()
	z.Close()
	return b.String()
}

const packedYAML = "apiVersion: v2\nname: packed\nversion: 1.0.0\n"

func TestArchives(t *testing.T) {
	deps := "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies: [{name: packed, version: 1.0.0}]\n"
	files := chartOf(map[string]string{
		"Chart.yaml": deps,
		"charts/packed-1.0.0.tgz": archiveOf(t, "packed/Chart.yaml", packedYAML, "packed/values.yaml", "v: inside\n",
			"packed/templates/p.yaml", "p: {{ .Values.v }}\n", "packed/templates/link.yaml@", "/etc/passwd"),
	})
	r := render(t, Request{Chart: "app", Files: files})
	const tgz = "app/charts/packed-1.0.0.tgz"
	if got, want := originOf(t, r, files, "p: "), "text "+tgz+"!templates/p.yaml:1:1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := originOf(t, r, files, "inside"), "exact "+tgz+"!values.yaml@v=>packed.v by "+tgz+"!templates/p.yaml:1:7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(r.Outputs) != 1 {
		t.Errorf("a link was followed: %+v", r)
	}
	for name, data := range map[string]string{
		"absolute":  archiveOf(t, "packed//etc/x", "y"),
		"parent":    archiveOf(t, "packed/../../x", "y"),
		"drive":     archiveOf(t, "packed/c:/x", "y"),
		"no chart":  archiveOf(t, "packed/values.yaml", "a: 1"),
		"flat":      archiveOf(t, "Chart.yaml", packedYAML),
		"not gzip":  "hello",
		"truncated": archiveOf(t, "packed/Chart.yaml", packedYAML)[:40],
	} {
		f := failure(t, Request{Chart: "app", Files: chartOf(map[string]string{"Chart.yaml": deps, "charts/packed-1.0.0.tgz": data})})
		if f.Code != fault.Chart || f.File != tgz {
			t.Errorf("%s: %+v", name, f)
		}
	}
	big := archiveOf(t, "packed/Chart.yaml", packedYAML, "packed/big", strings.Repeat("\x00", maxChartBytes))
	if f := failure(t, Request{Chart: "app", Files: chartOf(map[string]string{"Chart.yaml": deps, "charts/packed-1.0.0.tgz": big})}); f.Code != fault.Limit {
		t.Errorf("%+v", f)
	}
}

func TestLocalDependencies(t *testing.T) {
	files := chartOf(map[string]string{
		"Chart.yaml":                      "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- {name: b, version: 1.x, repository: file://../libs/b}\n",
		"templates/a.yaml":                `{{ include "c.text" . }}`,
		"../libs/b/Chart.yaml":            "apiVersion: v2\nname: b\nversion: 1.2.0\ndependencies:\n- {name: c, version: '*', repository: 'file://../c'}\n",
		"../libs/b/.helmignore":           "skipped/\n*.bak\n",
		"../libs/b/templates/b.yaml":      "b: {{ .Values.v }}\n",
		"../libs/b/templates/b.yaml.bak":  "{{ nonsense",
		"../libs/b/templates/skipped/x.y": "{{ nonsense",
		"../libs/b/values.yaml":           "v: 1\n",
		"../libs/c/Chart.yaml":            "apiVersion: v2\nname: c\nversion: 0.1.0\ntype: library\n",
		"../libs/c/templates/_c.tpl":      `{{ define "c.text" }}from: c{{ end }}`,
		"../libs/c/templates/never.yaml":  `never: {{ "seen" }}`,
	})
	r := render(t, Request{Chart: "app", Files: files})
	if got, want := originOf(t, r, files, "from"), "text libs/c/templates/_c.tpl:1:22"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := originOf(t, r, files, "1"), "exact libs/b/values.yaml@v=>b.v by libs/b/templates/b.yaml:1:7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, test := range []struct{ repository, name, want string }{
		{"https://example.com", "b", "[b]"},
		{"file://../../outside", "b", "[b]"},
		{"file:///etc", "b", "[b]"},
		{"file://../libs/b", "other", "[other]"},
		{"file://.", "demo", "[]"},
	} {
		files[slices.IndexFunc(files, func(f File) bool { return f.Path == "app/Chart.yaml" })].Data =
			[]byte("apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- {name: " + test.name + ", version: '*', repository: '" + test.repository + "'}\n")
		f := failure(t, Request{Chart: "app", Files: files})
		if f.Code != fault.Dependency || fmt.Sprint(f.Missing) != test.want || f.File != "app/Chart.yaml" {
			t.Errorf("%s: %+v", test.repository, f)
		}
	}
}

func TestFaults(t *testing.T) {
	const tpl = "templates/a.yaml"
	tests := []struct {
		name  string
		files map[string]string
		want  fault.Error
	}{
		{"parse error", map[string]string{tpl: "a: 1\nb: {{ nope }}\n"},
			fault.Error{Code: fault.Template, Message: `function "nope" not defined`, File: "app/" + tpl, Line: 2}},
		{"nil pointer", map[string]string{tpl: "a: 1\nb: {{ .Values.a.b.c }}\n"},
			fault.Error{Code: fault.Template, Message: "<.Values.a.b.c>: nil pointer evaluating interface {}.b", File: "app/" + tpl, Line: 2, Column: 14}},
		{"in a helper", map[string]string{"templates/_h.tpl": "{{ define \"x\" }}\n{{ .Values.a.b }}{{ end }}", tpl: `b: {{ include "x" . | quote }}`},
			fault.Error{Code: fault.Template, Message: "<.Values.a.b>: nil pointer evaluating interface {}.b", File: "app/templates/_h.tpl", Line: 2, Column: 11}},
		{"no such template", map[string]string{tpl: `b: {{ include "x" . }}`},
			fault.Error{Code: fault.Template, Message: `error calling include: no template "x"`, File: "app/" + tpl, Line: 1, Column: 7}},
		{"required", map[string]string{tpl: `b: {{ required "give me a" .Values.a.b }}`, "values.yaml": "a: {}"},
			fault.Error{Code: fault.Values, Message: "give me a", File: "app/" + tpl, Line: 1, Column: 7, Needs: [][]string{{"a", "b"}}}},
		{"fail below if", map[string]string{tpl: "{{ if not .Values.a }}\n{{ fail \"no a\" }}\n{{ end }}"},
			fault.Error{Code: fault.Values, Message: "no a", File: "app/" + tpl, Line: 2, Column: 4, Needs: [][]string{{"a"}}}},
		{"required through a variable", map[string]string{tpl: "{{ $x := .Values.a.b }}{{ with .Values.a }}{{ required \"m\" $x }}{{ end }}", "values.yaml": "a: {c: 1}"},
			fault.Error{Code: fault.Values, Message: "m", File: "app/" + tpl, Line: 1, Column: 47, Needs: [][]string{{"a", "b"}}}},
		{"required in a subchart", map[string]string{"charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n", "charts/s/templates/a.yaml": `{{ required "m" .Values.a }}{{ .Values.global.x }}`},
			fault.Error{Code: fault.Values, Message: "m", File: "app/charts/s/templates/a.yaml", Line: 1, Column: 4, Needs: [][]string{{"s", "a"}}}},
		{"tpl of a file", map[string]string{tpl: `{{ tpl (.Files.Get "f.txt") . }}`, "f.txt": "ok\n{{ .Values.a.b }}"},
			fault.Error{Code: fault.Template, Message: "<.Values.a.b>: nil pointer evaluating interface {}.b", File: "app/f.txt", Line: 2, Column: 11}},
		{"bad values.yaml", map[string]string{"values.yaml": "a: 1\n b: [\n"},
			fault.Error{Code: fault.Chart, Message: "yaml: line 2: mapping values are not allowed in this context", File: "app/values.yaml", Line: 2}},
		{"bad Chart.yaml", map[string]string{"Chart.yaml": "apiVersion: v2\nname: demo\n"},
			fault.Error{Code: fault.Chart, Message: "validation: chart.metadata.version is required", File: "app/Chart.yaml"}},
		{"library", map[string]string{"Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.0.0\ntype: library\n"},
			fault.Error{Code: fault.Chart, Message: "library charts are not installable", File: "app/Chart.yaml"}},
		{"kubeVersion", map[string]string{"Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.0.0\nkubeVersion: '>=1.99'\n"},
			fault.Error{Code: fault.Chart, Message: "chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.30", File: "app/Chart.yaml"}},
		{"remote schema", map[string]string{"values.schema.json": `{"$ref": "https://example.com/s.json"}`},
			fault.Error{Code: fault.Chart, Message: "The schema refers to https://example.com/s.json, which is outside of it and is not fetched.", File: "app/values.schema.json"}},
		{"file schema", map[string]string{"values.schema.json": `{"$ref": "file:///etc/passwd"}`},
			fault.Error{Code: fault.Chart, Message: "The schema refers to file:///etc/passwd, which is outside of it and is not fetched.", File: "app/values.schema.json"}},
		{"schema", map[string]string{"values.yaml": "a: {b: x}", "values.schema.json": `{"required": ["c"], "properties": {"a": {"properties": {"b": {"type": "integer"}}}}}`},
			fault.Error{Code: fault.Schema, Message: "demo:\n- at '': missing property 'c'\n- at '/a/b': got string, want integer", File: "app/values.schema.json", Needs: [][]string{{"c"}, {"a", "b"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			req := Request{Chart: "app", Files: chartOf(test.files), KubeVersion: "1.30"}
			got := failure(t, req)
			if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", test.want) {
				t.Errorf("\n got %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestBombs(t *testing.T) {
	for name, template := range map[string]string{
		"include":        `{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`,
		"two includes":   `{{ define "x" }}{{ include "y" . }}{{ end }}{{ define "y" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`,
		"tpl":            `{{ $_ := set .Values "t" "{{ tpl .Values.t . }}" }}{{ tpl .Values.t . }}`,
		"until":          `{{ range until 1000000000 }}{{ end }}`,
		"two by two":     `{{ define "x" }}{{ if lt . 60 }}{{ include "x" (add . 1) }}{{ include "x" (add . 1) }}{{ end }}{{ end }}{{ include "x" 0 }}`,
		"templates":      `{{ define "x" }}{{ if lt . 60 }}{{ template "x" (add . 1) }}{{ template "x" (add . 1) }}{{ end }}{{ end }}{{ template "x" 0 }}`,
		"long body":      `{{ range until 1000000 }}` + strings.Repeat(`{{ $x := 1 }}`, 20000) + `{{ end }}`,
		"tpl in range":   `{{ range until 1000000 }}{{ tpl "{{ 1 }}" $ }}{{ end }}`,
		"nested until":   `{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}`,
		"range over int": `{{ range 2000000000 }}{{ end }}`,
		"output":         `{{ range until 1000000 }}{{ "` + strings.Repeat("x", 1000) + `" }}{{ end }}`,
		"repeat":         `{{ repeat 1000000000 "x" }}`,
		"indent":         `{{ indent 1000000000 "x" }}`,
		"doubling":       `{{ $s := "xx" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}`,
		"print doubling": `{{ $s := "xx" }}{{ range until 60 }}{{ $s = cat $s $s }}{{ end }}`,
		"concat":         `{{ $l := list 1 2 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}`,
		"shared maps":    `{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toYaml $d }}`,
		"printed maps":   `{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ $d }}`,
		"itself":         `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`,
		"itself quoted":  `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ quote $d }}`,
		"itself by html": `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ html $d }}`,
		"itself as int":  `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ int $d }}`,
		"itself as key":  `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $_ = dict $d 1 }}`,
		"copy of itself": `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $_ = deepCopy $d }}`,
		"replace":        `{{ $s := repeat 100000 "a" }}{{ replace "a" $s $s }}`,
		"regex":          `{{ $s := repeat 100000 "a" }}{{ regexReplaceAll "a" $s $s }}`,
		"width":          `{{ printf "%0999999d%0999999d%0999999d` + strings.Repeat("%0999999d", 60) + `" 1 }}`,
		"nested ifs":     strings.Repeat("{{ if 1 }}", 20000) + strings.Repeat("{{ end }}", 20000),
		"parentheses":    `{{ ` + strings.Repeat("(", 50000) + `1` + strings.Repeat(")", 50000) + `}}`,
		"random":         `{{ randAlphaNum 1000000000 }}`,
		"seq":            `{{ seq 1 1000000000 }}`,
		"join":           `{{ $s := repeat 100000 "a" }}{{ $l := list }}{{ range until 500 }}{{ $l = append $l $s }}{{ end }}{{ join $s $l }}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, noTrace := range []bool{false, true} {
				_, err := Render(Request{Chart: "app", Files: chartOf(map[string]string{"templates/a.yaml": template}), NoTrace: noTrace})
				if err == nil {
					t.Errorf("no error (NoTrace %v)", noTrace)
				} else if len(err.Error()) > 1000 || err.(*fault.Error).Code == fault.Internal {
					t.Errorf("%.1000s", err)
				}
			}
		})
	}
	deep := "a: " + strings.Repeat("[", 200000)
	aliases := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'm'; c++ {
		aliases += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat("*"+string(c-1)+",", 9))
	}
	for _, values := range []string{deep, aliases} {
		if _, err := Render(Request{Chart: "app", Files: chartOf(map[string]string{"values.yaml": values})}); err == nil {
			t.Error("no error for a YAML bomb")
		}
	}
}

func TestCrdsAndNames(t *testing.T) {
	files := chartOf(map[string]string{
		"crds/c.yaml": "\ufeffkind: A\n", "crds/readme.md": "no", "templates/NOTES.txt": "hi", "templates/empty.yaml": "{{ if false }}x{{ end }}\n ",
		"templates/a.yaml": "\ufeffone: 1", "templates/.hidden": "{{ nonsense", ".helmignore": "\n",
	})
	r := render(t, Request{Chart: "app", Files: files})
	if len(r.Outputs) != 1 || r.Outputs[0].Name != "demo/templates/a.yaml" || len(r.Crds) != 1 || r.Crds[0].Name != "demo/crds/c.yaml" {
		t.Fatalf("%+v", r)
	}
	if got := originOf(t, r, files, "one"); got != "text app/templates/a.yaml:1:4" {
		t.Error(got)
	}
	root := []File{{"Chart.yaml", []byte("apiVersion: v2\nname: r\nversion: 1.0.0\n")}, {"templates/x.yaml", []byte("x")}}
	if r := render(t, Request{Chart: ".", Files: root}); len(r.Outputs) != 1 {
		t.Error(r)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("a: {{ toYaml .Values.a | nindent 2 }}", "a: {b: [1, x], c: \"y\"}")
	f.Add(`{{ define "x" }}k: {{ .v }}{{ end }}{{ include "x" (dict "v" .Values.a) | fromYaml | toJson }}`, "a: 1")
	f.Add(`{{ range $k, $v := .Values }}{{ printf "%s=%v" $k $v | quote }}{{ end }}`, "a: true\nb: ''\nc: |\n  x\n  y\n")
	f.Add(`{{ tpl (toYaml .Values) . }}{{ trunc 3 .Values.a | upper }}`, "a: '{{ .Release.Name }}<no value>'")
	f.Add(`{{ replace "a" "<no value>" .Values.a }}{{ .Values.none }}{{ splitList "," .Values.a | join "-" }}`, "a: a,b,c")
	f.Fuzz(func(t *testing.T, template, values string) {
		req := Request{Chart: "app", MaxOutput: 1 << 20, Files: chartOf(map[string]string{"templates/a.yaml": template, "values.yaml": values})}
		r, err := Render(req)
		if err != nil {
			if f := err.(*fault.Error); f.Code == fault.Internal {
				t.Fatal(f.Message)
			}
			return
		}
		checkProperties(t, req, r)
	})
}
