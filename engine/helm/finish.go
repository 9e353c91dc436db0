package helm

import "fmt"

// finish gives the result the tables that its segments refer to, with only what they use.
func (t *tracer) finish(res *Result, l *loader) {
	f := finisher{
		t: t, res: res, sources: map[int32]int32{}, frames: map[int32]int32{-1: -1}, leaves: map[int32]int32{}, sets: map[int32]int32{},
		sameFrame: map[Frame]int32{}, sameLeaf: map[string]int32{},
	}
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
	// What is equal in the result has one number, though the tracer numbered it often.
	sameFrame map[Frame]int32
	sameLeaf  map[string]int32
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
	return numbered(f.sources, i, func() int32 {
		s := f.t.sources[i]
		out := Source{File: s.at.file, Inner: s.at.inner}
		if out.File == "" || out.Inner != "" {
			out.Text = s.text
		}
		return added(&f.res.Sources, out)
	})
}

func (f *finisher) frame(i int32) int32 {
	return numbered(f.frames, i, func() int32 {
		old := f.t.frames[i]
		out := Frame{f.source(old.Source), old.Pos, f.frame(old.Parent)}
		return numbered(f.sameFrame, out, func() int32 { return added(&f.res.Frames, out) })
	})
}

func (f *finisher) leaf(i int32) int32 {
	return numbered(f.leaves, i, func() int32 {
		old := f.t.leafTable[i]
		out := Leaf{Layer: -1, Final: f.t.final(old.final), Path: []string{}}
		if old.set != nil {
			from := old.set.root().from
			out.Layer, out.File, out.Inner, out.Path = from.layer, from.file, from.inner, old.set.path()
			if from.inner != "" {
				f.source(f.t.source(place{file: from.file, inner: from.inner}, from.text))
			}
		}
		// Globals are leaves of every chart.
		return numbered(f.sameLeaf, fmt.Sprintf("%q", out), func() int32 { return added(&f.res.Leaves, out) })
	})
}

func (f *finisher) set(i int32) int32 {
	return numbered(f.sets, i, func() int32 {
		var out []int32
		for _, l := range f.t.sets[i] {
			out = append(out, f.leaf(l))
		}
		return added(&f.res.Sets, out)
	})
}
