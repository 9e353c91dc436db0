package helm

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// document is a text of YAML or JSON whose nodes are followed side by side with the value that it was made from, or that
// was made of it.
type document struct {
	t     *tracer
	text  string
	lines []int // where they begin
	root  *goyaml.Node
	segs  []Segment
}

// parse reads a text, nil if it is not YAML.
func (t *tracer) parse(text string) *document {
	var doc goyaml.Node
	if goyaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	d := &document{t: t, text: text, lines: []int{0}, root: doc.Content[0]}
	for i := range len(text) {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// offset is where a node begins: at its quotation mark, if it has one.
func (d *document) offset(n *goyaml.Node) int {
	if n.Line < 1 || n.Line > len(d.lines) {
		return len(d.text)
	}
	at := d.lines[n.Line-1]
	for range n.Column - 1 { // characters
		for at++; at < len(d.text) && d.text[at]&0xc0 == 0x80; at++ {
		}
	}
	return min(at, len(d.text))
}

const quotedStyle = goyaml.DoubleQuotedStyle | goyaml.SingleQuotedStyle

// json finds for every part of the JSON of a value what it stands for, nil if the text does not fit the value.
func (t *tracer) json(v any, out string) *prov {
	d := t.parse(out)
	if d == nil {
		return nil
	}
	d.claim(0, d.whole(plain(v)))
	if !d.jsonNode(d.root, plain(v)) {
		return nil
	}
	return &prov{segs: d.segs}
}

// claim says that the bytes from off on are known by p.
func (d *document) claim(off int, p *prov) {
	for _, g := range p.segments() {
		g.Off += uint32(off)
		for len(d.segs) > 0 && d.segs[len(d.segs)-1].Off >= g.Off {
			d.segs = d.segs[:len(d.segs)-1]
		}
		d.segs = append(d.segs, g)
	}
}

// whole is what is known of a value as far as no byte of it is looked at.
func (d *document) whole(v any) *prov {
	if id, ok := d.t.containerLeaf(v); ok {
		return &prov{class: Leafwise, leaf: id}
	}
	switch v.(type) {
	case map[string]any, []any:
		return unknown
	}
	return d.t.summed(d.t.summarize([]reflect.Value{reflect.ValueOf(v)}), true)
}

func (d *document) jsonNode(n *goyaml.Node, v any) bool {
	switch x := v.(type) {
	case map[string]any:
		for i := 0; i+1 < len(n.Content); i += 2 {
			c, ok := x[n.Content[i].Value]
			if c = plain(c); !ok {
				return false
			}
			d.claim(d.offset(n.Content[i]), d.whole(c))
			if !d.jsonNode(n.Content[i+1], c) {
				return false
			}
		}
		return len(n.Content) == 2*len(x)
	case []any:
		for i, c := range n.Content {
			if i >= len(x) {
				return false
			}
			item := plain(x[i])
			d.claim(d.offset(c), d.whole(item))
			if !d.jsonNode(c, item) {
				return false
			}
		}
		return len(n.Content) == len(x)
	}
	d.scalar(n, v)
	return n.Kind == goyaml.ScalarNode
}

// scalar claims the bytes of a node that prints v as those of v where they stand unchanged.
func (d *document) scalar(n *goyaml.Node, v any) {
	at := d.offset(n)
	p, whole := d.t.of(reflect.ValueOf(v)), d.whole(v)
	d.claim(at, whole)
	if p == nil || p.text == "" {
		return
	}
	if n.Style&quotedStyle != 0 {
		at = min(at+1, len(d.text))
	}
	if end := at + len(p.text); strings.HasPrefix(d.text[at:], p.text) && n.Value == p.text {
		d.claim(at, p)
		if n.Style&quotedStyle != 0 {
			d.claim(end, whole)
			end++
		}
		if end < len(d.text) {
			d.claim(end, unknown)
		}
	}
}

// token claims the bytes at..end, which print v, as its own where they stand unchanged.
func (d *document) token(v any, at, end int) {
	text := d.out[at:end]
	p := d.t.of(reflect.ValueOf(v))
	whole := d.whole(v)
	d.claim(at, whole)
	if p == nil || p.text == "" {
		return
	}
	switch n := len(text); {
	case text == p.text:
		d.claim(at, p)
	case n == len(p.text)+2 && (text[0] == '"' || text[0] == '\'') && text[1:n-1] == p.text:
		d.claim(at+1, p)
		d.claim(end-1, whole)
	}
}

type level struct {
	indent int
	v      any
	index  int
}

// yaml finds for every line of the YAML of a value what it stands for. It reads the encoder's block style only, and
// gives up (nil) at anything else.
func (t *tracer) yaml(v any, out string) *prov {
	w := &document{t: t, text: out}
	v = plain(v)
	if !filled(v) {
		if s, ok := v.(string); ok && strings.Contains(s, "\n") {
			return nil
		}
		w.token(v, 0, len(out))
		return &prov{segs: w.segs}
	}
	var stack []level
	pending := v
	var long *longScalar
	for a := 0; a < len(out); {
		b := len(out)
		if i := strings.IndexByte(out[a:], '\n'); i >= 0 {
			b = a + i
		}
		line := out[a:b]
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if long != nil && (indent == len(line) || indent > long.indent) {
			long.line(w, a, b)
			a = b + 1
			continue
		}
		long = nil
		if pending != nil {
			stack = append(stack, level{indent, pending, -1})
			pending = nil
		}
		pos := a + indent
		dash := strings.HasPrefix(out[pos:b], "- ") || out[pos:b] == "-"
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			_, list := top.v.([]any)
			if top.indent < indent || top.indent == indent && list == dash {
				break
			}
			stack = stack[:len(stack)-1]
		}
		start := a
		for col := indent; ; {
			if len(stack) == 0 || stack[len(stack)-1].indent != col {
				return nil
			}
			top := &stack[len(stack)-1]
			var child any
			if list, ok := top.v.([]any); ok {
				top.index++
				if top.index >= len(list) || out[pos:min(pos+2, b)] != "- " {
					return nil
				}
				child = plain(list[top.index])
				pos += 2
				col += 2
				if filled(child) {
					w.claim(start, w.whole(child))
					start = pos
					stack = append(stack, level{col, child, -1})
					continue
				}
			} else {
				key, n := yamlKey(out[pos:b])
				c, ok := top.v.(map[string]any)[key]
				if !ok {
					return nil
				}
				child = plain(c)
				pos += n
			}
			w.claim(start, w.whole(child))
			if pos == b {
				if !filled(child) {
					return nil
				}
				pending = child
				break
			}
			if out[pos] == ' ' {
				pos++
			}
			if filled(child) {
				return nil
			}
			// the container's own indent: what continues the scalar is deeper
			long = &longScalar{indent: stack[len(stack)-1].indent, v: child}
			if s, ok := child.(string); ok && pos < b && out[pos] == '|' && s != "" && s != out[pos:b] {
				long.text, long.literal = s, true
				w.claim(pos, w.whole(child))
				break
			}
			w.token(child, pos, b)
			break
		}
		if b < len(out) && len(w.segs) > 0 { // the newline is the encoder's
			last := w.segs[len(w.segs)-1]
			if last.Kind == Text || last.Class == Exact {
				w.claim(b, unknown)
			}
		}
		a = b + 1
	}
	return &prov{segs: w.segs}
}

// longScalar is a scalar that goes on over several lines.
type longScalar struct {
	indent  int
	v       any
	literal bool
	text    string
	done    int
}

func (l *longScalar) line(w *document, a, b int) {
	whole := w.whole(l.v)
	w.claim(a, whole)
	if !l.literal || l.done >= len(l.text) {
		return
	}
	end := len(l.text)
	if i := strings.IndexByte(l.text[l.done:], '\n'); i >= 0 {
		end = l.done + i
	}
	want := l.text[l.done:end]
	if p := w.t.of(reflect.ValueOf(l.v)); p != nil && want != "" && strings.HasSuffix(w.text[a:b], want) {
		w.claim(b-len(want), w.t.part(p, l.done, end))
		if b < len(w.text) {
			w.claim(b, whole)
		}
	}
	l.done = end + 1
}

// plain makes maps and lists of other types comparable with what the encoder prints.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any, []any, string, nil:
		return v
	case interface{ AsMap() map[string]any }:
		return x.AsMap()
	case []string:
		l := make([]any, len(x))
		for i, s := range x {
			l[i] = s
		}
		return l
	case map[string]string:
		m := make(map[string]any, len(x))
		for k, s := range x {
			m[k] = s
		}
		return m
	}
	return v
}

// filled says whether a value is a map or list that is not empty.
func filled(v any) bool {
	switch x := v.(type) {
	case map[string]any:
		return len(x) > 0
	case []any:
		return len(x) > 0
	}
	return false
}

// yamlKey reads the key at the start of a line, and the bytes up to and with its colon.
func yamlKey(s string) (string, int) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		for i := 1; i < len(s); i++ {
			if s[0] == '"' && s[i] == '\\' {
				i++
			} else if s[i] == s[0] {
				if s[0] == '\'' && i+1 < len(s) && s[i+1] == '\'' {
					i++
					continue
				}
				if i+1 >= len(s) || s[i+1] != ':' {
					return "", 0
				}
				key := strings.ReplaceAll(s[1:i], "''", "'")
				if s[0] == '"' {
					key, _ = strconv.Unquote(s[:i+1])
				}
				return key, i + 2
			}
		}
		return "", 0
	}
	if i := strings.Index(s, ": "); i >= 0 {
		return s[:i], i + 1
	}
	if k, ok := strings.CutSuffix(s, ":"); ok {
		return k, len(s)
	}
	return "", 0
}

// decoded carries what is known of a text over to the values that were parsed from it.
func (t *tracer) decoded(_ string, args []reflect.Value, out reflect.Value) reflect.Value {
	in := args[0].String()
	p := t.find(in)
	v := interfaceOf(out)
	if p == nil || !filled(v) {
		return out
	}
	d := t.parse(in)
	if d == nil {
		return out
	}
	return reflect.ValueOf(d.decodedNode(d.root, v, p))
}

// decodedNode is v with scalars that are known by the parts of p, which is what is known of the text.
func (d *document) decodedNode(n *goyaml.Node, v any, p *prov) any {
	if n.Kind == goyaml.AliasNode {
		n = n.Alias
	}
	switch x := v.(type) {
	case map[string]any:
		if n.Kind != goyaml.MappingNode {
			return v
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if c, ok := x[n.Content[i].Value]; ok {
				x[n.Content[i].Value] = d.decodedNode(n.Content[i+1], c, p)
			}
		}
	case []any:
		for i := range x {
			if n.Kind == goyaml.SequenceNode && i < len(n.Content) {
				x[i] = d.decodedNode(n.Content[i], x[i], p)
			}
		}
	case string, bool, float64:
		if p := d.decodedScalar(n, fmt.Sprint(x), p); p != nil {
			return d.t.scalar(x, p)
		}
	}
	return v
}

// decodedScalar is what is known of the bytes of a scalar; text is what it prints.
func (d *document) decodedScalar(n *goyaml.Node, text string, p *prov) *prov {
	if n.Kind != goyaml.ScalarNode {
		return nil
	}
	at := d.offset(n)
	if n.Style&quotedStyle != 0 {
		at++
	}
	if at = min(at, len(d.text)); strings.HasPrefix(d.text[at:], text) && text != "" {
		return d.t.part(p, at, at+len(text))
	}
	end := at + max(len(n.Value), 1)
	if n.Style&(goyaml.LiteralStyle|goyaml.FoldedStyle) != 0 {
		last := n.Line + strings.Count(n.Value, "\n") + 1
		end = len(d.text)
		if last < len(d.lines) {
			end = d.lines[last]
		}
	}
	var sum summary
	for _, g := range cutSegments(p.segments(), min(at, len(d.text)), min(end, len(d.text))) {
		d.t.segment(g, &sum)
	}
	return d.t.summed(&sum, true)
}
