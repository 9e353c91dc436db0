package helm

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

// checkSchemas validates the values of a chart and its subcharts as Helm does, without ever fetching anything.
func (l *loader) checkSchemas(c *chart.Chart, values map[string]any) *fault.Error {
	all := l.checkSchema(c, values)
	for _, sub := range c.Dependencies() {
		v, ok := values[sub.Name()].(map[string]any)
		if !ok || all != nil && all.Code != fault.Schema {
			continue
		}
		if bad := l.checkSchemas(sub, v); all == nil || bad != nil && bad.Code != fault.Schema {
			all = bad
		} else if bad != nil {
			all.Message += "\n" + bad.Message
			all.Needs = append(all.Needs, bad.Needs...)
		}
	}
	return all
}

const schemaURL = "file:///values.schema.json"

func (l *loader) checkSchema(c *chart.Chart, values map[string]any) (bad *fault.Error) {
	if c.Schema == nil {
		return nil
	}
	var at place
	for _, f := range c.Raw {
		if f.Name == "values.schema.json" {
			at = l.places[f]
		}
	}
	broken := func(format string, args ...any) *fault.Error {
		return &fault.Error{Code: fault.Chart, Message: fmt.Sprintf(format, args...), File: at.file, Inner: at.inner}
	}
	defer func() {
		if r := recover(); r != nil {
			bad = broken("The schema cannot be used: %v.", r)
		}
	}()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Schema))
	if err != nil {
		return broken("The schema is not JSON: %v.", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(local{})
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		return broken("%v", err)
	}
	schema, err := compiler.Compile(schemaURL)
	if err != nil {
		if remote := (*jsonschema.LoadURLError)(nil); errors.As(err, &remote) {
			return broken("The schema refers to %s, which is outside of it and is not fetched.", remote.URL)
		}
		return broken("%v", err)
	}
	if values == nil {
		values = map[string]any{}
	}
	err = schema.Validate(values)
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "jsonschema validation failed with '"+schemaURL+"#'\n")
	bad = &fault.Error{Code: fault.Schema, Message: c.Name() + ":\n" + text, File: at.file, Inner: at.inner}
	var v *jsonschema.ValidationError
	if errors.As(err, &v) {
		schemaNeeds(v, subPath(c), &bad.Needs)
	}
	return bad
}

func schemaNeeds(v *jsonschema.ValidationError, prefix []string, into *[][]string) {
	add := func(p []string) {
		if !slices.ContainsFunc(*into, func(q []string) bool { return slices.Equal(p, q) }) && len(p) > 0 {
			*into = append(*into, p)
		}
	}
	here := slices.Concat(prefix, v.InstanceLocation)
	if r, ok := v.ErrorKind.(*kind.Required); ok {
		for _, m := range r.Missing {
			add(slices.Concat(here, []string{m}))
		}
	} else if len(v.Causes) == 0 {
		add(here)
	}
	for _, c := range v.Causes {
		schemaNeeds(c, prefix, into)
	}
}

// local loads nothing; like Helm, it lets a urn: pass as a schema that allows all.
type local struct{}

func (local) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil
	}
	return nil, errors.New("not local")
}
