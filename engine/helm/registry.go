package helm

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"unsafe"
)

// prov is what is known of a scalar: of its text (what it prints), the segments, made from its class and leaf when they
// are wanted if these hold for the whole.
type prov struct {
	text  string
	class uint8
	leaf  int32
	segs  []Segment
	alive any
}

// unknown stands for a value that nothing is known of.
var unknown = &prov{class: None, leaf: -1, segs: nothing}

func (p *prov) segments() []Segment {
	if p.segs == nil {
		p.segs = []Segment{{Kind: Action, Class: p.class, Source: hereSource, Frame: hereFrame, Leaf: p.leaf}}
	}
	return p.segs
}

// registry finds what is known of a value by the address of its memory. What is registered is kept alive, and is
// always memory of its own: two values never share an address.
type registry struct {
	strings    map[uintptr]*prov
	boxes      map[uintptr]*prov // scalars in interfaces
	containers map[uintptr]int32 // leaves of maps and lists
	leafTable  []leaf
	sets       [][]int32
	setIndex   map[string]int32
	arenas     []arena // by address
	sorted     bool
	alive      []any
}

// arena is memory that holds the text of a file.
type arena struct {
	base   uintptr
	text   string
	source int32
	skip   int32
}

func newRegistry() registry {
	return registry{strings: map[uintptr]*prov{}, boxes: map[uintptr]*prov{}, containers: map[uintptr]int32{}, setIndex: map[string]int32{}}
}

func address(v any) uintptr {
	switch x := v.(type) {
	case []byte:
		return uintptr(unsafe.Pointer(unsafe.SliceData(x)))
	case string:
		return uintptr(unsafe.Pointer(unsafe.StringData(x)))
	}
	return reflect.ValueOf(v).Pointer()
}

// boxed is the address of the memory that an interface with a scalar points to.
func boxed(v any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&v))[1] }

// numbered is the number that key has, from next when it has none yet.
func numbered[K comparable](numbers map[K]int32, key K, next func() int32) int32 {
	n, ok := numbers[key]
	if !ok {
		n = next()
		numbers[key] = n
	}
	return n
}

// added appends an entry to a table and gives its number.
func added[E any](table *[]E, e E) int32 {
	*table = append(*table, e)
	return int32(len(*table)) - 1
}

func (r *registry) leaf(l leaf) int32 { return added(&r.leafTable, l) }

// register gives a copy of s that is known by p.
func (r *registry) register(s string, p *prov) string {
	if s == "" {
		return s
	}
	return r.keep(shared(append(make([]byte, 0, len(s)), s...)), p)
}

// keep registers a string whose memory belongs to nobody else.
func (r *registry) keep(s string, p *prov) string {
	p.text = s
	r.strings[address(s)] = p
	return s
}

// scalar gives a copy of a scalar in an interface of its own.
func (r *registry) scalar(v any, p *prov) any {
	s, ok := v.(string)
	if ok && s != "" {
		return r.register(s, p)
	}
	box := reflect.New(reflect.TypeOf(v)).Elem()
	box.Set(reflect.ValueOf(v))
	v = box.Interface()
	p.text, p.alive = fmt.Sprint(v), v
	r.boxes[boxed(v)] = p
	return v
}

// key gives a copy of a map's key that is known for the leaf of its value.
func (r *registry) key(k string, v any) string {
	p := &prov{class: None, leaf: -1}
	if id, ok := r.containerLeaf(v); ok {
		p.class, p.leaf = Leafwise, id
	} else if q := r.of(reflect.ValueOf(v)); q != nil && q.class == Exact {
		p.class, p.leaf = Leafwise, q.leaf
	}
	return r.register(k, p)
}

func (r *registry) container(v any, l leaf) {
	r.containers[address(v)] = r.leaf(l)
	r.alive = append(r.alive, v)
}

func (r *registry) containerLeaf(v any) (int32, bool) {
	switch v.(type) {
	case map[string]any, []any:
		id, ok := r.containers[address(v)]
		return id, ok
	}
	return -1, false
}

func (r *registry) addArena(text string, source, skip int32) {
	r.arenas = append(r.arenas, arena{address(text), text, source, skip})
	r.sorted = false
}

// find says what is known of a string, nil for nothing.
func (r *registry) find(s string) *prov {
	if s == "" {
		return nil
	}
	at := address(s)
	if p := r.strings[at]; p != nil && len(s) <= len(p.text) {
		if len(s) == len(p.text) {
			return p
		}
		return &prov{text: s, segs: cutSegments(p.segments(), 0, len(s))}
	}
	if g, ok := r.file(s); ok {
		return &prov{text: s, segs: []Segment{g}}
	}
	return nil
}

// file finds a string that is a part of the memory of a file.
func (r *registry) file(s string) (Segment, bool) {
	if !r.sorted {
		sort.Slice(r.arenas, func(i, j int) bool { return r.arenas[i].base < r.arenas[j].base })
		r.sorted = true
	}
	at := address(s)
	i := sort.Search(len(r.arenas), func(i int) bool { return r.arenas[i].base > at }) - 1
	if i < 0 || at+uintptr(len(s)) > r.arenas[i].base+uintptr(len(r.arenas[i].text)) {
		return Segment{}, false
	}
	a := r.arenas[i]
	return Segment{Kind: Text, Source: a.source, Pos: int32(at-a.base) + a.skip, Frame: hereFrame, Leaf: -1}, true
}

// element is the value in an interface or behind a pointer to one.
func element(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

// of says what is known of a scalar, nil for nothing.
func (r *registry) of(v reflect.Value) *prov {
	v = element(v)
	if !v.IsValid() || !v.CanInterface() {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			return r.find(v.String())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > 0 {
			return r.find(shared(v.Bytes()))
		}
		return nil
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
	default:
		return nil
	}
	return r.boxes[boxed(v.Interface())]
}

// summary collects the leaves of several values.
type summary struct {
	leaves  []int32
	builtin bool
	visited int
}

func (s *summary) add(l int32) {
	if l >= 0 && len(s.leaves) < maxSet && !slices.Contains(s.leaves, l) {
		s.leaves = append(s.leaves, l)
	}
}

// How much of a large value a summary looks at.
const (
	maxSet     = 64
	maxVisited = 1000
)

// segment adds what a segment is known to be from.
func (r *registry) segment(g Segment, s *summary) {
	switch {
	case g.Kind == Text:
	case g.Class == Exact || g.Class == Leafwise:
		s.add(g.Leaf)
	case g.Class == Derived:
		for _, l := range r.sets[g.Leaf] {
			s.add(l)
		}
	case g.Class == Builtin:
		s.builtin = true
	}
}

// leaves adds the leaves of a value and all in it.
func (r *registry) leaves(v reflect.Value, s *summary, depth int) {
	v = element(v)
	if s.visited++; !v.IsValid() || depth > 6 || len(s.leaves) >= maxSet || s.visited > maxVisited {
		return
	}
	if p := r.of(v); p != nil {
		for _, g := range p.segments() {
			r.segment(g, s)
		}
		return
	}
	switch v.Kind() {
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || v.IsNil() {
			return
		}
		if v.Len() == 0 {
			if id, ok := r.containers[v.Pointer()]; ok {
				s.add(id)
			}
			return
		}
		if v.MapIndex(reflect.ValueOf("Capabilities").Convert(v.Type().Key())).IsValid() {
			return // the context
		}
		for _, k := range sortedKeys(v) {
			r.leaves(v.MapIndex(k), s, depth+1)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		if v.Len() == 0 {
			if id, ok := r.containers[v.Pointer()]; ok {
				s.add(id)
			}
		}
		for i := range min(v.Len(), maxSet) {
			r.leaves(v.Index(i), s, depth+1)
		}
	}
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// summed is what a summary says of a value that was computed: with form, that a single leaf was printed in another form.
func (r *registry) summed(s *summary, form bool) *prov {
	switch {
	case len(s.leaves) == 1 && form:
		return &prov{class: Leafwise, leaf: s.leaves[0]}
	case len(s.leaves) > 0:
		id := numbered(r.setIndex, fmt.Sprint(s.leaves), func() int32 { return added(&r.sets, s.leaves) })
		return &prov{class: Derived, leaf: id}
	case s.builtin:
		return &prov{class: Builtin, leaf: -1}
	}
	return &prov{class: Constant, leaf: -1}
}

// cutSegments are the segments of the bytes from..to, counting from 0 again.
func cutSegments(segs []Segment, from, to int) []Segment {
	if from >= to {
		return nil
	}
	i := sort.Search(len(segs), func(i int) bool { return int(segs[i].Off) > from }) - 1
	var out []Segment
	for i = max(i, 0); i < len(segs) && int(segs[i].Off) < to; i++ {
		g := segs[i]
		if d := from - int(g.Off); d > 0 {
			g.Off = uint32(from)
			switch {
			case g.Kind == Text:
				g.Pos += int32(d)
			case g.Class == Exact:
				g.LeafPos += int32(d)
			}
		}
		g.Off -= uint32(from)
		out = append(out, g)
	}
	return out
}

func appendShifted(segs, more []Segment, by int) []Segment {
	for _, g := range more {
		g.Off += uint32(by)
		segs = append(segs, g)
	}
	return segs
}
