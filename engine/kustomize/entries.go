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
	// doing leads to the entry that is being carried out.
	doing []string
	// plugins are the configurations of generators, later of transformers, that kustomize's own fields do not make.
	plugins []*yaml.Node
	// steps counts the steps of each kind of plugin; number is that of the current one, from 0. patches counts those entries
	// of patches and patchesStrategicMerge that were read.
	steps   map[string]int
	number  int
	patches map[string]int
	// merging are the strategic merge patches that were read.
	merging []mergePatch
}

// mergePatch is a strategic merge patch before it was merged, and where its entry is.
type mergePatch struct {
	pointer []string
	before  shadow
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

// count is the length of the list that a pointer leads to.
func (f *frame) count(pointer ...string) int {
	if n := at(f.text, pointer); n != nil && n.Kind == yaml.SequenceNode {
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
		return b.newPlace(Origin{Role: role, File: f.file, Via: f.via, Replaced: -1, Also: -1})
	}
	exact := n.Kind == yaml.ScalarNode && n.Value == value
	key := strings.Join(append([]string{f.file, strconv.Itoa(int(f.via)), role, strconv.FormatBool(exact)}, pointer...), "\x00")
	place, ok := b.entries[key]
	if !ok {
		place = b.newPlace(Origin{Role: role, File: f.file, Pointer: slices.Clone(pointer), Via: f.via, Replaced: -1, Also: -1, Exact: exact})
		b.entries[key] = place
	}
	return place.at(n.Line, n.Column)
}

// itemLists are the fields whose entries name files or directories to read, in the order they are read.
var itemLists = []string{"resources", "bases", "generators", "components", "transformers", "validators"}

// locate finds the entry of one of these lists that says text.
func (f *frame) locate(text string) []string {
	for _, list := range itemLists {
		for i := range f.count(list) {
			if pointer := []string{list, strconv.Itoa(i)}; at(f.text, pointer).Value == text {
				return pointer
			}
		}
	}
	return nil
}

// locateScalar finds the first scalar anywhere that is wanted.
func locateScalar(root *yaml.Node, wanted func(string) bool) (pointer []string) {
	if root == nil {
		return nil
	}
	walk(root, func(where []string, _, n *yaml.Node) {
		if pointer == nil && n.Kind == yaml.ScalarNode && wanted(n.Value) {
			pointer = slices.Clone(where)
		}
	})
	return pointer
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

// transformed tells, for a step of one of kustomize's own transformers, which entry made or changed a node.
func (b *build) transformed(f *frame, kind string) change {
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
	field := f.doing
	switch kind {
	case "LabelTransformer", "AnnotationsTransformer":
		if field[0] == "labels" {
			field = append(field, "pairs")
		}
		return pairs(field...)
	case "ReplicaCountTransformer":
		return simple(append(field, "count")...)
	case "ImageTagTransformer":
		return func(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
			return b.overwriting(b.entry(f, roleKustomization, n.Value, append(field, b.imageField(f, field, n.Value, old))...), old)
		}
	case "ReplacementTransformer":
		return func(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
			r, ok := b.replaced[n]
			if !ok {
				return b.entry(f, roleKustomization, "", "replacements")
			}
			return b.and(b.overwriting(b.replacement(f, r), old), r.source)
		}
	}
	if field == nil {
		return func([]string, *yaml.Node, *shadow, bool) stamp { return stamp{} }
	}
	return simple(field...)
}

// field is the entry of a kustomization that step i, counted from 0, of one of kustomize's own plugins stands for.
func (f *frame) field(kind string, i int) []string {
	number := strconv.Itoa(i)
	switch kind {
	case "NamespaceTransformer":
		return []string{"namespace"}
	case "PrefixTransformer":
		return []string{"namePrefix"}
	case "SuffixTransformer":
		return []string{"nameSuffix"}
	case "LabelTransformer":
		if i < f.count("labels") {
			return []string{"labels", number}
		}
		return []string{"commonLabels"}
	case "AnnotationsTransformer":
		return []string{"commonAnnotations"}
	case "ReplicaCountTransformer":
		return []string{"replicas", number}
	case "ImageTagTransformer":
		return f.legacy("images", "imageTags", i)
	case "PatchTransformer":
		return []string{"patches", number}
	case "PatchJson6902Transformer":
		return []string{"patchesJson6902", number}
	case "PatchStrategicMergeTransformer":
		return []string{"patchesStrategicMerge"}
	case "ReplacementTransformer":
		return []string{"replacements"}
	case "ConfigMapGenerator":
		return []string{"configMapGenerator", number}
	case "SecretGenerator":
		return []string{"secretGenerator", number}
	case "HelmChartInflationGenerator":
		return f.legacy("helmCharts", "helmChartInflationGenerator", i)
	}
	return nil
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

// replaced is what a replacement did to a field.
type replaced struct {
	index, target, path int
	source              stamp
}

func (b *build) Replaced(index, target, path int, source, field *yaml.RNode) {
	if b.trace {
		b.replaced[field.YNode()] = replaced{index, target, path, stampOf(source.YNode())}
	}
}

// replacement is the field path, or what there is of it, of a replacement in the kustomization or in a file that it names.
func (b *build) replacement(f *frame, r replaced) stamp {
	inner := []string{"targets", strconv.Itoa(r.target), "fieldPaths", strconv.Itoa(r.path)}
	left := r.index
	for i := range f.count("replacements") {
		entry := []string{"replacements", strconv.Itoa(i)}
		file := scalar(f.text, append(entry, "path")...)
		if file == "" {
			if left == 0 {
				return b.entry(f, roleKustomization, "", append(entry, inner...)...)
			}
			left--
			continue
		}
		name := path.Join(f.dir, file)
		text := b.parse(name)
		count := 1
		if text != nil && text.Kind == yaml.SequenceNode {
			count = len(text.Content)
			inner = append([]string{strconv.Itoa(left)}, inner...)
		}
		if left < count {
			via := b.origin(b.entry(f, roleKustomization, file, append(entry, "path")...))
			return b.entry(&frame{file: name, text: text, via: via}, roleKustomization, "", inner...)
		}
		inner = inner[len(inner)-4:]
		left -= count
	}
	return b.entry(f, roleKustomization, "", "replacements")
}
