// Package npmtest installs clients that others wrote from the npm registry, as a lock file pins
// them, for tests that run them.
package npmtest

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Node finds Node.js and npm. Without them the test is skipped and says so; with
// KANAVA_REQUIRE_SERVICES=1 it fails instead.
func Node(t *testing.T) (npm string) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		npm, err = exec.LookPath("npm")
	}
	if err != nil {
		missing(t, "there is no Node.js with npm", err, nil)
	}
	return npm
}

// missing ends a test that cannot be run.
func missing(t *testing.T, what string, err error, out []byte) {
	t.Helper()
	if os.Getenv("KANAVA_REQUIRE_SERVICES") == "1" {
		t.Fatalf("KANAVA_REQUIRE_SERVICES=1, but %s: %v\n%s", what, err, out)
	}
	t.Skipf("what others wrote was NOT run: %s: %v", what, err)
}

// Install copies a folder with a package.json and its lock file to a temporary one, installs
// there what the lock file pins, and returns the folder. With -short, or where Node or the
// registry are missing, the test ends as with [Node].
func Install(t *testing.T, from string) (dir string) {
	t.Helper()
	npm := Node(t)
	if testing.Short() {
		t.Skip("what others wrote was NOT run: -short")
	}
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, without{os.DirFS(from)}))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "npm ci", err, out)
	}
	return dir
}

// without is a folder without what npm put there.
type without struct{ fs.FS }

// ReadDir implements fs.ReadDirFS.
func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(w.FS, name)
	kept := all[:0]
	for _, e := range all {
		if e.Name() != "node_modules" {
			kept = append(kept, e)
		}
	}
	return kept, err
}
