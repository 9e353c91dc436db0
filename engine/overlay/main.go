// Command overlay copies the linked modules that the engine must change a little to a directory that git ignores, makes
// the changes, and writes a go.mod beside them that uses the copies (the go command takes no -overlay of files in the
// module cache). An anchor that is gone or not unique is an error, so an update of a module cannot lose a change in
// silence.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	api   = "sigs.k8s.io/kustomize/api"
	kyaml = "sigs.k8s.io/kustomize/kyaml"
	yaml2 = "go.yaml.in/yaml/v2"
	yaml3 = "go.yaml.in/yaml/v3"

	jsonschema = "github.com/santhosh-tekuri/jsonschema/v6"

	// The schemas of Kubernetes in kyaml, and what the engine has in place of them.
	bundle  = "openapi/kubernetesapi/data/kubernetes-openapi-union-v1.21.2.bundle-v1.json.gz"
	schemas = "kubernetes.json"

	hooks  = `"github.com/plimsoll-dev/plimsoll/engine/kustomize/hooks"`
	notice = "// Modified by Plimsoll: see engine/overlay in its repository for what and why.\n\n"
)

// edit replaces an anchor that stands exactly once in a file.
type edit struct{ anchor, replacement string }

func before(anchor, text string) edit { return edit{anchor, text + anchor} }
func after(anchor, text string) edit  { return edit{anchor, anchor + text} }

type file struct {
	module, path string
	edits        []edit
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

func run() error {
	const out = "overlay/out"
	modules := []string{api, kyaml, yaml2, yaml3, jsonschema}
	dirs, err := moduleDirs(modules...)
	if err != nil {
		return err
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	for _, module := range modules {
		target := filepath.Join(out, module)
		if err := copyModule(dirs[module], target); err != nil {
			return err
		}
		mod = fmt.Appendf(mod, "\nreplace %s => ./%s\n", module, target)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dirs[f.module], f.path))
		if err != nil {
			return err
		}
		changed, err := apply(string(text), f.edits)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", f.path, f.module, err)
		}
		if err := write(filepath.Join(out, f.module, f.path), []byte(notice+changed)); err != nil {
			return err
		}
	}
	text, err := withoutDescriptions(filepath.Join(dirs[kyaml], bundle))
	if err != nil {
		return err
	}
	if err := write(filepath.Join(out, kyaml, "openapi", schemas), text); err != nil {
		return err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	return errors.Join(write(filepath.Join(out, "go.mod"), mod), write(filepath.Join(out, "go.sum"), sum))
}

// moduleDirs gives the directories of modules in the cache, after fetching those that are not there.
func moduleDirs(modules ...string) (map[string]string, error) {
	text, err := exec.Command("go", append([]string{"mod", "download", "-json"}, modules...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go mod download: %w", err)
	}
	dirs := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(text)); decoder.More(); {
		var module struct{ Path, Dir string }
		if err := decoder.Decode(&module); err != nil {
			return nil, err
		}
		dirs[module.Path] = module.Dir
	}
	return dirs, nil
}

// copyModule copies what is needed to build from a module, unless the same version (the name of its directory) was
// copied before.
func copyModule(from, to string) error {
	marker := filepath.Join(to, ".version")
	if version, err := os.ReadFile(marker); err == nil && string(version) == filepath.Base(from) {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name == "testdata":
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return write(filepath.Join(to, strings.TrimPrefix(path, from)), text)
	})
	if err != nil {
		return err
	}
	return write(marker, []byte(filepath.Base(from)))
}

// withoutDescriptions reads the schemas and leaves out two thirds of them, texts for people that the engine would parse and
// never use.
func withoutDescriptions(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var schemas any
	if err := json.NewDecoder(text).Decode(&schemas); err != nil {
		return nil, err
	}
	removeDescriptions(schemas)
	return json.Marshal(schemas)
}

func removeDescriptions(v any) {
	switch x := v.(type) {
	case map[string]any:
		// A property of this name is not a string but a schema.
		if _, ok := x["description"].(string); ok {
			delete(x, "description")
		}
		for _, child := range x {
			removeDescriptions(child)
		}
	case []any:
		for _, child := range x {
			removeDescriptions(child)
		}
	}
}

func apply(text string, edits []edit) (string, error) {
	for _, e := range edits {
		if n := strings.Count(text, e.anchor); n != 1 {
			return "", fmt.Errorf("found %d times: %q", n, e.anchor)
		}
		text = strings.Replace(text, e.anchor, e.replacement, 1)
	}
	if strings.Contains(text, "hooks.") {
		text = strings.Replace(text, "import (\n", "import (\n\t"+hooks+"\n", 1)
	}
	return text, nil
}

// write leaves a file alone that is the same already, and never shows another process half of one.
func write(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(temporary, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
