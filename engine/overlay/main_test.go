package main

import "testing"

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
