package layers

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// use is one place where a file uses what another file of the same package declares.
type use struct {
	from, to string // base names of files
	name     string // what is used
	at       string // file and line
}

// usesWithin lists the uses between the files of the package in a folder, by the types of the
// compiler: methods and fields count for the file that declares them.
func usesWithin(t *testing.T, dir string) (files []string, uses []use) {
	t.Helper()
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var parsed []*ast.File
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		parsed = append(parsed, f)
		files = append(files, filepath.Base(p))
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", exported(t, dir))}
	pkg, err := conf.Check(module+"/x", fset, parsed, info)
	require.NoError(t, err)
	for id, obj := range info.Uses {
		if obj.Pkg() != pkg || !obj.Pos().IsValid() || isLocal(obj, pkg) {
			continue
		}
		from, to := fset.Position(id.Pos()), fset.Position(obj.Pos())
		if from.Filename != to.Filename {
			uses = append(uses, use{
				filepath.Base(from.Filename), filepath.Base(to.Filename), obj.Name(),
				filepath.Base(from.Filename) + ":" + strconv.Itoa(from.Line),
			})
		}
	}
	slices.SortFunc(uses, func(a, b use) int { return strings.Compare(a.at+a.name, b.at+b.name) })
	return files, uses
}

// isLocal says that something is declared inside of a function.
func isLocal(obj types.Object, pkg *types.Package) bool {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return false
	}
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		return false
	}
	return obj.Parent() != pkg.Scope()
}

// exported finds what the packages that a package imports export, as the compiler left it.
func exported(t *testing.T, dir string) importer.Lookup {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", ".")
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	at := map[string]string{}
	for line := range bytes.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(string(line)), "\t")
		at[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(at[path]) }
}
