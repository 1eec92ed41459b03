package channel_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheQuickStartOfTheReadmeIsTheTestedExample(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, shown, ok := strings.Cut(string(readme), "```go\n")
	require.True(t, ok)
	shown, _, _ = strings.Cut(shown, "```")
	_, body, ok := strings.Cut(string(source), "func Example() {\n")
	require.True(t, ok)
	body, _, ok = strings.Cut(body, "\t// Output:")
	require.True(t, ok)
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, strings.TrimPrefix(line, "\t"))
	}
	require.Equal(t, strings.TrimSpace(strings.Join(lines, "")), strings.TrimSpace(shown))
	require.LessOrEqual(t, strings.Count(string(readme), "\n"), 180, "the README is short enough to be read")
	for _, command := range []string{"go run ./examples/helpdesk", "go test work"} {
		require.Contains(t, string(readme), command)
	}
}
