package onboard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Reasons are those that have a sentence.
func Reasons() []Reason {
	var out []Reason
	for r := range sentences {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// StatusOf is where a step stands for a reason.
func StatusOf(r Reason) Status { return sentences[r].status }

// AllReasons are those that are declared.
func AllReasons(t *testing.T) []Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	require.NoError(t, err)
	var out []Reason
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			out = append(out, Reason(word))
		}
		return true
	})
	slices.Sort(out)
	return out
}
