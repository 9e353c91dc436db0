package helm

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// lines follows the text of an encoded value side by side with the value.
type lines struct {
	t    *tracer
	out  string
	segs []Segment
}

// claim says that the bytes from off on are known by p.
func (w *lines) claim(off int, p *prov) {
	for _, g := range p.segments() {
		g.Off += uint32(off)
		for len(w.segs) > 0 && w.segs[len(w.segs)-1].Off >= g.Off {
			w.segs = w.segs[:len(w.segs)-1]
		}
		w.segs = append(w.segs, g)
	}
}

// whole is what is known of a value as far as no byte of it is looked at.
func (w *lines) whole(v any) *prov {
	if id, ok := w.t.containerLeaf(v); ok {
		return &prov{class: Leafwise, leaf: id}
	}
	switch v.(type) {
	case map[string]any, []any:
		return unknown
	}
	return w.t.summed(w.t.summarize([]reflect.Value{reflect.ValueOf(v)}), true)
}

// scalar claims the bytes at..end, which print v, as its own where they stand unchanged.
func (w *lines) scalar(v any, at, end int) {
	text := w.out[at:end]
	p := w.t.of(reflect.ValueOf(v))
	whole := w.whole(v)
	w.claim(at, whole)
	if p == nil || p.text == "" {
		return
	}
	switch n := len(text); {
	case text == p.text:
		w.claim(at, p)
	case n == len(p.text)+2 && (text[0] == '"' || text[0] == '\'') && text[1:n-1] == p.text:
		w.claim(at+1, p)
		w.claim(end-1, whole)
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
	w := &lines{t: t, out: out}
	v = plain(v)
	if !filled(v) {
		if s, ok := v.(string); ok && strings.Contains(s, "\n") {
			return nil
		}
		w.scalar(v, 0, len(out))
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
			w.scalar(child, pos, b)
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

func (l *longScalar) line(w *lines, a, b int) {
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
	if p := w.t.of(reflect.ValueOf(l.v)); p != nil && want != "" && strings.HasSuffix(w.out[a:b], want) {
		w.claim(b-len(want), w.t.part(p, l.done, end))
		if b < len(w.out) {
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

// json does for JSON what yaml does for YAML.
func (t *tracer) json(v any, out string) *prov {
	w := tokens{lines{t: t, out: out}, json.NewDecoder(strings.NewReader(out))}
	w.decoder.UseNumber()
	if !w.value(v) || w.decoder.InputOffset() != int64(len(out)) {
		return nil
	}
	return &prov{segs: w.segs}
}

// tokens follows the tokens of JSON.
type tokens struct {
	lines
	decoder *json.Decoder
}

// next is a token with where it begins and ends.
func (w *tokens) next() (token json.Token, at, end int, err error) {
	before := int(w.decoder.InputOffset())
	token, err = w.decoder.Token()
	end = int(w.decoder.InputOffset())
	return token, end - len(strings.TrimLeft(w.out[before:end], ",: \n")), end, err
}

// value claims the bytes of a value, if it is what comes next.
func (w *tokens) value(v any) bool {
	v = plain(v)
	token, at, end, err := w.next()
	if err != nil {
		return false
	}
	closing := json.Delim(0)
	switch x := v.(type) {
	case map[string]any:
		if token != json.Delim('{') {
			break // nil
		}
		closing = '}'
		w.claim(at, w.whole(v))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			key, at, _, _ := w.next()
			w.claim(at, w.whole(plain(x[k])))
			if key != k || !w.value(x[k]) {
				return false
			}
		}
	case []any:
		if token != json.Delim('[') {
			break // nil
		}
		closing = ']'
		w.claim(at, w.whole(v))
		for _, c := range x {
			if !w.value(c) {
				return false
			}
		}
	}
	if closing != 0 {
		token, at, _, _ := w.next()
		w.claim(at, w.whole(v))
		return token == closing
	}
	if _, opens := token.(json.Delim); opens {
		return false
	}
	w.scalar(v, at, end)
	if end < len(w.out) {
		w.claim(end, unknown)
	}
	return true
}

// maxDecoded is the size in bytes of a text that is worth parsing again for where its values are from. Custom resource
// definitions are larger, and took more time than all the rest.
const maxDecoded = 32 << 10

// decoded carries what is known of a text over to the values that were parsed from it.
func (t *tracer) decoded(_ string, args []reflect.Value, out reflect.Value) reflect.Value {
	in := args[0].String()
	p := t.find(in)
	v := interfaceOf(out)
	if p == nil || !filled(v) || len(in) > maxDecoded {
		return out
	}
	var doc goyaml.Node
	if goyaml.Unmarshal([]byte(in), &doc) != nil || len(doc.Content) == 0 {
		return out
	}
	d := decoder{t: t, in: in, p: p, starts: []int{0}}
	for i := range len(in) {
		if in[i] == '\n' {
			d.starts = append(d.starts, i+1)
		}
	}
	return reflect.ValueOf(d.value(doc.Content[0], v))
}

type decoder struct {
	t      *tracer
	in     string
	p      *prov
	starts []int
}

func (d *decoder) value(n *goyaml.Node, v any) any {
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
				x[n.Content[i].Value] = d.value(n.Content[i+1], c)
			}
		}
	case []any:
		for i := range x {
			if n.Kind == goyaml.SequenceNode && i < len(n.Content) {
				x[i] = d.value(n.Content[i], x[i])
			}
		}
	case string, bool, float64:
		if p := d.scalar(n, fmt.Sprint(x)); p != nil {
			return d.t.scalar(x, p)
		}
	}
	return v
}

// scalar finds the bytes of a scalar; text is what it prints.
func (d *decoder) scalar(n *goyaml.Node, text string) *prov {
	if n.Kind != goyaml.ScalarNode || n.Line < 1 || n.Line > len(d.starts) {
		return nil
	}
	at := d.starts[n.Line-1]
	for range n.Column - 1 {
		if at >= len(d.in) {
			return nil
		}
		for at++; at < len(d.in) && d.in[at]&0xc0 == 0x80; at++ {
		}
	}
	if n.Style&(goyaml.DoubleQuotedStyle|goyaml.SingleQuotedStyle) != 0 {
		at++
	}
	if at <= len(d.in) && strings.HasPrefix(d.in[at:], text) && text != "" {
		return d.t.part(d.p, at, at+len(text))
	}
	end := at + max(len(n.Value), 1)
	if n.Style&(goyaml.LiteralStyle|goyaml.FoldedStyle) != 0 {
		last := n.Line + strings.Count(n.Value, "\n") + 1
		end = len(d.in)
		if last < len(d.starts) {
			end = d.starts[last]
		}
	}
	var sum summary
	for _, g := range cutSegments(d.p.segments(), min(at, len(d.in)), min(end, len(d.in))) {
		d.t.segment(g, &sum)
	}
	return d.t.summed(&sum, true)
}
