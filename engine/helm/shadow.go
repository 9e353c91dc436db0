package helm

import (
	"maps"
	"slices"
	"strconv"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartloader "helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// origin is a source of values: a layer of the request, or the values.yaml of a chart.
type origin struct {
	layer       int32
	file, inner string
	text        string // of a file in an archive
}

// vnode is a key or an index in a tree of values; the root has no up.
type vnode struct {
	up   *vnode
	key  string
	from *origin // only at roots
}

func (n *vnode) path() []string {
	if n == nil || n.up == nil {
		return nil
	}
	return append(n.up.path(), n.key)
}

func (n *vnode) root() *vnode {
	for n.up != nil {
		n = n.up
	}
	return n
}

// shadow repeats the coalescing of values by Helm's own packages with a tag in the place of every scalar and list, so
// that the result says for each of its paths which key of which source it is from. Maps carry their tag under mapTag.
type shadow struct {
	tags   []tagged
	user   map[string]any
	charts map[*common.File]map[string]any // tagged defaults, by a file of the chart: aliases share it
}

type tag int32

const mapTag = "\x00"

type tagged struct {
	at    *vnode
	value any
	items []any // tags of a list's elements
}

func newShadow(l *loader, c *chart.Chart) *shadow {
	s := &shadow{user: map[string]any{}, charts: map[*common.File]map[string]any{}}
	var walk func(c *chart.Chart)
	walk = func(c *chart.Chart) {
		from := origin{layer: -1}
		for _, f := range c.Raw {
			if f.Name == "values.yaml" {
				at := l.places[f]
				from.file, from.inner = at.file, at.inner
				if at.inner != "" {
					from.text = shared(f.Data)
				}
			}
		}
		s.defaults(c, c.Values, from)
		for _, d := range c.Dependencies() {
			walk(d)
		}
	}
	walk(c)
	return s
}

func (s *shadow) defaults(c *chart.Chart, values map[string]any, from origin) {
	if s != nil {
		s.charts[c.Raw[0]], _ = s.tag(values, &vnode{from: &from}).(map[string]any)
	}
}

func (s *shadow) merge(values map[string]any, from origin) {
	if s != nil {
		s.user = chartloader.MergeMaps(s.user, s.tag(values, &vnode{from: &from}).(map[string]any))
	}
}

// set repeats what --set does: it changes maps and lists in place.
func (s *shadow) set(values map[string]any, layer int32) {
	if s != nil {
		s.user = s.overlay(s.user, values, &vnode{from: &origin{layer: layer}}).(map[string]any)
	}
}

func (s *shadow) new(at *vnode, value any, items []any) tag {
	s.tags = append(s.tags, tagged{at, value, items})
	return tag(len(s.tags) - 1)
}

func (s *shadow) tag(v any, at *vnode) any {
	switch x := v.(type) {
	case nil:
		return nil
	case map[string]any:
		if x == nil {
			return v
		}
		m := make(map[string]any, len(x)+1)
		for k, c := range x {
			m[k] = s.tag(c, &vnode{up: at, key: k})
		}
		m[mapTag] = s.new(at, nil, nil)
		return m
	case []any:
		items := make([]any, len(x))
		for i, c := range x {
			items[i] = s.tag(c, &vnode{up: at, key: strconv.Itoa(i)})
		}
		return s.new(at, nil, items)
	}
	return s.new(at, v, nil)
}

func (s *shadow) overlay(old, v any, at *vnode) any {
	switch x := v.(type) {
	case map[string]any:
		before, _ := old.(map[string]any)
		m := maps.Clone(before)
		if m == nil {
			m = map[string]any{mapTag: s.new(at, nil, nil)}
		}
		for k, c := range x {
			m[k] = s.overlay(before[k], c, &vnode{up: at, key: k})
		}
		return m
	case []any:
		var items []any
		if t, ok := old.(tag); ok {
			items = slices.Clone(s.tags[t].items)
		}
		for i, c := range x {
			if i >= len(items) {
				items = append(items, nil)
			}
			if c != nil {
				items[i] = s.overlay(items[i], c, &vnode{up: at, key: strconv.Itoa(i)})
			}
		}
		return s.new(at, nil, items)
	}
	return s.tag(v, at)
}

// coalesce gives the tags of the final values of c, whose dependencies are already processed: only those that are
// enabled are left, under their final names.
func (s *shadow) coalesce(c *chart.Chart) map[string]any {
	copied, imports := s.copy(c)
	if imports && chartutil.ProcessDependencies(copied, s.user) != nil {
		return nil
	}
	values, err := util.CoalesceValues(copied, s.user)
	if err != nil {
		return nil
	}
	return values
}

// copy is c with tags for values, and whether a chart in it imports values from another.
func (s *shadow) copy(c *chart.Chart) (*chart.Chart, bool) {
	imports := false
	meta := *c.Metadata
	meta.Dependencies = nil
	for _, d := range c.Metadata.Dependencies {
		dep := *d
		dep.Condition, dep.Tags, dep.ImportValues = "", nil, nil
		for _, v := range d.ImportValues {
			if m, ok := v.(map[string]string); ok { // what processing makes of both forms
				v = map[string]any{"child": m["child"], "parent": m["parent"]}
			}
			dep.ImportValues = append(dep.ImportValues, v)
			imports = true
		}
		meta.Dependencies = append(meta.Dependencies, &dep)
	}
	out := &chart.Chart{Metadata: &meta, Values: s.charts[c.Raw[0]]}
	for _, d := range c.Dependencies() {
		sub, more := s.copy(d)
		out.AddDependency(sub)
		imports = imports || more
	}
	return out, imports
}

// leaf is a final value: where it was set, and where it stands among the root chart's values.
type leaf struct{ set, final *vnode }

// adoptValues replaces the values by a copy in which every scalar, map, list and key has an address of its own, and
// notes what each address stands for.
func (t *tracer) adoptValues(top common.Values, s *shadow, c *chart.Chart) {
	values, ok := top["Values"].(common.Values)
	if !ok {
		return
	}
	t.chart = c
	a := adopter{t: t, s: s, done: map[uintptr]any{}}
	top["Values"] = common.Values(a.value(map[string]any(values), s.coalesce(c), &vnode{}).(map[string]any))
	if release, ok := top["Release"].(map[string]any); ok {
		t.adoptBuiltin(release)
	}
	if caps, ok := top["Capabilities"].(*common.Capabilities); ok {
		for _, p := range []*string{&caps.KubeVersion.Version, &caps.KubeVersion.Major, &caps.KubeVersion.Minor, &caps.HelmVersion.Version} {
			*p = t.register(*p, &prov{class: Builtin, leaf: -1})
		}
	}
}

type adopter struct {
	t    *tracer
	s    *shadow
	done map[uintptr]any // maps that stand in several places stay shared
}

func (a *adopter) value(v, w any, final *vnode) any {
	t := a.t
	var info tagged
	known := false
	if id, ok := w.(tag); ok {
		info, known = a.s.tags[id], true
	}
	switch x := v.(type) {
	case nil:
		return nil
	case map[string]any:
		if x == nil {
			return v
		}
		if m, ok := a.done[address(x)]; ok {
			return m
		}
		tags, _ := w.(map[string]any)
		l := leaf{final: final}
		if id, ok := tags[mapTag].(tag); ok {
			l.set = a.s.tags[id].at
		}
		m := make(map[string]any, len(x))
		a.done[address(x)] = m
		t.container(m, l)
		keys := slices.Sorted(maps.Keys(x))
		if i := slices.Index(keys, common.GlobalKey); i > 0 { // what is shared with it is met here first
			keys[0], keys[i] = keys[i], keys[0]
		}
		for _, k := range keys {
			child := a.value(x[k], tags[k], &vnode{up: final, key: k})
			m[t.key(k, child)] = child
		}
		return m
	case []any:
		list := make([]any, len(x), len(x)+1)
		t.container(list, leaf{info.at, final})
		for i, c := range x {
			var tags any
			if known && len(info.items) == len(x) {
				tags = info.items[i]
			}
			list[i] = a.value(c, tags, &vnode{up: final, key: strconv.Itoa(i)})
		}
		return list
	}
	if !known || info.items != nil || info.value != v {
		info.at = nil
	}
	return t.scalar(v, &prov{class: Exact, leaf: t.leaf(leaf{info.at, final})})
}

// adoptBuiltin does the same for strings, numbers and booleans that are not from values.
func (t *tracer) adoptBuiltin(m map[string]any) {
	for k, v := range m {
		switch x := v.(type) {
		case map[string]any:
			t.adoptBuiltin(x)
		case []any:
			for i, c := range x {
				if s, ok := c.(string); ok {
					x[i] = t.scalar(s, &prov{class: Builtin, leaf: -1})
				}
			}
		case string, bool, int, int64, float64:
			m[k] = t.scalar(x, &prov{class: Builtin, leaf: -1})
		}
	}
}

// adoptChart makes .Chart and .Files of a chart known.
func (t *tracer) adoptChart(scope map[string]any, c *chart.Chart, l *loader) {
	t.adoptBuiltin(scope["Chart"].(map[string]any))
	for _, f := range c.Files {
		t.arena(f.Data, l.places[f])
	}
	for _, f := range c.Templates {
		t.arena(f.Data, l.places[f])
	}
}

// final is the path of an override among the root chart's values.
func (t *tracer) final(n *vnode) []string {
	return slices.Clone(globalPath(t.chart, n.path()))
}
