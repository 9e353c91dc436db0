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
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const defaultMaxOutput = 64 << 20

// Build builds the kustomization in request.Root as `kubectl kustomize --enable-helm` does, without network and programs:
// what would need them is left out and listed. Charts of the repository are rendered by renderChart. An error is always a
// *fault.Error. Only one build may run at a time.
func Build(request Request, renderChart func(helm.Request) (*helm.Result, error)) (result *Result, err error) {
	b := &build{
		request: request, renderChart: renderChart, tree: newTree(request.Files), result: &Result{}, trace: !request.NoTrace,
		vars: map[string]stamp{}, origins: map[stamp]int32{}, entries: map[string]stamp{}, inexactOf: map[int]stamp{},
		parsed: map[string]*yaml.Node{}, shadows: map[*yaml.RNode]*shadow{},
	}
	defer hooks.Watch(b)()
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
	limit := b.request.MaxOutput
	if limit == 0 {
		limit = defaultMaxOutput
	}
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
		if limit -= len(document.YAML); limit < 0 {
			return fault.New(fault.Limit, "the kustomization prints too much")
		}
		b.result.Documents = append(b.result.Documents, document)
	}
	return nil
}

var (
	line = regexp.MustCompile(`\bline (\d+)`)
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
	result.Message = line.ReplaceAllStringFunc(result.Message, func(text string) string {
		if n, err := strconv.Atoi(text[len("line "):]); err == nil {
			return "line " + strconv.Itoa(n&mask)
		}
		return text
	})
	if result.File != "" {
		return &result
	}
	f := b.top()
	result.File = f.file
	if f.file == "" {
		result.File = b.tree.last
	} else if f.item >= 0 && int(f.item) < len(b.result.Origins) {
		result.Line, result.Column = int(b.result.Origins[f.item].Line), int(b.result.Origins[f.item].Column)
	}
	if strings.Contains(result.Message, "yaml: ") {
		result.File, result.Line, result.Column = b.tree.last, 0, 0
		if m := line.FindStringSubmatch(result.Message); m != nil {
			result.Line, _ = strconv.Atoi(m[1])
		}
	}
	result.Message = strings.ReplaceAll(strings.ReplaceAll(result.Message, mount+"/", ""), mount, ".")
	return &result
}
