package kustomize

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// mount is where kustomize sees the repository. It is not the root of the file system, so that a path that leads out
// of the repository is seen as such.
const mount = "/.repository"

// maxRead bounds the bytes of all reads of a build together: bases that include each other many times multiply.
const maxRead = 512 << 20

// tree is the repository as kustomize sees it. It cannot be written to: what it embeds is empty.
type tree struct {
	filesys.FileSystem
	files   map[string][]byte
	dirs    map[string]bool
	read    map[string]bool
	missing map[string]bool
	last    string
	bytes   int
}

func newTree(files []helm.File) *tree {
	t := &tree{filesys.MakeFsInMemory(), map[string][]byte{}, map[string]bool{".": true}, map[string]bool{}, map[string]bool{}, "", 0}
	for _, f := range files {
		name := path.Clean(f.Path)
		if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
			continue
		}
		t.files[name] = f.Data
		for dir := path.Dir(name); !t.dirs[dir]; dir = path.Dir(dir) {
			t.dirs[dir] = true
		}
	}
	return t
}

// local gives the path in the repository, or false for one outside.
func local(name string) (string, bool) {
	name = path.Clean(name)
	if name == mount {
		return ".", true
	}
	return strings.CutPrefix(name, mount+"/")
}

func (t *tree) IsDir(name string) bool {
	in, ok := local(name)
	return ok && t.dirs[in]
}

func (t *tree) Exists(name string) bool {
	in, ok := local(name)
	return ok && (t.dirs[in] || t.files[in] != nil)
}

func (t *tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	in, ok := local(name)
	switch {
	case !ok:
		return "", "", fmt.Errorf("'%s' is outside of the repository", strings.TrimPrefix(path.Clean(name), "/"))
	case t.dirs[in]:
		return filesys.ConfirmedDir(path.Join(mount, in)), "", nil
	case t.files[in] != nil:
		return filesys.ConfirmedDir(path.Join(mount, path.Dir(in))), path.Base(in), nil
	}
	t.missing[in] = true
	return "", "", fmt.Errorf("'%s' doesn't exist", name)
}

func (t *tree) ReadFile(name string) ([]byte, error) {
	in, ok := local(name)
	data := t.files[in]
	if !ok || data == nil {
		t.missing[in] = ok && !t.dirs[in]
		return nil, fmt.Errorf("'%s' doesn't exist", name)
	}
	if t.bytes += len(data); t.bytes > maxRead {
		return nil, fault.New(fault.Limit, fmt.Sprintf("the kustomization reads more than %d MiB of files in all", maxRead>>20))
	}
	t.read[in], t.last = true, in
	return slices.Clone(data), nil
}

// readPaths and missingPaths are sorted. Of the names that a kustomization file can have, only one is expected.
func (t *tree) readPaths() []string { return slices.Sorted(maps.Keys(t.read)) }

func (t *tree) missingPaths() []string {
	var paths []string
	for name, missing := range t.missing {
		if missing && !t.isSpareName(name) {
			paths = append(paths, name)
		}
	}
	slices.Sort(paths)
	return paths
}

func (t *tree) isSpareName(name string) bool {
	names := konfig.RecognizedKustomizationFileNames()
	return slices.Contains(names, path.Base(name)) && slices.ContainsFunc(names, func(other string) bool {
		return t.files[path.Join(path.Dir(name), other)] != nil
	})
}
