package guides

import (
	"go/ast"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// logPage lists what is logged: the constant messages of each package, and their levels.
func logPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Lines of the log\n\nEvery message that the library logs through `slog`, with its attributes; some have more. Messages are constant. Errors are for an" +
		" operator to act on, warnings say what WhatsApp or the host did, the rest is for whoever looks closely. No text, name, phone number, wamid or secret is ever logged.\n\n")
	header(&b, "Package", "Level", "Message", "Attributes")
	n := 0
	require.NoError(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		dir, _ := filepath.Rel(root, p)
		if strings.HasPrefix(d.Name(), ".") && p != root || dir == "examples" || dir == "internal" || strings.HasSuffix(dir, "test") || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if goFiles, _ := filepath.Glob(filepath.Join(p, "*.go")); len(goFiles) == 0 {
			return nil
		}
		set, parsed := folder(t, dir)
		l := &logs{t: t, set: set, texts: constTexts(parsed), loggers: map[string]logger{"LogAttrs": {1, 2, ""}}}
		for range 3 { // a logger may be called by another one
			for _, f := range parsed {
				l.findLoggers(f)
			}
		}
		var lines []string
		for _, f := range parsed {
			ast.Inspect(f, func(node ast.Node) bool {
				if line, ok := l.line(filepath.ToSlash(dir), node); ok && !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
				return true
			})
		}
		slices.Sort(lines)
		n += len(lines)
		b.WriteString(strings.Join(lines, ""))
		return nil
	}))
	require.Greater(t, n, 20)
	return b.String()
}

// A logger is a function that logs a text which it is given.
type logger struct {
	level, text int    // which parameters; level -1: it has none
	fixed       string // the level then
}

// logs looks for what one package logs.
type logs struct {
	t       *testing.T
	set     *token.FileSet
	texts   map[token.Pos]string // of constants, by where they are declared
	loggers map[string]logger    // by name
}

// constTexts are the constants of a package that are texts, by where they are declared.
func constTexts(parsed []*ast.File) map[token.Pos]string {
	texts := map[token.Pos]string{}
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			for i := 0; ok && i < len(v.Values); i++ {
				if lit, isText := v.Values[i].(*ast.BasicLit); isText && lit.Kind == token.STRING {
					texts[v.Names[i].Pos()], _ = strconv.Unquote(lit.Value)
				}
			}
			return true
		})
	}
	return texts
}

// findLoggers learns which functions pass a parameter on to a logger as its text.
func (l *logs) findLoggers(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		var params []string
		for _, p := range fn.Type.Params.List {
			for _, n := range p.Names {
				params = append(params, n.Name)
			}
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			call, known, ok := l.call(n)
			if !ok {
				return true
			}
			text, isName := call.Args[known.text].(*ast.Ident)
			if !isName || !slices.Contains(params, text.Name) {
				return true
			}
			found := logger{-1, slices.Index(params, text.Name), known.fixed}
			if known.level >= 0 {
				found.fixed = l.level(call.Args[known.level])
				if name, ok := call.Args[known.level].(*ast.Ident); ok && slices.Contains(params, name.Name) {
					found.level = slices.Index(params, name.Name)
				}
			}
			l.loggers[fn.Name.Name] = found
			return true
		})
	}
}

// call says whether a node is a call of a logger.
func (l *logs) call(n ast.Node) (*ast.CallExpr, logger, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, logger{}, false
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	known, ok := l.loggers[name]
	return call, known, ok && len(call.Args) > max(known.level, known.text)
}

// level is the word for a level; one that depends is by its cause.
func (l *logs) level(x ast.Expr) string {
	src := source(l.t, l.set, x)
	for _, word := range []string{"Debug", "Info", "Warn", "Error"} {
		if strings.HasSuffix(src, word) {
			return strings.ToLower(word)
		}
	}
	return "by cause"
}

// line is the row for a call that logs.
func (l *logs) line(dir string, n ast.Node) (string, bool) {
	call, known, ok := l.call(n)
	if !ok {
		return "", false
	}
	text := ""
	switch x := call.Args[known.text].(type) {
	case *ast.BasicLit:
		text, _ = strconv.Unquote(x.Value)
	case *ast.Ident:
		if x.Obj != nil {
			text = l.texts[x.Obj.Pos()]
		}
	}
	if text == "" {
		return "", false
	}
	level := known.fixed
	if known.level >= 0 {
		level = l.level(call.Args[known.level])
	}
	var keys []string
	for _, arg := range call.Args {
		if m := attribute.FindStringSubmatch(source(l.t, l.set, arg)); m != nil {
			keys = append(keys, "`"+m[1]+"`")
		}
	}
	var b strings.Builder
	row(&b, dir, level, text, strings.Join(keys, ", "))
	return b.String(), true
}

var attribute = regexp.MustCompile(`^slog\.[A-Z][A-Za-z0-9]*\("([a-z_]+)"`)
