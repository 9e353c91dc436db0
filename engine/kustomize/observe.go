package kustomize

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"github.com/plimsoll-dev/plimsoll/engine/kustomize/hooks"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Roles of origins.
const (
	roleBase          = "base"
	rolePatch         = "patch"
	roleKustomization = "kustomization"
	roleGenerator     = "generator"
	roleChart         = "chart"
)

const (
	// maxDepth bounds how deep kustomizations may include each other, maxKustomizations how many there may be in all.
	maxDepth          = 100
	maxKustomizations = 1_000
)

// build watches one build. It is the hooks.Observer.
type build struct {
	request     Request
	renderChart func(helm.Request) (*helm.Result, error)
	tree        *tree
	result      *Result
	trace       bool

	frames  []*frame
	entered int
	// vars are the places of the variables that kustomizations define, and of the fields that they stand for, by name.
	vars map[string][2]stamp
	// replaced are the fields that replacements changed.
	replaced map[*yaml.Node]replaced

	places    []Origin
	origins   map[stamp]int32
	entries   map[string]stamp
	inexactOf map[int]stamp
	parsed    map[string]*yaml.Node
	// shadows have the state after the last step of the objects, by the address that they keep; before the objects that
	// were there when a generator ran.
	shadows map[*yaml.RNode]*shadow
	before  []*yaml.RNode
	chart   *chartText
	// object is the one that is being followed.
	object *yaml.Node
}

var _ hooks.Observer = (*build)(nil)

// top is the kustomization that is being built; after all of them are, an empty one.
func (b *build) top() *frame {
	if len(b.frames) == 0 {
		return &frame{via: -1, item: -1}
	}
	return b.frames[len(b.frames)-1]
}

// parse reads a file of the repository as YAML; nil if it is not.
func (b *build) parse(file string) *yaml.Node {
	root, ok := b.parsed[file]
	if !ok {
		root = parseYAML(b.tree.files[file])
		b.parsed[file] = root
	}
	return root
}

func parseYAML(text []byte) *yaml.Node {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 || hooks.CheckAliases(&doc) != nil {
		return nil
	}
	return doc.Content[0]
}

func (b *build) Enter(dir, file string) error {
	if b.entered++; b.entered > maxKustomizations {
		return fault.New(fault.Limit, fmt.Sprintf("more than %d kustomizations are included", maxKustomizations))
	}
	if len(b.frames) >= maxDepth {
		return fault.New(fault.Limit, fmt.Sprintf("kustomizations include each other more than %d levels deep", maxDepth))
	}
	in, _ := local(dir)
	f := &frame{dir: in, file: path.Join(in, file), via: b.top().item, item: -1, steps: map[string]int{}, patches: map[string]int{}}
	f.text = b.parse(f.file)
	b.frames = append(b.frames, f)
	if vars := at(f.text, []string{"vars"}); b.trace && vars != nil && vars.Kind == yaml.SequenceNode {
		for i, item := range vars.Content {
			b.vars[scalar(item, "name")] = [2]stamp{b.entry(f, roleKustomization, "", "vars", fmt.Sprint(i))}
		}
	}
	return nil
}

func (b *build) Leave() {
	b.frames = b.frames[:len(b.frames)-1]
	b.top().item = -1
}

func (b *build) Item(text string, remote bool) (string, bool) {
	f := b.top()
	pointer := f.locate(text)
	f.doing = pointer
	f.list, f.item = "", f.via
	if pointer != nil {
		f.list = pointer[0]
		f.item = b.origin(b.entry(f, roleKustomization, text, pointer...))
	}
	if !remote || b.tree.Exists(path.Join(mount, f.dir, text)) && !hooks.IsURL(text) {
		return text, true
	}
	withoutRef, _, _ := strings.Cut(text, "?")
	for _, url := range []string{text, withoutRef} {
		if dir, ok := b.request.Remotes[url]; ok {
			return relative(f.dir, path.Clean(dir)), true
		}
	}
	b.leave(f, "remote", text, pointer)
	return "", false
}

// relative gives the path from one directory of the repository to another.
func relative(from, to string) string {
	if from == "." {
		return to
	}
	return path.Join(strings.Repeat("../", strings.Count(from, "/")+1), to)
}

func (b *build) leave(f *frame, kind, text string, pointer []string) {
	b.note(Left{File: f.file, Pointer: pointer, Kind: kind, Text: text})
}

// note lists what was left out once, though a base can be read several times.
func (b *build) note(left Left) {
	if !slices.ContainsFunc(b.result.Left, func(other Left) bool {
		return other.File == left.File && slices.Equal(other.Pointer, left.Pointer) && other.Text == left.Text
	}) {
		b.result.Left = append(b.result.Left, left)
	}
}

func (b *build) Incomplete() bool { return len(b.result.Left) > 0 }

func (b *build) Fetch(url string) ([]byte, error) {
	f := b.top()
	b.leave(f, "remote", url, locateScalar(f.text, func(text string) bool { return text == url }))
	return nil, nil
}

func (b *build) Loaded(dir, name string, nodes []*yaml.RNode) error {
	f := b.top()
	plugin := f.list == "generators" || f.list == "transformers" || f.list == "validators"
	if !b.trace && !plugin {
		return nil
	}
	in, _ := local(path.Join(dir, name))
	origin := Origin{Role: roleBase, File: in, Via: f.item, Replaced: -1, Also: -1, Exact: true}
	if plugin {
		origin.Role = pluginRole(f.list)
	}
	b.stampAll(nodes, b.newPlace(origin))
	return nil
}

func pluginRole(list string) string {
	if list == "generators" {
		return roleGenerator
	}
	return roleKustomization
}

func (b *build) stampAll(nodes []*yaml.RNode, place stamp) {
	for _, n := range nodes {
		stampTree(n.YNode(), place)
		b.know(n)
	}
}

func (b *build) know(n *yaml.RNode) {
	s := snapshot(n.YNode())
	b.shadows[n] = &s
}

func (b *build) Patch(file, text string, nodes []*yaml.RNode) {
	if !b.trace {
		return
	}
	f := b.top()
	origin := Origin{Role: rolePatch, Via: f.via, Replaced: -1, Also: -1, Exact: true}
	lines := 0
	pointer := f.nextPatch("patches", file, text)
	if len(f.plugins) > 0 {
		pointer = nil
	} else if pointer == nil {
		pointer = f.nextPatch("patchesStrategicMerge", file, text)
	}
	if pointer != nil {
		origin, lines = b.patchPlace(f, pointer, file)
	} else if file != "" {
		origin.File = path.Join(f.dir, file)
	} else if len(f.plugins) > 0 {
		origin = b.places[stampOf(f.plugins[len(f.plugins)-1]).place()-1]
		origin.Role, origin.Exact = rolePatch, false
	}
	place := b.newPlace(origin)
	for _, n := range nodes {
		if lines != 0 {
			hooks.Shift(n.YNode(), lines)
		}
		if !origin.Exact {
			fill(n.YNode(), place)
		}
		stampTree(n.YNode(), place)
		if pointer != nil {
			f.merging = append(f.merging, mergePatch{pointer, snapshot(n.YNode())})
		}
	}
}

// deletion is the place of what takes a key out of the map at path, in one of the patches that are being merged.
func (b *build) deletion(path []string, key string) stamp {
	f := b.top()
	for i := range f.merging {
		if !hasPrefix(f.merging[i].pointer, f.doing) {
			continue
		}
		patch := &f.merging[i].before
		if kind := patch.child("kind"); kind != nil && kind.value != scalar(b.object, "kind") {
			continue
		}
		if place := deletionIn(patch, b.object, path, key); place.known() {
			return place
		}
	}
	return stamp{}
}

func hasPrefix(pointer, prefix []string) bool {
	return len(prefix) > 0 && len(prefix) <= len(pointer) && slices.Equal(pointer[:len(prefix)], prefix)
}

func deletionIn(patch *shadow, object *yaml.Node, path []string, key string) stamp {
	for _, part := range path {
		if object = childOf(object, part); object == nil {
			return stamp{}
		}
		if patch.kind == yaml.SequenceNode {
			patch = patch.itemFor(object)
		} else {
			patch = patch.child(part)
		}
		if patch == nil {
			return stamp{}
		}
	}
	if i := patch.index(key, 0); i >= 0 {
		value := &patch.kids[i+1]
		isNull := value.kind == yaml.ScalarNode && (value.value == "null" || value.value == "~" || value.value == "")
		if isNull || value.index(directive, 0) >= 0 {
			return patch.kids[i].stamp
		}
	}
	if i := patch.index(directive, 0); i >= 0 {
		return patch.kids[i].stamp
	}
	return stamp{}
}

// directive is the key by which a strategic merge patch deletes or replaces what it stands in.
const directive = "$patch"

// mergeKeys tell the items of the lists of the Kubernetes API apart.
var mergeKeys = []string{"name", "mountPath", "devicePath", "containerPort", "port", "key", "topologyKey", "ip", "uid", "type"}

// itemFor is the item of a list of a patch that is about this item of an object.
func (s *shadow) itemFor(item *yaml.Node) *shadow {
	for i := range s.kids {
		for _, key := range mergeKeys {
			if value := s.kids[i].child(key); value != nil {
				if value.value == scalar(item, key) {
					return &s.kids[i]
				}
				break
			}
		}
	}
	return nil
}

// patchPlace is the origin of a patch's text, and how many lines of the scalar stand before it.
func (b *build) patchPlace(f *frame, pointer []string, file string) (Origin, int) {
	if file != "" {
		via := b.origin(b.entry(f, roleKustomization, "", pointer...))
		return Origin{Role: rolePatch, File: path.Join(f.dir, file), Via: via, Replaced: -1, Also: -1, Exact: true}, 0
	}
	lines := 0
	if n := at(f.text, pointer); n != nil && len(pointer) == 3 {
		lines = strings.Count(n.Value[:len(n.Value)-len(strings.TrimLeft(n.Value, " \t\n"))], "\n")
	}
	via := b.origin(b.entry(f, roleKustomization, "", pointer[:2]...))
	return Origin{Role: rolePatch, File: f.file, Pointer: pointer, Inner: true, Via: via, Replaced: -1, Also: -1, Exact: true}, lines
}

func (b *build) Plugin(node *yaml.RNode, builtin bool) bool {
	f := b.top()
	s := stampOf(node.YNode())
	if builtin {
		if !s.known() {
			pointer := b.inlinePlugin(f, node.GetKind())
			origin := Origin{Role: roleKustomization, File: f.file, Pointer: pointer, Inner: true, Via: f.via, Replaced: -1, Also: -1}
			if pointer != nil {
				origin.Role = pluginRole(pointer[0])
			}
			stampTree(node.YNode(), b.newPlace(origin))
		}
		f.plugins = append(f.plugins, node.YNode())
		return true
	}
	left := Left{File: f.file, Kind: "plugin", Text: node.GetKind()}
	for name := range node.GetAnnotations() {
		if name == "config.kubernetes.io/function" || name == "config.k8s.io/function" {
			left.Kind = "function"
		}
	}
	if !s.known() {
		left.Pointer = b.inlinePlugin(f, node.GetKind())
	} else if via := b.places[s.place()-1].Via; via >= 0 {
		left.File, left.Pointer = b.result.Origins[via].File, b.result.Origins[via].Pointer
	}
	b.note(left)
	return false
}

// cause is the first scalar of a plugin's configuration that gives a value, or the configuration as a whole.
func (b *build) cause(config *yaml.Node, gives func(string) bool) stamp {
	whole := stampOf(config)
	s := whole
	skipped := []string{"apiVersion", "kind", "metadata"}
	if b.places[whole.place()-1].Role == roleGenerator {
		// An object has the name of its generator.
		skipped = skipped[:2]
	}
	walk(config, func(where []string, _, n *yaml.Node) {
		if s == whole && n.Value != "" && !slices.Contains(skipped, where[0]) && gives(n.Value) {
			s = stampOf(n)
		}
	})
	return b.inexact(s)
}

// inlinePlugin finds the entry whose text configures a plugin of this kind.
func (b *build) inlinePlugin(f *frame, kind string) []string {
	for _, list := range []string{"generators", "transformers", "validators"} {
		for i := range f.count(list) {
			pointer := []string{list, fmt.Sprint(i)}
			if strings.Contains(scalar(f.text, pointer...), kind) {
				return pointer
			}
		}
	}
	return nil
}

func (b *build) Begin(plugin any, index, count int) {
	f := b.top()
	if first := count - len(f.plugins); index >= first {
		f.doing = b.places[stampOf(f.plugins[index-first]).place()-1].Pointer
		return
	}
	kind := pluginKind(plugin)
	f.number = f.steps[kind]
	f.steps[kind]++
	f.doing = f.field(kind, f.number)
}

// NoTarget places the fault at the patch and says what it is for.
func (b *build) NoTarget(patch *yaml.RNode, err error) error {
	how := "no resource matches"
	if strings.Contains(err.Error(), "multiple") {
		how = "more than one resource matches"
	}
	f := b.top()
	result := fault.New(fault.Kustomize, fmt.Sprintf("%s this patch of %s %s", how, patch.GetKind(), patch.GetName()))
	if s := stampOf(patch.YNode()); s.known() {
		o := b.places[s.place()-1]
		if o.Pointer == nil {
			result.File, result.Line, result.Column = o.File, s.line&mask, s.column&mask
			result.Message += fmt.Sprintf(", which %s brings in", f.file)
		}
	}
	return result
}

// Step brings the shadows up to the objects.
func (b *build) Step(plugin any, index, count int, nodes []*yaml.RNode) error {
	f := b.top()
	if plugin == nil && index == count-1 {
		f.plugins = nil
	}
	if !b.trace {
		return nil
	}
	switch {
	case plugin == nil:
		b.merged(nodes)
		return nil
	case plugin == any(hooks.Hash) || plugin == any(hooks.References):
		var names, namespaces map[string]stamp
		if plugin == any(hooks.References) {
			names, namespaces = placesOf(nodes, "name"), placesOf(nodes, "namespace")
		}
		b.followAll(nodes, func(path []string, n *yaml.Node, old *shadow, _ bool) stamp {
			if old == nil {
				return stamp{}
			}
			referred := names[n.Value]
			if path[len(path)-1] == "namespace" {
				referred = namespaces[n.Value]
			}
			return b.and(b.inexact(old.stamp), referred)
		})
		return nil
	case plugin == any(hooks.Vars):
		b.followAll(nodes, b.variable)
		return nil
	}
	if first := count - len(f.plugins); index >= first {
		b.followAll(nodes, func(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
			before := ""
			if old != nil {
				before = old.value
			}
			return b.overwriting(b.cause(f.plugins[index-first], func(text string) bool {
				return strings.Contains(n.Value, text) && !strings.Contains(before, text)
			}), old)
		})
		return nil
	}
	kind := pluginKind(plugin)
	if kind == "PatchTransformer" || kind == "PatchJson6902Transformer" {
		b.jsonPatched(f, nodes)
	}
	b.followAll(nodes, b.transformed(f, kind))
	return nil
}

func pluginKind(plugin any) string {
	name := fmt.Sprintf("%T", plugin)
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "Plugin")
}

func (b *build) followAll(nodes []*yaml.RNode, changed change) {
	path := make([]string, 0, 32)
	for _, n := range nodes {
		s := b.shadows[n]
		if s == nil {
			s = &shadow{}
			b.shadows[n] = s
		}
		if n.YNode() != nil {
			b.object = n.YNode()
			b.follow(n.YNode(), s, path, changed)
		}
	}
}

// placesOf are the places of the names or namespaces of all objects; where they share one, of the first that it was
// changed for.
func placesOf(nodes []*yaml.RNode, field string) map[string]stamp {
	places := map[string]stamp{}
	for _, node := range nodes {
		if n := at(node.YNode(), []string{"metadata", field}); n != nil {
			if before, ok := places[n.Value]; !ok || before.column <= mask {
				places[n.Value] = stampOf(n)
			}
		}
	}
	return places
}

func (b *build) Variable(name string, object *yaml.RNode, path string) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) })
	if n := at(object.YNode(), parts); n != nil && b.trace {
		b.vars[name] = [2]stamp{b.vars[name][0], stampOf(n)}
	}
}

// variable: a value changed because it has $(NAME).
func (b *build) variable(_ []string, n *yaml.Node, old *shadow, _ bool) stamp {
	if old == nil {
		return stamp{}
	}
	var places []stamp
	for _, rest := range strings.Split(old.value, "$(")[1:] {
		name, _, _ := strings.Cut(rest, ")")
		if v, ok := b.vars[name]; ok {
			places = append(places, v[:]...)
		}
	}
	if places == nil {
		return b.inexact(old.stamp)
	}
	return b.replacing(b.and(places[0], places[1:]...), old.stamp)
}

// jsonPatched follows a JSON patch: kustomize prints and parses the whole object for it, so every stamp is lost.
func (b *build) jsonPatched(f *frame, nodes []*yaml.RNode) {
	pointer := f.doing
	var operations []operation
	for _, n := range nodes {
		root, s := n.YNode(), b.shadows[n]
		if root == nil || s == nil || root.Line > mask {
			continue
		}
		if operations == nil {
			file := scalar(f.text, append(slices.Clip(pointer), "path")...)
			text := string(b.tree.files[path.Join(f.dir, file)])
			if file == "" {
				pointer = append(slices.Clip(pointer), "patch")
				text = scalar(f.text, pointer...)
			}
			place, _ := b.patchPlace(f, pointer, file)
			operations = b.operations(text, place)
		}
		for _, op := range operations {
			b.apply(s, op)
		}
		b.adopt(root, s, b.entry(f, roleKustomization, "", pointer...))
		b.know(n)
		b.shadows[n].inherit(s)
	}
}
