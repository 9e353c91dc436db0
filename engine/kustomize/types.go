// Package kustomize builds kustomizations that are held in memory with Kustomize's own packages, and tells for every
// field where it comes from.
package kustomize

import "github.com/plimsoll-dev/plimsoll/engine/helm"

// Request asks for one build.
type Request struct {
	// Root is the directory of the kustomization, "." for the root of the repository.
	Root string `json:"root"`
	// Remotes maps URLs, as kustomizations write them, to directories of the repository.
	Remotes map[string]string `json:"remotes"`
	// KubeVersion and APIVersions are what helmCharts are rendered for.
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	NoTrace     bool     `json:"noTrace"`
	// Files holds what the kustomizations refer to. What turns out to be missing is named in fault.Error.Missing or
	// Result.Missing; the host asks again with it if the repository has it.
	Files []helm.File `json:"-"`
}

// Result is a built kustomization.
type Result struct {
	Documents []Document
	// Origins is the table that documents refer to.
	Origins []Origin
	// Left lists what was left out because it would need the network or run programs.
	Left []Left
	// Read are the paths of the files that went into the build, sorted; Missing those that were looked for in vain.
	Read    []string
	Missing []string
	// Charts are the renderings of helmCharts that origins of role "chart" point into.
	Charts []*helm.Result
}

// Document is one object, as `kubectl kustomize` prints it.
type Document struct {
	YAML []byte
	// Nodes has two indexes into Origins for every node of the YAML in pre-order (the root map first, then for each
	// entry in the order of the output its value's nodes; list items likewise): of the value, and of the key (for list
	// items and the root the same as the value's). -1 for unknown. Empty with NoTrace.
	Nodes []int32
	// Removed lists keys that patches took out of maps that are still there.
	Removed []Removed
}

// Removed is a key that a patch took out of a map.
type Removed struct {
	// Node is the number of the map, as in Document.Nodes; Key the name of its entry.
	Node int32  `json:"node"`
	Key  string `json:"key"`
	// Origin is the index of the place in the patch, whose Replaced is that of the key.
	Origin int32 `json:"origin"`
}

// Origin is a place that a field comes from.
type Origin struct {
	// Role is "base" (a resource file), "patch", "kustomization" (an entry such as images, namespace, labels),
	// "generator", or "chart".
	Role string `json:"role"`
	// File is a path in the repository. For "chart" it is empty.
	File string `json:"file,omitempty"`
	// Chart is an index into Result.Charts, Output into its Outputs (or -1-i for its Crds): Line and Column count in
	// that output.
	Chart  int32 `json:"chart,omitempty"`
	Output int32 `json:"output,omitempty"`
	// Pointer leads to the entry in the file's YAML (keys, decimal indexes) when the place is known by that: an entry
	// of a kustomization, the scalar that holds an inline patch.
	Pointer []string `json:"pointer,omitempty"`
	// Inner is set with Pointer for inline YAML or JSON text: Line and Column count inside the scalar.
	Inner bool `json:"inner,omitempty"`
	// Op are keys and indexes inside the patch text (inner or of the whole file), such as ["2","value"].
	Op []string `json:"op,omitempty"`
	// Line and Column are 1-based (columns count bytes); 0 when only Pointer and Op are known.
	Line   int32 `json:"line,omitempty"`
	Column int32 `json:"column,omitempty"`
	// Via is the entry of a kustomization that brought this place in (patches[2], components[0]), -1 for none;
	// Replaced the origin of what it overwrote, -1 for none.
	Via      int32 `json:"via"`
	Replaced int32 `json:"replaced"`
	// Also is a place that has a part in the value: what a replacement or variable copies, the name that is referred to,
	// with the prefix that it replaced; -1 for none. It can have another one in turn.
	Also int32 `json:"also"`
	// Exact is true only when the place itself holds the key or the value, proved by the nodes that kustomize kept.
	Exact bool `json:"exact"`
}

// Left is a part of a kustomization that was not built.
type Left struct {
	File    string   `json:"file"`
	Pointer []string `json:"pointer"`
	// Kind is "remote", "plugin", "function" or "chart".
	Kind string `json:"kind"`
	// Text is what the kustomization says there: a URL, an image, a chart's name.
	Text string `json:"text"`
}
