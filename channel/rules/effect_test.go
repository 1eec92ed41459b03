package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEffectListsItsKinds compares the kinds that the comment of Effect names with
// the types that have its marker method.
func TestEffectListsItsKinds(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "effect.go", nil, parser.ParseComments)
	require.NoError(t, err)
	implement, listed := make(map[string]bool), make(map[string]bool)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Name.Name == "effect" {
				star, ok := decl.Recv.List[0].Type.(*ast.StarExpr)
				require.True(t, ok, "the marker has a pointer receiver, or a switch on the value would compile")
				implement[star.X.(*ast.Ident).Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.Name == "Effect" {
					for _, m := range regexp.MustCompile(`\[\*(\w+)\]`).FindAllStringSubmatch(decl.Doc.Text(), -1) {
						listed[m[1]] = true
					}
				}
			}
		}
	}
	require.Len(t, implement, 12)
	require.Equal(t, slices.Sorted(maps.Keys(implement)), slices.Sorted(maps.Keys(listed)))
}
