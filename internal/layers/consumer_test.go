package layers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAConsumerGetsNoRequirementsOfOurs builds a module that requires the core and imports all of
// its packages, and reads what comes with it: what is linked, and what its module graph names.
func TestAConsumerGetsNoRequirementsOfOurs(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", fmt.Sprintf("module consumer\n\ngo 1.26.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", module, root))
	var imports strings.Builder
	for dir := range allowed {
		if strings.Contains("/"+dir+"/", "/internal/") {
			continue
		}
		fmt.Fprintf(&imports, "import _ %q\n", module+"/"+dir)
	}
	write("main.go", "package main\n\n"+imports.String()+"\nfunc main() {}\n")
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	write("go.sum", string(sum))

	run := func(args ...string) []string {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
		out, err := cmd.Output()
		require.NoError(t, err, "go %v", args)
		return strings.Fields(string(out))
	}
	linked := run("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	slices.Sort(linked)
	require.Equal(t, []string{"consumer", module, "golang.org/x/time"}, slices.Compact(linked))

	var named []string
	for _, edge := range run("mod", "graph") { // pairs of module@version
		path, _, _ := strings.Cut(edge, "@")
		if path != "go" && path != "toolchain" {
			named = append(named, path)
		}
	}
	slices.Sort(named)
	require.Equal(t, []string{
		"consumer", "github.com/google/go-cmp", module, "github.com/stretchr/testify", "go.yaml.in/yaml/v3", "golang.org/x/time",
	}, slices.Compact(named))
}
