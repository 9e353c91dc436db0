package helm

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unsafe"

	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// tracer knows where the bytes of the outputs are from. It rewrites the parsed templates so that every action that
// prints passes its value through a probe, and finds what is known of a value by the address of its memory.
type tracer struct {
	registry
	e       *engine
	chart   *chart.Chart
	sources []sourceText
	bySrc   map[sourceText]int32
	frames  []Frame
	texts   map[uintptr][]Segment // texts of what tpl was given, by the address of their bytes
	actions []action
	calls   []span
}

type sourceText struct {
	at   place
	text string
}

type span struct{ source, pos int32 }

// action is an action that prints.
type action struct {
	span
	chains []chain // fields that its pipeline names
	vars   []string
	uses   bool // names a field, a variable or dot, or includes
	form   bool // calls only functions that print their argument in another form
}

// chain is a path of fields below dot (v is -1) or a variable.
type chain struct {
	v    int
	path []string
}

func newTracer(e *engine) *tracer {
	return &tracer{e: e, registry: newRegistry(), bySrc: map[sourceText]int32{}, texts: map[uintptr][]Segment{}}
}

func (t *tracer) source(at place, text string) int32 {
	k := sourceText{at: at}
	if at.file == "" {
		k.text = text
	}
	return numbered(t.bySrc, k, func() int32 { return added(&t.sources, sourceText{at, text}) })
}

// arena makes memory known that holds the text of a file.
func (t *tracer) arena(data []byte, at place) {
	if len(data) > 0 {
		t.addArena(shared(data), t.source(at, shared(data)), int32(at.skip))
	}
}

// Where a segment of a value that is not printed yet will say "here".
const (
	hereSource = -1 // and Pos: of the action that prints it
	hereFrame  = -2 // of the template that prints it
)

// sink receives what one execution of a template prints.
type sink struct {
	e     *engine
	data  []byte
	segs  []Segment
	frame int32
	outer []int32 // frames around {{ template }} calls
	next  []Segment
	by    span // the action that prints next
	armed bool
}

func (e *engine) push(call int) *sink {
	s := &sink{e: e, frame: -1}
	if e.tr != nil && call >= 0 {
		s.frame = e.tr.enter(call, e.sinks[len(e.sinks)-1].frame)
	}
	e.sinks = append(e.sinks, s)
	return s
}

func (e *engine) pop() { e.sinks = e.sinks[:len(e.sinks)-1] }

func (e *engine) top() *sink { return e.sinks[len(e.sinks)-1] }

func (t *tracer) enter(call int, parent int32) int32 {
	at := t.calls[call]
	return added(&t.frames, Frame{at.source, at.pos, parent})
}

// result is what an include or tpl returns: a string that remembers its segments.
func (e *engine) result(s *sink) string {
	if e.tr == nil || len(s.data) == 0 {
		return string(s.data)
	}
	return e.tr.keep(shared(s.data), &prov{segs: s.segs})
}

func (s *sink) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if s.e.steps++; s.e.steps > maxSteps {
		return 0, tooManySteps()
	}
	if len(s.e.sinks) == 1 {
		if s.e.left -= len(p); s.e.left < 0 {
			return 0, limit("The chart prints more than is allowed.")
		}
	} else if s.e.grown += len(p); s.e.grown > maxGrown {
		return 0, limit("The templates make more than %d MiB of text.", maxGrown>>20)
	}
	if t := s.e.tr; t != nil {
		if g, ok := t.file(shared(p)); ok {
			s.add([]Segment{g})
		} else if segs, ok := t.texts[address(p)]; ok {
			s.add(segs)
		} else if s.armed {
			s.add(s.next)
		} else {
			s.add(nothing)
		}
		s.armed = false
	}
	s.data = append(s.data, p...)
	return len(p), nil
}

var nothing = []Segment{{Kind: Action, Source: hereSource, Frame: hereFrame, Leaf: -1}}

func (s *sink) add(segs []Segment) {
	off := uint32(len(s.data))
	s.e.steps += len(segs) / 8
	for _, g := range segs {
		g.Off += off
		if g.Source == hereSource {
			g.Source, g.Pos = s.by.source, s.by.pos
		}
		if g.Frame == hereFrame {
			g.Frame = s.frame
		}
		s.segs = append(s.segs, g)
	}
}

const noValue = "<no value>"

// dropNoValue removes what text/template prints for nil, as Helm does.
func (s *sink) dropNoValue() {
	if !bytes.Contains(s.data, []byte(noValue)) {
		return
	}
	var data []byte
	var segs []Segment
	for from := 0; ; {
		i := bytes.Index(s.data[from:], []byte(noValue))
		to := len(s.data)
		if i >= 0 {
			to = from + i
		}
		if s.e.tr != nil {
			segs = appendShifted(segs, cutSegments(s.segs, from, to), len(data))
		}
		data = append(data, s.data[from:to]...)
		if i < 0 {
			break
		}
		from = to + len(noValue)
	}
	s.data, s.segs = data, segs
}

// probe sees the value of an action before it is printed, and returns it.
func (t *tracer) probe(id int, dot reflect.Value, rest ...reflect.Value) reflect.Value {
	v := rest[len(rest)-1]
	s := t.e.top()
	a := &t.actions[id]
	s.by, s.armed = a.span, true
	t.e.checkPrinted(v)
	p := t.of(v)
	if p == nil {
		p = t.byChains(a, dot, rest[:len(rest)-1], v)
	}
	s.next = p.segments()
	return v
}

// byChains says what is known of a value without an identity, by the fields that its action names.
func (t *tracer) byChains(a *action, dot reflect.Value, vars []reflect.Value, v reflect.Value) *prov {
	var sum summary
	for _, c := range a.chains {
		base := dot
		if c.v >= 0 {
			base = vars[c.v]
		}
		t.resolve(base, c.path, &sum)
	}
	if k := element(v).Kind(); k == reflect.Map || k == reflect.Slice {
		t.leaves(v, &sum, 0)
		return t.summed(&sum, false)
	}
	if len(sum.leaves) == 0 && !sum.builtin && a.uses {
		return unknown
	}
	return t.summed(&sum, a.form && len(a.chains) == 1)
}

// resolve adds to a summary what a chain of fields leads to.
func (t *tracer) resolve(v reflect.Value, path []string, sum *summary) {
	for i, k := range path {
		v = element(v)
		if !v.IsValid() || v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
			return
		}
		if i == 0 && len(path) > 1 && (k == "Release" || k == "Chart" || k == "Capabilities" || k == "Template") {
			sum.builtin = true
			return
		}
		v = v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key()))
	}
	if len(path) > 0 {
		t.leaves(v, sum, 0)
	} else if k := element(v).Kind(); k != reflect.Map && k != reflect.Slice {
		t.leaves(v, sum, 0)
	}
}

// --- rewriting

// rewrite puts probes, marks and counters into a parsed template.
func (e *engine) rewrite(tree *parse.Tree, p *page) {
	e.seen[tree.Root] = true
	r := rewriter{e: e}
	if e.tr != nil && p != nil {
		r.doc, r.source, r.skip = p.text, e.tr.source(p.at, p.text), p.at.skip
	}
	r.counted(tree.Root, 16)
}

// rewriteTpl does so for a text that tpl was given: its bytes are where that string is from.
func (e *engine) rewriteTpl(tree *parse.Tree, text string, call int) {
	e.seen[tree.Root] = true
	r := rewriter{e: e, tpl: true}
	if t := e.tr; t != nil {
		r.doc, r.call = text, t.calls[call]
		if p := t.find(text); p != nil {
			r.segs = p.segments()
		} else {
			r.segs = []Segment{{Kind: Text, Source: t.source(place{}, text), Frame: hereFrame, Leaf: -1}}
		}
	}
	r.counted(tree.Root, 16)
}

type rewriter struct {
	e      *engine
	nodes  int    // of the list that is counted
	doc    string // the template
	source int32
	skip   int
	// of a tpl text:
	tpl  bool
	segs []Segment
	call span
}

// text makes known where a text of the template comes from: its bytes become those of the template itself.
func (r *rewriter) text(n *parse.TextNode) {
	from, to := int(n.Pos), int(n.Pos)+len(n.Text)
	n.Text = unsafe.Slice(unsafe.StringData(r.doc[from:to]), to-from)
	if !r.tpl {
		return // of a file, whose memory is known
	}
	segs := cutSegments(r.segs, from, to)
	for i := range segs {
		if segs[i].Source == hereSource {
			segs[i].Source, segs[i].Pos = r.call.source, r.call.pos
		}
	}
	r.e.tr.texts[address(n.Text)] = segs
	r.e.tr.alive = append(r.e.tr.alive, n)
}

// at is the place of an action: in a tpl text that is not itself text of a file, that of the call of tpl.
func (r *rewriter) at(pos parse.Pos) span {
	if !r.tpl {
		return span{r.source, int32(int(pos) + r.skip)}
	}
	if g := cutSegments(r.segs, int(pos), int(pos)+1); len(g) > 0 && g[0].Kind == Text {
		return span{g[0].Source, g[0].Pos}
	}
	return r.call
}

func (r *rewriter) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	r.nodes += len(l.Nodes)
	t := r.e.tr
	var out []parse.Node // in place of l.Nodes, when marks go between them
	for i, n := range l.Nodes {
		switch x := n.(type) {
		case *parse.TextNode:
			if t != nil && len(x.Text) > 0 {
				r.text(x)
			}
		case *parse.ActionNode:
			r.pipe(x.Pipe)
			if len(x.Pipe.Decl) == 0 {
				r.probe(x.Pipe)
			}
		case *parse.TemplateNode:
			r.pipe(x.Pipe)
			if t != nil {
				id := r.newCall(x.Pos)
				if out == nil {
					out = append(out, l.Nodes[:i]...)
				}
				out = append(out, mark("__enter", id), n, mark("__leave", -1))
				continue
			}
		case *parse.IfNode:
			r.branch(&x.BranchNode)
		case *parse.WithNode:
			r.branch(&x.BranchNode)
		case *parse.RangeNode:
			r.pipe(x.Pipe)
			r.counted(x.List, 2)
			r.list(x.ElseList)
		case *parse.ListNode:
			r.list(x)
		}
		if out != nil {
			out = append(out, n)
		}
	}
	if out != nil {
		l.Nodes = out
	}
}

// counted makes each execution of a list, a template or the body of a range, count as that many steps and more by its
// length.
func (r *rewriter) counted(l *parse.ListNode, steps int) {
	outer := r.nodes
	r.nodes = 0
	r.list(l)
	l.Nodes = append([]parse.Node{mark("__step", steps+r.nodes/4)}, l.Nodes...)
	r.nodes = outer
}

func (r *rewriter) branch(b *parse.BranchNode) {
	r.pipe(b.Pipe)
	r.list(b.List)
	r.list(b.ElseList)
}

func (r *rewriter) newCall(pos parse.Pos) int {
	return int(added(&r.e.tr.calls, r.at(pos)))
}

// pipe gives the calls of include and tpl in a pipeline their places.
func (r *rewriter) pipe(p *parse.PipeNode) {
	if p == nil || r.e.tr == nil {
		return
	}
	for i, c := range p.Cmds {
		for _, arg := range c.Args {
			switch x := arg.(type) {
			case *parse.PipeNode:
				r.pipe(x)
			case *parse.ChainNode:
				if inner, ok := x.Node.(*parse.PipeNode); ok {
					r.pipe(inner)
				}
			}
		}
		args := len(c.Args)
		if i > 0 {
			args++
		}
		if id, ok := c.Args[0].(*parse.IdentifierNode); ok && args == 3 && (id.Ident == "include" || id.Ident == "tpl") {
			call := parse.NewIdentifier("__" + id.Ident).SetPos(id.Pos)
			c.Args = append([]parse.Node{call, number(r.newCall(id.Pos))}, c.Args[1:]...)
		}
		// (.Files.Glob "x").AsConfig: a method cannot be traced, a function can
		if chain, ok := c.Args[0].(*parse.ChainNode); ok && args == 1 && slices.Equal(chain.Field, []string{"AsConfig"}) {
			c.Args = []parse.Node{parse.NewIdentifier("__asConfig").SetPos(chain.Pos), chain.Node}
		}
	}
}

// probe appends the probe to a pipeline that prints.
func (r *rewriter) probe(p *parse.PipeNode) {
	t := r.e.tr
	if t == nil {
		if _, ok := p.Cmds[len(p.Cmds)-1].Args[0].(*parse.IdentifierNode); !ok {
			p.Cmds = append(p.Cmds, command("__check"))
		}
		return
	}
	a := action{span: r.at(p.Pos), form: true}
	a.scan(p)
	t.actions = append(t.actions, a)
	args := []parse.Node{number(len(t.actions) - 1), &parse.DotNode{NodeType: parse.NodeDot}}
	for _, v := range a.vars {
		args = append(args, &parse.VariableNode{NodeType: parse.NodeVariable, Ident: []string{v}})
	}
	p.Cmds = append(p.Cmds, command("__probe", args...))
}

func (a *action) scan(n parse.Node) {
	switch x := n.(type) {
	case *parse.PipeNode:
		for _, c := range x.Cmds {
			for _, arg := range c.Args {
				a.scan(arg)
			}
		}
	case *parse.FieldNode:
		a.uses = true
		a.chains = append(a.chains, chain{-1, x.Ident})
	case *parse.DotNode:
		a.uses = true
		a.chains = append(a.chains, chain{-1, nil})
	case *parse.VariableNode:
		a.uses = true
		i := slices.Index(a.vars, x.Ident[0])
		if i < 0 {
			i = len(a.vars)
			a.vars = append(a.vars, x.Ident[0])
		}
		a.chains = append(a.chains, chain{i, x.Ident[1:]})
	case *parse.ChainNode:
		a.uses = true
		a.scan(x.Node)
	case *parse.IdentifierNode:
		a.uses = a.uses || x.Ident == "__include" || x.Ident == "__tpl"
		a.form = a.form && forms[x.Ident]
	}
}

func number(n int) parse.Node {
	return &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n)}
}

func command(name string, args ...parse.Node) *parse.CommandNode {
	return &parse.CommandNode{NodeType: parse.NodeCommand, Args: append([]parse.Node{parse.NewIdentifier(name)}, args...)}
}

// mark is an action that prints nothing.
func mark(name string, id int) parse.Node {
	c := command(name)
	if id >= 0 {
		c.Args = append(c.Args, number(id))
	}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pipe: &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{c}}}
}

func (t *tracer) marks(f template.FuncMap) {
	f["__probe"] = t.probe
	f["__enter"] = func(call int) string {
		s := t.e.top()
		s.outer = append(s.outer, s.frame)
		s.frame = t.enter(call, s.frame)
		return ""
	}
	f["__leave"] = func() string {
		s := t.e.top()
		s.frame, s.outer = s.outer[len(s.outer)-1], s.outer[:len(s.outer)-1]
		return ""
	}
	f["__asConfig"] = func(v any) (string, error) {
		files, ok := v.(files)
		if !ok {
			return "", fmt.Errorf("can't evaluate field AsConfig in type %T", v)
		}
		if files == nil {
			return "", nil
		}
		m := files.config()
		s := yamlOf(m)
		return t.register(s, or(t.yaml(m, s), &prov{class: None, leaf: -1})), nil
	}
}

// plainTpl is what tpl makes of a text without actions.
func (t *tracer) plainTpl(text string) string {
	out := strings.ReplaceAll(text, noValue, "")
	if out == text {
		return text
	}
	return t.register(out, &prov{class: None, leaf: -1})
}
