package kustomize

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func (b *build) Generated(plugin any, index, count int, nodes, others []*yaml.RNode) {
	if !b.trace {
		return
	}
	f := b.top()
	b.before = others
	kind := pluginKind(plugin)
	external := count - len(f.plugins)
	switch {
	case kind == "HelmChartInflationGenerator":
		if b.chart != nil {
			for _, n := range nodes {
				b.chart.stamp(b, n.YNode())
			}
		}
		b.chart = nil
	case index >= external:
		for _, object := range nodes {
			walk(object.YNode(), func(_ []string, key, n *yaml.Node) {
				s := b.cause(f.plugins[index-external], func(text string) bool { return text == n.Value || strings.HasSuffix(text, "="+n.Value) })
				s.put(n)
				if key != nil {
					s.put(key)
				}
			})
		}
	case kind == "ConfigMapGenerator" || kind == "SecretGenerator":
		b.stampGenerated(f, nodes)
	}
	for _, n := range nodes {
		b.know(n)
	}
}

// stampGenerated stamps an object made from an entry of configMapGenerator or secretGenerator.
func (b *build) stampGenerated(f *frame, nodes []*yaml.RNode) {
	entry := f.doing
	place := func(value string, pointer ...string) stamp {
		return b.entry(f, roleGenerator, value, append(slices.Clip(entry), pointer...)...)
	}
	for _, node := range nodes {
		walk(node.YNode(), func(where []string, key, n *yaml.Node) {
			s := place("")
			switch {
			case len(where) == 2 && where[0] == "metadata" && (where[1] == "name" || where[1] == "namespace"):
				s = place(n.Value, where[1])
			case len(where) == 3 && where[0] == "metadata":
				pointer := []string{"options", where[1], where[2]}
				if at(f.text, append(slices.Clip(entry), pointer...)) != nil {
					s = place(n.Value, pointer...)
				} else {
					s = b.entry(f, roleGenerator, n.Value, append([]string{"generatorOptions"}, pointer[1:]...)...)
				}
			case len(where) == 1 && where[0] == "type":
				s = place(n.Value, "type")
			case len(where) == 1 && where[0] == "immutable":
				s = place(n.Value, "options", "immutable")
			case len(where) == 2 && (where[0] == "data" || where[0] == "binaryData"):
				s = b.pair(f, entry, where[1], n.Value)
			}
			s.put(n)
			if key != nil {
				b.inexact(s).put(key)
			}
		})
	}
}

// walk visits every value of a tree with its path and, for an entry of a map, its key.
func walk(n *yaml.Node, visit func(where []string, key, n *yaml.Node)) {
	var inner func(n, key *yaml.Node, where []string)
	inner = func(n, key *yaml.Node, where []string) {
		visit(where, key, n)
		for i := 0; i < len(n.Content); i++ {
			if n.Kind == yaml.MappingNode {
				inner(n.Content[i+1], n.Content[i], append(where, n.Content[i].Value))
				i++
			} else {
				inner(n.Content[i], nil, append(where, strconv.Itoa(i)))
			}
		}
	}
	inner(n, nil, nil)
}

// pair finds the literal, the file or the line of an env file that gave a generated value its key.
func (b *build) pair(f *frame, entry []string, key, value string) stamp {
	for j := range f.count(append(slices.Clip(entry), "literals")...) {
		pointer := append(slices.Clip(entry), "literals", strconv.Itoa(j))
		if name, text, _ := strings.Cut(scalar(f.text, pointer...), "="); name == key {
			s := b.entry(f, roleGenerator, "", pointer...)
			if n := at(f.text, pointer); text == value && n.Style == 0 && !strings.Contains(text, "\n") {
				// A plain scalar on one line: the value itself stands behind the equals sign.
				place := b.places[s.place()-1]
				place.Exact = true
				return b.newPlace(place).at(n.Line, n.Column+len(name)+1)
			}
			return s
		}
	}
	for j := range f.count(append(slices.Clip(entry), "files")...) {
		pointer := append(slices.Clip(entry), "files", strconv.Itoa(j))
		name, file, ok := strings.Cut(scalar(f.text, pointer...), "=")
		if !ok {
			name, file = path.Base(name), name
		}
		if name == key {
			file = path.Join(f.dir, file)
			return b.newPlace(Origin{Role: roleGenerator, File: file, Via: b.origin(b.entry(f, roleKustomization, "", pointer...)), Replaced: -1, Also: -1,
				Exact: value == string(b.tree.files[file])}).at(1, 1)
		}
	}
	sources := [][]string{}
	for j := range f.count(append(slices.Clip(entry), "envs")...) {
		sources = append(sources, append(slices.Clip(entry), "envs", strconv.Itoa(j)))
	}
	for _, pointer := range append(sources, append(slices.Clip(entry), "env")) {
		file := path.Join(f.dir, scalar(f.text, pointer...))
		number := int32(0)
		for line := range bytes.Lines(b.tree.files[file]) {
			number++
			text := strings.TrimRight(string(line), "\r\n")
			name, held, _ := strings.Cut(text, "=")
			if strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF")) == key {
				return b.newPlace(Origin{Role: roleGenerator, File: file, Via: b.origin(b.entry(f, roleKustomization, "", pointer...)), Replaced: -1, Also: -1,
					Exact: held == value}).at(int(number), min(len(name)+2, len(text)+1))
			}
		}
	}
	return b.entry(f, roleGenerator, "", entry...)
}

// merged follows the objects of a generator into the others. With behavior merge or replace an object takes the place of
// one that was there, and some of its fields.
func (b *build) merged(nodes []*yaml.RNode) {
	for i, n := range nodes {
		var from *shadow
		if i < len(b.before) && b.before[i] != n {
			from = b.shadows[b.before[i]]
		}
		s := b.shadows[n]
		if s == nil {
			b.know(n)
			continue
		}
		if from == nil {
			continue
		}
		b.follow(n.YNode(), s, nil, func(path []string, n *yaml.Node, old *shadow, key bool) stamp {
			inner := from.find(path)
			if key && inner != nil {
				parent := from.find(path[:len(path)-1])
				return parent.kids[parent.index(path[len(path)-1], 0)].stamp
			}
			if inner != nil && inner.value == n.Value && inner.kind == n.Kind {
				return inner.stamp
			}
			if old != nil {
				return b.inexact(old.stamp)
			}
			return stamp{}
		})
		b.overlay(s, from)
		restamp(n.YNode(), s)
	}
	b.before = nil
}

func restamp(n *yaml.Node, s *shadow) {
	s.put(n)
	for i, child := range n.Content {
		if i < len(s.kids) {
			restamp(child, &s.kids[i])
		}
	}
}
