package helm

import "fmt"

// finish gives the result the tables that its segments refer to, with only what they use.
func (t *tracer) finish(res *Result, l *loader) {
	f := finisher{t: t, res: res, sources: map[int32]int32{}, frames: map[int32]int32{-1: -1}, leaves: map[int32]int32{}, sets: map[int32]int32{}, same: map[Frame]int32{}, sameLeaf: map[string]int32{}}
	for _, list := range [][]Output{res.Outputs, res.Crds} {
		for i := range list {
			o := &list[i]
			o.Source = f.source(o.Source)
			o.Segments = f.segments(o.Segments)
		}
	}
	for _, s := range res.Sources {
		if s.File != "" {
			l.read[s.File] = true
		}
	}
}

type finisher struct {
	t                             *tracer
	res                           *Result
	sources, frames, leaves, sets map[int32]int32
	same                          map[Frame]int32
	sameLeaf                      map[string]int32
}

// segments renumbers segments, and joins those that follow from the one before.
func (f *finisher) segments(in []Segment) []Segment {
	out := in[:0]
	for _, g := range in {
		g.Source, g.Frame = f.source(g.Source), f.frame(g.Frame)
		switch {
		case g.Kind == Text:
			g.Class, g.Leaf, g.LeafPos = None, -1, 0
		case g.Class == Exact || g.Class == Leafwise:
			g.Leaf = f.leaf(g.Leaf)
		case g.Class == Derived:
			g.Leaf = f.set(g.Leaf)
		default:
			g.Leaf = -1
		}
		if n := len(out); n > 0 {
			last, gap := out[n-1], int32(g.Off-out[n-1].Off)
			if last.Kind == Text {
				last.Pos += gap
			} else if last.Class == Exact {
				last.LeafPos += gap
			}
			if last.Off = g.Off; last == g {
				continue
			}
		}
		out = append(out, g)
	}
	return out
}

func (f *finisher) source(i int32) int32 {
	if n, ok := f.sources[i]; ok {
		return n
	}
	s := f.t.sources[i]
	out := Source{File: s.at.file, Inner: s.at.inner}
	if out.File == "" || out.Inner != "" {
		out.Text = s.text
	}
	n := int32(len(f.res.Sources))
	f.res.Sources = append(f.res.Sources, out)
	f.sources[i] = n
	return n
}

func (f *finisher) frame(i int32) int32 {
	if n, ok := f.frames[i]; ok {
		return n
	}
	old := f.t.frames[i]
	fr := Frame{f.source(old.Source), old.Pos, f.frame(old.Parent)}
	n, ok := f.same[fr]
	if !ok {
		n = int32(len(f.res.Frames))
		f.res.Frames = append(f.res.Frames, fr)
		f.same[fr] = n
	}
	f.frames[i] = n
	return n
}

func (f *finisher) leaf(i int32) int32 {
	if n, ok := f.leaves[i]; ok {
		return n
	}
	old := f.t.leafTable[i]
	out := Leaf{Layer: -1, Final: f.t.final(old.final), Path: []string{}}
	if old.set != nil {
		from := old.set.root().from
		out.Layer, out.File, out.Inner, out.Path = from.layer, from.file, from.inner, old.set.path()
		if from.inner != "" {
			f.source(f.t.source(place{file: from.file, inner: from.inner}, from.text))
		}
	}
	key := fmt.Sprintf("%q", out)
	n, ok := f.sameLeaf[key]
	if !ok { // globals are leaves of every chart
		n = int32(len(f.res.Leaves))
		f.res.Leaves = append(f.res.Leaves, out)
		f.sameLeaf[key] = n
	}
	f.leaves[i] = n
	return n
}

func (f *finisher) set(i int32) int32 {
	if n, ok := f.sets[i]; ok {
		return n
	}
	var out []int32
	for _, l := range f.t.sets[i] {
		out = append(out, f.leaf(l))
	}
	n := int32(len(f.res.Sets))
	f.res.Sets = append(f.res.Sets, out)
	f.sets[i] = n
	return n
}
