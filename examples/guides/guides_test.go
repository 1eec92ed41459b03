// Package guides keeps the pages of this folder true: their programs are compiled and run, their links lead somewhere, and
// their commands exist.
package guides

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// root is the folder of the repository, seen from this one.
const root = "../.."

// pages returns the text of every Markdown page of the repository by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	return files(t, ".md")
}

// files returns the text of every file that ends in ext by its path from the root.
func files(t *testing.T, ext string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != root):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(p) != ext:
			return nil
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		found[filepath.ToSlash(rel)] = string(text)
		return err
	}))
	require.NotEmpty(t, found)
	return found
}

// plain returns lines without indentation and blank ones, so that code can be found wherever it stands.
func plain(code string) string {
	var b strings.Builder
	b.WriteByte('\n')
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

var fence = regexp.MustCompile("(?ms)^[ \t]*```([a-z]*)\n(.*?)^[ \t]*```[ \t]*$")

func TestEveryGoBlockStandsInAFileThatIsCompiled(t *testing.T) {
	t.Parallel()
	sources := files(t, ".go")
	for path, code := range sources {
		sources[path] = plain(code)
	}
	blocks := 0
	for path, text := range pages(t) {
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[1] != "go" {
				continue
			}
			blocks++
			want := plain(block[2])
			if !slices.ContainsFunc(slices.Collect(maps.Values(sources)), func(code string) bool { return strings.Contains(code, want) }) {
				t.Errorf("%s: no Go file has these lines one after the other:\n%s", path, block[2])
			}
		}
	}
	require.Greater(t, blocks, 5)
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// anchor is the name under which a heading can be linked to.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, strings.TrimSpace(heading))
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for path, text := range all {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			to, part, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			target := path
			if to != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(path), to))
				if _, err := os.Stat(filepath.Join(root, target)); err != nil {
					t.Errorf("%s: %s leads nowhere", path, m[1])
					continue
				}
			}
			if part == "" {
				continue
			}
			known := slices.ContainsFunc(heading.FindAllStringSubmatch(all[target], -1), func(h []string) bool { return anchor(h[1]) == part })
			if !known {
				t.Errorf("%s: %s has no heading of that name", path, m[1])
			}
		}
	}
}

func TestEveryGuideIsInTheTableOfContents(t *testing.T) {
	t.Parallel()
	contents, err := os.ReadFile("README.md")
	require.NoError(t, err)
	own, err := filepath.Glob("*.md")
	require.NoError(t, err)
	for _, guide := range own {
		if guide != "README.md" && !strings.Contains(string(contents), "]("+guide+")") {
			t.Errorf("README.md does not lead to %s", guide)
		}
	}
}

var (
	run    = regexp.MustCompile(`(?m)^[ \t]*(?:[A-Z_]+=\S+ )*go run (\./\S+)([^#\n|]*)`)
	kanava = regexp.MustCompile(`(?m)^[ \t]+(?:go run \./examples/)?kanava ([^#\n|]*)`)
	flags  = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// command builds examples/kanava once for all tests.
var command = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kanava-guides-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "kanava")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, root+"/examples/kanava").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := command(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	if scenesBuilt.Load() {
		if dir, err := programs(); err == nil {
			_ = os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

// ask runs the command and returns what it prints.
func ask(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := command()
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

func TestCommandsExist(t *testing.T) {
	t.Parallel()
	help := map[string]string{}
	commands := 0
	for path, text := range pages(t) {
		for _, m := range run.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s: there is no program %s", path, m[1])
			}
		}
		for _, m := range kanava.FindAllStringSubmatch(text, -1) {
			words := strings.Fields(m[1])
			if len(words) == 0 || words[0] == "VERB" {
				continue
			}
			verb := words[:1]
			if words[0] == "templates" || words[0] == "dead" {
				verb = words[:min(2, len(words))]
			}
			key := strings.Join(verb, " ")
			if _, ok := help[key]; !ok {
				commands++
				help[key] = ask(t, append(slices.Clone(verb), "--help")...)
			}
			for _, f := range flags.FindAllString(m[1], -1) {
				if !strings.Contains(help[key], f) {
					t.Errorf("%s: kanava %s has no flag %s", path, key, f)
				}
			}
		}
	}
	require.Greater(t, commands, 5)
}

// spelled says how a term is written. The left side is searched for as it stands.
var spelled = map[string]string{
	"Whatsapp": "WhatsApp", "whatsApp": "WhatsApp", "Postgres ": "PostgreSQL", "Postgresql": "PostgreSQL", "Sqlite": "SQLite",
	"web hook": "webhook", "WebHook": "webhook", "Jetstream": "JetStream", "Javascript": "JavaScript", "Github": "GitHub",
	"e-mail ": "email", "phone-number id": "phone number ID", "opt in ": "opt-in", "time-out": "timeout", "back-end": "backend",
	"help desk": "helpdesk", "24 hours window": "24-hour window", "service-window": "service window", "OpenTelemetry's": "of OpenTelemetry",
}

func TestTermsAreSpelledOneWay(t *testing.T) {
	t.Parallel()
	for path, text := range pages(t) {
		text = fence.ReplaceAllString(text, "")
		for wrong, right := range spelled {
			for line := range strings.Lines(text) {
				if strings.Contains(line, wrong) && !strings.Contains(line, "`"+strings.TrimSpace(wrong)) {
					t.Errorf("%s: %q is written %q: %s", path, strings.TrimSpace(wrong), right, strings.TrimSpace(line))
				}
			}
		}
	}
}
