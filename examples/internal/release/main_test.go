package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "0.1.0", "v1", "v1.2", "latest", "v0.1.0 ", "v0.1.0/x"} {
		require.ErrorContains(t, run(t.Context(), version, false), "say which version", version)
	}
}

func TestModulesComeAfterThoseThatTheyRequireAndArePackedAlone(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	r := &release{version: "v0.1.0", tree: tree}
	for name, text := range map[string]string{
		"go.mod": "module " + core, "LICENSE": "MIT", "a.go": "package kanava", "go.work": "go 1.26", "b/x/x.go": "package x",
		"b/go.mod": "require (\n" + core + "/c v0.0.0\n)\nreplace " + core + "/c => ../c", "b/b.go": "package b",
		"c/go.mod": "require " + core + " v0.0.0", "c/c.go": "package c", "c/LICENSE": "its own",
	} {
		require.NoError(t, writeFile(filepath.Join(tree, name), []byte(text)))
		r.files = append(r.files, name)
	}
	require.NoError(t, r.order())
	require.Equal(t, []module{{"", core}, {"c", core + "/c"}, {"b", core + "/b"}}, r.modules)
	for i, want := range [][]string{
		{"@v0.1.0/LICENSE", "@v0.1.0/a.go", "@v0.1.0/go.mod", "@v0.1.0/go.work"},
		{"/c@v0.1.0/LICENSE", "/c@v0.1.0/c.go", "/c@v0.1.0/go.mod"},
		{"/b@v0.1.0/LICENSE", "/b@v0.1.0/b.go", "/b@v0.1.0/go.mod", "/b@v0.1.0/x/x.go"},
	} {
		packed, err := r.pack(r.modules[i])
		require.NoError(t, err)
		z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		require.NoError(t, err)
		var got []string
		for _, f := range z.File {
			got = append(got, f.Name)
		}
		for j := range want {
			want[j] = core + want[j]
		}
		require.ElementsMatch(t, want, got)
	}
	require.NoError(t, os.WriteFile(filepath.Join(tree, "c/go.mod"), []byte("require "+core+"/b v0.0.0"), 0o600))
	require.ErrorContains(t, r.order(), "in a circle")
}
