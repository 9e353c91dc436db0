package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    note: "yes"
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: c
        image: nginx:1
        args: [a, b]
        envFrom:
        - configMapRef:
            name: cm
      - name: d
        image: busybox:1
`

const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n"

// tree of files: the paths are keys, ov is what is built.
type repository map[string]string

func (r repository) request() Request {
	request := Request{Root: "ov"}
	for name, text := range r {
		request.Files = append(request.Files, helm.File{Path: name, Data: []byte(text)})
	}
	slices.SortFunc(request.Files, func(a, b helm.File) int { return strings.Compare(a.Path, b.Path) })
	return request
}

// based is an overlay of a base with a deployment.
func based(kustomization string, more ...string) repository {
	r := repository{
		"base/kustomization.yaml": "resources:\n- d.yaml\n",
		"base/d.yaml":             deployment,
		"ov/kustomization.yaml":   kustomization,
	}
	for i := 0; i < len(more); i += 2 {
		r[more[i]] = more[i+1]
	}
	return r
}

const onBase = "resources:\n- ../base\n"

var origins = []struct {
	name  string
	files repository
	// at is a path in the first object of this kind.
	kind, at string
	value    string
	// want is role, file, line, pointer and op; "=" at the end means exact.
	want string
	// key, via, over and also, if given, are the same for the key, the entry that brought it, what it replaced, and what
	// else has a part in it.
	key, via, over, also string
}{
	{
		name: "field of a base", files: based(onBase), kind: "Deployment", at: "spec/replicas", value: "1",
		want: "base base/d.yaml:8 =", key: "base base/d.yaml:8 =", via: "kustomization base/kustomization.yaml:2 resources/0 =",
	},
	{
		name:  "second document of a file",
		files: based("resources: [all.yaml]\n", "ov/all.yaml", "# first\n"+service+"---\n# second\n"+deployment),
		kind:  "Deployment", at: "spec/replicas", value: "1", want: "base ov/all.yaml:18 =",
	},
	{
		name:  "Windows line ends",
		files: based("resources: [all.yaml]\n", "ov/all.yaml", strings.ReplaceAll(service+"---\n"+deployment, "\n", "\r\n")),
		kind:  "Deployment", at: "spec/replicas", value: "1", want: "base ov/all.yaml:16 =",
	},
	{
		name:  "item of a List",
		files: based("resources: [list.yaml]\n", "ov/list.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n"),
		kind:  "Pod", at: "metadata/name", value: "p", want: "base ov/list.yaml:6 =",
	},
	{
		name: "item of a ConfigMapList",
		files: based("resources: [list.yaml]\n", "ov/list.yaml",
			"apiVersion: v1\nkind: ConfigMapList\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: p}\n  data:\n    k: v\n"),
		kind: "ConfigMap", at: "data/k", value: "v", want: "base ov/list.yaml:8 =",
	},
	{
		name: "alias",
		files: based("resources: [p.yaml]\n", "ov/p.yaml",
			"apiVersion: v1\nkind: Pod\nmetadata:\n  name: &n p\n  labels:\n    app: *n\n"),
		kind: "Pod", at: "metadata/labels/app", value: "p", want: "base ov/p.yaml:4 =",
	},
	{
		name:  "strategic merge patch in a file",
		files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n"),
		kind:  "Deployment", at: "spec/replicas", value: "3", want: "patch ov/p.yaml:6 =", key: "base base/d.yaml:8 =",
		via: "kustomization ov/kustomization.yaml:4 patches/0", over: "base base/d.yaml:8 =",
	},
	{
		name: "field that no patch touched", kind: "Deployment", at: "metadata/annotations/note", value: "yes", want: "base base/d.yaml:6 =",
		files: based(onBase+"namePrefix: x-\nnamespace: ns\npatches:\n- path: p.yaml\n", "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {other: x}\n"),
	},
	{
		name: "several patches in a file", kind: "Deployment", at: "spec/replicas", value: "3", want: "patch ov/p.yaml:13 =",
		files: based(onBase+"- s.yaml\npatches:\n- path: p.yaml\n", "ov/s.yaml", service, "ov/p.yaml",
			"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodePort\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n"),
	},
	{
		name: "item that a patch adds to a list", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "new", want: "patch ov/p.yaml:10 =",
		files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: e\n        image: new\n"),
	},
	{
		name: "item after one that a patch adds", kind: "Deployment", at: "spec/template/spec/containers/1/image", value: "nginx:1", want: "base base/d.yaml:13 =",
		files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: e\n        image: new\n"),
	},
	{
		name: "item after one that a patch deletes", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "busybox:1", want: "base base/d.yaml:19 =",
		files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        $patch: delete\n"),
	},
	{
		name: "map that a patch replaces", kind: "Deployment", at: "spec/paused", value: "true", want: "patch ov/p.yaml:7 =",
		files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  $patch: replace\n  paused: true\n"),
	},
	{
		name: "inline patch with a target", kind: "Deployment", at: "spec/replicas", value: "3",
		want:  "patch ov/kustomization.yaml:6 patches/0/patch inner =",
		files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: any\n    spec:\n      replicas: 3\n"),
	},
	{
		name: "patchesStrategicMerge, file and inline", kind: "Deployment", at: "spec/paused", value: "true",
		want: "patch ov/kustomization.yaml:5 patchesStrategicMerge/1 inner =",
		files: based(onBase+"patchesStrategicMerge:\n- p.yaml\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec:\n    paused: true\n",
			"ov/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n"),
	},
	{
		name: "JSON patch in a file", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "other",
		want: "patch ov/p.yaml:3 [0 value] =", over: "base base/d.yaml:13 =", key: "base base/d.yaml:13 =",
		via: "kustomization ov/kustomization.yaml:4 patches/0",
		files: based(onBase+"patches:\n- path: p.yaml\n  target: {kind: Deployment}\n", "ov/p.yaml",
			"- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: other\n"),
	},
	{
		name: "field beside what a JSON patch changes", kind: "Deployment", at: "spec/template/spec/containers/0/args/1", value: "b", want: "base base/d.yaml:14 =",
		files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/containers/0/tty\", \"value\": true}]'\n"),
	},
	{
		name: "item that a JSON patch moves along", kind: "Deployment", at: "spec/template/spec/containers/1/image", value: "nginx:1", want: "base base/d.yaml:13 =",
		files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/0\n      value: {name: z, image: zz}\n"),
	},
	{
		name: "item that a JSON patch adds at the end", kind: "Deployment", at: "spec/template/spec/containers/0/args/2", value: "c",
		want:  "patch ov/kustomization.yaml:3 patches/0/patch inner [0 value] =",
		files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/0/args/-\n      value: c\n"),
	},
	{
		name: "nested value of a JSON patch", kind: "Deployment", at: "spec/template/spec/containers/0/securityContext/privileged", value: "true",
		want:  "patch ov/kustomization.yaml:4 patches/0/patch inner [0 value privileged] =",
		key:   "patch ov/kustomization.yaml:4 patches/0/patch inner [0 value privileged] =",
		files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/0/securityContext\n      value:\n        privileged: true\n"),
	},
	{
		name: "JSON patch: move, copy, remove and escapes", kind: "Deployment", at: "metadata/annotations/a~1b", value: "yes", want: "base base/d.yaml:6 =",
		files: based(onBase + "patchesJson6902:\n- target: {version: v1, group: apps, kind: Deployment, name: web}\n  patch: |-\n    - {op: copy, from: /metadata/annotations/note, path: /metadata/annotations/a~1b}\n    - {op: remove, path: /spec/template/spec/containers/0}\n"),
	},
	{
		name: "images: tag", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "nginx:2",
		want: "kustomization ov/kustomization.yaml:5 images/0/newTag", over: "base base/d.yaml:13 =",
		files: based(onBase + "images:\n- name: nginx\n  newTag: \"2\"\n"),
	},
	{
		name: "images: name", kind: "Deployment", at: "spec/template/spec/containers/1/image", value: "example.org/b:1",
		want:  "kustomization ov/kustomization.yaml:7 images/1/newName",
		files: based(onBase + "images:\n- name: nginx\n  newTag: \"2\"\n- name: busybox\n  newName: example.org/b\n"),
	},
	{
		name: "images: digest", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "nginx@sha256:1",
		want: "kustomization ov/kustomization.yaml:5 images/0/digest", files: based(onBase + "images:\n- name: nginx\n  digest: sha256:1\n"),
	},
	{
		name: "imageTags", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "nginx:3",
		want: "kustomization ov/kustomization.yaml:5 imageTags/0/newTag", files: based(onBase + "imageTags:\n- name: nginx\n  newTag: \"3\"\n"),
	},
	{
		name: "namespace", kind: "Deployment", at: "metadata/namespace", value: "prod",
		want: "kustomization ov/kustomization.yaml:3 namespace =", files: based(onBase + "namespace: prod\n"),
	},
	{
		name: "namePrefix and nameSuffix", kind: "Deployment", at: "metadata/name", value: "a-web-b",
		want: "kustomization ov/kustomization.yaml:4 nameSuffix", over: "kustomization ov/kustomization.yaml:3 namePrefix",
		files: based(onBase + "namePrefix: a-\nnameSuffix: -b\n"),
	},
	{
		name: "labels", kind: "Deployment", at: "metadata/labels/team", value: "a",
		want:  "kustomization ov/kustomization.yaml:5 labels/0/pairs/team =",
		files: based(onBase + "labels:\n- pairs:\n    team: a\n- pairs: {x: z}\n  includeSelectors: true\n"),
	},
	{
		name: "labels of selectors", kind: "Deployment", at: "spec/selector/matchLabels/x", value: "z",
		want:  "kustomization ov/kustomization.yaml:6 labels/1/pairs/x =",
		files: based(onBase + "labels:\n- pairs:\n    team: a\n- pairs: {x: z}\n  includeSelectors: true\n"),
	},
	{
		name: "commonLabels", kind: "Deployment", at: "spec/template/metadata/labels/team", value: "a",
		want: "kustomization ov/kustomization.yaml:4 commonLabels/team =", files: based(onBase + "commonLabels:\n  team: a\n"),
	},
	{
		name: "commonAnnotations", kind: "Deployment", at: "metadata/annotations/note", value: "no",
		want: "kustomization ov/kustomization.yaml:4 commonAnnotations/note =", over: "base base/d.yaml:6 =",
		files: based(onBase + "commonAnnotations:\n  note: \"no\"\n"),
	},
	{
		name: "replicas", kind: "Deployment", at: "spec/replicas", value: "7",
		want: "kustomization ov/kustomization.yaml:5 replicas/0/count =", over: "base base/d.yaml:8 =",
		files: based(onBase + "replicas:\n- name: web\n  count: 7\n"),
	},
	{
		name: "replacements", kind: "Deployment", at: "spec/template/spec/containers/0/image", value: "web",
		want: "kustomization ov/kustomization.yaml:8 replacements/0/targets/0/fieldPaths/0", over: "base base/d.yaml:13 =",
		also: "base ov/s.yaml:4 =",
		files: based(onBase+"- s.yaml\nreplacements:\n- source: {kind: Service, name: web}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [\"spec.template.spec.containers.[name=c].image\"]\n",
			"ov/s.yaml", service),
	},
	{
		name: "replacements in a file", kind: "Deployment", at: "metadata/annotations/svc", value: "web",
		want: "kustomization ov/r.yaml:5 0/targets/0/fieldPaths/0", via: "kustomization ov/kustomization.yaml:5 replacements/0/path =",
		files: based(onBase+"- s.yaml\nreplacements:\n- path: r.yaml\n", "ov/s.yaml", service, "ov/r.yaml",
			"- source: {kind: Service, name: web}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths:\n    - metadata.annotations.svc\n    options: {create: true}\n"),
	},
	{
		name: "vars", kind: "Deployment", at: "spec/template/spec/containers/0/args/0", value: "http-web",
		want: "kustomization ov/kustomization.yaml:5 vars/0", over: "patch ov/p.yaml:10 =", also: "base ov/s.yaml:4 =",
		files: based(onBase+"- s.yaml\nvars:\n- name: SVC\n  objref: {kind: Service, name: web, apiVersion: v1}\npatches:\n- path: p.yaml\n", "ov/s.yaml", service, "ov/p.yaml",
			"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        args: [http-$(SVC)]\n"),
	},
	{
		name: "component", kind: "Deployment", at: "spec/replicas", value: "3", want: "patch comp/p.yaml:6 =", over: "base base/d.yaml:8 =",
		via: "kustomization comp/kustomization.yaml:4 patches/0",
		files: based(onBase+"components:\n- ../comp\n",
			"comp/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: p.yaml\n",
			"comp/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n"),
	},
	{
		name: "configMapGenerator: literal", kind: "ConfigMap", at: "data/A", value: "b",
		want: "generator ov/kustomization.yaml:4 configMapGenerator/0/literals/0 =", files: based("configMapGenerator:\n- name: cm\n  literals:\n  - A=b\n"),
	},
	{
		name: "configMapGenerator: file", kind: "ConfigMap", at: "data/k", value: "hello\n",
		want: "generator ov/f.txt:1 =", via: "kustomization ov/kustomization.yaml:4 configMapGenerator/0/files/0",
		files: based("configMapGenerator:\n- name: cm\n  files:\n  - k=f.txt\n", "ov/f.txt", "hello\n"),
	},
	{
		name: "configMapGenerator: env file", kind: "ConfigMap", at: "data/B", value: "2",
		want: "generator ov/f.env:3 =", files: based("configMapGenerator:\n- name: cm\n  envs: [f.env]\n", "ov/f.env", "# c\nA=1\nB=2\n"),
	},
	{
		name: "configMapGenerator: name with hash", kind: "ConfigMap", at: "metadata/name", value: "cm-b9t2424hkf",
		want: "generator ov/kustomization.yaml:2 configMapGenerator/0/name", files: based("configMapGenerator:\n- name: cm\n  literals:\n  - A=b\n"),
	},
	{
		name: "configMapGenerator: merge keeps the rest", kind: "ConfigMap", at: "data/A", value: "b",
		want: "generator base/kustomization.yaml:5 configMapGenerator/0/literals/0 =",
		files: based(onBase+"configMapGenerator:\n- name: cm\n  behavior: merge\n  literals:\n  - C=d\n",
			"base/kustomization.yaml", "resources: []\nconfigMapGenerator:\n- name: cm\n  literals:\n  - A=b\n  - C=x\n"),
	},
	{
		name: "configMapGenerator: merge overrides", kind: "ConfigMap", at: "data/C", value: "d",
		want: "generator ov/kustomization.yaml:7 configMapGenerator/0/literals/0 =", over: "generator base/kustomization.yaml:6 configMapGenerator/0/literals/1 =",
		files: based(onBase+"configMapGenerator:\n- name: cm\n  behavior: merge\n  literals:\n  - C=d\n",
			"base/kustomization.yaml", "resources: []\nconfigMapGenerator:\n- name: cm\n  literals:\n  - A=b\n  - C=x\n"),
	},
	{
		name: "generatorOptions", kind: "ConfigMap", at: "metadata/labels/l", value: "v",
		want: "generator ov/kustomization.yaml:4 generatorOptions/labels/l =", files: based("configMapGenerator:\n- name: cm\n  literals: [A=b]\ngeneratorOptions: {labels: {l: v}}\n"),
	},
	{
		name: "secretGenerator after configMapGenerator", kind: "Secret", at: "data/P", value: "cQ==",
		want:  "generator ov/kustomization.yaml:6 secretGenerator/0/literals/0",
		files: based("configMapGenerator:\n- name: cm\n  literals: [A=b]\nsecretGenerator:\n- name: s\n  literals: [P=q]\n"),
	},
	{
		name: "reference to a generated name", kind: "Deployment", at: "spec/template/spec/containers/0/envFrom/0/configMapRef/name", value: "cm-b9t2424hkf",
		want: "base base/d.yaml:17", files: based(onBase + "configMapGenerator:\n- name: cm\n  literals: [A=b]\n"),
	},
	{
		name: "replacements with a target that is not selected", kind: "Deployment", at: "metadata/annotations/svc", value: "web",
		want:  "kustomization ov/kustomization.yaml:11 replacements/0/targets/1/fieldPaths/0",
		files: based(onBase+"- s.yaml\nreplacements:\n- source: {kind: Service, name: web}\n  targets:\n  - select: {kind: Service}\n    fieldPaths: [metadata.annotations.svc]\n    options: {create: true}\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.annotations.svc]\n    options: {create: true}\n", "ov/s.yaml", service),
	},
	{
		name: "name of another object", kind: "HorizontalPodAutoscaler", at: "spec/scaleTargetRef/name", value: "p-web",
		want: "base ov/h.yaml:4", also: "kustomization ov/kustomization.yaml:4 namePrefix",
		files: based(onBase+"- h.yaml\nnamePrefix: p-\n", "ov/h.yaml", "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n"),
	},
	{
		name: "inline transformer", kind: "Deployment", at: "metadata/name", value: "t-web",
		want:  "kustomization ov/kustomization.yaml:4 transformers/0 inner",
		files: based(onBase + "transformers:\n- |-\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: x}\n  prefix: t-\n  fieldSpecs: [{path: metadata/name}]\n"),
	},
	{
		name: "transformer of its own file", kind: "Deployment", at: "metadata/name", value: "t-web",
		want: "kustomization ov/t.yaml:4", over: "base base/d.yaml:4 =",
		files: based(onBase+"transformers:\n- t.yaml\n", "ov/t.yaml", "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: t-\nfieldSpecs:\n- path: metadata/name\n"),
	},
	{
		name: "generator of its own file", kind: "ConfigMap", at: "data/A", value: "b", want: "generator ov/g.yaml:4",
		files: based("generators:\n- g.yaml\n", "ov/g.yaml", "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g}\nliterals: [A=b]\n"),
	},
}

func TestOrigins(t *testing.T) {
	for _, test := range origins {
		t.Run(test.name, func(t *testing.T) {
			result := mustBuild(t, test.files.request())
			index, value := locateNode(t, result, test.kind, strings.Split(test.at, "/"))
			if value != test.value {
				t.Errorf("value %q, want %q", value, test.value)
			}
			nodes := result.Documents[index.document].Nodes
			origin := nodes[2*index.node]
			check := func(what string, i int32, want string) {
				if got := describe(result, i); got != want {
					t.Errorf("%s: %s\nwant: %s", what, got, want)
				}
			}
			check("value", origin, test.want)
			if origin < 0 {
				return
			}
			if test.key != "" {
				check("key", nodes[2*index.node+1], test.key)
			}
			if test.via != "" {
				check("via", result.Origins[origin].Via, test.via)
			}
			if test.over != "" {
				check("replaced", result.Origins[origin].Replaced, test.over)
			}
			if test.also != "" {
				check("also", result.Origins[origin].Also, test.also)
			}
		})
	}
}

// TestTracing holds for every input: tracing does not change the output, every node has its origins, and an exact origin
// with a line is where the key or value stands.
func TestTracing(t *testing.T) {
	for _, test := range origins {
		t.Run(test.name, func(t *testing.T) { checkTracing(t, test.files) })
	}
}

func checkTracing(t *testing.T, files repository) {
	request := files.request()
	traced := mustBuild(t, request)
	request.NoTrace = true
	plain := mustBuild(t, request)
	if len(plain.Documents) != len(traced.Documents) {
		t.Fatalf("%d documents, %d without tracing", len(traced.Documents), len(plain.Documents))
	}
	for i, document := range traced.Documents {
		if !bytes.Equal(document.YAML, plain.Documents[i].YAML) {
			t.Errorf("traced:\n%s\nuntraced:\n%s", document.YAML, plain.Documents[i].YAML)
		}
		printed := parseYAML(document.YAML)
		count := 0
		walk(printed, func(where []string, key, n *yaml.Node) {
			if 2*count+1 >= len(document.Nodes) {
				t.Fatalf("no origins for %v", where)
			}
			exact(t, files, traced, document.Nodes[2*count], n)
			if key != nil {
				exact(t, files, traced, document.Nodes[2*count+1], key)
			}
			count++
		})
		if len(document.Nodes) != 2*count {
			t.Errorf("%d origins for %d nodes", len(document.Nodes), count)
		}
	}
}

func exact(t *testing.T, files repository, result *Result, i int32, n *yaml.Node) {
	if i < 0 || !result.Origins[i].Exact || result.Origins[i].Line == 0 || n.Kind != yaml.ScalarNode || strings.Contains(n.Value, "\n") {
		return
	}
	o := result.Origins[i]
	text := files[o.File]
	if o.Inner {
		text = at(parseYAML([]byte(text)), o.Pointer).Value
	}
	lines := strings.Split(text, "\n")
	if int(o.Line) > len(lines) || !strings.Contains(lines[o.Line-1][o.Column-1:], n.Value) {
		t.Errorf("%q is not at %s", n.Value, describe(result, i))
	}
}

func mustBuild(t *testing.T, request Request) *Result {
	t.Helper()
	result, err := Build(request, nil)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return result
}

func TestRemoved(t *testing.T) {
	const inDeployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n"
	for _, test := range []struct {
		name  string
		files repository
		// want are the path of each map, the key that it lost, the place that took it out, and that of what it was.
		want string
	}{
		{
			name: "JSON patch in a file",
			files: based(onBase+"patches:\n- path: p.yaml\n  target: {kind: Deployment}\n", "ov/p.yaml",
				"- op: remove\n  path: /spec/template/spec/containers/0/args\n- op: replace\n  path: /spec/replicas\n  value: 2\n"),
			want: "spec/template/spec/containers/0 args patch ov/p.yaml:2 [0 path] base base/d.yaml:14 =",
		},
		{
			name: "inline JSON patch that moves, and another patch after it",
			files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: move\n      from: /spec/replicas\n      path: /spec/other\n" +
				"- target: {kind: Deployment}\n  patch: |-\n    - {op: add, path: /spec/paused, value: true}\n"),
			want: "spec replicas patch ov/kustomization.yaml:2 patches/0/patch inner [0 from] base base/d.yaml:8 =",
		},
		{
			name:  "key that comes back",
			files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: remove, path: /spec/replicas}\n    - {op: add, path: /spec/replicas, value: 3}\n"),
		},
		{
			name:  "null in a strategic merge patch",
			files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml", inDeployment+"        args: null\n"),
			want:  "spec/template/spec/containers/0 args patch ov/p.yaml:10 = base base/d.yaml:14 =",
		},
		{
			name:  "directive that deletes a map, and a name prefix after it",
			files: based(onBase+"namePrefix: x-\npatchesStrategicMerge:\n- p.yaml\n", "ov/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    $patch: delete\n"),
			want:  "metadata annotations patch ov/p.yaml:5 = base base/d.yaml:5 =",
		},
		{
			name: "directive in a container, in an inline patch after a JSON patch",
			files: based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: remove, path: /spec/replicas}\n    - {op: add, path: /spec/template/spec/containers/0/resources, value: {limits: {cpu: 1}}}\n- patch: |-\n" +
				"    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {containers: [{name: c, resources: {$patch: delete}}]}}}\n"),
			want: "spec replicas patch ov/kustomization.yaml:1 patches/0/patch inner [0 path] base base/d.yaml:8 =;spec/template/spec/containers/0 resources patch ov/kustomization.yaml:4 patches/1/patch inner = patch ov/kustomization.yaml:2 patches/0/patch inner [1 value]",
		},
		{
			name:  "item of another container",
			files: based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml", inDeployment+"        envFrom: null\n      - name: d\n        args: null\n"),
			want:  "spec/template/spec/containers/0 envFrom patch ov/p.yaml:10 = base base/d.yaml:15 =",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := mustBuild(t, test.files.request())
			var got []string
			for _, document := range result.Documents {
				for _, removed := range document.Removed {
					count := 0
					walk(parseYAML(document.YAML), func(path []string, _, _ *yaml.Node) {
						if count == int(removed.Node) {
							got = append(got, strings.Join([]string{strings.Join(path, "/"), removed.Key, describe(result, removed.Origin),
								describe(result, result.Origins[removed.Origin].Replaced)}, " "))
						}
						count++
					})
				}
			}
			if found := strings.Join(got, ";"); found != test.want {
				t.Errorf("got  %s\nwant %s", found, test.want)
			}
		})
	}
}

// A schema of its own stands in place of the built-in ones, in its own build only.
func TestSchema(t *testing.T) {
	patch := onBase + "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {containers: [{name: d, image: busybox:2}]}}}\n"
	known := based(patch)
	unknown := based(patch+"openapi:\n  path: s.json\n", "ov/s.json", `{"definitions": {}}`)
	for i, test := range []struct {
		files      repository
		containers int
	}{{known, 2}, {unknown, 1}, {known, 2}} {
		text := string(mustBuild(t, test.files.request()).Documents[0].YAML)
		if got := strings.Count(text, "image:"); got != test.containers {
			t.Errorf("build %d has %d containers:\n%s", i, got, text)
		}
	}
}

type place struct{ document, node int }

// locateNode finds the node at a path in the first object of a kind.
func locateNode(t *testing.T, result *Result, kind string, where []string) (place, string) {
	t.Helper()
	for i := range where {
		where[i] = strings.ReplaceAll(where[i], "~1", "/")
	}
	for i, document := range result.Documents {
		root := parseYAML(document.YAML)
		if scalar(root, "kind") != kind {
			continue
		}
		found, value, count := -1, "", 0
		walk(root, func(path []string, _, n *yaml.Node) {
			if slices.Equal(path, where) {
				found, value = count, n.Value
			}
			count++
		})
		if found < 0 {
			t.Fatalf("no %v in\n%s", where, document.YAML)
		}
		return place{i, found}, value
	}
	t.Fatalf("no %s", kind)
	return place{}, ""
}

func describe(result *Result, i int32) string {
	if i < 0 {
		return "unknown"
	}
	o := result.Origins[i]
	text := o.Role + " " + o.File
	if o.Role == roleChart {
		text += fmt.Sprintf("chart %d output %d", o.Chart, o.Output)
	}
	text += ":" + strconv.Itoa(int(o.Line))
	if o.Pointer != nil {
		text += " " + strings.Join(o.Pointer, "/")
	}
	if o.Inner {
		text += " inner"
	}
	if o.Op != nil {
		text += fmt.Sprint(" ", o.Op)
	}
	if o.Exact {
		text += " ="
	}
	return text
}

func TestLeft(t *testing.T) {
	const remote = "https://github.com/example/repo//deploy?ref=v1"
	for _, test := range []struct {
		name    string
		files   repository
		remotes map[string]string
		left    []Left
		kinds   string
	}{
		{
			name: "remote base and a patch for it", kinds: "Deployment",
			files: based("resources:\n- " + remote + "\n- ../base\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: gone}\n    spec: {}\n"),
			left:  []Left{{"ov/kustomization.yaml", []string{"resources", "0"}, "remote", remote}},
		},
		{
			name: "remote base that the repository has", kinds: "Deployment",
			files: based("resources:\n- " + remote + "\n"), remotes: map[string]string{"https://github.com/example/repo//deploy": "base"},
		},
		{
			name: "remote patch, component and file", kinds: "Deployment",
			files: based(onBase + "components:\n- github.com/example/c\npatches:\n- path: https://example.org/p.yaml\n- path: p.yaml\nopenapi:\n  path: https://example.org/o.json\n"),
			left: []Left{
				{"ov/kustomization.yaml", []string{"openapi", "path"}, "remote", "https://example.org/o.json"},
				{"ov/kustomization.yaml", []string{"components", "0"}, "remote", "github.com/example/c"},
				{"ov/kustomization.yaml", []string{"patches", "0", "path"}, "remote", "https://example.org/p.yaml"},
			},
		},
		{
			name: "functions and plugins", kinds: "Deployment",
			files: based(onBase+"transformers:\n- f.yaml\ngenerators:\n- |-\n  apiVersion: example.org/v1\n  kind: Maker\n  metadata: {name: m}\n", "ov/f.yaml",
				"apiVersion: example.org/v1\nkind: Fn\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: example.org/fn}\n"),
			left: []Left{
				{"ov/kustomization.yaml", []string{"generators", "0"}, "plugin", "Maker"},
				{"ov/kustomization.yaml", []string{"transformers", "0"}, "function", "Fn"},
			},
		},
		{
			name: "chart that is not there", kinds: "Deployment",
			files: based(onBase + "helmCharts:\n- name: minecraft\n  repo: https://example.org\n  version: 1.0.0\n"),
			left:  []Left{{"ov/kustomization.yaml", []string{"helmCharts", "0"}, "chart", "minecraft"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.files["ov/p.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n"
			for _, noTrace := range []bool{false, true} {
				request := test.files.request()
				request.Remotes, request.NoTrace = test.remotes, noTrace
				result := mustBuild(t, request)
				if fmt.Sprint(result.Left) != fmt.Sprint(test.left) {
					t.Errorf("left %v\nwant %v", result.Left, test.left)
				}
				var kinds []string
				for _, document := range result.Documents {
					kinds = append(kinds, scalar(parseYAML(document.YAML), "kind"))
				}
				if strings.Join(kinds, " ") != test.kinds {
					t.Errorf("kinds %v, want %s", kinds, test.kinds)
				}
			}
		})
	}
}

func TestHelmCharts(t *testing.T) {
	chart := func(kustomization string, more ...string) repository {
		return based(kustomization, append(more, "ov/charts/c/Chart.yaml", "name: c", "ov/charts/c/values.yaml", "a: 1\n")...)
	}
	rendered := &helm.Result{
		Outputs: []helm.Output{
			{Name: "c/templates/a.yaml", Data: []byte("# first\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    x: |\n      y\n\n---\n\n" + service)},
			{Name: "c/templates/t.yaml", Data: []byte("apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n")},
			{Name: "c/templates/h.yaml", Data: []byte("apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-install}\n")},
		},
		Crds: []helm.Output{{Name: "crds/x.yaml", Data: []byte("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: xs.example.org\n")}},
	}
	for _, test := range []struct {
		name   string
		files  repository
		values string
		kinds  string
		want   string
	}{
		{
			name: "defaults", files: chart("helmCharts:\n- name: c\n  releaseName: r\nnamespace: ns\n"),
			values: "[{File:ov/charts/c/values.yaml Set: Inline:}]",
			kinds:  "Service Deployment Pod Pod", want: "chart chart 0 output 0:19 =",
		},
		{
			name: "no hooks, with definitions", files: chart("helmCharts:\n- name: c\n  releaseName: r\n  namespace: ns\n  skipHooks: true\n  includeCRDs: true\n"),
			values: "[{File:ov/charts/c/values.yaml Set: Inline:}]",
			kinds:  "CustomResourceDefinition Service Deployment", want: "chart chart 0 output 0:19 =",
		},
		{
			name: "no tests, values of all kinds", values: "[{File:ov/v.yaml Set: Inline:} {File: Set: Inline:a: 2\n} {File:ov/w.yaml Set: Inline:}]",
			files: chart("helmCharts:\n- name: c\n  releaseName: r\n  namespace: ns\n  skipTests: true\n  valuesFile: v.yaml\n  valuesInline: {a: 2}\n  additionalValuesFiles: [w.yaml]\n",
				"ov/v.yaml", "a: 3\n", "ov/w.yaml", "b: 3\n"),
			kinds: "Service Deployment Pod", want: "chart chart 0 output 0:19 =",
		},
		{
			name: "legacy field, inline values below the file", values: "[{File: Set: Inline:a: 2\n} {File:ov/v.yaml Set: Inline:}]",
			files: chart("helmChartInflationGenerator:\n- chartName: c\n  releaseName: r\n  values: v.yaml\n  valuesLocal: {a: 2}\n  valuesMerge: merge\nnamespace: ns\n",
				"ov/v.yaml", "a: 3\n"),
			kinds: "Service Deployment Pod Pod", want: "chart chart 0 output 0:19 =",
		},
		{
			name: "a null among inline values", values: "[{File: Set: Inline:b: 1\n}]",
			files: chart("helmCharts:\n- name: c\n  releaseName: r\n  valuesFile: v.yaml\n  valuesInline: {a: null}\nnamespace: ns\n", "ov/v.yaml", "a: 3\nb: 1\n"),
			kinds: "Service Deployment Pod Pod", want: "chart chart 0 output 0:19 =",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked helm.Request
			result, err := Build(test.files.request(), func(request helm.Request) (*helm.Result, error) {
				asked = request
				return rendered, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if values := fmt.Sprintf("%+v", asked.Values); values != test.values {
				t.Errorf("values %s\nwant %s", values, test.values)
			}
			if asked.Chart != "ov/charts/c" || asked.Release != "r" {
				t.Errorf("asked for %s as %s", asked.Chart, asked.Release)
			}
			var kinds []string
			for _, document := range result.Documents {
				kinds = append(kinds, scalar(parseYAML(document.YAML), "kind"))
			}
			if strings.Join(kinds, " ") != test.kinds {
				t.Errorf("kinds %v, want %s", kinds, test.kinds)
			}
			index, _ := locateNode(t, result, "Service", []string{"spec", "ports", "0", "port"})
			if got := describe(result, result.Documents[index.document].Nodes[2*index.node]); got != test.want {
				t.Errorf("port: %s, want %s", got, test.want)
			}
			if len(result.Charts) != 1 || result.Charts[0] != rendered {
				t.Errorf("charts %v", result.Charts)
			}
		})
	}
}

func TestReleaseName(t *testing.T) {
	for _, test := range []struct{ release, template, want, fails string }{
		{"", "", "release-name", ""},
		{"r", "", "r", ""},
		{"", "fixed", "fixed", ""},
		{"", `{{ "ABC" | lower }}-x`, "abc-x", ""},
		{"r", "fixed", "", "cannot set --name-template"},
		{"Foo_Bar", "", "Foo_Bar", "invalid release name"},
		{"", "{{ nothing }}", "", "not defined"},
	} {
		got, err := releaseName(types.HelmChart{ReleaseName: test.release, NameTemplate: test.template})
		if got != test.want || (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
			t.Errorf("%q %q: %q, %v", test.release, test.template, got, err)
		}
	}
}

func TestFaults(t *testing.T) {
	nested := repository{}
	for i := range 300 {
		nested[fmt.Sprintf("n%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../n%d]\n", i+1)
	}
	nested["ov/kustomization.yaml"] = "resources: [../n0]\n"
	doubling := repository{"ov/kustomization.yaml": "resources: [../n0]\n", "n40/kustomization.yaml": "resources: [s.yaml]\n", "n40/s.yaml": service}
	for i := range 40 {
		for _, side := range []string{"a", "b"} {
			doubling[fmt.Sprintf("n%d%s/kustomization.yaml", i, side)] = fmt.Sprintf("resources: [../n%d]\nnamePrefix: %s-\n", i+1, side)
		}
		doubling[fmt.Sprintf("n%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../n%da, ../n%db]\n", i, i)
	}
	for _, test := range []struct {
		name    string
		files   repository
		code    string
		message string
		place   string
		missing string
	}{
		{"no kustomization", repository{"ov/a.txt": ""}, fault.Kustomize, "unable to find one of", ":0", "ov/Kustomization ov/kustomization.yaml ov/kustomization.yml"},
		{"missing resource", based("resources:\n- gone.yaml\n"), fault.Kustomize, "'ov/gone.yaml' doesn't exist", "ov/kustomization.yaml:2", "ov/gone.yaml"},
		{"outside of the repository", based("resources:\n- ../../../base\n"), fault.Kustomize, "outside of the repository", "ov/kustomization.yaml:2", ""},
		{"cycle", based("resources:\n- ../a\n", "a/kustomization.yaml", "resources:\n- ../ov\n"), fault.Kustomize, "cycle detected", "a/kustomization.yaml:2", ""},
		{"broken YAML in the second document", based("resources: [x.yaml]\n", "ov/x.yaml", service+"---\na: b\nc: [\n"), fault.Kustomize, "line 10", "ov/x.yaml:10", ""},
		{"object without a name", based("resources: [x.yaml]\n", "ov/x.yaml", "apiVersion: v1\nkind: Pod\n"), fault.Kustomize, "this Pod has no metadata.name", "ov/x.yaml:0", ""},
		{"object that is there twice", based(onBase+"- ../other\n", "other/kustomization.yaml", "resources: [../base]\n"), fault.Kustomize, "may not add resource with an already registered id: Deployment web", "ov/kustomization.yaml:3", ""},
		{"generator without an object to merge with", based("configMapGenerator:\n- name: a\n- name: b\n  behavior: merge\n"), fault.Kustomize, "id ConfigMap b does not exist; cannot merge or replace", "ov/kustomization.yaml:3", ""},
		{"inline patch without a target", based(onBase + "patches:\n- patch: '{apiVersion: v1, kind: Pod, metadata: {name: x}}'\n"), fault.Kustomize, "no resource matches this patch of Pod x", "ov/kustomization.yaml:4", ""},
		{"JSON patch whose test fails", based(onBase + "patches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"test\", \"path\": \"/kind\", \"value\": \"x\"}]'\n"), fault.Kustomize, "testing value /kind failed: test failed", "ov/kustomization.yaml:4", ""},
		{"missing configuration", based(onBase + "configurations:\n- gone.yaml\n"), fault.Kustomize, "'ov/gone.yaml' doesn't exist", "ov/kustomization.yaml:4", "ov/gone.yaml"},
		{"patch that cannot be read", based(onBase + "patches:\n- patch: |\n    a: [\n"), fault.Kustomize, "unable to parse SM or JSON patch", "ov/kustomization.yaml:4", ""},
		{"component that names what is not there", based(onBase+"components: [../c]\n", "c/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n- gone.yaml\n"), fault.Kustomize, "'c/gone.yaml' doesn't exist", "c/kustomization.yaml:4", "c/gone.yaml"},
		{"unknown field", based(onBase + "resurces: []\n"), fault.Kustomize, "unknown field \"resurces\"", "ov/kustomization.yaml:3", ""},
		{"patch without a target", based(onBase+"patches:\n- path: p.yaml\n", "ov/p.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"), fault.Kustomize, "no resource matches this patch of Pod x, which ov/kustomization.yaml brings in", "ov/p.yaml:1", ""},
		{"deep nesting of kustomizations", nested, fault.Limit, "100 levels", "n98/kustomization.yaml:1", ""},
		{"bases that double at every level", doubling, fault.Limit, "kustomizations are included", "", ""},
		{"deep YAML", based("resources: [x.yaml]\n", "ov/x.yaml", "a: "+strings.Repeat("[", 100_000)), fault.Kustomize, "exceeded max depth", "ov/x.yaml:0", ""},
		{"alias bomb", based("resources: [x.yaml]\n", "ov/x.yaml", bomb()), fault.Kustomize, "aliases make the document too large", "ov/x.yaml:7", ""},
		{"alias that contains itself", based("resources: [x.yaml]\n", "ov/x.yaml", "a: &a\n- *a\n"), fault.Kustomize, "contains itself", "ov/x.yaml:2", ""},
		{"alias bomb in the kustomization", based(bomb()), fault.Kustomize, "excessive aliasing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Build(test.files.request(), nil)
			var got *fault.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v", err)
			}
			if got.Code != test.code || !strings.Contains(got.Message, test.message) || strings.Contains(got.Message, mount) {
				t.Errorf("%s: %s\nwant %s: %s", got.Code, got.Message, test.code, test.message)
			}
			if where := fmt.Sprintf("%s:%d", got.File, got.Line); test.place != "" && where != test.place {
				t.Errorf("at %s, want %s", where, test.place)
			}
			if missing := strings.Join(got.Missing, " "); missing != test.missing {
				t.Errorf("missing %q, want %q", missing, test.missing)
			}
		})
	}
}

// bomb is a document whose aliases stand for 10^19 nodes.
func bomb() string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 20; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text
}
