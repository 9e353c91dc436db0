package helm

import (
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/gobwas/glob"
	"sigs.k8s.io/yaml"

	"helm.sh/helm/v4/pkg/chart/common"
)

// files is .Files of a chart. The texts it gives out share the memory of the request, which is how the tracer knows them.
type files map[string][]byte

func newFiles(from []*common.File) files {
	m := files{}
	for _, f := range from {
		m[f.Name] = f.Data
	}
	return m
}

func shared(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Format prints what fmt prints of a map of bytes, without going through each by reflection: a context that is given as
// the key of a dict is printed with all files.
func (f files) Format(s fmt.State, verb rune) {
	if verb != 'v' || s.Flag('+') || s.Flag('#') {
		fmt.Fprintf(s, fmt.FormatString(s, verb), map[string][]byte(f))
		return
	}
	out := []byte("map[")
	for i, name := range slices.Sorted(maps.Keys(f)) {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(append(out, name...), ":["...)
		for j, b := range f[name] {
			if j > 0 {
				out = append(out, ' ')
			}
			out = strconv.AppendUint(out, uint64(b), 10)
		}
		out = append(out, ']')
	}
	s.Write(append(out, ']'))
}

// GetBytes is the content of a file, empty when there is none.
func (f files) GetBytes(name string) []byte {
	if b, ok := f[name]; ok {
		return b
	}
	return []byte{}
}

// Get is the content of a file as text.
func (f files) Get(name string) string { return shared(f.GetBytes(name)) }

// Glob has the files whose names match the pattern.
func (f files) Glob(pattern string) files {
	g, err := glob.Compile(pattern, '/')
	if err != nil {
		g, _ = glob.Compile("**")
	}
	out := files{}
	for name, data := range f {
		if g.Match(name) {
			out[name] = data
		}
	}
	return out
}

// config is what AsConfig prints: the files' texts by their base names.
func (f files) config() map[string]any {
	m := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		m[path.Base(name)] = shared(f[name])
	}
	return m
}

// AsConfig is the data section of a ConfigMap.
func (f files) AsConfig() string {
	if f == nil {
		return ""
	}
	return yamlOf(f.config())
}

// AsSecrets is the data section of a Secret.
func (f files) AsSecrets() string {
	if f == nil {
		return ""
	}
	m := f.config()
	for name, text := range m {
		m[name] = base64.StdEncoding.EncodeToString([]byte(text.(string)))
	}
	return yamlOf(m)
}

func yamlOf(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

// Lines are the lines of a file.
func (f files) Lines(name string) []string {
	if len(f[name]) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(shared(f[name]), "\n"), "\n")
}
