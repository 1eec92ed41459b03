package template_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnionsListTheirVariants compares what the comment of a sealed interface
// says with the types that implement it.
func TestUnionsListTheirVariants(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	docs := make(map[string]string)        // of Component and Button
	implement := make(map[string][]string) // by the method that only one union has
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && (ts.Name.Name == "Component" || ts.Name.Name == "Button") {
						docs[ts.Name.Name] = d.Doc.Text()
					}
				}
			case *ast.FuncDecl:
				if d.Recv == nil || d.Name.Name != "Type" && d.Name.Name != "Kind" {
					continue
				}
				star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
				require.True(t, ok, "markers have pointer receivers")
				union := map[string]string{"Type": "Component", "Kind": "Button"}[d.Name.Name]
				implement[union] = append(implement[union], star.X.(*ast.Ident).Name)
			}
		}
	}
	for _, union := range []string{"Component", "Button"} {
		var listed []string
		for _, m := range regexp.MustCompile(`\[\*(\w+)\]`).FindAllStringSubmatch(docs[union], -1) {
			listed = append(listed, m[1])
		}
		slices.Sort(listed)
		slices.Sort(implement[union])
		require.NotEmpty(t, listed)
		require.Equal(t, implement[union], listed, union)
	}
}
