// Package hooks is what the copies of kustomize's files that engine/overlay makes call, so that a build can be watched.
// Kustomize has no place of its own for that: its steps are internal.
package hooks

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Observer is told of the steps of one build, in their order, and may stop the build with an error.
type Observer interface {
	// Enter: the kustomization file called file in dir was read and is going to be built; Leave: it is built.
	Enter(dir, file string) error
	Leave()
	// Item: an entry of resources, bases, components, generators, transformers or validators is next. The answer is
	// the path to use instead, and whether to use it at all.
	Item(path string, remote bool) (string, bool)
	// Fetch gives the content for a URL that stands where a file could.
	Fetch(url string) ([]byte, error)
	// Loaded: objects of the file at path, relative to dir, were read. Lines count in that file.
	Loaded(dir, path string, nodes []*yaml.RNode) error
	// Patch: strategic merge patches were read from the file at path, or from text in the kustomization if it is "".
	Patch(path, text string, nodes []*yaml.RNode)
	// Plugin: node configures a generator or transformer; the answer tells whether to use it.
	Plugin(node *yaml.RNode, builtin bool) bool
	// Replaced: replacement index put source into field, by the path with this number of the target with that number.
	Replaced(index, target, path int, source, field *yaml.RNode)
	// Variable: the variable called name has the value of the field of an object that path leads to.
	Variable(name string, object *yaml.RNode, path string)
	// Incomplete tells whether a part was left out, so that what a step looks for may be missing.
	Incomplete() bool
	// Inflate gives what helm would print for a chart in chartHome, a directory; nil leaves it out. Load reads a file
	// as the kustomization may.
	Inflate(chartHome string, chart types.HelmChart, load func(string) ([]byte, error)) ([]byte, error)
	// Begin: generator or transformer index, of count, is next.
	Begin(plugin any, index, count int)
	// NoTarget says of an object that is patched that err happened when it was looked for.
	NoTarget(patch *yaml.RNode, err error) error
	// Generated: generator index, of count, made these objects; Step follows when they were merged into the others.
	Generated(plugin any, index, count int, nodes, others []*yaml.RNode)
	// Step: transformer index, of count, was applied, and these are all objects now. It is nil for the merging.
	Step(plugin any, index, count int, nodes []*yaml.RNode) error
}

// Steps that no transformer of a kustomization makes, after all of them: they stand for the plugin.
const (
	Hash       = "hash"
	References = "references"
	Vars       = "vars"
)

var current Observer

// Current is the observer of the build that is running. The engine runs one build at a time.
func Current() Observer { return current }

// Watch makes o the observer until stop is called; a build has one.
func Watch(o Observer) (stop func()) {
	current = o
	return func() { current = nil }
}

// Shift adds the number of lines before a document to the lines of its nodes, so that they count in the whole file.
func Shift(node *yaml.Node, lines int) {
	if lines == 0 {
		return
	}
	node.Line += lines
	for _, child := range node.Content {
		Shift(child, lines)
	}
}

// ShiftError is Shift for the lines that an error of the parser names.
func ShiftError(err error, lines int) error {
	if err == nil || err == io.EOF || lines == 0 {
		return err
	}
	return errors.New(fault.MapLines(err.Error(), func(line int) int { return line + lines }))
}

// IsURL tells paths that kustomize would fetch.
func IsURL(path string) bool {
	return strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://")
}

// maxNodes bounds a document after its aliases were replaced by what they stand for.
const maxNodes = 2_000_000

// CheckAliases reports a document whose aliases refer to themselves or would multiply beyond any use.
func CheckAliases(node *yaml.Node) error {
	sizes := map[*yaml.Node]int{}
	var size func(n *yaml.Node) (int, error)
	size = func(n *yaml.Node) (int, error) {
		total := 1
		children := n.Content
		if n.Kind == yaml.AliasNode {
			if known, ok := sizes[n.Alias]; ok {
				if known == 0 {
					return 0, fmt.Errorf("yaml: line %d: anchor %q contains itself", n.Line, n.Value)
				}
				return known, nil
			}
			children = []*yaml.Node{n.Alias}
		}
		if n.Anchor != "" {
			sizes[n] = 0
		}
		for _, child := range children {
			s, err := size(child)
			if err != nil {
				return 0, err
			}
			if total += s; total > maxNodes {
				return 0, fmt.Errorf("yaml: line %d: aliases make the document too large", n.Line)
			}
		}
		if n.Anchor != "" {
			sizes[n] = total
		}
		return total, nil
	}
	_, err := size(node)
	return err
}

// RestoreItems is Restore for the items of a list such as ConfigMapList. Without a partner a tree has no lines.
func RestoreItems(list *yaml.RNode, items []*yaml.RNode) {
	var from []*yaml.Node
	if field := list.Field("items"); field != nil {
		from = field.Value.Content()
	}
	for i, item := range items {
		if len(from) == len(items) {
			Restore(from[i], item.YNode())
		} else {
			forget(item.YNode())
		}
	}
}

func forget(node *yaml.Node) {
	node.Line, node.Column = 0, 0
	for _, child := range node.Content {
		forget(child)
	}
}

// Restore gives the nodes of a tree that was printed and parsed again the places of the tree it was made of.
func Restore(from, to *yaml.Node) {
	to.Line, to.Column = from.Line, from.Column
	switch {
	case from.Kind != to.Kind:
	case from.Kind == yaml.SequenceNode:
		for i := range min(len(from.Content), len(to.Content)) {
			Restore(from.Content[i], to.Content[i])
		}
	case from.Kind == yaml.MappingNode:
		at := map[string]int{}
		for i := 0; i+1 < len(from.Content); i += 2 {
			at[from.Content[i].Value] = i
		}
		for i := 0; i+1 < len(to.Content); i += 2 {
			if j, ok := at[to.Content[i].Value]; ok {
				to.Content[i].Line, to.Content[i].Column = from.Content[j].Line, from.Content[j].Column
				Restore(from.Content[j+1], to.Content[i+1])
			}
		}
	}
}
