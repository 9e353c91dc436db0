package kustomize

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// frame is a kustomization that is being built.
type frame struct {
	dir, file string
	// text is the root of the file, nil if it cannot be read as a map.
	text *yaml.Node
	// via is the origin of the entry that led here, item that of the entry being read, list the field it stands in.
	via, item int32
	list      string
	// plugins are the places of the generators, later of the transformers, that have files of their own.
	plugins []stamp
	// steps counts the steps of each kind of plugin; patches those entries of patches and patchesStrategicMerge that
	// were read; charts those of helmCharts.
	steps   map[string]int
	patches map[string]int
	charts  int
}

// at gives the node that a pointer leads to.
func at(n *yaml.Node, pointer []string) *yaml.Node {
	for _, part := range pointer {
		if n != nil && n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		n = childOf(n, part)
	}
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func childOf(n *yaml.Node, part string) *yaml.Node {
	switch {
	case n == nil:
	case n.Kind == yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			// Kustomizations are read with encoding/json, which takes keys in any case.
			if n.Content[i].Value == part || len(part) > 1 && strings.EqualFold(n.Content[i].Value, part) {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

func (f *frame) count(field string) int {
	if n := at(f.text, []string{field}); n != nil && n.Kind == yaml.SequenceNode {
		return len(n.Content)
	}
	return 0
}

// entry is the place of an entry of a kustomization, or of the last part of the pointer that is there. It is exact if
// the entry holds value.
func (b *build) entry(f *frame, role, value string, pointer ...string) stamp {
	for len(pointer) > 0 && at(f.text, pointer) == nil {
		pointer = pointer[:len(pointer)-1]
	}
	n := at(f.text, pointer)
	if n == nil {
		return b.newPlace(Origin{Role: role, File: f.file, Via: f.via, Replaced: -1})
	}
	exact := n.Kind == yaml.ScalarNode && n.Value == value
	key := strings.Join(append([]string{f.file, strconv.Itoa(int(f.via)), role, strconv.FormatBool(exact)}, pointer...), "\x00")
	place, ok := b.entries[key]
	if !ok {
		place = b.newPlace(Origin{Role: role, File: f.file, Pointer: slices.Clone(pointer), Via: f.via, Replaced: -1, Exact: exact})
		b.entries[key] = place
	}
	return place.at(n.Line, n.Column)
}

// itemLists are the fields whose entries name files or directories to read, in the order they are read.
var itemLists = []string{"resources", "bases", "generators", "components", "transformers", "validators"}

// locate finds the entry of one of the lists that says text.
func (f *frame) locate(text string, lists ...string) []string {
	for _, list := range lists {
		if n := at(f.text, []string{list}); n != nil && n.Kind == yaml.SequenceNode {
			for i := range n.Content {
				if item := at(n, []string{strconv.Itoa(i)}); item.Value == text {
					return []string{list, strconv.Itoa(i)}
				}
			}
		}
	}
	return nil
}

// locateScalar finds the first scalar anywhere that says text.
func locateScalar(n *yaml.Node, text string, pointer []string) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Value == text {
		return slices.Clone(pointer)
	}
	for i, child := range n.Content {
		part := strconv.Itoa(i)
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			part = n.Content[i-1].Value
		}
		if found := locateScalar(child, text, append(pointer, part)); found != nil {
			return found
		}
	}
	return nil
}

// nextPatch is the next entry of field, after those already seen, with this path or text.
func (f *frame) nextPatch(field, file, text string) []string {
	for i := f.patches[field]; i < f.count(field); i++ {
		item := at(f.text, []string{field, strconv.Itoa(i)})
		found := []string{field, strconv.Itoa(i)}
		same := item.Kind == yaml.ScalarNode && item.Value == text
		if item.Kind == yaml.MappingNode && file != "" {
			same = scalar(item, "path") == file
		} else if item.Kind == yaml.MappingNode {
			same = strings.TrimSpace(scalar(item, "patch")) == strings.TrimSpace(text)
			found = append(found, "patch")
		}
		if same {
			f.patches[field] = i + 1
			return found
		}
	}
	return nil
}

func scalar(n *yaml.Node, pointer ...string) string {
	if n = at(n, pointer); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// legacy gives the pointer to entry i of a field that continues in an older one: kustomize joins them.
func (f *frame) legacy(field, older string, i int) []string {
	if n := f.count(field); i >= n {
		return []string{older, strconv.Itoa(i - n)}
	}
	return []string{field, strconv.Itoa(i)}
}

// transformed tells, for a step of one of kustomize's own transformers, which entry made or changed a node. n counts the
// steps of that kind from 0.
func (b *build) transformed(f *frame, kind string, i int) change {
	simple := func(pointer ...string) change {
		return func(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
			return b.overwriting(b.entry(f, roleKustomization, n.Value, pointer...), old)
		}
	}
	pairs := func(pointer ...string) change {
		return func(path []string, n *yaml.Node, old *shadow, key bool) stamp {
			if n.Kind != yaml.ScalarNode {
				return b.entry(f, roleKustomization, "", pointer...)
			}
			value := n.Value
			name := path[len(path)-1]
			if at(f.text, append(slices.Clip(pointer), name)) == nil {
				return b.entry(f, roleKustomization, "", pointer...)
			}
			if key {
				return b.inexact(b.entry(f, roleKustomization, value, append(slices.Clip(pointer), name)...))
			}
			return b.overwriting(b.entry(f, roleKustomization, value, append(slices.Clip(pointer), name)...), old)
		}
	}
	number := strconv.Itoa(i)
	switch kind {
	case "NamespaceTransformer":
		return simple("namespace")
	case "PrefixTransformer":
		return simple("namePrefix")
	case "SuffixTransformer":
		return simple("nameSuffix")
	case "LabelTransformer":
		if i < f.count("labels") {
			return pairs("labels", number, "pairs")
		}
		return pairs("commonLabels")
	case "AnnotationsTransformer":
		return pairs("commonAnnotations")
	case "ReplicaCountTransformer":
		return simple("replicas", number, "count")
	case "ImageTagTransformer":
		image := f.legacy("images", "imageTags", i)
		return func(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
			return b.overwriting(b.entry(f, roleKustomization, n.Value, append(image, b.imageField(f, image, n.Value, old))...), old)
		}
	case "PatchTransformer":
		return simple("patches", number)
	case "PatchJson6902Transformer":
		return simple("patchesJson6902", number)
	case "PatchStrategicMergeTransformer":
		return simple("patchesStrategicMerge")
	case "ReplacementTransformer":
		return func(path []string, n *yaml.Node, old *shadow, _ bool) stamp {
			return b.overwriting(b.replacement(f, path), old)
		}
	}
	return func([]string, *yaml.Node, *shadow, bool) stamp { return stamp{} }
}

func (b *build) overwriting(s stamp, old *shadow) stamp {
	if old == nil {
		return s
	}
	return b.replacing(s, old.stamp)
}

// imageField is the field of an image's entry that a person would edit: the new tag, unless only the name changed.
func (b *build) imageField(f *frame, image []string, value string, old *shadow) string {
	fields := []string{"digest", "newTag", "tagSuffix", "newName"}
	if old != nil {
		if _, tail, _ := strings.Cut(value, scalar(at(f.text, image), "newName")); strings.HasSuffix(old.value, tail) && tail != value {
			fields = []string{"newName", "digest", "newTag", "tagSuffix"}
		}
	}
	for _, field := range fields {
		if at(f.text, append(slices.Clip(image), field)) != nil {
			return field
		}
	}
	return "name"
}

// replacement is the entry of the last of the replacements, which wins, one of whose field paths leads to path.
func (b *build) replacement(f *frame, target []string) stamp {
	for i := f.count("replacements") - 1; i >= 0; i-- {
		number := strconv.Itoa(i)
		if found, ok := replacementField(at(f.text, []string{"replacements", number}), target); ok {
			return b.entry(f, roleKustomization, "", append([]string{"replacements", number}, found...)...)
		}
		file := scalar(f.text, "replacements", number, "path")
		if file == "" {
			continue
		}
		name := path.Join(f.dir, file)
		inner := &frame{file: name, text: b.parse(name), via: b.origin(b.entry(f, roleKustomization, file, "replacements", number, "path"))}
		if found, ok := replacementField(inner.text, target); ok {
			return b.entry(inner, roleKustomization, "", found...)
		}
		if inner.text != nil {
			for j := len(inner.text.Content) - 1; j >= 0 && inner.text.Kind == yaml.SequenceNode; j-- {
				if found, ok := replacementField(inner.text.Content[j], target); ok {
					return b.entry(inner, roleKustomization, "", append([]string{strconv.Itoa(j)}, found...)...)
				}
			}
		}
	}
	return b.entry(f, roleKustomization, "", "replacements")
}

func replacementField(replacement *yaml.Node, target []string) ([]string, bool) {
	targets := at(replacement, []string{"targets"})
	if targets == nil || targets.Kind != yaml.SequenceNode {
		return nil, false
	}
	for j := len(targets.Content) - 1; j >= 0; j-- {
		fields := at(targets.Content[j], []string{"fieldPaths"})
		if fields == nil {
			if slices.Equal(target, []string{"metadata", "name"}) {
				return []string{"targets", strconv.Itoa(j)}, true
			}
			continue
		}
		for k := len(fields.Content) - 1; k >= 0; k-- {
			if leads(fields.Content[k].Value, target) {
				return []string{"targets", strconv.Itoa(j), "fieldPaths", strconv.Itoa(k)}, true
			}
		}
	}
	return nil, false
}

// leads tells whether a field path such as spec.containers.[name=a].image can lead to target, or to a node around it.
func leads(field string, target []string) bool {
	i := 0
	for part := range fieldParts(field) {
		if i == len(target) {
			// A path into structured data inside a scalar.
			return true
		}
		_, err := strconv.Atoi(target[i])
		if part != target[i] && part != "*" && !(err == nil && strings.HasPrefix(part, "[")) {
			return false
		}
		i++
	}
	return true
}

// fieldParts splits at dots outside of brackets; a backslash protects a dot.
func fieldParts(field string) func(func(string) bool) {
	return func(yield func(string) bool) {
		var part strings.Builder
		depth := 0
		for i := 0; i < len(field); i++ {
			c := field[i]
			switch {
			case c == '\\' && i+1 < len(field) && field[i+1] == '.':
				i++
				c = '.'
			case c == '[':
				depth++
			case c == ']':
				depth--
			case c == '.' && depth == 0:
				if !yield(part.String()) {
					return
				}
				part.Reset()
				continue
			}
			part.WriteByte(c)
		}
		yield(part.String())
	}
}
