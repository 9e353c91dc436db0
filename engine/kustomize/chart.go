package kustomize

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	sigs "sigs.k8s.io/yaml"
)

// chartText is what helm template would print, and where each part of it stands in the chart's outputs.
type chartText struct {
	text  bytes.Buffer
	lines int
	parts []chartPart
}

type chartPart struct {
	// first is the part's first line in the text, line in the output; both count from 0.
	first, line int
	place       stamp
}

func (b *build) Inflate(chartHome string, chart types.HelmChart, load func(string) ([]byte, error)) ([]byte, error) {
	f := b.top()
	field := f.legacy("helmCharts", "helmChartInflationGenerator", f.charts)
	if len(f.plugins) > 0 && f.charts >= f.count("helmCharts")+f.count("helmChartInflationGenerator") {
		field = nil
	}
	f.charts++
	dir, inside := local(path.Join(chartHome, chart.Name))
	if !inside || !b.tree.dirs[dir] {
		if inside {
			b.tree.missing[dir] = true
		}
		b.leave(f, "chart", chart.Name, field)
		return nil, nil
	}
	layers, err := valuesLayers(f.dir, chart, load)
	if err != nil {
		return nil, err
	}
	request := helm.Request{
		Chart: dir, Values: layers, Release: chart.ReleaseName, Namespace: chart.Namespace, KubeVersion: chart.KubeVersion,
		APIVersions: chart.ApiVersions, NoTrace: b.request.NoTrace, MaxOutput: b.request.MaxOutput, Files: b.request.Files,
	}
	if request.Release == "" && !strings.Contains(chart.NameTemplate, "{{") {
		request.Release = chart.NameTemplate
	}
	if request.KubeVersion == "" {
		request.KubeVersion = b.request.KubeVersion
	}
	if len(request.APIVersions) == 0 {
		request.APIVersions = b.request.APIVersions
	}
	rendered, err := b.renderChart(request)
	if err != nil {
		return nil, err
	}
	for _, name := range rendered.Read {
		b.tree.read[name] = true
	}
	via := int32(-1)
	if b.trace && field != nil {
		via = b.origin(b.entry(f, roleKustomization, "", field...))
	}
	b.chart = b.layOut(rendered, chart, via)
	b.result.Charts = append(b.result.Charts, rendered)
	return b.chart.text.Bytes(), nil
}

// valuesLayers are the values files in the order that kustomize gives them to helm. It merges valuesInline with the values
// file itself. That is the same as two layers, which keep their origins, unless a null is among the inline values: it
// takes a key from the file, but helm would take it from the chart's defaults too.
func valuesLayers(dir string, chart types.HelmChart, load func(string) ([]byte, error)) ([]helm.Layer, error) {
	text, err := load(chart.ValuesFile)
	if err != nil {
		return nil, err
	}
	file := helm.Layer{File: inRepository(dir, chart.ValuesFile)}
	layers := []helm.Layer{file}
	if len(chart.ValuesInline) > 0 {
		inline, err := sigs.Marshal(chart.ValuesInline)
		if err != nil {
			return nil, err
		}
		layer := helm.Layer{Inline: string(inline)}
		switch {
		case chart.ValuesMerge == "replace":
			layers = []helm.Layer{layer}
		case hasNull(chart.ValuesInline):
			over, under := string(inline), string(text)
			if chart.ValuesMerge == "merge" {
				over, under = under, over
			}
			merged, err := merge2.MergeStrings(over, under, false, yaml.MergeOptions{})
			if err != nil {
				return nil, err
			}
			layers = []helm.Layer{{Inline: merged}}
		case chart.ValuesMerge == "merge":
			layers = []helm.Layer{layer, file}
		default:
			layers = []helm.Layer{file, layer}
		}
	}
	for _, extra := range chart.AdditionalValuesFiles {
		layers = append(layers, helm.Layer{File: inRepository(dir, extra)})
	}
	return layers, nil
}

func inRepository(dir, name string) string {
	if in, ok := local(name); ok {
		return in
	}
	return path.Join(dir, name)
}

func hasNull(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		for _, inner := range value {
			if hasNull(inner) {
				return true
			}
		}
	}
	return false
}

// manifest is a document of an output.
type manifest struct {
	name, text   string
	output       int32
	line         int
	order        int
	hook, isTest bool
}

var (
	separator = regexp.MustCompile(`(?m)^---[ \t]*`)
	kindLine  = regexp.MustCompile(`(?m)^kind:[ \t]*["']?(\w+)`)
)

// installOrder is the order in which helm prints the kinds of a release; others follow by name.
var installOrder = strings.Fields(`PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy
	PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim
	CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding
	RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job
	CronJob IngressClass Ingress APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration`)

// layOut puts the outputs of a chart in the order of helm template: custom resource definitions, then objects by kind,
// then hooks.
func (b *build) layOut(rendered *helm.Result, chart types.HelmChart, via int32) *chartText {
	var manifests, hooks []manifest
	for i, output := range rendered.Outputs {
		for _, m := range split(output) {
			m.output = int32(i)
			switch {
			case !m.hook:
				manifests = append(manifests, m)
			case !chart.SkipHooks && !(chart.SkipTests && m.isTest):
				hooks = append(hooks, m)
			}
		}
	}
	for _, list := range [][]manifest{manifests, hooks} {
		slices.SortStableFunc(list, func(x, y manifest) int { return byKind(x, y) })
	}
	t := &chartText{}
	number := int32(len(b.result.Charts))
	if chart.IncludeCRDs {
		for i, crd := range rendered.Crds {
			t.add(b, manifest{name: crd.Name, text: string(crd.Data), output: -1 - int32(i)}, number, via)
		}
	}
	for _, m := range slices.Concat(manifests, hooks) {
		t.add(b, m, number, via)
	}
	return t
}

func byKind(x, y manifest) int {
	if c := cmp.Compare(x.order, y.order); c != 0 || x.order < len(installOrder) {
		return c
	}
	return cmp.Compare(kindOf(x.text), kindOf(y.text))
}

func kindOf(text string) string {
	if m := kindLine.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// split cuts an output into its documents, as Helm does.
func split(output helm.Output) []manifest {
	text := string(output.Data)
	var result []manifest
	start := 0
	add := func(end int) {
		document := text[start:end]
		trimmed := strings.TrimSpace(document)
		if trimmed == "" {
			return
		}
		skipped := len(document) - len(strings.TrimLeft(document, " \t\r\n"))
		m := manifest{name: output.Name, text: trimmed, line: strings.Count(text[:start+skipped], "\n")}
		m.order = slices.Index(installOrder, kindOf(trimmed))
		if m.order < 0 {
			m.order = len(installOrder)
		}
		if strings.Contains(trimmed, "helm.sh/hook") {
			var head struct {
				Metadata struct {
					Annotations map[string]string `json:"annotations"`
				} `json:"metadata"`
			}
			if sigs.Unmarshal([]byte(trimmed), &head) == nil {
				events, isHook := head.Metadata.Annotations["helm.sh/hook"]
				m.hook = isHook
				for event := range strings.SplitSeq(events, ",") {
					event = strings.TrimSpace(event)
					m.isTest = m.isTest || event == "test" || event == "test-success"
				}
			}
		}
		result = append(result, m)
	}
	for _, at := range separator.FindAllStringIndex(text, -1) {
		add(at[0])
		start = at[1]
	}
	add(len(text))
	return result
}

func (t *chartText) add(b *build, m manifest, chart, via int32) {
	fmt.Fprintf(&t.text, "---\n# Source: %s\n", m.name)
	t.lines += 2
	part := chartPart{first: t.lines, line: m.line}
	if b.trace {
		part.place = b.newPlace(Origin{Role: roleChart, Chart: chart, Output: m.output, Via: via, Replaced: -1, Exact: true})
	}
	t.parts = append(t.parts, part)
	t.text.WriteString(m.text + "\n")
	t.lines += strings.Count(m.text, "\n") + 1
}

// stamp gives nodes that were parsed from the text their places in the outputs.
func (t *chartText) stamp(b *build, n *yaml.Node) {
	i, found := slices.BinarySearchFunc(t.parts, n.Line-1, func(p chartPart, line int) int { return cmp.Compare(p.first, line) })
	if !found {
		i--
	}
	if n.Line > 0 && n.Line <= mask && i >= 0 {
		p := t.parts[i]
		p.place.at(n.Line-p.first+p.line, n.Column).put(n)
	}
	for _, child := range n.Content {
		t.stamp(b, child)
	}
}
