package kustomize

import (
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Kustomize copies the Line and Column of a node wherever it copies the node, so they carry a stamp: above shift bits
// of Line is the number of a place (1 and up), above shift bits of Column the origin that the node overwrote plus 1;
// below are the line and the column. A node with a smaller Line is one that kustomize made or parsed itself.
const (
	shift = 24
	mask  = 1<<shift - 1
)

type stamp struct{ line, column int }

func stampOf(n *yaml.Node) stamp { return stamp{n.Line, n.Column} }

func (s stamp) put(n *yaml.Node) { n.Line, n.Column = s.line, s.column }
func (s stamp) place() int       { return s.line >> shift }
func (s stamp) known() bool      { return s.line > mask }
func (s stamp) at(line, col int) stamp {
	return stamp{s.line&^mask | min(max(line, 0), mask), s.column&^mask | min(max(col, 0), mask)}
}

// newPlace makes a stamp, without line and column, of what is common to all nodes of a file or an entry.
func (b *build) newPlace(o Origin) stamp {
	b.places = append(b.places, o)
	return stamp{line: len(b.places) << shift}
}

// origin is the index of a stamp's origin in the result's table, -1 for none.
func (b *build) origin(s stamp) int32 {
	if !s.known() {
		return -1
	}
	o := b.places[s.place()-1]
	// Nodes of a file have a line and column each, so looking for the same one again would cost more than it saves.
	unique := s.line&mask > 0 && s.column>>shift == 0 && o.Pointer == nil
	if !unique {
		if i, ok := b.origins[s]; ok {
			return i
		}
		b.origins[s] = int32(len(b.result.Origins))
	}
	o.Line, o.Column = int32(s.line&mask), int32(s.column&mask)
	o.Replaced = int32(s.column>>shift) - 1
	o.Exact = o.Exact && (o.Line > 0 || o.Pointer != nil)
	b.result.Origins = append(b.result.Origins, o)
	return int32(len(b.result.Origins)) - 1
}

// replacing adds to a stamp what it overwrote, unless it says so already or that is the same place.
func (b *build) replacing(s, old stamp) stamp {
	if s.column>>shift == 0 && old.known() && s != old {
		s.column |= int(b.origin(old)+1) << shift
	}
	return s
}

// and is the same place with others that had a part in the value.
func (b *build) and(s stamp, others ...stamp) stamp {
	also := int32(-1)
	for _, other := range slices.Backward(others) {
		if other.known() && s.known() {
			o := b.places[other.place()-1]
			o.Also = also
			also = b.origin(stamp{b.newPlace(o).line | other.line&mask, other.column})
		}
	}
	if also < 0 {
		return s
	}
	o := b.places[s.place()-1]
	o.Also = also
	return stamp{b.newPlace(o).line | s.line&mask, s.column}
}

// inexact is the same place, which does not hold the value itself.
func (b *build) inexact(s stamp) stamp {
	if !s.known() || !b.places[s.place()-1].Exact {
		return s
	}
	other, ok := b.inexactOf[s.place()]
	if !ok {
		o := b.places[s.place()-1]
		o.Exact = false
		other = b.newPlace(o)
		b.inexactOf[s.place()] = other
	}
	return stamp{other.line | s.line&mask, s.column}
}

// stampTree stamps the nodes that have none; their lines and columns stay.
func stampTree(n *yaml.Node, place stamp) {
	if n.Line <= mask {
		place.at(n.Line, n.Column).put(n)
	}
	for _, child := range n.Content {
		stampTree(child, place)
	}
}

// fill stamps a whole tree alike.
func fill(n *yaml.Node, s stamp) {
	s.put(n)
	for _, child := range n.Content {
		fill(child, s)
	}
}

// shadow is what a node was after the step before. The kids of a map are keys and values in turn.
type shadow struct {
	stamp
	kind  yaml.Kind
	value string
	kids  []shadow
	// lost are the keys that patches took out of a map.
	lost []lostKey
}

// lostKey is a key of a map that a patch took out, and the place in the patch that did it.
type lostKey struct {
	key   string
	place stamp
}

// lose notes that the key at kids[i] is taken out, if it is known by what.
func (b *build) lose(s *shadow, i int, place stamp) {
	if place.known() {
		s.lost = append(s.lost, lostKey{s.kids[i].value, b.replacing(place, s.kids[i].stamp)})
	}
}

// inherit takes over what an object had lost before it was printed and parsed again.
func (s *shadow) inherit(old *shadow) {
	if old == nil {
		return
	}
	s.lost = slices.Clip(old.lost)
	for i := range s.kids {
		switch {
		case s.kind == yaml.SequenceNode:
			s.kids[i].inherit(old.child(strconv.Itoa(i)))
		case i%2 == 1:
			s.kids[i].inherit(old.child(s.kids[i-1].value))
		}
	}
}

func snapshot(n *yaml.Node) shadow {
	s := shadow{stamp: stampOf(n), kind: n.Kind, value: n.Value}
	if len(n.Content) > 0 {
		s.kids = make([]shadow, len(n.Content))
		for i, child := range n.Content {
			s.kids[i] = snapshot(child)
		}
	}
	return s
}

func (s *shadow) size() int {
	n := 1
	for i := range s.kids {
		n += s.kids[i].size()
	}
	return n
}

// find gives the node below s at path, or nil.
func (s *shadow) find(path []string) *shadow {
	for _, part := range path {
		if s = s.child(part); s == nil {
			return nil
		}
	}
	return s
}

func (s *shadow) child(part string) *shadow {
	if s.kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(s.kids) {
			return &s.kids[i]
		}
		return nil
	}
	if i := s.index(part, 0); i >= 0 {
		return &s.kids[i+1]
	}
	return nil
}

// index finds a key of a map, at hint if it is there.
func (s *shadow) index(key string, hint int) int {
	if s.kind != yaml.MappingNode {
		return -1
	}
	if hint < len(s.kids) && s.kids[hint].value == key {
		return hint
	}
	for i := 0; i < len(s.kids); i += 2 {
		if s.kids[i].value == key {
			return i
		}
	}
	return -1
}

// change says where a node comes from that a step made (old is nil) or changed. The path leads to it; key is set for the
// key of a map's entry.
type change func(path []string, n *yaml.Node, old *shadow, key bool) stamp

// follow brings s, the state of n before a step, up to n, and stamps what the step made or changed.
func (b *build) follow(n *yaml.Node, s *shadow, path []string, changed change) {
	b.followOne(n, s, path, changed, false)
	switch n.Kind {
	case yaml.MappingNode:
		if !sameKeys(n, s) {
			b.loseKeys(n, s, path)
			kids := make([]shadow, len(n.Content))
			for i := 0; i+1 < len(n.Content); i += 2 {
				if j := s.index(n.Content[i].Value, i); j >= 0 && s.kind == yaml.MappingNode {
					kids[i], kids[i+1] = s.kids[j], s.kids[j+1]
				}
			}
			s.kids = kids
		}
		s.kind = n.Kind
		for i := 0; i+1 < len(n.Content); i += 2 {
			inner := append(path, n.Content[i].Value)
			// The names of keys are those of the shadow now.
			if s.kids[i].kind == 0 || stampOf(n.Content[i]) != s.kids[i].stamp {
				b.followOne(n.Content[i], &s.kids[i], inner, changed, true)
			}
			b.follow(n.Content[i+1], &s.kids[i+1], inner, changed)
		}
	case yaml.SequenceNode:
		b.align(n, s)
		s.kind = n.Kind
		for i, child := range n.Content {
			b.follow(child, &s.kids[i], append(path, strconv.Itoa(i)), changed)
		}
	default:
		s.kind, s.kids = n.Kind, nil
	}
}

// loseKeys notes the keys of s that n has not, if a strategic merge patch of this step took them out.
func (b *build) loseKeys(n *yaml.Node, s *shadow, path []string) {
	if len(b.top().merging) == 0 || s.kind != yaml.MappingNode {
		return
	}
	kept := keysOf(n)
	for i := 0; i < len(s.kids); i += 2 {
		if !kept[s.kids[i].value] {
			b.lose(s, i, b.deletion(path, s.kids[i].value))
		}
	}
}

// keysOf are the keys of a map.
func keysOf(n *yaml.Node) map[string]bool {
	keys := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		keys[n.Content[i].Value] = true
	}
	return keys
}

func (b *build) followOne(n *yaml.Node, s *shadow, path []string, changed change, key bool) {
	now := stampOf(n)
	if now == s.stamp && n.Value == s.value && n.Kind == s.kind {
		return
	}
	var old *shadow
	if s.kind != 0 {
		old = s
	}
	switch {
	case !now.known() && old != nil && old.known() && old.kind == n.Kind && old.value == n.Value:
		now = old.stamp
	case !now.known() || old != nil && now == old.stamp && old.value != n.Value:
		now = changed(path, n, old, key)
	case old != nil && !key && n.Kind == yaml.ScalarNode:
		now = b.replacing(now, old.stamp)
	}
	now.put(n)
	s.stamp, s.value = now, n.Value
	if key {
		s.kind = n.Kind
	}
}

func sameKeys(n *yaml.Node, s *shadow) bool {
	if s.kind != yaml.MappingNode || len(n.Content) != len(s.kids) {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value != s.kids[i].value {
			return false
		}
	}
	return true
}

// align makes the kids of s those of the items of n: by their stamps, because patches add and reorder items; by their
// index for items without one.
func (b *build) align(n *yaml.Node, s *shadow) {
	same := s.kind == yaml.SequenceNode && len(s.kids) == len(n.Content)
	for i := 0; same && i < len(n.Content); i++ {
		same = stampOf(n.Content[i]) == s.kids[i].stamp
	}
	if same {
		return
	}
	kids := make([]shadow, len(n.Content))
	if s.kind == yaml.SequenceNode {
		at, used := map[stamp]int{}, make([]bool, len(s.kids))
		for i := range s.kids {
			at[s.kids[i].stamp] = i
		}
		for i, item := range n.Content {
			j, ok := at[stampOf(item)]
			switch {
			case i < len(s.kids) && s.kids[i].stamp == stampOf(item):
				j, ok = i, true
			case i < len(s.kids) && !ok:
				// A scalar has no other identity than its place in the list; a map without a stamp is parsed anew.
				j, ok = i, item.Line <= mask || item.Kind == yaml.ScalarNode && len(s.kids) == len(n.Content)
			}
			if ok && !used[j] {
				kids[i], used[j] = s.kids[j], true
			}
		}
	}
	s.kids = kids
}
