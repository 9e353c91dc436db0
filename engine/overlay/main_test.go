package main

import (
	"encoding/json"
	"testing"
)

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		edits            []edit
		fails            bool
	}{
		{"before and after", "a\nb\n", "x\na\nb\ny\n", []edit{before("a\n", "x\n"), after("b\n", "y\n")}, false},
		{"import", "import (\n)\nf()\n", "import (\n\t" + hooks + "\n)\nhooks.f()\n", []edit{{"f()", "hooks.f()"}}, false},
		{"anchor that is gone", "a\n", "", []edit{{"b", "c"}}, true},
		{"anchor that stands twice", "a a\n", "", []edit{{"a", "c"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := apply(test.text, test.edits)
			if got != test.want || (err != nil) != test.fails {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestRemoveDescriptions(t *testing.T) {
	var v any
	if err := json.Unmarshal([]byte(`{"description":"a","properties":{"description":{"description":"b","type":"string"}},"allOf":[{"description":"c"}]}`), &v); err != nil {
		t.Fatal(err)
	}
	removeDescriptions(v)
	const want = `{"allOf":[{}],"properties":{"description":{"type":"string"}}}`
	if got, _ := json.Marshal(v); string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}
