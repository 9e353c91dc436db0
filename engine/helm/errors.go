package helm

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

// tplError is a failure in a text that tpl was given.
type tplError struct {
	text string
	err  error
}

func (e *tplError) Error() string { return "error during tpl: " + e.err.Error() }
func (e *tplError) Unwrap() error { return e.err }

var (
	parseText = regexp.MustCompile(`(?s)^template: (.*?):(\d+): (.*)$`)
	execText  = regexp.MustCompile(`(?s)^template: (.*?):(\d+):(\d+): executing ("(?:[^"\\]|\\.)*") at <(.*?)>: (.*)$`)
	ownCalls  = regexp.MustCompile(`__(include|tpl) \d+ ?| ?\| ?__(?:probe|check)\b[^|<>]*|__`)
	gotpl     = regexp.MustCompile(`template: (no template .*) associated with template "gotpl"|template: gotpl:(\d+): `)
)

func (e *engine) parseFault(name string, err error) error {
	at := e.templates[name].at
	f := &fault.Error{Code: fault.Template, Message: err.Error(), File: at.file, Inner: at.inner}
	if lim := (*fault.Error)(nil); errors.As(err, &lim) {
		f.Code = lim.Code
	} else if m := parseText.FindStringSubmatch(f.Message); m != nil {
		f.Line, _ = strconv.Atoi(m[2])
		f.Message = m[3]
	}
	return f
}

// execFault finds the innermost place of a failed execution of the template called name.
func (e *engine) execFault(t *template.Template, name string, err error) error {
	at := e.templates[name].at
	f := &fault.Error{Code: fault.Template, Message: err.Error(), File: at.file, Inner: at.inner}
	type level struct {
		err  template.ExecError
		text *string // of the tpl call that it happened in
	}
	var levels []level
	var text *string
	for cur := err; cur != nil; cur = errors.Unwrap(cur) {
		switch x := cur.(type) {
		case *tplError:
			text = &x.text
			f.Message = x.err.Error()
		case *valueError:
			f.Code, f.Message = fault.Values, x.message
		case *fault.Error:
			f.Code, f.Message = x.Code, x.Message
		case template.ExecError:
			levels = append(levels, level{x, text})
		}
	}
	for i := range slices.Backward(levels) {
		all := levels[i].err.Err.Error()
		m := execText.FindStringSubmatch(all[:min(len(all), maxMessage)])
		if m == nil {
			continue
		}
		if i == len(levels)-1 && f.Code == fault.Template && text == levels[i].text {
			f.Message = m[6]
			if !strings.HasPrefix(m[6], "error calling") {
				f.Message = "<" + m[5] + ">: " + m[6]
			}
		}
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		column++
		p := e.templates[m[1]]
		if p == nil {
			if levels[i].text != nil && e.tr != nil && e.tr.placeInTpl(f, *levels[i].text, line, column) {
				break
			}
			continue
		}
		f.File, f.Inner, f.Line, f.Column = p.at.file, p.at.inner, line, column
		if line == 1 {
			f.Column += p.at.skip
		}
		if inside, err := strconv.Unquote(m[4]); err == nil && f.Code == fault.Values {
			f.Needs = e.needs(t.Lookup(inside), p.text, line, column)
		}
		break
	}
	if f.Code != fault.Values {
		f.Message = gotpl.ReplaceAllString(ownCalls.ReplaceAllString(f.Message, "$1"), "$1")
	}
	f.Message = f.Message[:min(len(f.Message), maxMessage)]
	return f
}

// maxMessage bounds a message: that of a recursion repeats itself.
const maxMessage = 4000

// offset is where a line and a column (1-based) are in a text.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return min(at+column-1, len(text))
}

// placeInTpl moves a fault to the place of a file that the text of a tpl call is from, if it is from one.
func (t *tracer) placeInTpl(f *fault.Error, text string, line, column int) bool {
	p := t.find(text)
	at := offset(text, line, column)
	if p == nil || at >= len(text) {
		return false
	}
	g := cutSegments(p.segments(), at, at+1)
	if len(g) == 0 || g[0].Kind != Text || t.sources[g[0].Source].at.file == "" {
		return false
	}
	s := t.sources[g[0].Source]
	before := s.text[:int(g[0].Pos)-s.at.skip]
	f.File, f.Inner = s.at.file, s.at.inner
	f.Line = 1 + strings.Count(before, "\n")
	f.Column = len(before) - strings.LastIndexByte(before, '\n')
	return true
}

// needs lists the values that the failing action of a template names, or if it names none, those that the blocks around
// it depend on. Only what can be read from the template itself is found.
func (e *engine) needs(t *template.Template, text string, line, column int) [][]string {
	if t == nil || t.Tree == nil {
		return nil
	}
	w := needsWalk{pos: parse.Pos(offset(text, line, column)), vars: map[string][][]string{"$": {{}}}}
	w.list(t.Tree.Root, [][]string{{}}, nil)
	prefix := subPath(e.current.chart)
	var out [][]string
	for _, p := range w.found {
		i := slices.Index(p, "Values")
		if i < 0 || i == len(p)-1 {
			continue
		}
		p = slices.Concat(prefix, p[i+1:])
		if len(prefix) > 0 && p[len(prefix)] == "global" {
			p = p[len(prefix):]
		}
		if !slices.ContainsFunc(out, func(q []string) bool { return slices.Equal(p, q) }) {
			out = append(out, p)
		}
	}
	return out
}

type needsWalk struct {
	pos   parse.Pos
	vars  map[string][][]string // paths that a variable was made from
	found [][]string
	done  bool
}

// list looks for the failing pipeline; dot are the paths that dot may stand for, around those of enclosing conditions.
func (w *needsWalk) list(l *parse.ListNode, dot, around [][]string) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch x := n.(type) {
		case *parse.ActionNode:
			w.pipe(x.Pipe, dot, around)
		case *parse.TemplateNode:
			w.pipe(x.Pipe, dot, around)
		case *parse.IfNode:
			w.branch(&x.BranchNode, dot, dot, around)
		case *parse.WithNode:
			w.branch(&x.BranchNode, dot, w.paths(x.Pipe, dot), around)
		case *parse.RangeNode:
			w.branch(&x.BranchNode, dot, w.paths(x.Pipe, dot), around)
		}
		if w.done {
			return
		}
	}
}

func (w *needsWalk) branch(b *parse.BranchNode, dot, inside, around [][]string) {
	w.pipe(b.Pipe, dot, around)
	if own := w.values(w.paths(b.Pipe, dot)); len(own) > 0 {
		around = own
	}
	if !w.done {
		w.list(b.List, inside, around)
	}
	if !w.done {
		w.list(b.ElseList, dot, around)
	}
}

func (w *needsWalk) pipe(p *parse.PipeNode, dot, around [][]string) {
	if p == nil {
		return
	}
	paths := w.paths(p, dot)
	for _, v := range p.Decl {
		w.vars[v.Ident[0]] = append(w.vars[v.Ident[0]], paths...)
	}
	if w.contains(p) {
		w.done = true
		w.found = w.values(paths)
		if len(w.found) == 0 {
			w.found = around
		}
	}
}

// values are the paths that lead into .Values.
func (w *needsWalk) values(paths [][]string) (out [][]string) {
	for _, p := range paths {
		if i := slices.Index(p, "Values"); i >= 0 && i < len(p)-1 {
			out = append(out, p)
		}
	}
	return out
}

func (w *needsWalk) contains(n parse.Node) bool {
	if n.Position() == w.pos {
		return true
	}
	switch x := n.(type) {
	case *parse.PipeNode:
		return slices.ContainsFunc(x.Cmds, func(c *parse.CommandNode) bool { return w.contains(c) })
	case *parse.CommandNode:
		return slices.ContainsFunc(x.Args, w.contains)
	case *parse.ChainNode:
		return w.contains(x.Node)
	}
	return false
}

// paths are the fields of the context that an expression names.
func (w *needsWalk) paths(n parse.Node, dot [][]string) (out [][]string) {
	below := func(bases [][]string, fields []string) {
		for _, b := range bases[:min(len(bases), 16)] {
			out = append(out, slices.Concat(b, fields))
		}
	}
	switch x := n.(type) {
	case *parse.PipeNode:
		for _, c := range x.Cmds {
			out = append(out, w.paths(c, dot)...)
		}
	case *parse.CommandNode:
		if id, ok := x.Args[0].(*parse.IdentifierNode); ok && strings.HasPrefix(id.Ident, "__probe") {
			return nil
		}
		for _, a := range x.Args {
			out = append(out, w.paths(a, dot)...)
		}
	case *parse.ChainNode:
		for _, p := range w.paths(x.Node, dot) {
			out = append(out, slices.Concat(p, x.Field))
		}
	case *parse.FieldNode:
		below(dot, x.Ident)
	case *parse.DotNode:
		below(dot, nil)
	case *parse.VariableNode:
		below(w.vars[x.Ident[0]], x.Ident[1:])
	}
	return out
}
