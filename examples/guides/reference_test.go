package guides

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/stretchr/testify/require"
)

// go test ./examples/guides -run Reference -update writes the pages anew.
var update = flag.Bool("update", false, "write the generated pages")

// written says at the top of a page that a program writes it.
const written = "<!-- Written by go test ./examples/guides -run Reference -update from the code; a change here is lost. -->\n\n"

func TestTheReferenceIsWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]func(*testing.T) string{
		"errors": errorPage, "limits": limitPage, "settings": settingsPage, "metrics": metricsPage, "log": logPage,
		"calendar": calendarPage, "commands": commandPage, "../llms": llmsPage,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("reference", name+".md")
			if name == "../llms" { // its name is a custom that tools look for
				path = "llms.txt"
			}
			want := written + strings.TrimSpace(page(t)) + "\n"
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
				return
			}
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			is, says := strings.Split(string(got), "\n"), strings.Split(want, "\n")
			for i := range max(len(is), len(says)) {
				if i >= len(is) || i >= len(says) || is[i] != says[i] {
					t.Fatalf("line %d of %s is not what the code says any more: go test ./examples/guides -run Reference -update", i+1, path)
				}
			}
		})
	}
}

// row makes a row of a table.
func row(b *strings.Builder, cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(c), " "), "|", `\|`)
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// header makes the head of a table.
func header(b *strings.Builder, names ...string) {
	row(b, names...)
	b.WriteString(strings.Repeat("|---", len(names)) + "|\n")
}

var advices = map[message.Advice]string{
	message.RetryNever: "never", message.RetryFixed: "once the cause is gone",
	message.RetryAfter: "after a pause", message.RetryLater: "much later",
}

// errorPage is the table of Meta's codes.
func errorPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Error codes of WhatsApp\n\nWhat `message.Classify` and `kanava explain` say of each code. *Sent again* is what the hub does by itself, or, for" +
		" *once the cause is gone*, what makes sense afterwards; a number is how often at most. The sentence is for the agent.\n\n")
	header(&b, "Code", "What it is", "Class", "Sent again", "Sentence")
	known := 0
	for code := range 3_000_000 {
		f := message.Classify(code, 0, 0, false)
		if !f.Known {
			continue
		}
		known++
		again := advices[f.Retry.Advice]
		require.NotEmpty(t, again)
		if f.Retry.After > 0 {
			again += ", " + words(f.Retry.After)
		}
		if f.Retry.Max > 0 {
			again += fmt.Sprintf(", %d ×", f.Retry.Max)
		}
		row(&b, strconv.Itoa(code), f.Title, string(f.Class), again, f.Hint)
	}
	require.Greater(t, known, 150)
	return b.String()
}

// words are a duration as people say it.
func words(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}

// folder parses the files of one package that are not tests.
func folder(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	set := token.NewFileSet()
	var parsed []*ast.File
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	require.NoError(t, err)
	slices.Sort(paths)
	for _, p := range paths {
		if !strings.HasSuffix(p, "_test.go") {
			f, err := parser.ParseFile(set, p, nil, parser.ParseComments)
			require.NoError(t, err)
			parsed = append(parsed, f)
		}
	}
	require.NotEmpty(t, parsed, dir)
	return set, parsed
}

// source prints an expression.
func source(t *testing.T, set *token.FileSet, x ast.Node) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, format.Node(&b, set, x))
	return b.String()
}

// comment is the text of the comments about something.
func comment(groups ...*ast.CommentGroup) string {
	var said []string
	for _, g := range groups {
		if g != nil {
			said = append(said, strings.TrimSpace(g.Text()))
		}
	}
	return plainLinks.ReplaceAllString(strings.Join(said, " "), "`$1`")
}

// plainLinks are the links of doc comments.
var plainLinks = regexp.MustCompile(`\[\*?([A-Z][A-Za-z.]*|[a-z]+\.[A-Z][A-Za-z.]*)\]`)

// limitPage lists the constants that bound what is sent.
func limitPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Limits of messages and templates\n\nMeta's limits as constants. `Outbound.Validate` and `Definition.Validate` name every one that is broken, all at once, before" +
		" anything is stored. Characters are Unicode code points unless the comment says otherwise.\n")
	for _, dir := range []string{"channel/message", "template"} {
		b.WriteString("\n## Package " + filepath.Base(dir) + "\n")
		set, parsed := folder(t, dir)
		n := 0
		for _, f := range parsed {
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
					n += limitGroup(t, &b, set, g)
				}
			}
		}
		require.Greater(t, n, 10)
	}
	b.WriteString("\n## Files\n\n")
	header(&b, "Kind", "Type", "At most")
	for _, typ := range message.FileTypes() {
		for _, kind := range []message.Kind{message.KindImage, message.KindVideo, message.KindAudio, message.KindDocument, message.KindSticker} {
			if most := message.MaxFile(kind, typ); most > 0 && (kind != message.KindDocument || strings.HasPrefix(typ, "application/") || strings.HasPrefix(typ, "text/")) {
				row(&b, string(kind), "`"+typ+"`", size(most))
			}
		}
	}
	return b.String()
}

// size is a number of bytes as people say it.
func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// limitGroup writes the limits that stand together in the code, and returns how many there are.
func limitGroup(t *testing.T, b *strings.Builder, set *token.FileSet, g *ast.GenDecl) (n int) {
	t.Helper()
	for _, s := range g.Specs {
		v := s.(*ast.ValueSpec)
		name := v.Names[0].Name
		if len(v.Values) == 0 || !strings.HasPrefix(name, "Max") && !strings.HasPrefix(name, "Min") {
			continue
		}
		if n++; n == 1 {
			b.WriteString("\n" + comment(g.Doc) + "\n\n")
			header(b, "Constant", "Limit", "Of what")
		}
		row(b, "`"+name+"`", source(t, set, v.Values[0]), comment(v.Doc, v.Comment))
	}
	return n
}

// settingsPage lists what can be set, with the comments, which name the defaults.
func settingsPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What can be set\n\nThe fields of the structs that a host fills in, with their defaults. Zero values refuse rather than permit. Names in quotes are" +
		" those of the JSON.\n")
	for _, want := range []struct{ dir, name string }{
		{"webhook", "Config"}, {"channel", "Config"}, {"channel/settings", "Settings"}, {"channel/settings", "Retention"}, {"channel/settings", "FilePolicy"}, {"channel/hooks", "Hooks"}, {"channel/desk", "Config"},
		{"channel/desk", "Settings"}, {"channel/rules", "Settings"}, {"channel/cloudapi", "Config"}, {"channel/store/sqlstore", "Config"}, {"window", "Options"},
		{"redact", "Redactor"},
	} {
		set, parsed := folder(t, want.dir)
		docs := typeDocs(parsed)
		found := false
		for _, f := range parsed {
			ast.Inspect(f, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok || spec.Name.Name != want.name {
					return true
				}
				fields, ok := spec.Type.(*ast.StructType)
				if !ok {
					return true
				}
				found = true
				fmt.Fprintf(&b, "\n## %s.%s\n\n", filepath.Base(want.dir), want.name)
				header(&b, "Field", "Type", "What it is")
				last, said := 0, ""
				for _, field := range fields.Fields.List {
					var names []string
					for _, n := range field.Names {
						if n.IsExported() {
							names = append(names, "`"+n.Name+"`")
						}
					}
					if len(names) == 0 {
						continue
					}
					if field.Tag != nil {
						if tag := jsonName.FindStringSubmatch(field.Tag.Value); tag != nil {
							names = append(names, `"`+tag[1]+`"`)
						}
					}
					typ := source(t, set, field.Type)
					line := set.Position(field.Pos()).Line
					switch doc := comment(field.Doc, field.Comment); {
					case doc != "":
						said = doc
					case said == "" || line != last+1 || docs[typ] != "":
						said = docs[typ]
					} // else one comment is for the fields that follow each other
					last = set.Position(field.End()).Line
					row(&b, strings.Join(names, " "), "`"+typ+"`", said)
				}
				return false
			})
		}
		require.True(t, found, "%s.%s", want.dir, want.name)
	}
	return b.String()
}

// typeDocs are the comments of a package's types.
func typeDocs(parsed []*ast.File) map[string]string {
	docs := map[string]string{}
	for _, f := range parsed {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && len(g.Specs) == 1 {
				docs[g.Specs[0].(*ast.TypeSpec).Name.Name] = comment(g.Doc)
			}
		}
	}
	return docs
}

var jsonName = regexp.MustCompile(`json:"([a-z_]+)`)

// metricsPage is the table of package otelhooks.
func metricsPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat package `channel/otelhooks` reports, through the OpenTelemetry API. `channel/otelhooks/dashboard.json` shows them in Grafana, and `alerts.yaml`" +
		" beside it holds rules for the alarms of the [runbook](../runbook.md).\n\n")
	header(&b, "Metric", "Unit", "Kind", "What", "Attributes")
	_, parsed := folder(t, "channel/otelhooks")
	consts := map[string]string{}
	var rows []*ast.CompositeLit
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range v.Names {
				if i >= len(v.Values) {
					continue
				}
				if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					consts[name.Name], _ = strconv.Unquote(lit.Value)
				}
				if all, ok := v.Values[i].(*ast.CompositeLit); ok && name.Name == "table" {
					for _, x := range all.Elts {
						rows = append(rows, x.(*ast.CompositeLit))
					}
				}
			}
			return true
		})
	}
	text := func(x ast.Expr) string {
		switch x := x.(type) {
		case *ast.BasicLit:
			s, _ := strconv.Unquote(x.Value)
			return s
		case *ast.Ident:
			return consts[x.Name]
		case *ast.CompositeLit:
			var all []string
			for _, e := range x.Elts {
				all = append(all, "`"+consts[e.(*ast.Ident).Name]+"`")
			}
			return strings.Join(all, ", ")
		default:
			return ""
		}
	}
	for _, r := range rows {
		require.Len(t, r.Elts, 5)
		name := text(r.Elts[0])
		require.NotEmpty(t, name)
		row(&b, "`"+name+"`", text(r.Elts[1]), text(r.Elts[2]), text(r.Elts[3]), text(r.Elts[4]))
	}
	require.Greater(t, len(rows), 20)
	return b.String()
}
