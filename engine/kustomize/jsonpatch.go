package kustomize

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// operation is one of a JSON patch (RFC 6902).
type operation struct {
	op         string
	path, from []string
	// place is that of the path of what is taken away.
	place stamp
	// value has the stamps of the patch; its kind is 0 if the operation has none.
	value shadow
}

// operations reads a patch; place is that of the patch's text.
func (b *build) operations(text string, place Origin) []operation {
	root := parseYAML([]byte(text))
	if root == nil || root.Kind != yaml.SequenceNode {
		return nil
	}
	var result []operation
	for i, item := range root.Content {
		op := operation{op: scalar(item, "op"), path: pointerParts(scalar(item, "path")), from: pointerParts(scalar(item, "from"))}
		if op.op == "remove" || op.op == "move" {
			field := map[string]string{"remove": "path", "move": "from"}[op.op]
			of := place
			of.Op, of.Exact = []string{strconv.Itoa(i), field}, false
			if n := at(item, []string{field}); n != nil {
				op.place = b.newPlace(of).at(n.Line, n.Column)
			}
		}
		if value := at(item, []string{"value"}); value != nil {
			op.value = b.patchValue(value, place, []string{strconv.Itoa(i), "value"})
		}
		result = append(result, op)
	}
	return result
}

func (b *build) patchValue(n *yaml.Node, place Origin, op []string) shadow {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	place.Op = slices.Clone(op)
	s := shadow{stamp: b.newPlace(place).at(n.Line, n.Column), kind: n.Kind, value: n.Value}
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.MappingNode {
			key := n.Content[i]
			inner := append(op, key.Value)
			place.Op = slices.Clone(inner)
			s.kids = append(s.kids, shadow{stamp: b.newPlace(place).at(key.Line, key.Column), kind: key.Kind, value: key.Value},
				b.patchValue(n.Content[i+1], place, inner))
			i++
		} else {
			s.kids = append(s.kids, b.patchValue(n.Content[i], place, append(op, strconv.Itoa(i))))
		}
	}
	return s
}

// pointerParts splits a JSON pointer (RFC 6901).
func pointerParts(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
	}
	return parts
}

// apply does to a shadow what the operation does to the object.
func (b *build) apply(s *shadow, op operation) {
	switch op.op {
	case "add":
		b.add(s, op.path, op.value.clone())
	case "replace":
		if old := s.find(op.path); old != nil {
			value := op.value.clone()
			b.overlay(&value, old)
			*old = value
		}
	case "remove":
		b.remove(s, op.path, op.place)
	case "move", "copy":
		if from := s.find(op.from); from != nil {
			value := from.clone()
			if op.op == "move" {
				b.remove(s, op.from, op.place)
			}
			b.add(s, op.path, value)
		}
	}
}

func (s *shadow) clone() shadow {
	c := *s
	c.lost = slices.Clip(s.lost)
	c.kids = slices.Clone(s.kids)
	for i := range c.kids {
		c.kids[i] = c.kids[i].clone()
	}
	return c
}

// overlay notes in the scalars of value what they overwrite.
func (b *build) overlay(value, old *shadow) {
	if value.kind == yaml.ScalarNode || value.kind != old.kind {
		value.stamp = b.replacing(value.stamp, old.stamp)
		return
	}
	for i := 0; i+1 < len(value.kids) && value.kind == yaml.MappingNode; i += 2 {
		if inner := old.child(value.kids[i].value); inner != nil {
			b.overlay(&value.kids[i+1], inner)
		}
	}
}

func (b *build) add(s *shadow, path []string, value shadow) {
	if len(path) == 0 {
		*s = value
		return
	}
	last := path[len(path)-1]
	parent := s.find(path[:len(path)-1])
	switch {
	case parent == nil:
	case parent.kind == yaml.SequenceNode:
		i, err := strconv.Atoi(last)
		if i < 0 {
			i += len(parent.kids) + 1
		}
		if last == "-" || err == nil && i > len(parent.kids) {
			i = len(parent.kids)
		}
		parent.kids = slices.Insert(parent.kids, max(i, 0), value)
	default:
		if old := parent.child(last); old != nil {
			b.overlay(&value, old)
			*old = value
			return
		}
		parent.kind = yaml.MappingNode
		parent.kids = append(parent.kids, shadow{stamp: b.inexact(value.stamp), kind: yaml.ScalarNode, value: last}, value)
	}
}

func (b *build) remove(s *shadow, path []string, place stamp) {
	if len(path) == 0 {
		return
	}
	last := path[len(path)-1]
	parent := s.find(path[:len(path)-1])
	if parent == nil {
		return
	}
	if parent.kind == yaml.SequenceNode {
		i, err := strconv.Atoi(last)
		if i < 0 {
			i += len(parent.kids)
		}
		if err == nil && i >= 0 && i < len(parent.kids) {
			parent.kids = slices.Delete(parent.kids, i, i+1)
		}
	} else if i := parent.index(last, 0); i >= 0 {
		b.lose(parent, i, place)
		parent.kids = slices.Delete(parent.kids, i, i+2)
	}
}

// adopt gives the nodes of an object that was printed and parsed again the stamps of s. Where the patch cannot be
// followed, or the value is written in another way now, the stamp is not exact.
func (b *build) adopt(n *yaml.Node, s *shadow, otherwise stamp) {
	if s == nil {
		fill(n, otherwise)
		return
	}
	now := s.stamp
	if s.kind != n.Kind || s.value != n.Value {
		now = b.inexact(now)
	}
	if !now.known() {
		now = otherwise
	}
	now.put(n)
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.MappingNode {
			key := n.Content[i]
			if j := s.index(key.Value, i); j >= 0 {
				s.kids[j].put(key)
				b.adopt(n.Content[i+1], &s.kids[j+1], otherwise)
			} else {
				otherwise.put(key)
				b.adopt(n.Content[i+1], nil, otherwise)
			}
			i++
		} else {
			b.adopt(n.Content[i], s.child(strconv.Itoa(i)), otherwise)
		}
	}
}
