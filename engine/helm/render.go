package helm

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"sort"
	"strings"
	"text/template"
	"text/template/parse"

	chartapi "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

const defaultMaxOutput = 64 << 20

// Render renders a chart as `helm template` does. Its errors are *fault.Error.
func Render(req Request) (res *Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(*fault.Error)
			if !ok {
				f = fault.New(fault.Internal, fmt.Sprint(r))
			}
			res, err = nil, f
		}
		if f := (*fault.Error)(nil); err != nil && !errors.As(err, &f) {
			err = fault.New(fault.Chart, err.Error())
		}
	}()
	l := newLoader(req.Files)
	c, err := l.directory(path.Clean(req.Chart))
	if err != nil {
		return nil, err
	}
	chartYAML := path.Join(req.Chart, "Chart.yaml")
	refuse := func(code, format string, args ...any) error {
		return &fault.Error{Code: code, Message: fmt.Sprintf(format, args...), File: chartYAML}
	}
	if c.Metadata.Type != "" && c.Metadata.Type != "application" {
		return nil, refuse(fault.Chart, "%s charts are not installable", c.Metadata.Type)
	}
	if expanded(c) > maxCharts {
		return nil, refuse(fault.Limit, "The chart has too many subcharts.")
	}
	var sh *shadow
	if !req.NoTrace {
		sh = newShadow(l, c)
	}
	user, err := l.layers(&req, c, sh)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(c, user); err != nil {
		return nil, refuse(fault.Chart, "%v", err)
	}
	caps, err := capabilities(&req)
	if err != nil {
		return nil, err
	}
	top, err := util.ToRenderValuesWithSchemaValidation(c, user, common.ReleaseOptions{
		Name: or(req.Release, "release-name"), Namespace: or(req.Namespace, "default"), Revision: 1, IsInstall: true,
	}, caps, true)
	if err != nil {
		return nil, refuse(fault.Chart, "%v", err)
	}
	if bad := l.checkSchemas(c, top["Values"].(common.Values)); bad != nil {
		return nil, bad
	}
	if want := c.Metadata.KubeVersion; want != "" && !chartutil.IsCompatibleRange(want, caps.KubeVersion.String()) {
		return nil, refuse(fault.Chart, "chart requires kubeVersion: %s which is incompatible with Kubernetes %s", want, caps.KubeVersion.String())
	}
	e := &engine{left: or(req.MaxOutput, defaultMaxOutput)}
	if sh != nil {
		e.tr = newTracer(e)
		e.tr.adoptValues(top, sh, c)
	}
	e.templates = map[string]*page{}
	e.collect(c, l, top)
	outputs, err := e.run()
	if err != nil {
		return nil, err
	}
	res = &Result{Name: c.Name(), Outputs: outputs}
	e.crds(res, c, l)
	if e.tr != nil {
		e.tr.finish(res, l)
	}
	res.Read = slices.Sorted(maps.Keys(l.read))
	return res, nil
}

func or[T comparable](v, otherwise T) T {
	if v == *new(T) {
		return otherwise
	}
	return v
}

// page is a template file with the values of its chart.
type page struct {
	text     string
	at       place
	values   map[string]any
	basePath string
	chart    *chart.Chart
}

// collect gathers the templates of a chart and its subcharts, each with the values it may see.
func (e *engine) collect(c *chart.Chart, l *loader, scope common.Values) map[string]any {
	acc, _ := chartapi.NewAccessor(c)
	meta := acc.MetadataAsMap()
	meta["IsRoot"] = c.IsRoot()
	subs := map[string]any{}
	next := map[string]any{
		"Chart": meta, "Files": newFiles(c.Files), "Release": scope["Release"], "Capabilities": scope["Capabilities"],
		"Values": make(common.Values), "Subcharts": subs,
	}
	if c.IsRoot() {
		next["Values"] = scope["Values"]
	} else if v, err := scope.Table("Values." + c.Name()); err == nil {
		next["Values"] = v
	}
	if e.tr != nil {
		e.tr.adoptChart(next, c, l)
	}
	for _, d := range c.Dependencies() {
		subs[d.Name()] = e.collect(d, l, next)
	}
	full := c.ChartFullPath()
	for _, t := range c.Templates {
		if acc.IsLibraryChart() && !strings.HasPrefix(path.Base(t.Name), "_") {
			continue
		}
		e.templates[path.Join(full, t.Name)] = &page{shared(t.Data), l.places[t], next, path.Join(full, "templates"), c}
	}
	return next
}

func (e *engine) crds(res *Result, c *chart.Chart, l *loader) {
	for _, crd := range c.CRDObjects() {
		out := Output{Name: crd.Filename, Data: crd.File.Data}
		if e.tr != nil {
			at := l.places[crd.File]
			out.Source = e.tr.source(at, shared(crd.File.Data))
			out.Segments = []Segment{{Kind: Text, Source: out.Source, Pos: int32(at.skip), Frame: -1, Leaf: -1}}
		}
		res.Crds = append(res.Crds, out)
	}
}

// engine runs the templates of one rendering.
type engine struct {
	budget
	tr        *tracer // nil when origins are not wanted
	templates map[string]*page
	current   *page // being rendered
	tpls      int   // calls of tpl that are open
	left      int   // bytes that outputs may still have
	sinks     []*sink
	seen      map[*parse.ListNode]bool // roots of trees that are rewritten; clones share them
}

// run parses all templates, then executes those that are not partials, in Helm's order.
func (e *engine) run() ([]Output, error) {
	t := template.New("gotpl").Option("missingkey=zero")
	e.seen = map[*parse.ListNode]bool{}
	f := functions(&e.budget)
	instrument(f, checks(&e.budget), e.tr)
	f["__step"] = func(n int) string { e.step(n); return "" }
	f["__check"] = func(v reflect.Value) reflect.Value { e.checkPrinted(v); return v }
	if e.tr != nil {
		e.tr.marks(f)
	}
	t.Funcs(f)
	e.bind(t, t)
	names := slices.SortedFunc(maps.Keys(e.templates), func(a, b string) int {
		if d := strings.Count(b, "/") - strings.Count(a, "/"); d != 0 {
			return d
		}
		return strings.Compare(b, a)
	})
	for _, n := range names {
		if err := nesting(e.templates[n].text); err != nil {
			return nil, e.parseFault(n, err)
		}
		if _, err := t.New(n).Parse(e.templates[n].text); err != nil {
			return nil, e.parseFault(n, err)
		}
	}
	for _, d := range t.Templates() {
		if d.Tree != nil && d.Tree.Root != nil {
			e.rewrite(d.Tree, e.templates[d.Tree.ParseName])
		}
	}
	var outputs []Output
	for _, n := range names {
		if strings.HasPrefix(path.Base(n), "_") {
			continue
		}
		p := e.templates[n]
		e.current = p
		base := common.Values{"Name": n, "BasePath": p.basePath}
		if e.tr != nil {
			e.tr.adoptBuiltin(base)
		}
		p.values["Template"] = base
		s := e.push(-1)
		err := t.ExecuteTemplate(s, n, p.values)
		e.pop()
		if err != nil {
			return nil, e.execFault(t, n, err)
		}
		s.dropNoValue()
		if strings.TrimSpace(string(s.data)) == "" || strings.HasSuffix(n, "NOTES.txt") {
			continue
		}
		out := Output{Name: n, Data: s.data, Segments: s.segs}
		if e.tr != nil {
			out.Source = e.tr.source(p.at, p.text)
		}
		outputs = append(outputs, out)
	}
	sort.Slice(outputs, func(i, j int) bool { return outputs[i].Name < outputs[j].Name })
	return outputs, nil
}

// How many calls of include and tpl may be open. Helm allows 1000 includes of one name, but the stack of WebAssembly is
// small; cloning all templates makes each tpl dear.
const (
	maxOpen = 200
	maxTpl  = 50
)

// bind gives a template its own include and tpl, so that they find what a tpl text defines.
func (e *engine) bind(t, root *template.Template) {
	include := func(call int, name string, data any) (string, error) {
		if len(e.sinks) > maxOpen {
			return "", fmt.Errorf("rendering template has a nested reference name: %s: unable to execute template", name)
		}
		s := e.push(call)
		err := t.ExecuteTemplate(s, name, data)
		e.pop()
		return e.result(s), err
	}
	tpl := func(call int, text string, data any) (string, error) {
		if !strings.Contains(text, "{{") {
			if e.tr != nil {
				return e.tr.plainTpl(text), nil
			}
			return strings.ReplaceAll(text, noValue, ""), nil
		}
		if e.tpls > maxTpl {
			return "", limit("tpl is nested too deep.")
		}
		e.step(50 + len(e.seen)/4) // what a clone costs
		c, err := t.Clone()
		if err != nil {
			return "", fmt.Errorf("cannot clone template: %w", err)
		}
		c.Option("missingkey=zero")
		e.bind(c, root)
		if err := nesting(text); err != nil {
			return "", err
		}
		c, err = c.New(root.Name()).Parse(text)
		if err != nil {
			return "", &tplError{text, fmt.Errorf("cannot parse the text given to tpl: %w", err)}
		}
		s := e.push(call)
		for _, d := range c.Templates() {
			if d.Tree != nil && d.Tree.Root != nil && !e.seen[d.Tree.Root] {
				e.rewriteTpl(d.Tree, text, call)
			}
		}
		e.tpls++
		err = c.Execute(s, data)
		e.tpls--
		e.pop()
		if err != nil {
			return "", &tplError{text, err}
		}
		s.dropNoValue()
		return e.result(s), nil
	}
	f := template.FuncMap{
		"include": func(name string, data any) (string, error) { return include(-1, name, data) },
		"tpl":     func(text string, data any) (string, error) { return tpl(-1, text, data) },
	}
	if e.tr != nil {
		f["__include"], f["__tpl"] = include, tpl
	}
	t.Funcs(f)
}

const maxBlocks = 1000

// nesting refuses templates whose blocks are nested so deep that parsing them would overrun the stack.
func nesting(text string) error {
	if strings.Count(text, "{{") <= maxBlocks {
		return nil
	}
	var open []int
	depth := 0
	for {
		i := strings.Index(text, "{{")
		if i < 0 {
			return nil
		}
		text = strings.TrimLeft(strings.TrimPrefix(text[i+2:], "-"), " \t\r\n")
		word := text[:len(text)-len(strings.TrimLeft(text, "abcdefghijklmnopqrstuvwxyz"))]
		switch word {
		case "if", "range", "with", "define", "block":
			open = append(open, depth)
			depth++
		case "else":
			depth++
		case "end":
			if len(open) > 0 {
				depth, open = open[len(open)-1], open[:len(open)-1]
			}
		}
		if depth > maxBlocks {
			return limit("The blocks of the template are nested too deep.")
		}
	}
}
