package kustomize

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/chart/v2/util"
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
	field := f.doing
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
	release, err := releaseName(chart)
	if err != nil {
		return nil, err
	}
	request := helm.Request{
		Chart: dir, Values: layers, Release: release, Namespace: chart.Namespace, KubeVersion: chart.KubeVersion,
		APIVersions: chart.ApiVersions, NoTrace: b.request.NoTrace, Files: b.request.Files,
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

// releaseName is what helm calls a release.
func releaseName(chart types.HelmChart) (string, error) {
	name := chart.ReleaseName
	switch {
	case name != "" && chart.NameTemplate != "":
		return "", errors.New("cannot set --name-template and also specify a name")
	case chart.NameTemplate != "":
		t, err := template.New("name-template").Funcs(sprig.TxtFuncMap()).Parse(chart.NameTemplate)
		if err != nil {
			return "", err
		}
		var text strings.Builder
		if err := t.Execute(&text, nil); err != nil {
			return "", err
		}
		name = text.String()
	case name == "":
		// helm template takes this for a name that was given, so it generates none.
		name = "release-name"
	}
	return name, util.ValidateReleaseName(name)
}

// valuesLayers are the values files in the order that kustomize gives them to helm. It merges valuesInline with the values
// file itself; where that is the same as one above the other, they stay layers, which keep their origins.
func valuesLayers(dir string, chart types.HelmChart, load func(string) ([]byte, error)) ([]helm.Layer, error) {
	layers := []helm.Layer{{File: inRepository(dir, chart.ValuesFile)}}
	inline, err := sigs.Marshal(chart.ValuesInline)
	if err != nil {
		return nil, err
	}
	if replaces := len(chart.ValuesInline) > 0 && chart.ValuesMerge == "replace"; replaces {
		layers = []helm.Layer{{Inline: string(inline)}}
	} else {
		text, err := load(chart.ValuesFile)
		if err != nil {
			return nil, err
		}
		if len(chart.ValuesInline) > 0 {
			layers = append(layers, helm.Layer{Inline: string(inline)})
			over, under := inline, text
			if chart.ValuesMerge == "merge" {
				slices.Reverse(layers)
				over, under = text, inline
			}
			merged, err := mergeValues(over, under)
			if err != nil {
				return nil, err
			}
			if layered, err := layValues(over, under); err != nil || !bytes.Equal(layered, merged) {
				layers = []helm.Layer{{Inline: string(merged)}}
			}
		}
	}
	for _, extra := range chart.AdditionalValuesFiles {
		layers = append(layers, helm.Layer{File: inRepository(dir, extra)})
	}
	return layers, nil
}

// mergeValues does what kustomize does; layValues what helm does with a file above another.
func mergeValues(over, under []byte) ([]byte, error) {
	src, err := yaml.Parse(string(over))
	if err != nil {
		return nil, err
	}
	dest, err := yaml.Parse(string(under))
	if err != nil {
		return nil, err
	}
	merged, err := merge2.Merge(src, dest, yaml.MergeOptions{})
	if err != nil {
		return nil, fmt.Errorf("could not merge values: %w", err)
	}
	values, err := merged.Map()
	if err != nil {
		return nil, err
	}
	return sigs.Marshal(values)
}

func layValues(over, under []byte) ([]byte, error) {
	var values, above map[string]any
	if err := errors.Join(sigs.Unmarshal(under, &values), sigs.Unmarshal(over, &above)); err != nil {
		return nil, err
	}
	return sigs.Marshal(loader.MergeMaps(values, above))
}

func inRepository(dir, name string) string {
	if in, ok := local(name); ok {
		return in
	}
	return path.Join(dir, name)
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
		part.place = b.newPlace(Origin{Role: roleChart, Chart: chart, Output: m.output, Via: via, Replaced: -1, Also: -1, Exact: true})
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
