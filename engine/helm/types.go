// Package helm renders charts that are held in memory with Helm's own packages, and tells for every byte of the output
// where it comes from.
package helm

// File is a file of the repository. All paths are relative to the repository's root, with slashes.
type File struct {
	Path string
	Data []byte
}

// Layer is one source of values; later layers win. Exactly one of File, Set and Inline is used.
type Layer struct {
	// File is the path of a values file among the request's files.
	File string `json:"file,omitempty"`
	// Set is an assignment as helm's --set takes it.
	Set string `json:"set,omitempty"`
	// Inline is YAML text that stands in another file (a config, a kustomization's valuesInline).
	Inline string `json:"inline,omitempty"`
}

// Request asks for one rendering of one chart.
type Request struct {
	// Chart is the directory of the chart, "." for the root.
	Chart string `json:"chart"`
	// Values are merged over the chart's defaults, in order.
	Values []Layer `json:"values"`
	// Release and Namespace are .Release.Name (default "release-name") and .Release.Namespace ("default").
	Release   string `json:"release"`
	Namespace string `json:"namespace"`
	// KubeVersion such as "1.36"; empty for Helm's default.
	KubeVersion string `json:"kubeVersion"`
	// APIVersions are added to .Capabilities.APIVersions.
	APIVersions []string `json:"apiVersions"`
	// NoTrace leaves out all origins; the output must not differ.
	NoTrace bool `json:"noTrace"`
	// MaxOutput bounds the bytes written to all outputs together; 0 for the default.
	MaxOutput int `json:"-"`
	// Files holds at least the chart's directory, the values files and the directories of file:// dependencies.
	Files []File `json:"-"`
}

// Result is a rendered chart, in the order of the template names; empty outputs, partials and NOTES.txt are left out.
type Result struct {
	// Name is the chart's name, as it stands before "/templates/" in Helm's "# Source:" lines.
	Name    string
	Outputs []Output
	// Crds are the files below crds/ of the chart and its enabled subcharts, in Helm's order, as they stand.
	Crds []Output
	// Tables that segments refer to.
	Sources []Source
	Frames  []Frame
	Leaves  []Leaf
	Sets    [][]int32
	// Read are the paths of the request's files that the rendering is made of, sorted.
	Read []string
}

// Output is what one template printed.
type Output struct {
	// Name as Helm shows it: "mychart/charts/sub/templates/x.yaml".
	Name string
	// Source is the index of the template among Result.Sources.
	Source   int32
	Data     []byte
	Segments []Segment
}

// Kinds of segments.
const (
	// Text: bytes copied from a source; byte i of the segment is byte Pos+i of the source.
	Text = iota
	// Action: bytes printed by the action that begins at Pos.
	Action
)

// Classes say what is known of the value that an action printed.
const (
	// None: nothing.
	None = iota
	// Exact: the bytes are the leaf's scalar, unchanged; the segment begins LeafPos bytes into it. Proved by identity.
	Exact
	// Leafwise: printed for the leaf, perhaps in another form: a line of toYaml, a number through int, quote.
	Leafwise
	// Derived: computed from the leaves of a set (Leaf is an index into Sets).
	Derived
	// Builtin: from .Release, .Chart, .Capabilities or .Template.
	Builtin
	// Constant: computed without any value.
	Constant
)

// Segment says where the bytes of an output from Off to the next segment's Off come from.
type Segment struct {
	Off   uint32
	Kind  uint8
	Class uint8
	// Source and Pos (bytes) are the template text, or the action.
	Source int32
	Pos    int32
	// Frame is the innermost call (include, template, tpl) that led here; -1 at file level.
	Frame int32
	// Leaf is an index into Leaves, for Derived into Sets; -1 for none.
	Leaf    int32
	LeafPos int32
}

// Frame is a call of include, template or tpl: its place, and the call around it (-1 for none).
type Frame struct{ Source, Pos, Parent int32 }

// Source is a text that segments point into.
type Source struct {
	// File is a path in the repository; Inner the path inside it when it is an archive (charts/x.tgz).
	File  string `json:"file"`
	Inner string `json:"inner,omitempty"`
	// Text is given only where the host cannot have it: for archives and for texts that tpl was given and whose own
	// origin is not known (File is empty then).
	Text string `json:"text,omitempty"`
}

// Leaf is a value in a values file: a scalar, or a whole map or list (empty, or printed as a whole).
type Leaf struct {
	// Layer is the index in Request.Values that set it, or -1.
	Layer int32 `json:"layer"`
	// File is a values file of the repository, "" when Layer is a Set or Inline; Inner as in Source.
	File  string `json:"file,omitempty"`
	Inner string `json:"inner,omitempty"`
	// Path are keys and decimal list indexes in that file.
	Path []string `json:"path"`
	// Final is the path in the root chart's values, where an override would stand; empty when there is none.
	Final []string `json:"final,omitempty"`
}
