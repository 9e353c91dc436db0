package helm

import (
	"bytes"
	"errors"
	"fmt"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartloader "helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

// layers merges the values that the request gives and returns them. A layer that replaces the defaults becomes those
// of the chart.
func (l *loader) layers(req *Request, c *chart.Chart, sh *shadow) (map[string]any, error) {
	user := map[string]any{}
	for i, layer := range req.Values {
		wrong := func(err error) error {
			for e := errors.Unwrap(err); e != nil; e = errors.Unwrap(e) {
				err = e
			}
			return &fault.Error{Code: fault.Values, Message: err.Error(), File: layer.File, Line: fault.Line(err.Error())}
		}
		if layer.Set != "" {
			if err := strvals.ParseInto(layer.Set, user); err != nil {
				return nil, wrong(fmt.Errorf("--set %s: %s", layer.Set, err))
			}
			if set, err := strvals.Parse(layer.Set); err == nil {
				sh.set(set, int32(i))
			}
			continue
		}
		text := []byte(layer.Inline)
		if layer.File != "" {
			data, ok := l.files[layer.File]
			if !ok {
				return nil, &fault.Error{Code: fault.Values, Message: "The values file is not there.", File: layer.File}
			}
			l.read[layer.File] = true
			text = data
		}
		values, err := chartloader.LoadValues(bytes.NewReader(text))
		if err != nil {
			return nil, wrong(err)
		}
		user = chartloader.MergeMaps(user, values)
		sh.merge(values, origin{layer: int32(i), file: layer.File})
	}
	return user, nil
}

// helmVersion is .Capabilities.HelmVersion.Version: that of the packages that are linked, which only know it in a
// build of Helm itself.
const helmVersion = "v4.1.4"

// capabilities are Helm's defaults with what the request says.
func capabilities(req *Request) (*common.Capabilities, error) {
	caps := common.DefaultCapabilities.Copy()
	caps.HelmVersion.Version = helmVersion
	if req.KubeVersion != "" {
		v, err := common.ParseKubeVersion(req.KubeVersion)
		if err != nil {
			return nil, &fault.Error{Code: fault.Chart, Message: fmt.Sprintf("%q is not a Kubernetes version.", req.KubeVersion)}
		}
		caps.KubeVersion = *v
	}
	caps.APIVersions = append(append(common.VersionSet{}, caps.APIVersions...), req.APIVersions...)
	return caps, nil
}

// subPath is the path of a chart's values among those of the root chart.
func subPath(c *chart.Chart) []string {
	if c.IsRoot() {
		return nil
	}
	return append(subPath(c.Parent()), c.Name())
}

// globalPath cuts a path of the root's values at "global" below subcharts, where an override has to stand.
func globalPath(c *chart.Chart, p []string) []string {
	for i, k := range p {
		if k == common.GlobalKey {
			return p[i:]
		}
		var next *chart.Chart
		for _, d := range c.Dependencies() {
			if d.Name() == k {
				next = d
			}
		}
		if next == nil {
			return p
		}
		c = next
	}
	return p
}
