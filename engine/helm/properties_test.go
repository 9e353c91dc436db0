package helm

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	chartloader "helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// checkProperties asserts what must hold for every rendering: the same bytes without tracing, and segments that cover
// the outputs and keep what they promise.
func checkProperties(t testing.TB, req Request, r *Result) {
	t.Helper()
	req.NoTrace = true
	plain, err := Render(req)
	if err != nil {
		t.Fatalf("without tracing: %v", err)
	}
	if len(plain.Outputs) != len(r.Outputs) {
		t.Fatalf("%d outputs, without tracing %d", len(r.Outputs), len(plain.Outputs))
	}
	texts := map[string][]byte{}
	for _, f := range req.Files {
		texts[f.Path] = f.Data
	}
	source := func(i int32) []byte {
		if s := r.Sources[i]; s.Inner == "" && s.File != "" {
			return texts[s.File]
		}
		return []byte(r.Sources[i].Text)
	}
	for i, o := range append(r.Outputs, r.Crds...) {
		if i < len(r.Outputs) && !bytes.Equal(o.Data, plain.Outputs[i].Data) {
			t.Errorf("%s: tracing changes the output:\n%s\n---\n%s", o.Name, o.Data, plain.Outputs[i].Data)
		}
		if len(o.Data) > 0 && (len(o.Segments) == 0 || o.Segments[0].Off != 0) {
			t.Errorf("%s: the first byte has no segment", o.Name)
		}
		for j, g := range o.Segments {
			end := len(o.Data)
			if j+1 < len(o.Segments) {
				end = int(o.Segments[j+1].Off)
			}
			if int(g.Off) >= end {
				t.Errorf("%s: segment %d is empty or out of order", o.Name, j)
				continue
			}
			got := o.Data[g.Off:end]
			if int(g.Pos) > len(source(g.Source)) || g.Pos < 0 {
				t.Errorf("%s: position %d of %q is outside of its source", o.Name, g.Pos, got)
				continue
			}
			if g.Kind == Text && !bytes.HasPrefix(source(g.Source)[g.Pos:], got) {
				t.Errorf("%s: %q is not at %d of %v", o.Name, got, g.Pos, r.Sources[g.Source].File)
			}
			if g.Kind == Action && g.Class == Exact {
				if want, err := leafText(req, r, r.Leaves[g.Leaf]); err != "" {
					t.Errorf("%s: exact %q: %s", o.Name, got, err)
				} else if int(g.LeafPos) > len(want) || !strings.HasPrefix(want[g.LeafPos:], string(got)) {
					t.Errorf("%s: %q is claimed to be %q of %v", o.Name, got, want, r.Leaves[g.Leaf])
				}
			}
			if f := g.Frame; f < -1 || int(f) >= len(r.Frames) {
				t.Errorf("%s: frame %d", o.Name, f)
			}
		}
	}
}

// leafText reads the scalar of a leaf from the source that it names.
func leafText(req Request, r *Result, l Leaf) (string, string) {
	var v any
	var err error
	switch {
	case l.Inner != "":
		for _, s := range r.Sources {
			if s.File == l.File && s.Inner == l.Inner {
				v, err = chartloader.LoadValues(strings.NewReader(s.Text))
			}
		}
	case l.File != "":
		for _, f := range req.Files {
			if f.Path == l.File {
				v, err = loadCached(f.Data)
			}
		}
	case l.Layer >= 0 && req.Values[l.Layer].Set != "":
		v, err = strvals.Parse(req.Values[l.Layer].Set)
	case l.Layer >= 0:
		v, err = chartloader.LoadValues(strings.NewReader(req.Values[l.Layer].Inline))
	default:
		return "", fmt.Sprintf("the leaf %v is nowhere", l)
	}
	if err != nil {
		return "", err.Error()
	}
	for _, k := range l.Path {
		switch x := v.(type) {
		case map[string]any:
			v = x[k]
		case []any:
			i, _ := strconv.Atoi(k)
			if i >= len(x) {
				return "", fmt.Sprintf("no %v", l)
			}
			v = x[i]
		}
	}
	return fmt.Sprint(v), ""
}

var cache = map[*byte]map[string]any{}

func loadCached(data []byte) (any, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if v, ok := cache[&data[0]]; ok {
		return v, nil
	}
	v, err := chartloader.LoadValues(bytes.NewReader(data))
	cache[&data[0]] = v
	return v, err
}
