package message_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]message.Problem{
		"Button 3, title: It is too long (25 characters, at most 20).": {
			Path: "interactive.action.buttons[2].reply.title", Rule: message.RuleTooLong, Limit: 20, Actual: 25,
		},
		"Text, body: This is missing.": {Path: "text.body", Rule: message.RuleRequired},
		"There are too few.":           {Rule: message.RuleTooFew},
		"This breaks a rule (shiny).":  {Rule: "shiny"},
	} {
		require.Equal(t, want, p.Sentence())
	}
}

// TestSentences: every rule that is declared has a sentence of its own.
func TestSentences(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	require.NoError(t, err)
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Rule") {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			got := message.Problem{Rule: message.Rule(word), Limit: 1, Actual: 2}.Sentence()
			require.NotContains(t, got, "breaks a rule", word)
			require.NotContains(t, got, "%!", word)
			n++
		}
		return true
	})
	require.Greater(t, n, 10)
}
