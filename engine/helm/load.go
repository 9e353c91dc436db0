package helm

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"sort"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartloader "helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/ignore"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

const (
	// maxChartBytes is Helm's limit for one chart; here it holds for a chart with all that it depends on.
	maxChartBytes = 100 << 20
	maxCharts     = 2000
	maxNesting    = 20
)

// place says where a file of a chart stands. Helm drops a byte order mark; skip is its length.
type place struct {
	file, inner string
	skip        int
}

type entry struct {
	name string
	data []byte
	at   place
}

// loader builds charts from the files of a request as Helm does from a directory.
type loader struct {
	files  map[string][]byte
	paths  []string // in the order of a walk through the directories
	places map[*common.File]place
	read   map[string]bool
	open   []string // directories of file:// dependencies that are being loaded
	bytes  int
	charts int
}

func newLoader(files []File) *loader {
	l := &loader{files: make(map[string][]byte, len(files)), places: map[*common.File]place{}, read: map[string]bool{}}
	for _, f := range files {
		p := path.Clean(f.Path)
		if _, twice := l.files[p]; !twice {
			l.paths = append(l.paths, p)
		}
		l.files[p] = f.Data
	}
	sort.Slice(l.paths, func(i, j int) bool {
		return slices.Compare(strings.Split(l.paths[i], "/"), strings.Split(l.paths[j], "/")) < 0
	})
	return l
}

// directory loads the chart in a directory without what its .helmignore names. Its dependencies must be there, or be
// found by their file:// URLs.
func (l *loader) directory(dir string) (*chart.Chart, error) {
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	rules := ignore.Empty()
	if text, ok := l.files[prefix+ignore.HelmIgnore]; ok {
		r, err := ignore.Parse(bytes.NewReader(text))
		if err != nil {
			return nil, &fault.Error{Code: fault.Chart, Message: err.Error(), File: prefix + ignore.HelmIgnore}
		}
		l.read[prefix+ignore.HelmIgnore] = true
		rules = r
	}
	rules.AddDefaults()
	skipped := map[string]bool{}
	var entries []entry
	for _, p := range l.paths {
		name, ok := strings.CutPrefix(p, prefix)
		if !ok || ignored(rules, name, skipped) {
			continue
		}
		data := bytes.TrimPrefix(l.files[p], []byte("\xef\xbb\xbf"))
		entries = append(entries, entry{name, data, place{file: p, skip: len(l.files[p]) - len(data)}})
	}
	return l.chart(entries, place{file: dir}, 0, true)
}

func ignored(rules *ignore.Rules, name string, skipped map[string]bool) bool {
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		dir := name[:i]
		skip, known := skipped[dir]
		if !known {
			skip = rules.Ignore(dir, info{dir: true})
			skipped[dir] = skip
		}
		if skip {
			return true
		}
	}
	return rules.Ignore(name, info{})
}

// info is as much of a file's description as ignore rules ask for.
type info struct {
	os.FileInfo
	dir bool
}

func (i info) IsDir() bool { return i.dir }

// chart builds a chart from its files and those of its subcharts. Of a chart that stands in a directory of its own
// (build), dependencies that are not in charts/ are loaded from where their file:// URLs point to.
func (l *loader) chart(entries []entry, at place, depth int, build bool) (*chart.Chart, error) {
	if l.charts++; l.charts > maxCharts || depth > maxNesting {
		return nil, &fault.Error{Code: fault.Limit, Message: "The chart has too many subcharts.", File: at.file, Inner: at.inner}
	}
	var own []*archive.BufferedFile
	subs := map[string][]entry{}
	at0 := map[string]place{}
	for _, e := range entries {
		if l.bytes += len(e.data); l.bytes > maxChartBytes {
			return nil, tooLarge(e.at)
		}
		if int64(len(e.data)) > archive.MaxDecompressedFileSize {
			return nil, &fault.Error{Code: fault.Chart, File: e.at.file, Inner: e.at.inner,
				Message: fmt.Sprintf("chart file %q is larger than the maximum file size %d", e.name, archive.MaxDecompressedFileSize)}
		}
		if rest, ok := strings.CutPrefix(e.name, "charts/"); ok && path.Ext(e.name) != ".prov" {
			name, _, _ := strings.Cut(rest, "/")
			e.name = rest
			subs[name] = append(subs[name], e)
			continue
		}
		own = append(own, &archive.BufferedFile{Name: e.name, Data: e.data})
		at0[e.name] = e.at
	}
	c, err := chartloader.LoadFiles(own)
	if err != nil {
		return nil, l.loadError(err, at, at0)
	}
	for _, list := range [][]*common.File{c.Raw, c.Templates, c.Files} {
		for _, f := range list {
			l.places[f] = at0[f.Name]
		}
	}
	for name, p := range at0 {
		if strings.HasPrefix(name, "templates/") || strings.HasPrefix(name, "crds/") || !strings.Contains(name, "/") && chartFiles[name] {
			l.read[p.file] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(subs)) {
		sub, err := l.vendored(name, subs[name], at, depth)
		if err != nil {
			return nil, err
		}
		if sub != nil {
			c.AddDependency(sub)
		}
	}
	if build {
		if err := l.build(c, at, at0["Chart.yaml"], depth); err != nil {
			return nil, err
		}
	}
	return c, nil
}

var chartFiles = map[string]bool{
	"Chart.yaml": true, "Chart.lock": true, "values.yaml": true, "values.schema.json": true,
	"requirements.yaml": true, "requirements.lock": true,
}

// vendored loads what stands at charts/name: a directory or an archive.
func (l *loader) vendored(name string, files []entry, parent place, depth int) (*chart.Chart, error) {
	if strings.IndexAny(name, "_.") == 0 {
		return nil, nil
	}
	if path.Ext(name) == ".tgz" && files[0].name == name {
		return l.archive(files[0], depth)
	}
	var inside []entry
	for _, f := range files {
		if _, rest, ok := strings.Cut(f.name, "/"); ok {
			f.name = rest
			inside = append(inside, f)
		}
	}
	at := parent
	if at.inner != "" {
		at.inner = path.Join(at.inner, "charts", name)
	} else {
		at.file = path.Join(at.file, "charts", name)
	}
	for _, f := range inside {
		l.bytes -= len(f.data) // counted for the parent already
	}
	return l.chart(inside, at, depth+1, false)
}

// archive loads a packed subchart. Helm's reader refuses absolute paths, "..", and more than its limit of bytes; the
// stream is measured first, because that reader keeps what it has read.
func (l *loader) archive(f entry, depth int) (*chart.Chart, error) {
	l.read[f.at.file] = true
	broken := func(err error) error {
		return &fault.Error{Code: fault.Chart, Message: "The archive cannot be read: " + err.Error() + ".", File: f.at.file, Inner: f.at.inner}
	}
	stream, err := gzip.NewReader(bytes.NewReader(f.data))
	if err != nil {
		return nil, broken(err)
	}
	left := int64(maxChartBytes - l.bytes)
	if n, err := io.Copy(io.Discard, io.LimitReader(stream, left+1)); err != nil {
		return nil, broken(err)
	} else if n > left {
		return nil, tooLarge(f.at)
	}
	files, err := archive.LoadArchiveFiles(bytes.NewReader(f.data))
	if err != nil {
		return nil, broken(err)
	}
	entries := make([]entry, len(files))
	for i, x := range files {
		entries[i] = entry{x.Name, x.Data, place{file: f.at.file, inner: path.Join(f.at.inner, x.Name)}}
	}
	at := f.at
	if at.inner == "" {
		at.inner = "."
	}
	return l.chart(entries, at, depth+1, false)
}

// build adds the dependencies that `helm dependency build` would fetch from directories of the repository.
func (l *loader) build(c *chart.Chart, at, yaml place, depth int) error {
	var missing []string
	for _, d := range c.Metadata.Dependencies {
		if d == nil || slices.ContainsFunc(c.Dependencies(), func(s *chart.Chart) bool { return s.Name() == d.Name }) {
			continue
		}
		dir, local := strings.CutPrefix(d.Repository, "file://")
		if dir = path.Join(at.file, dir); !local || l.files[path.Join(dir, "Chart.yaml")] == nil {
			missing = append(missing, d.Name)
			continue
		}
		if slices.Contains(l.open, dir) || dir == at.file || len(l.open) > maxNesting {
			return &fault.Error{Code: fault.Dependency, Message: fmt.Sprintf("The chart depends on itself through %q.", d.Name), File: yaml.file}
		}
		l.open = append(l.open, at.file)
		sub, err := l.directory(dir)
		l.open = l.open[:len(l.open)-1]
		if err != nil {
			return err
		}
		if sub.Name() != d.Name || !chartutil.IsCompatibleRange(d.Version, sub.Metadata.Version) {
			return &fault.Error{Code: fault.Dependency, File: yaml.file, Missing: []string{d.Name},
				Message: fmt.Sprintf("The chart wants %s %s, but %s has %s %s.", d.Name, d.Version, dir, sub.Name(), sub.Metadata.Version)}
		}
		c.AddDependency(sub)
	}
	if len(missing) > 0 {
		return &fault.Error{Code: fault.Dependency, File: yaml.file, Missing: missing,
			Message: "Found in Chart.yaml, but missing in charts/ directory: " + strings.Join(missing, ", ") + "."}
	}
	return nil
}

func tooLarge(at place) error {
	return &fault.Error{Code: fault.Limit, File: at.file, Inner: at.inner,
		Message: fmt.Sprintf("The chart with its subcharts is larger than %d MiB.", maxChartBytes>>20)}
}

// loadError finds the file that Helm's loader complains of.
func (l *loader) loadError(err error, at place, files map[string]place) error {
	f := &fault.Error{Code: fault.Chart, Message: err.Error(), File: at.file, Inner: at.inner}
	p, ok := files["Chart.yaml"]
	if m, found := strings.CutPrefix(f.Message, "cannot load "); found {
		if name, _, found := strings.Cut(m, ": "); found {
			p, ok = files[name]
			for e := errors.Unwrap(err); e != nil; e = errors.Unwrap(e) {
				f.Message = e.Error()
			}
		}
	}
	if ok {
		f.File, f.Inner = p.file, p.inner
	} else if at.inner != "" {
		f.Inner = path.Join(at.inner, "Chart.yaml")
	} else {
		f.File = path.Join(at.file, "Chart.yaml")
	}
	f.Line = fault.Line(f.Message)
	return f
}

// expanded counts the charts that aliases make of c, to refuse what would multiply beyond reason.
func expanded(c *chart.Chart) int {
	n := 1
	for _, s := range c.Dependencies() {
		times := 0
		for _, d := range c.Metadata.Dependencies {
			if d != nil && d.Name == s.Name() {
				times++
			}
		}
		n = min(n+max(times, 1)*expanded(s), maxCharts+1)
	}
	return n
}
