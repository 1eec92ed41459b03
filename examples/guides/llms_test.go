package guides

import (
	"go/doc"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// llmsPage is what a program that writes programs should read first: the packages with what they are, and the guides.
func llmsPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Kanava\n\n> An embeddable Go library for WhatsApp support channels: signed webhooks in, typed events; the customer service window; templates; an outbox that" +
		" loses and doubles nothing; card numbers masked; a rate-limited client; a simulator to test against.\n\nModule github.com/kanava-go/kanava, Go 1.26. `go doc` of each package is" +
		" complete; read that of channel first, and examples/quickstart/main.go as a whole program. Import paths are those of the folders.\n\n## Packages\n\n")
	var dirs []string
	for path := range files(t, ".go") {
		dir := filepath.ToSlash(filepath.Dir(path))
		if !strings.Contains(dir, "internal") && !strings.HasSuffix(path, "_test.go") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		_, parsed := folder(t, dir)
		said := ""
		for _, f := range parsed {
			if f.Doc != nil {
				said = new(doc.Package).Synopsis(f.Doc.Text())
			}
		}
		require.NotEmpty(t, said, dir)
		b.WriteString("- [" + dir + "](../../" + dir + "): " + said + "\n")
	}
	b.WriteString("\n## Guides\n\n")
	own, err := filepath.Glob("*.md")
	require.NoError(t, err)
	all := pages(t)
	for _, guide := range own {
		title, _, _ := strings.Cut(strings.TrimPrefix(all["examples/guides/"+guide], "# "), "\n")
		b.WriteString("- [" + title + "](" + guide + ")\n")
	}
	return b.String()
}
