// Package fault has the errors that the engine reports to its host.
package fault

// Codes say what went wrong in a word; the host chooses its sentences by them.
const (
	// Chart: Chart.yaml or another file of the chart cannot be used.
	Chart = "chart"
	// Dependency: a subchart that Chart.yaml names is not there (Missing lists them).
	Dependency = "dependency"
	// Values: a values file cannot be read, or values are needed that nobody gave: required, fail.
	Values = "values"
	// Schema: the values violate the chart's values.schema.json.
	Schema = "schema"
	// Template: a template cannot be parsed or executed.
	Template = "template"
	// Kustomize: kustomize refused the kustomization.
	Kustomize = "kustomize"
	// Limit: an input would take more time or memory than is allowed.
	Limit = "limit"
	// Internal: a defect of the engine.
	Internal = "internal"
)

// Error is a failure with the place to look at.
type Error struct {
	Code string `json:"code"`
	// Message is one or more sentences in the words of Helm or Kustomize, without Go prefixes.
	Message string `json:"message"`
	// File is a path in the repository; Inner the path inside it when it is an archive.
	File  string `json:"file,omitempty"`
	Inner string `json:"inner,omitempty"`
	// Line and Column are 1-based, 0 when not known; columns count bytes.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Missing names subcharts (Dependency) or files that were looked for and not given (Kustomize).
	Missing []string `json:"missing,omitempty"`
	// Needs lists the paths of values that would have helped (Values, Schema).
	Needs [][]string `json:"needs,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// New makes an error without a place.
func New(code, message string) *Error { return &Error{Code: code, Message: message} }
