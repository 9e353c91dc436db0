package kustomize

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	yaml2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// document prints an object as Resource.AsYAML does. That encodes, decodes, encodes, decodes and encodes; this goes from
// the nodes to the last encoder, and takes the long way only where it is not sure to print the same.
func (b *build) document(r *resource.Resource) (Document, error) {
	p := printer{b: b, ok: true}
	root := r.YNode()
	state := b.shadows[&r.RNode]
	value := p.print(root, state, noKey)
	if p.ok {
		text, err := yaml2.Marshal(value)
		return Document{text, p.nodes, p.removed}, err
	}
	text, err := r.AsYAML()
	if err != nil || !b.trace {
		return Document{YAML: text}, err
	}
	p.nodes, p.removed = nil, nil
	if printed := parseYAML(text); printed != nil {
		p.match(printed, root, state, noKey)
	}
	return Document{text, p.nodes, p.removed}, nil
}

type printer struct {
	b     *build
	nodes []int32
	// removed are the entries that maps have lost.
	removed []Removed
	ok      bool
}

// note adds a node to the table, with what it has lost; key is -1 where there is none.
func (p *printer) note(n *yaml.Node, s *shadow, key int32) {
	if !p.b.trace {
		return
	}
	if s != nil && n != nil && len(s.lost) > 0 {
		keys := keysOf(n)
		for _, lost := range s.lost {
			if !keys[lost.key] {
				p.removed = append(p.removed, Removed{int32(len(p.nodes) / 2), lost.key, p.b.origin(lost.place)})
			}
		}
	}
	value := int32(-1)
	if n != nil {
		value = p.b.origin(stampOf(n))
	}
	if key == noKey {
		key = value
	}
	p.nodes = append(p.nodes, value, key)
}

// noKey marks a node that is no entry of a map: its key's origin is that of the value.
const noKey = -2

func (p *printer) key(n *yaml.Node) int32 {
	if !p.b.trace {
		return -1
	}
	return p.b.origin(stampOf(n))
}

// print notes the nodes in the order in which they are printed and gives the value for the encoder.
func (p *printer) print(n *yaml.Node, s *shadow, key int32) any {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return p.print(n.Content[0], s, key)
	}
	p.note(n, s, key)
	switch n.Kind {
	case yaml.MappingNode:
		order := make([]int, len(n.Content)/2)
		for i := range order {
			order[i] = 2 * i
			if k := n.Content[2*i]; k.Kind != yaml.ScalarNode || k.ShortTag() != yaml.NodeTagString {
				p.ok = false
				return nil
			}
		}
		sort.Slice(order, func(i, j int) bool { return lessKey(n.Content[order[i]].Value, n.Content[order[j]].Value) })
		items := make(yaml2.MapSlice, 0, len(order))
		for position, i := range order {
			k := n.Content[i]
			if position > 0 && n.Content[order[position-1]].Value == k.Value {
				p.ok = false
			}
			if !p.ok {
				return nil
			}
			items = append(items, yaml2.MapItem{Key: p.text(k), Value: p.print(n.Content[i+1], s.kid(i+1), p.key(k))})
		}
		return items
	case yaml.SequenceNode:
		items := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			if !p.ok {
				return nil
			}
			items = append(items, p.print(item, s.kid(i), noKey))
		}
		return items
	case yaml.ScalarNode:
		return p.scalar(n)
	}
	p.ok = false
	return nil
}

// scalar is the value that a scalar has after it was encoded and decoded.
func (p *printer) scalar(n *yaml.Node) any {
	if n.Style&yaml.TaggedStyle != 0 {
		p.ok = false
		return nil
	}
	isQuoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if isQuoted && (n.Tag == "" || n.ShortTag() == yaml.NodeTagString) {
		return p.text(n)
	}
	bare := yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}
	resolved := bare.ShortTag()
	tag := n.ShortTag()
	switch {
	case n.Tag != "" && tag != resolved && tag != yaml.NodeTagString:
		p.ok = false
		return nil
	case isQuoted, tag == yaml.NodeTagString:
		return p.text(n)
	}
	switch resolved {
	case yaml.NodeTagString:
		return p.text(n)
	case yaml.NodeTagNull:
		return nil
	case yaml.NodeTagBool:
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case yaml.NodeTagInt:
		if i, err := strconv.ParseInt(n.Value, 10, 53); err == nil && strconv.FormatInt(i, 10) == n.Value {
			return int(i)
		}
	}
	var value any
	if bare.Decode(&value) != nil {
		p.ok = false
		return nil
	}
	return p.roundTrip(value)
}

// kid is a node below s, which follow keeps in the order of the object's.
func (s *shadow) kid(i int) *shadow {
	if s == nil || i >= len(s.kids) {
		return nil
	}
	return &s.kids[i]
}

func (p *printer) text(n *yaml.Node) any {
	if n.Style&yaml.FoldedStyle != 0 && strings.ContainsAny(n.Value, "\n") {
		// The encoder does not keep all folded texts.
		p.ok = false
		return nil
	}
	if plainText(n.Value) {
		return n.Value
	}
	return p.roundTrip(n.Value)
}

// plainText tells texts that JSON and back does not change.
func plainText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

func (p *printer) roundTrip(value any) any {
	text, err := json.Marshal(value)
	var result any
	if err != nil || yaml2.Unmarshal(text, &result) != nil {
		p.ok = false
	}
	return result
}

// lessKey is the order of keys in go.yaml.in/yaml/v2: digits by their number, letters after the rest.
func lessKey(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && i < len(a) && !utf8.RuneStart(a[i]) {
		i--
	}
	if i == len(a) || i == len(b) {
		return len(a) < len(b)
	}
	ar, _ := utf8.DecodeRuneInString(a[i:])
	br, _ := utf8.DecodeRuneInString(b[i:])
	al, bl := unicode.IsLetter(ar), unicode.IsLetter(br)
	if al && bl {
		return ar < br
	}
	if al || bl {
		return bl
	}
	var an, bn int64
	if ar == '0' || br == '0' {
		for j := i - 1; j >= 0 && a[j] >= '0' && a[j] <= '9'; j-- {
			if a[j] != '0' {
				an, bn = 1, 1
				break
			}
		}
	}
	an, ai := digits(a[i:], an)
	bn, bi := digits(b[i:], bn)
	if an != bn {
		return an < bn
	}
	if ai != bi {
		return ai < bi
	}
	return ar < br
}

func digits(s string, n int64) (int64, int) {
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	return n, i
}

// match notes the nodes of a printed document from those it was printed of.
func (p *printer) match(printed, n *yaml.Node, s *shadow, key int32) {
	p.note(n, s, key)
	for i := 0; i < len(printed.Content); i++ {
		var child *yaml.Node
		var state *shadow
		k := int32(noKey)
		if printed.Kind == yaml.MappingNode {
			name := printed.Content[i].Value
			k = -1
			for j := 0; n != nil && j+1 < len(n.Content) && n.Kind == yaml.MappingNode; j += 2 {
				if n.Content[j].Value == name {
					k, child, state = p.key(n.Content[j]), n.Content[j+1], s.kid(j+1)
				}
			}
			i++
		} else if n != nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			child, state = n.Content[i], s.kid(i)
		}
		p.match(printed.Content[i], child, state, k)
	}
}
