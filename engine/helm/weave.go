package helm

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/common"
)

// weave composes what is known of a result from what is known of the pieces that it is made of. Each piece is compared
// with the result: a weave that does not fit proves nothing and is not used.
type weave struct {
	t    *tracer
	out  string
	n    int
	segs []Segment
	bad  bool
}

// maxSegments is how finely the result of a function is known; doubling a string again and again must not double this.
const maxSegments = 1 << 16

// piece adds a text with what is known of it.
func (w *weave) piece(s string, p *prov) {
	if w.bad || !strings.HasPrefix(w.out[w.n:], s) || len(w.segs) > maxSegments {
		w.bad = true
		return
	}
	if s == "" {
		return
	}
	if p == nil {
		p = unknown // bytes that the function adds itself
	}
	w.segs = appendShifted(w.segs, p.segments(), w.n)
	w.n += len(s)
}

func (w *weave) prov() *prov {
	if w.bad || w.n != len(w.out) {
		return nil
	}
	return &prov{segs: w.segs}
}

// part is what is known of s[from:to].
func (t *tracer) part(p *prov, from, to int) *prov {
	if p == nil || from >= to {
		return nil
	}
	return &prov{segs: cutSegments(p.segments(), from, to)}
}

// forms are functions that print their argument in another form; of what the others make of one leaf, the leaf is
// only one of the reasons.
var forms = names(`int int64 float64 toString atoi toDecimal quote squote lower upper title untitle trim trimAll trimall
	trimPrefix trimSuffix trunc substr nospace b64enc b64dec b32enc b32dec toYaml mustToYaml toYamlPretty toJson mustToJson
	toPrettyJson mustToPrettyJson toRawJson mustToRawJson toToml mustToToml printf print println indent nindent replace
	required tpl __tpl cat join ceil floor round kebabcase snakecase camelcase abbrev html js urlquery regexReplaceAll
	mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral splitList toStrings sortAlpha uniq compact`)

func names(list string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(list) {
		m[n] = true
	}
	return m
}

// instrument puts the checks before functions, and with a tracer replaces those that are worth it by ones with the same
// parameters and results that also note where their results are from. Functions that hand on one of their arguments
// need no note, and those that give booleans are rarely printed.
func instrument(f template.FuncMap, checks map[string]check, t *tracer) {
	value := reflect.TypeFor[reflect.Value]()
	for name, fn := range f {
		v := reflect.ValueOf(fn)
		ft := v.Type()
		before := checks[name]
		var after func(name string, args []reflect.Value, out reflect.Value) reflect.Value
		if t != nil {
			after = t.noter(name, ft.Out(0))
		}
		if before == nil && after == nil {
			continue
		}
		in, out := make([]reflect.Type, ft.NumIn()), make([]reflect.Type, ft.NumOut())
		for i := range in {
			in[i] = ft.In(i)
		}
		for i := range out {
			out[i] = ft.Out(i)
		}
		if after != nil {
			out[0] = value
		}
		f[name] = reflect.MakeFunc(reflect.FuncOf(in, out, ft.IsVariadic()), func(args []reflect.Value) []reflect.Value {
			if before != nil {
				before(name, args)
			}
			call := v.Call
			if ft.IsVariadic() {
				call = v.CallSlice
			}
			out := call(args)
			if after != nil {
				if len(out) < 2 || out[1].IsNil() {
					out[0] = after(name, args, out[0])
				}
				out[0] = reflect.ValueOf(out[0])
			}
			return out
		}).Interface()
	}
}

// noter is what notes the origin of a function's result, nil if nothing has to.
func (t *tracer) noter(name string, out reflect.Type) func(string, []reflect.Value, reflect.Value) reflect.Value {
	switch name {
	case "include", "tpl", "fail":
		return nil
	case "fromYaml", "fromJson", "mustFromJson", "fromYamlArray", "fromJsonArray":
		return t.decoded
	case "split", "splitn":
		return t.listResult
	case "deepCopy", "mustDeepCopy":
		return t.copied
	}
	switch {
	case out.PkgPath() != "":
	case out.Kind() == reflect.String || out.Kind() == reflect.Int || out.Kind() == reflect.Int64 || out.Kind() == reflect.Float64:
		return t.scalarResult
	case out.Kind() == reflect.Slice && out.Elem().Kind() == reflect.String:
		return t.listResult
	}
	return nil
}

// arguments are the single arguments of a call, those of a variadic parameter too.
func arguments(args []reflect.Value) []reflect.Value {
	if n := len(args); n > 0 && args[n-1].Kind() == reflect.Slice && args[n-1].Type().Elem().Kind() != reflect.Uint8 {
		rest := args[n-1]
		args = args[: n-1 : n-1]
		for i := range rest.Len() {
			args = append(args, rest.Index(i))
		}
	}
	return args
}

func (t *tracer) summarize(args []reflect.Value) *summary {
	var sum summary
	for _, a := range args {
		t.leaves(a, &sum, 0)
	}
	return &sum
}

func (t *tracer) scalarResult(name string, args []reflect.Value, out reflect.Value) reflect.Value {
	if out.Kind() != reflect.String {
		p := t.summed(t.summarize(args), forms[name])
		return reflect.ValueOf(t.scalar(out.Interface(), p))
	}
	s := out.String()
	if s == "" || t.find(s) != nil {
		return out // handed on, or the beginning of an argument
	}
	args = arguments(args)
	if p := t.inside(s, args); p != nil {
		return reflect.ValueOf(t.register(s, p))
	}
	p := t.composed(name, args, s)
	if p == nil {
		p = t.summed(t.summarize(args), forms[name])
	}
	if fresh[name] && len(s) > 64 {
		return reflect.ValueOf(t.keep(s, p))
	}
	return reflect.ValueOf(t.register(s, p))
}

// fresh functions make their results in memory of their own.
var fresh = names("indent nindent toYaml mustToYaml toYamlPretty toJson mustToJson printf print println join cat")

// inside finds a result that is a part of the memory of an argument.
func (t *tracer) inside(s string, args []reflect.Value) *prov {
	at := address(s)
	for _, a := range args {
		if a = element(a); a.Kind() != reflect.String {
			continue
		}
		whole := a.String()
		if base := address(whole); at >= base && at+uintptr(len(s)) <= base+uintptr(len(whole)) {
			return t.part(t.find(whole), int(at-base), int(at-base)+len(s))
		}
	}
	return nil
}

// print is what Sprig makes of a value as text, with what is known of it.
func (t *tracer) print(v reflect.Value) (string, *prov) {
	v = element(v)
	if !v.IsValid() {
		return "<nil>", nil
	}
	if p := t.of(v); p != nil {
		return p.text, p
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return string(v.Bytes()), nil
		}
	}
	s := fmt.Sprint(v.Interface())
	return s, t.summed(t.summarize([]reflect.Value{v}), true)
}

// composed is what is known of the result of a function that puts its arguments together, nil if that is nothing.
func (t *tracer) composed(name string, args []reflect.Value, out string) *prov {
	w := &weave{t: t, out: out}
	switch name {
	case "indent", "nindent":
		s := args[1].String()
		return t.indented(s, t.find(s), out, strings.Repeat(" ", max(int(args[0].Int()), 0)), name == "nindent")
	case "quote", "squote":
		mark := map[string]string{"quote": `"`, "squote": "'"}[name]
		for _, a := range args {
			if !element(a).IsValid() {
				continue
			}
			if w.n > 0 {
				w.piece(" ", nil)
			}
			w.quoted(mark, a)
		}
	case "toString", "print", "println", "cat":
		last := element(reflect.Value{})
		for i, a := range args {
			if name == "cat" && !element(a).IsValid() {
				continue
			}
			if s := " "; w.n > 0 && (name != "print" || i > 0 && last.Kind() != reflect.String && element(a).Kind() != reflect.String) {
				w.piece(s, nil)
			}
			s, p := t.print(a)
			w.piece(s, p)
			last = element(a)
		}
		if name == "println" {
			w.piece("\n", nil)
		}
	case "join":
		sep := args[0].String()
		list := args[1:]
		first := true
		for _, a := range list {
			if a = element(a); a.Kind() != reflect.Slice {
				w.bad = true
				break
			}
			for i := range a.Len() {
				if !element(a.Index(i)).IsValid() {
					continue
				}
				if !first {
					w.piece(sep, t.find(sep))
				}
				first = false
				s, p := t.print(a.Index(i))
				w.piece(s, p)
			}
		}
	case "replace":
		old, by, s := args[0].String(), args[1].String(), args[2].String()
		p := t.find(s)
		if old == "" || p == nil {
			return nil
		}
		for from := 0; ; {
			i := strings.Index(s[from:], old)
			if i < 0 {
				w.piece(s[from:], t.part(p, from, len(s)))
				break
			}
			w.piece(s[from:from+i], t.part(p, from, from+i))
			w.piece(by, t.find(by))
			from += i + len(old)
		}
	case "printf":
		w.printf(args)
	case "toYaml", "mustToYaml", "toYamlPretty":
		return t.yaml(interfaceOf(args[0]), out)
	case "toJson", "mustToJson", "toPrettyJson", "mustToPrettyJson", "toRawJson", "mustToRawJson":
		return t.json(interfaceOf(args[0]), out)
	default:
		return nil
	}
	return w.prov()
}

func interfaceOf(v reflect.Value) any {
	if v = element(v); v.IsValid() && v.CanInterface() {
		return v.Interface()
	}
	return nil
}

// quoted adds a value between quotation marks, as a whole if it had to be escaped.
func (w *weave) quoted(mark string, v reflect.Value) {
	s, p := w.t.print(v)
	whole := w.t.summed(w.t.summarize([]reflect.Value{v}), true)
	if q := mark + s + mark; strings.HasPrefix(w.out[min(w.n, len(w.out)):], q) {
		w.piece(mark, whole)
		w.piece(s, p)
		w.piece(mark, whole)
		return
	}
	w.piece(fmt.Sprintf("%q", s), whole)
}

// printf adds the pieces of a format and its arguments.
func (w *weave) printf(args []reflect.Value) {
	format := args[0].String()
	p := w.t.find(format)
	args = args[1:]
	for i := 0; i < len(format); {
		j := strings.IndexByte(format[i:], '%')
		if j < 0 {
			w.piece(format[i:], w.t.part(p, i, len(format)))
			return
		}
		w.piece(format[i:i+j], w.t.part(p, i, i+j))
		i += j
		end := i + 1
		for end < len(format) && strings.IndexByte("+-# 0123456789.", format[end]) >= 0 {
			end++
		}
		if end == len(format) {
			w.bad = true
			return
		}
		end++
		verb := format[i:end]
		if verb == "%%" {
			w.piece("%", w.t.part(p, i, i+1))
			i = end
			continue
		}
		if len(args) == 0 || verb[len(verb)-1] == '*' || verb[len(verb)-1] == '[' {
			w.bad = true
			return
		}
		v := args[0]
		args = args[1:]
		i = end
		if verb == "%q" && element(v).Kind() == reflect.String {
			w.quoted(`"`, v)
			continue
		}
		got := fmt.Sprintf(verb, interfaceOf(v))
		if s, known := w.t.print(v); s == got {
			w.piece(got, known)
		} else {
			w.piece(got, w.t.summed(w.t.summarize([]reflect.Value{v}), true))
		}
	}
}

// indented is what is known of a text after indent or nindent: every line keeps its bytes after the padding.
func (t *tracer) indented(s string, p *prov, out, pad string, newline bool) *prov {
	if p == nil {
		return nil
	}
	var w []Segment
	segs := p.segments()
	at := 0 // in out
	add := func(n int) {
		if n > 0 {
			w = appendShifted(w, nothing, at)
		}
		at += n
	}
	if newline {
		add(1)
	}
	for from := 0; from < len(s); {
		to := len(s)
		if i := strings.IndexByte(s[from:], '\n'); i >= 0 {
			to = from + i + 1
		}
		add(len(pad))
		w = appendShifted(w, cutSegments(segs, from, to), at)
		at += to - from
		from = to
	}
	if strings.HasSuffix(s, "\n") {
		add(len(pad))
	}
	if at != len(out) {
		return nil
	}
	return &prov{segs: w}
}

// listResult makes the strings of a result known: parts of an argument, or made from all.
func (t *tracer) listResult(name string, args []reflect.Value, out reflect.Value) reflect.Value {
	args = arguments(args)
	var rest *prov
	known := func(s string) string {
		if s == "" || t.find(s) != nil {
			return s
		}
		if p := t.inside(s, args); p != nil {
			return t.register(s, p)
		}
		if rest == nil {
			rest = t.summed(t.summarize(args), forms[name])
		}
		p := *rest
		return t.register(s, &p)
	}
	switch list := out.Interface().(type) {
	case []string:
		copied := make([]string, len(list))
		for i, s := range list {
			copied[i] = known(s)
		}
		return reflect.ValueOf(copied)
	case map[string]string:
		for k, s := range list {
			list[k] = known(s)
		}
	}
	return out
}

// copied is a deep copy that keeps the scalars themselves, and with them what is known of them, and what templates cannot
// change.
func (t *tracer) copied(_ string, args []reflect.Value, out reflect.Value) reflect.Value {
	var again func(v any) any
	again = func(v any) any {
		switch x := v.(type) {
		case map[string]any:
			m := make(map[string]any, len(x))
			for k, c := range x {
				m[k] = again(c)
			}
			t.same(x, m)
			return m
		case common.Values:
			return common.Values(again(map[string]any(x)).(map[string]any))
		case []any:
			l := make([]any, len(x), len(x)+1)
			for i, c := range x {
				l[i] = again(c)
			}
			t.same(x, l)
			return l
		}
		return v
	}
	switch v := interfaceOf(args[0]).(type) {
	case map[string]any, common.Values, []any:
		return reflect.ValueOf(again(v))
	}
	return out
}

// same makes a copy of a map or list known for what the original is.
func (t *tracer) same(from, to any) {
	if id, ok := t.containerLeaf(from); ok {
		t.containers[address(to)] = id
		t.alive = append(t.alive, to)
	}
}
