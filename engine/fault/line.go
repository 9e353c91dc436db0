package fault

import (
	"regexp"
	"strconv"
)

var line = regexp.MustCompile(`\bline (\d+)`)

// Line is the first line that a message of a YAML parser names, 0 for none.
func Line(message string) int {
	if m := line.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// MapLines changes the lines that a message names.
func MapLines(message string, to func(int) int) string {
	return line.ReplaceAllStringFunc(message, func(text string) string { return "line " + strconv.Itoa(to(Line(text))) })
}
