package template_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// Not parallel: allocations are counted for the whole process.
func TestWhatMustNotAllocate(t *testing.T) {
	c := newCatalog(t, template.CatalogConfig{})
	require.NoError(t, c.Sync(noon, listing(approved("a", "en_GB"))))
	d, _ := c.Lookup("a", "en_GB")
	for name, fn := range map[string]func(){
		"a lookup":                        func() { c.Lookup("a", "en_GB") },
		"a lookup in the other spelling":  func() { c.Lookup("a", "en-gb") },
		"a lookup of what is not there":   func() { c.Lookup("b", "en-gb") },
		"a resolution by base language":   func() { c.Resolve("a", "en_GB") },
		"whether a template can be sent":  func() { d.Sendable(noon) },
		"a language in canonical form":    func() { template.CanonicalLanguage("en_GB") },
		"text without placeholders":       func() { _, _ = template.Expand("Good morning, all is well.", nil) },
		"text without shorthand":          func() { _, _ = template.ParseShorthand("Good morning, all is well.", strict) },
		"a value that is one line anyway": func() { template.OneLine("Noor Example") },
	} {
		require.Zero(t, testing.AllocsPerRun(100, fn), name)
	}
}

// One allocation each for the components, the parameters, the body, the header
// and the buttons of the preview, and the text.
func TestBindAllocatesLittle(t *testing.T) {
	d, v := fiveValues(t)
	allocs := testing.AllocsPerRun(100, func() {
		if _, p, err := d.Bind(v); err != nil || p.Text() == "" {
			t.Error(err)
		}
	})
	require.LessOrEqual(t, allocs, 7.0)
}
