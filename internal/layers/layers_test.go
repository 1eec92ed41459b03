// Package layers holds the test that keeps the architecture: which package may
// import which. It contains no code.
package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/kanava-go/kanava"

// allowed is the house: each package with the packages of ours that its non-test
// code may import, internal/ apart. A package that is not listed here may not exist.
var allowed = map[string][]string{
	"webhook":  {},
	"window":   {},
	"template": {},
	"redact":   {},

	"webhook/logtest":  {"redact", "webhook"},
	"template/convert": {"template"},

	"channel": {
		"webhook", "window", "template", "redact",
		"channel/store", "channel/conversation", "channel/health", "channel/hooks", "channel/internal/step", "channel/internal/usable", "channel/internal/worker",
		"channel/campaign", "channel/deadletter", "channel/deskapi", "channel/duration", "channel/message", "channel/pricing", "channel/settings",
	},
	"channel/deskapi":    {"channel/conversation", "channel/settings", "template"},
	"channel/campaign":   {"channel/conversation", "channel/pricing"},
	"channel/deadletter": {"channel/store"},
	"channel/settings":   {"channel/duration", "channel/pricing", "redact", "window"},
	"channel/health":     {"channel/conversation", "channel/duration", "channel/pricing", "channel/store"},
	"channel/hooks":      {"channel/conversation", "channel/health", "channel/pricing"},
	"channel/explain":    {"channel", "channel/conversation", "channel/internal/usable", "channel/message", "channel/pricing", "channel/settings", "channel/store", "template", "window"},
	"channel/desk": {
		"channel", "channel/access", "channel/campaign", "channel/conversation", "channel/deadletter", "channel/deskapi", "channel/explain", "channel/health",
		"channel/internal/step", "channel/internal/usable", "channel/message", "channel/pricing", "channel/rules", "channel/settings", "channel/store", "template",
	},
	"channel/console": {
		"channel", "channel/access", "channel/conversation", "channel/deadletter", "channel/desk", "channel/deskapi", "channel/duration", "channel/explain",
		"channel/health", "channel/message", "channel/pricing", "channel/rules", "channel/settings", "channel/store", "template", "window",
	},
	"channel/internal/channeltest": {
		"channel", "channel/cloudapi", "channel/cloudapi/cloudapitest", "channel/conversation", "channel/deadletter", "channel/message", "channel/pricing",
		"channel/settings", "channel/store", "channel/store/memstore", "template", "webhook",
	},
	"channel/conversation": {"channel/duration", "channel/message", "channel/pricing", "channel/rules", "redact", "template", "window"},
	"channel/message":      {"template"},
	"channel/cloudapi":     {"channel/message", "template", "window"},
	"channel/access":       {},
	"channel/duration":     {},
	"channel/rules":        {"channel/duration", "window"},
	"channel/pricing":      {"window"},

	"channel/store":           {},
	"channel/internal/step":   {"channel/store"},
	"channel/internal/usable": {},
	"channel/internal/worker": {"channel/internal/step", "channel/store"},
	"channel/store/memstore":  {"channel/store"},
	"channel/store/sqlstore":  {"channel/store"},
	"channel/store/storetest": {"channel/store"},
	"channel/tickettest":      {"channel", "channel/conversation"},

	"channel/credentials": {"channel/cloudapi", "channel/message", "channel/onboard", "channel/twilio"},

	"channel/onboard": {"channel/cloudapi", "channel/message", "template", "webhook"},

	"channel/sharelimit":            {"channel/cloudapi", "channel/message", "channel/store"},
	"channel/cloudapi/cloudapitest": {},
	"channel/cloudapi/limitertest":  {"channel/cloudapi", "channel/message"},
	"channel/cloudapi/flowdata":     {"webhook"},

	"channel/twilio":            {"channel/message", "template", "webhook", "window"},
	"channel/twilio/twiliotest": {},
}

// modules are the nested modules: they use public packages only, never internal/
// ones of the core, because they are versioned apart from it.
var modules = []string{"channel/otelhooks", "channel/redislimit", "webhook/kafkalog", "webhook/natslog", "examples", "channel/store/pgxstore", "channel/store/sqlstore/drivertest"}

// testKits may import testing although they are not test files.
func testKit(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }

// ownKit is a test kit that only tests of ours can import: it needs what tests need.
func ownKit(dir string) bool { return testKit(dir) && strings.Contains("/"+dir, "/internal/") }

func TestImportsFollowTheHouse(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	walkGo(t, root, func(dir, file string, imports []string) {
		if file == "doc.go" && len(imports) == 0 && dir == "." {
			return
		}
		nested := slices.ContainsFunc(modules, func(m string) bool { return dir == m || strings.HasPrefix(dir, m+"/") })
		internal := strings.HasPrefix(dir, "internal/")
		test := strings.HasSuffix(file, "_test.go")
		if !nested && !internal {
			seen[dir] = true
		}
		for _, imp := range imports {
			where := dir + "/" + file
			if imp == "testing" && !test && !testKit(dir) {
				t.Errorf("%s imports testing: only test files and test kits do", where)
			}
			ours, isOurs := strings.CutPrefix(imp, module+"/")
			switch {
			case !isOurs && !nested && !test && !ownKit(dir) && strings.Contains(firstElement(imp), ".") && imp != "golang.org/x/time/rate":
				t.Errorf("%s imports %s: the core needs nothing but golang.org/x/time/rate", where, imp)
			case !isOurs || ours == dir:
			case nested && strings.HasPrefix(ours, "internal/"):
				t.Errorf("%s imports %s: nested modules use public packages only", where, imp)
			case nested || test || strings.HasPrefix(ours, "internal/"):
			case internal:
				t.Errorf("%s imports %s: internal packages import nothing of ours", where, imp)
			case !slices.Contains(allowed[dir], ours):
				t.Errorf("%s imports %s: the house allows %v", where, ours, allowed[dir])
			}
		}
	})
	for dir := range seen {
		if _, ok := allowed[dir]; !ok {
			t.Errorf("package %s is not in the table of this test: add it with the imports it may have", dir)
		}
	}
	for dir := range maps.Keys(allowed) {
		if !seen[dir] {
			t.Errorf("package %s is in the table but not in the tree", dir)
		}
	}
}

func TestTheRootFolderHoldsOnlyTheHouse(t *testing.T) {
	t.Parallel()
	entries, err := filepath.Glob(filepath.Join("..", "..", "*"))
	require.NoError(t, err)
	expected := []string{
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "channel", "examples", "go.mod", "go.sum",
		"go.work", "go.work.sum", "internal", "redact", "template", "webhook", "window",
	}
	for _, e := range entries {
		name := filepath.Base(e)
		if !strings.HasPrefix(name, ".") && !slices.Contains(expected, name) {
			t.Errorf("%s does not belong into the root folder", name)
		}
	}
}

func firstElement(imp string) string {
	first, _, _ := strings.Cut(imp, "/")
	return first
}

// walkGo calls f for every Go file below root, with slash-separated relative paths.
func walkGo(t *testing.T, root string, f func(dir, file string, imports []string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != root && (name == "testdata" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		imports := make([]string, 0, len(file.Imports))
		for _, spec := range file.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, imp)
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		f(filepath.ToSlash(rel), name, imports)
		return nil
	}))
}
