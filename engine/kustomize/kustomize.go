package kustomize

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"github.com/plimsoll-dev/plimsoll/engine/kustomize/hooks"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxOutput bounds the bytes of what is built.
const maxOutput = 64 << 20

// Build builds the kustomization in request.Root as `kubectl kustomize --enable-helm` does, without network and programs:
// what would need them is left out and listed. Charts of the repository are rendered by renderChart. An error is always a
// *fault.Error. Only one build may run at a time.
func Build(request Request, renderChart func(helm.Request) (*helm.Result, error)) (result *Result, err error) {
	b := &build{
		request: request, renderChart: renderChart, tree: newTree(request.Files), result: &Result{}, trace: !request.NoTrace,
		vars: map[string][2]stamp{}, replaced: map[*yaml.Node]replaced{}, origins: map[stamp]int32{}, entries: map[string]stamp{}, inexactOf: map[int]stamp{},
		parsed: map[string]*yaml.Node{}, shadows: map[*yaml.RNode]*shadow{},
	}
	defer hooks.Watch(b)()
	// What an `openapi` field has set would hold for the builds after it.
	openapi.ResetOpenAPI()
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, b.fault(fault.New(fault.Internal, fmt.Sprintf("kustomize stopped unexpectedly: %v", r)))
		}
	}()
	if err := b.run(); err != nil {
		return nil, b.fault(err)
	}
	b.result.Read, b.result.Missing = b.tree.readPaths(), b.tree.missingPaths()
	return b.result, nil
}

func (b *build) run() error {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	options.PluginConfig = types.DisabledPluginConfig()
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.PluginConfig.HelmConfig.Enabled = true
	options.PluginConfig.HelmConfig.Command = "helm"
	root := path.Join(mount, b.request.Root)
	resources, err := krusty.MakeKustomizer(options).Run(b.tree, root)
	if err != nil {
		return err
	}
	if b.entered == 0 {
		return fault.New(fault.Internal, "the engine was built without its changes to kustomize (engine/go.sh)")
	}
	left := maxOutput
	if b.trace {
		nodes := 0
		for _, s := range b.shadows {
			nodes += s.size()
		}
		b.result.Origins = slices.Grow(b.result.Origins, nodes)
	}
	for _, r := range resources.Resources() {
		if b.trace {
			b.followAll([]*yaml.RNode{&r.RNode}, func([]string, *yaml.Node, *shadow, bool) stamp { return stamp{} })
		}
		document, err := b.document(r)
		if err != nil {
			return err
		}
		if left -= len(document.YAML); left < 0 {
			return fault.New(fault.Limit, "the kustomization prints too much")
		}
		b.result.Documents = append(b.result.Documents, document)
	}
	return nil
}

var (
	// wrapping is what kustomize puts before the cause: the way to the place, which the fault has.
	wrapping = regexp.MustCompile("^(?:(?:accumulating|merging) resources(?: from '[^']*')?: |accumulating components: " +
		"|recursed (?:accumulation of|merging from) path '[^']*': |couldn't make target for path '[^']*': |must build at directory: " +
		"|merging from generator \\S+( <nil>})?: |trouble configuring builtin \\w+ with config: `[^`]*`: |json: |yaml: |MalformedYAMLError: " +
		"|not a valid directory: |error unmarshaling JSON: |while decoding JSON: |loading KV pairs: |invalid Kustomization: )")
	ended      = regexp.MustCompile(`(?: in File: \S+|\s)+$`)
	identifier = regexp.MustCompile(`(\w+)\.v\w+\.(?:\[noGrp\]|[\w.-]+?)/([^\s"';:]+?)\.(?:\[noNs\]|[\w-]+)`)
	structure  = regexp.MustCompile(`resid\.ResId\{.*?Kind:"(\w*)".*?Name:"([^"]*)", Namespace:"[^"]*"\}`)
	nameless   = regexp.MustCompile(`missing metadata\.name in object \{\{(\S* ?)(\w*)\}.*`)
	unmade     = regexp.MustCompile(`couldn't make target for path '([^']*)'`)
	unknown    = regexp.MustCompile(`unknown field "([^"]+)"`)
	noFile     = regexp.MustCompile(`'([^']+)' doesn't exist`)
	patchText  = regexp.MustCompile(`(?s) from \[patch: (".*")\]`)
	patchFile  = regexp.MustCompile(`\[path: "([^"]+)"\]`)
)

// fault makes an error of kustomize one with a place: the file that could not be read as YAML, or the kustomization, and
// its entry, that was being built.
func (b *build) fault(err error) *fault.Error {
	var known *fault.Error
	if !errors.As(err, &known) {
		known = fault.New(fault.Kustomize, err.Error())
	}
	result := *known
	result.Missing = append(result.Missing, b.tree.missingPaths()...)
	if result.File == "" {
		b.place(&result)
	}
	if result.Code != fault.Kustomize {
		return &result
	}
	message := fault.MapLines(result.Message, func(line int) int { return line & mask })
	for found := ""; found != message; {
		found, message = message, wrapping.ReplaceAllString(message, "")
	}
	message = patchText.ReplaceAllString(message, "")
	message = nameless.ReplaceAllString(message, "this $2 has no metadata.name")
	message = structure.ReplaceAllString(identifier.ReplaceAllString(ended.ReplaceAllString(message, ""), "$1 $2"), "$1 $2")
	result.Message = strings.ReplaceAll(strings.ReplaceAll(message, mount+"/", ""), mount, ".")
	return &result
}

// place finds the place of a fault by what was being done and by what the message says.
func (b *build) place(result *fault.Error) {
	f := b.top()
	result.File = f.file
	pointer := f.doing
	if m := unmade.FindStringSubmatch(result.Message); f.file == "" || m != nil && path.Join(mount, path.Dir(b.tree.last)) == m[1] {
		f, pointer = &frame{text: b.parse(b.tree.last)}, nil
		result.File = b.tree.last
	}
	if m := unknown.FindStringSubmatch(result.Message); m != nil {
		if key := keyIn(f.text, m[1]); key != nil {
			result.Line, result.Column = key.Line, key.Column
			return
		}
	}
	if m := patchFile.FindStringSubmatch(result.Message); m != nil {
		pointer = locateScalar(f.text, func(text string) bool { return text == m[1] })
	} else if m := noFile.FindStringSubmatch(result.Message); m != nil {
		if found := locateScalar(f.text, func(text string) bool { return path.Join(mount, f.dir, text) == m[1] }); found != nil {
			pointer = found
		}
	} else if m := patchText.FindStringSubmatch(result.Message); m != nil {
		text, _ := strconv.Unquote(m[1])
		pointer = f.nextPatch("patches", "", text)
	}
	if strings.Contains(result.Message, "yaml: ") || nameless.MatchString(result.Message) {
		result.File = b.tree.last
		result.Line = fault.Line(result.Message) & mask
	} else if n := at(f.text, pointer); n != nil && len(pointer) > 0 {
		result.Line, result.Column = n.Line, n.Column
	}
}

// keyIn finds the first key of this name, at any depth.
func keyIn(root *yaml.Node, name string) (found *yaml.Node) {
	if root == nil {
		return nil
	}
	walk(root, func(_ []string, key, _ *yaml.Node) {
		if found == nil && key != nil && key.Value == name {
			found = key
		}
	})
	return found
}
