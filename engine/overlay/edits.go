package main

// The depth at which the YAML parsers stop: each level takes several levels of the host's stack.
var yamlDepth = []edit{
	{"const max_flow_level = 10000", "const max_flow_level = 500"},
	{"const max_indents = 10000", "const max_indents = 500"},
}

var files = []file{
	{yaml2, "scannerc.go", yamlDepth},
	{yaml3, "scannerc.go", yamlDepth},
	// The meta-schemas of all drafts are compiled when a schema is, not whenever the program starts.
	{jsonschema, "draft.go", []edit{
		{"func init() {\n	c := NewCompiler()\n", "var drafts sync.Once\n\nfunc compileDrafts() {\n	c := newCompiler()\n"},
		after("	\"strings\"\n", "	\"sync\"\n"),
	}},
	{jsonschema, "compiler.go", []edit{
		after("func NewCompiler() *Compiler {\n", "	drafts.Do(compileDrafts)\n	return newCompiler()\n}\n\nfunc newCompiler() *Compiler {\n"),
	}},
	{kyaml, "kio/byteio_reader.go", []edit{
		before("	index := 0\n	for i := range values {\n", "	nextLine := 0\n"),
		{
			"		node, err := r.decode(values[i], index, decoder)\n",
			`		firstLine := nextLine
		nextLine += strings.Count(values[i], "\n") + 1
		node, err := r.decode(values[i], index, decoder)
		err = hooks.ShiftError(err, firstLine)
		if err == nil && node != nil {
			hooks.Shift(node.YNode(), firstLine)
		}
`,
		},
		before("			if err = n.DeAnchor(); err != nil {\n", `			if err = hooks.CheckAliases(n.YNode()); err != nil {
				return nil, err
			}
`),
	}},
	{kyaml, "yaml/rnode.go", []edit{
		// Without anything to merge this copied every map, with all that is in it, twice: most of the time of a build.
		{"		err = mergeAll(yn, toMerge)\n", "		if len(toMerge) > 0 {\n			err = mergeAll(yn, toMerge)\n		}\n"},
	}},
	// Two things that the kyaml of kustomize 5.7.1 did not know: the scope of these kinds, and paths that lead into a scalar.
	{kyaml, "openapi/openapi.go", []edit{
		{"	{APIVersion: \"admissionregistration.k8s.io/v1\", Kind: \"ValidatingAdmissionPolicy\"}:           false,\n", ""},
		{"	{APIVersion: \"admissionregistration.k8s.io/v1\", Kind: \"ValidatingAdmissionPolicyBinding\"}:    false,\n", ""},
		before("// openapiData contains", builtinDefinitions),
		after("	schemaInit bool\n", "	builtin map[yaml.TypeMeta]string\n"),
		after("	rs, found := globalSchema.schemaByResourceType[t]\n", `	if name := globalSchema.builtin[t]; !found && name != "" {
		rs, found = builtin().definition(name), true
	}
`),
		{"	bundle, err := decodeBuiltinBundle(compressed)\n	if err != nil {\n		return err\n	}\n\n	AddDefinitions(bundle.Definitions)\n", `	bundle := builtin()
	globalSchema.builtin = map[yaml.TypeMeta]string{}
	for name := range bundle.Definitions {
		delete(globalSchema.schema.Definitions, name)
	}
`},
		after("		typeMeta := yaml.TypeMeta{APIVersion: resource.APIVersion, Kind: resource.Kind}\n", `		if resource.Definition != "" {
			globalSchema.builtin[typeMeta] = resource.Definition
			delete(globalSchema.schemaByResourceType, typeMeta)
		}
`),
		before("	res, _, err := ref.GetPointer().Get(root)\n", "	defineBuiltin(ref)\n"),
	}},
	{kyaml, "openapi/builtin_schema.go", []edit{
		{"//go:embed kubernetesapi/data/kubernetes-openapi-union-v1.21.2.bundle-v1.json.gz\n", "//go:embed " + schemas + "\n"},
	}},
	{kyaml, "yaml/match.go", []edit{
		{"	if field != nil && field.YNode().Kind == yaml.ScalarNode && len(p.Path) > 1 {\n", "	if false {\n"},
	}},
	{api, "resource/factory.go", []edit{
		before("		nodes = append(nodes, innerNodes...)\n	}\n	return result, nil\n",
			"		hooks.RestoreItems(n0, innerNodes)\n"),
	}},
	{api, "resmap/factory.go", []edit{
		{"		return nil, kusterr.Handler(err, path)\n	}\n	return m, nil\n",
			"		return nil, kusterr.Handler(err, path)\n	}\n	return m, hooks.Current().Loaded(loader.Root(), path, Nodes(m))\n"},
		before("// NewResMapFromBytes decodes", `// Nodes are the nodes of the resources themselves, not of copies.
func Nodes(m ResMap) []*yaml.RNode {
	if m == nil {
		return nil
	}
	resources := m.Resources()
	nodes := make([]*yaml.RNode, len(resources))
	for i, r := range resources {
		nodes[i] = &r.RNode
	}
	return nodes
}

`),
	}},
	{api, "internal/loader/fileloader.go", []edit{
		{"		return fl.httpClientGetContent(path)\n", "		return hooks.Current().Fetch(path)\n"},
		{"		// Treat this as git repo clone request.\n", `		if true {
			return nil, errors.Errorf("%s would have to be cloned", path)
		}
`},
	}},
	{api, "internal/accumulator/loadconfigfromcrds.go", []edit{
		before("		m, err := makeNameToApiMap(content)\n", `		if len(content) == 0 {
			continue
		}
`),
	}},
	{api, "internal/plugins/loader/loader.go", []edit{
		before("		g, err := l.LoadGenerator(ldr, v, res)\n", pluginHook),
		before("		t, err := l.LoadTransformer(ldr, v, res)\n", pluginHook),
	}},
	{api, "internal/builtins/PatchTransformer.go", []edit{
		before("		for _, loadedPatch := range p.smPatches {\n",
			"		hooks.Current().Patch(p.Path, p.Patch, patchNodes(p.smPatches))\n"),
		before("		if err != nil {\n			return fmt.Errorf(\"no resource matches strategic merge patch %q: %w\", patch.OrgId(), err)\n",
			skipIncomplete+noTarget),
		before("	return p.transformJson6902(m)\n", `	if p.jsonPatches == nil && hooks.IsURL(p.Path) {
		return nil
	}
`),
		before("func NewPatchTransformerPlugin()", `func patchNodes(patches []*resource.Resource) []*kyaml.RNode {
	nodes := make([]*kyaml.RNode, len(patches))
	for i, r := range patches {
		nodes[i] = &r.RNode
	}
	return nodes
}

`),
		before("	\"sigs.k8s.io/yaml\"\n", "	kyaml \"sigs.k8s.io/kustomize/kyaml/yaml\"\n"),
	}},
	{api, "internal/builtins/PatchStrategicMergeTransformer.go", []edit{
		{"		patches, err = h.ResmapFactory().RF().SliceFromBytes([]byte(path))\n",
			"		file := \"\"\n		patches, err = h.ResmapFactory().RF().SliceFromBytes([]byte(path))\n"},
		before("			// Failing that, treat it as a file path.\n", "			file = string(path)\n"),
		before("		result = append(result, patches...)\n", "		hooks.Current().Patch(file, string(path), patchNodes(patches))\n"),
		after("		target, err := m.GetById(patch.OrgId())\n", skipIncomplete+noTarget),
		{"	if len(p.loadedPatches) == 0 {\n", "	if len(p.loadedPatches) == 0 && !onlyURLs(p.Paths) {\n"},
		before("func loadFromPaths(", `func onlyURLs(paths []types.PatchStrategicMerge) bool {
	for _, path := range paths {
		if !hooks.IsURL(string(path)) {
			return false
		}
	}
	return true
}

`),
	}},
	{api, "internal/builtins/PatchJson6902Transformer.go", []edit{
		before("		if p.JsonOp == \"\" {\n", `		if p.JsonOp == "" && hooks.IsURL(p.Path) {
			return nil
		}
`),
		before("	if p.Target == nil {\n", `	if p.JsonOp == "" {
		return nil
	}
`),
	}},
	{api, "internal/builtins/ReplacementTransformer.go", []edit{
		before("			// find if the path contains a a list", `			if hooks.IsURL(r.Path) {
				continue
			}
`),
	}},
	{api, "internal/builtins/HelmChartInflationGenerator.go", []edit{
		{"	if p.ConfigHome == \"\" {\n", "	if false {\n"},
		{"	defer p.cleanup()\n", `	if text, err := hooks.Current().Inflate(p.absChartHome(), p.HelmChart, p.h.Loader().Load); text == nil || err != nil {
		return nil, err
	} else {
		return p.h.ResmapFactory().NewResMapFromBytes(text)
	}
	defer p.cleanup()
`},
	}},
	{api, "resmap/reswrangler.go", []edit{
		before("			return fmt.Errorf(\n				\"id %#v does not exist; cannot merge or replace\", id)\n", `			if hooks.Current().Incomplete() {
				return m.Append(res)
			}
`),
	}},
	{api, "internal/accumulator/resaccumulator.go", []edit{
		after("		s, err := ra.findVarValueFromResources(v)\n", skipIncomplete),
		before("				return s, nil\n", "				hooks.Current().Variable(v.Name, &res.RNode, v.FieldRef.FieldPath)\n"),
	}},
	{api, "filters/replacement/replacement.go", []edit{
		after("		value, err := getReplacement(nodes, &f.Replacements[i])\n", skipIncomplete),
		{"applyReplacement(nodes, value, r.Targets)", "applyReplacement(i, nodes, value, r.Targets)"},
		after("func applyReplacement(", "index int, "),
		{"	for _, selector := range targetSelectors {\n", "	for number, selector := range targetSelectors {\n"},
		{"copyValueToTarget(possibleTarget, value, selector)", "copyValueToTarget(index, number, possibleTarget, value, selector)"},
		after("func copyValueToTarget(", "index, number int, "),
		{"	for _, fp := range selector.FieldPaths {\n", "	for place, fp := range selector.FieldPaths {\n"},
		after("			if err := setFieldValue(selector.Options, t, value); err != nil {\n				return err\n			}\n",
			"			hooks.Current().Replaced(index, number, place, value, t)\n"),
	}},
	{api, "internal/target/multitransformer.go", []edit{
		{"	for _, t := range o.transformers {\n",
			"	for i, t := range o.transformers {\n		hooks.Current().Begin(t.Transformer, i, len(o.transformers))\n"},
		after("		m.DropEmpties()\n",
			"		if err := hooks.Current().Step(t.Transformer, i, len(o.transformers), resmap.Nodes(m)); err != nil {\n			return err\n		}\n"),
	}},
	{api, "internal/target/kusttarget.go", []edit{
		{"CheckDeprecatedFields(); warningMessages != nil {\n", "CheckDeprecatedFields(); false {\n"},
		{"	kt.kustFileName = kustFileName\n	return nil\n",
			"	kt.kustFileName = kustFileName\n	return hooks.Current().Enter(kt.ldr.Root(), kustFileName)\n"},
		{"			err, \"merging vars %v\", kt.kustomization.Vars)\n	}\n",
			"			err, \"merging vars %v\", kt.kustomization.Vars)\n	}\n	hooks.Current().Leave()\n"},
		before("		// try loading resource as file then as base", itemHook),
		before("		// Components always refer to directories\n", itemHook),
		// Of two errors, the one that is about what stands at the path.
		{"				if kusterr.IsMalformedYAMLError(errF) && !utils.IsErrTimeout(err) {\n",
			"				if _, err := kt.ldr.Load(path); err == nil {\n"},
		{"				return nil, errors.WrapPrefixf(\n					err, \"accumulation err='%s'\", errF.Error())\n			}\n			// store", "				return nil, err\n			}\n			// store"},
		{"				return nil, errors.WrapPrefixf(\n					err, \"accumulation err='%s'\", errF.Error())\n			}\n		}\n", "				return nil, err\n			}\n		}\n"},
		{"			return nil, fmt.Errorf(\"loader.New %q\", errL)\n", "			return nil, errL\n"},
		{"			return nil, fmt.Errorf(\"accumulateDirectory: %q\", errD)\n", "			return nil, errD\n"},
		before("		resMap, err := g.Generate()\n", "		hooks.Current().Begin(g.Generator, i, len(generators))\n"),
		before("		if resMap != nil {\n			err = resMap.AddOriginAnnotation(",
			"		hooks.Current().Generated(g.Generator, i, len(generators), resmap.Nodes(resMap), resmap.Nodes(ra.ResMap()))\n"),
		after("			return errors.WrapPrefixf(err, \"merging from generator %v\", g)\n		}\n",
			step("nil", "i", "len(generators)", "ra.ResMap()", "		")),
		before("	// Given that names have changed", step("hooks.Hash", "0", "1", "ra.ResMap()", "	")),
		before("	// With all the back references fixed", step("hooks.References", "0", "1", "ra.ResMap()", "	")),
		before("	err = kt.IgnoreLocal(ra)\n", step("hooks.Vars", "0", "1", "ra.ResMap()", "	")),
		{"	\"sigs.k8s.io/kustomize/api/internal/kusterr\"\n", "	\"sigs.k8s.io/kustomize/api/internal/git\"\n"},
	}},
}

// Of the built-in definitions a build asks for few. To decode all took longer than most builds.
const builtinDefinitions = `type builtinDefinitions struct {
	builtinopenapi.Bundle
	Definitions map[string]json.RawMessage ` + "`json:\"definitions\"`" + `
	decoded     map[string]*spec.Schema
}

var builtin = sync.OnceValue(func() *builtinDefinitions {
	b := &builtinDefinitions{decoded: map[string]*spec.Schema{}}
	if err := json.Unmarshal(builtinKubernetesOpenAPIBundle, b); err != nil {
		panic(err)
	}
	return b
})

func (b *builtinDefinitions) definition(name string) *spec.Schema {
	text, found := b.Definitions[name]
	if found && b.decoded[name] == nil {
		b.decoded[name] = &spec.Schema{}
		if err := b.decoded[name].UnmarshalJSON(text); err != nil {
			panic(err)
		}
	}
	return b.decoded[name]
}

// defineBuiltin adds the definition that a reference names, unless another one has its name.
func defineBuiltin(ref *spec.Ref) {
	name, _, _ := strings.Cut(strings.TrimPrefix(ref.String(), "#/definitions/"), "/")
	if _, found := globalSchema.schema.Definitions[name]; found || globalSchema.builtin == nil {
		return
	}
	if d := builtin().definition(name); d != nil {
		globalSchema.schema.Definitions[name] = *d
	}
}

`

const itemHook = `		_, notGit := git.NewRepoSpecFromURL(path)
		path, use := hooks.Current().Item(path, notGit == nil || load.IsRemoteFile(path))
		if !use {
			continue
		}
`

// What a step looks for may be in a part that was left out.
const skipIncomplete = `		if err != nil && hooks.Current().Incomplete() {
			continue
		}
`

const noTarget = `		if err != nil {
			return hooks.Current().NoTarget(&patch.RNode, err)
		}
`

const pluginHook = `		if !hooks.Current().Plugin(&res.RNode, isBuiltinPlugin(res)) {
			continue
		}
`

func step(plugin, index, count, resources, indent string) string {
	return indent + "if err = hooks.Current().Step(" + plugin + ", " + index + ", " + count + ", resmap.Nodes(" + resources + ")); err != nil {\n" +
		indent + "	return " + map[bool]string{true: "err", false: "nil, err"}[plugin == "nil"] + "\n" + indent + "}\n"
}
