package helm

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// perturbed is a values file in which the scalar at a path is another one of the same type; nil if there is none.
func perturbed(data []byte, at []string) []byte {
	var doc goyaml.Node
	if goyaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	n := doc.Content[0]
	for _, k := range at {
		var next *goyaml.Node
		switch n.Kind {
		case goyaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == k {
					next = n.Content[i+1]
				}
			}
		case goyaml.SequenceNode:
			if i, err := strconv.Atoi(k); err == nil && i < len(n.Content) {
				next = n.Content[i]
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	switch i, err := strconv.Atoi(n.Value); {
	case n.Kind != goyaml.ScalarNode || n.Anchor != "" || strings.Contains(n.Value, "{{"):
		return nil
	case n.Tag == "!!int" && err == nil:
		n.Value = strconv.Itoa(i + 1)
	case n.Tag == "!!bool":
		n.Value = map[bool]string{true: "false", false: "true"}[n.Value == "true"]
	case n.Tag == "!!str":
		text := strings.TrimRight(n.Value, "\n")
		n.Value = text + "q" + n.Value[len(text):]
	default:
		return nil
	}
	out, err := goyaml.Marshal(&doc)
	if err != nil {
		return nil
	}
	return out
}

// checkPerturbed changes each leaf that segments claim to be printed, and asserts that this changes what they cover and
// nothing else. A leaf that also decides what is printed at all (a boolean, an argument of if) proves nothing.
func checkPerturbed(t testing.TB, req Request, most int) (checked int) {
	t.Helper()
	before, err := Render(req)
	if err != nil {
		t.Fatal(err)
	}
	deciding := regexp.MustCompile(`{{-? *(?:else )?(?:if|with|range)\b|ternary|default|coalesce|eq `)
	for _, l := range before.Leaves[:min(most, len(before.Leaves))] {
		if l.File == "" || l.Inner != "" {
			continue
		}
		files := slices.Clone(req.Files)
		i := slices.IndexFunc(files, func(f File) bool { return f.Path == l.File })
		data := perturbed(files[i].Data, l.Path)
		if data == nil {
			continue
		}
		files[i].Data = data
		changed := req
		changed.Files = files
		after, err := Render(changed)
		if err != nil || len(after.Outputs) != len(before.Outputs) {
			continue
		}
		old, _ := leafText(req, before, l)
		printed, _ := leafText(changed, after, l)
		for k, o := range before.Outputs {
			if claims := claimed(before, o, l, len(old), printed); !claims.MatchString(string(after.Outputs[k].Data)) {
				uses := ""
				for _, f := range req.Files {
					for line := range strings.Lines(string(f.Data)) {
						if deciding.MatchString(line) {
							uses += line
						}
					}
				}
				if strings.Contains(uses, l.Path[len(l.Path)-1]) {
					continue
				}
				t.Errorf("%s: %q became %q at %v of %s; got\n%s\nwant\n%s", o.Name, old, printed, l.Path, l.File, after.Outputs[k].Data, claims)
			}
			checked++
		}
	}
	return checked
}

// claimed matches what an output has to be when a leaf prints something else than size bytes.
func claimed(r *Result, o Output, leaf Leaf, size int, printed string) *regexp.Regexp {
	var want strings.Builder
	want.WriteString(`^(?s:`)
	same := func(i int32) bool { return r.Leaves[i].File == leaf.File && slices.Equal(r.Leaves[i].Path, leaf.Path) }
	for j, g := range o.Segments {
		end := len(o.Data)
		if j+1 < len(o.Segments) {
			end = int(o.Segments[j+1].Off)
		}
		own := g.Kind == Action && (g.Class == Exact || g.Class == Leafwise) && same(g.Leaf)
		switch {
		case own && g.Class == Exact && g.LeafPos == 0 && end-int(g.Off) == size:
			want.WriteString(regexp.QuoteMeta(printed))
		case own, g.Kind == Action && g.Class == Derived && slices.ContainsFunc(r.Sets[g.Leaf], same):
			want.WriteString(`.*?`)
		default:
			want.WriteString(regexp.QuoteMeta(string(o.Data[g.Off:end])))
		}
	}
	return regexp.MustCompile(want.String() + `)$`)
}

func TestPerturbed(t *testing.T) {
	const root = "../../__fixtures__/charts"
	var files []File
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(root, name)
		files = append(files, File{filepath.ToSlash(rel), data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, f := range files {
		dir, ok := strings.CutSuffix(f.Path, "/Chart.yaml")
		if !ok || strings.Contains(dir, "/") {
			continue
		}
		req := Request{Chart: dir, Files: files}
		if _, err := Render(req); err == nil {
			checked += checkPerturbed(t, req, 1000)
		}
	}
	if checked < 100 {
		t.Errorf("only %d outputs were compared", checked)
	}
}
