package webhook_test

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// source is what the package's own source says about its unions.
type source struct {
	variants map[string][]string // marker method → types with it
	listed   map[string][]string // union → types its comment links to
	logged   []string            // types with LogValue
}

func readSource(t *testing.T) source {
	t.Helper()
	s := source{variants: map[string][]string{}, listed: map[string][]string{}}
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					continue
				}
				switch typ := d.Recv.List[0].Type.(type) {
				case *ast.StarExpr:
					if name := d.Name.Name; name == "payload" || name == "content" {
						s.variants[name] = append(s.variants[name], typ.X.(*ast.Ident).Name)
					}
				case *ast.Ident: // so that values are covered as pointers are
					if d.Name.Name == "LogValue" {
						s.logged = append(s.logged, typ.Name)
					}
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && (ts.Name.Name == "Payload" || ts.Name.Name == "Content") {
						s.listed[ts.Name.Name] = links(d.Doc.Text())
					}
				}
			}
		}
	}
	return s
}

// links returns the names a doc comment links to.
func links(text string) []string {
	var names []string
	p := comment.Parser{LookupSym: func(string, string) bool { return true }}
	for _, block := range p.Parse(text).Content {
		par, ok := block.(*comment.Paragraph)
		if !ok {
			continue
		}
		for _, t := range par.Text {
			if l, ok := t.(*comment.DocLink); ok {
				names = append(names, l.Name)
			}
		}
	}
	return names
}

func TestUnionsListAllTheirVariants(t *testing.T) {
	t.Parallel()
	s := readSource(t)
	require.ElementsMatch(t, s.variants["payload"], s.listed["Payload"])
	require.ElementsMatch(t, s.variants["content"], s.listed["Content"])
	require.Greater(t, len(s.variants["payload"]), 40)
	require.Greater(t, len(s.variants["content"]), 18)
}

func TestEveryVariantCanBeLogged(t *testing.T) {
	t.Parallel()
	s := readSource(t)
	for _, name := range slices.Concat(s.variants["payload"], s.variants["content"]) {
		require.Contains(t, s.logged, name)
	}
}

// TestEveryVariantOccursInAFixture finds variants that no test would miss if they
// stopped being decoded, and checks that those that occur can be logged.
func TestEveryVariantOccursInAFixture(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{
		"HistoryChunk": true, // a part of the history without messages: see the bad inputs
		"PastContent":  true, // forms known from recorded traffic only: see the kinds of the history
	}
	for _, f := range fixtures.All() {
		d, err := webhook.Parse(f.Body)
		require.NoError(t, err)
		for e := range d.Events() {
			for _, x := range []any{e.Payload, contentOf(e.Payload)} {
				if x == nil {
					continue
				}
				require.Implements(t, (*slog.LogValuer)(nil), x)
				seen[reflect.TypeOf(x).Elem().Name()] = true
			}
			if m, ok := e.Payload.(*webhook.Message); ok {
				seen[reflect.TypeOf(m.Content).Elem().Name()] = true // an Edit itself
			}
		}
	}
	s := readSource(t)
	all := map[string]bool{}
	for _, name := range slices.Concat(s.variants["payload"], s.variants["content"]) {
		all[name] = true
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(all)), slices.Collect(maps.Keys(seen)))
}
