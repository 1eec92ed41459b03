package guides

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var verbLine = regexp.MustCompile(`(?m)^  ([a-z]+) +\S`)

// commandPage is the help of every verb of the command.
func commandPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# The command kanava\n\nThe help of every verb, as `kanava VERB --help` prints it. What all have in common stands in its" +
		" [README](../../kanava/README.md).\n")
	overview := ask(t, "help")
	verbs := verbLine.FindAllStringSubmatch(overview, -1)
	require.Greater(t, len(verbs), 10, overview)
	seen := map[string]bool{}
	var page func(words ...string)
	page = func(words ...string) {
		name := strings.Join(words, " ")
		if seen[name] {
			return
		}
		seen[name] = true
		text := strings.TrimSpace(ask(t, append(words, "--help")...))
		b.WriteString("\n## " + name + "\n\n```text\n" + text + "\n```\n")
		if name == "templates" || name == "dead" {
			for _, v := range verbLine.FindAllStringSubmatch(text, -1) {
				if v[1] != "kanava" {
					page(append(words, v[1])...)
				}
			}
		}
	}
	for _, v := range verbs {
		if v[1] != "kanava" && v[1] != "help" {
			page(v[1])
		}
	}
	return b.String()
}
