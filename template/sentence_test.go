package template_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		problem template.Problem
		want    string
	}{
		"what was measured is told": {
			template.Problem{Path: "components[1].buttons[2].text", Rule: template.RuleTextLength, Limit: 25, Actual: 28},
			"Part 2, button 3: The text is too long (28 characters, at most 25).",
		},
		"what was not measured is left out": {template.Problem{Rule: template.RuleTextLength}, "The text is too long."},
		"a value is counted from 1":         {template.Problem{Path: "body[0]", Rule: template.RuleValueBlank}, "Value 1 of the body: This must be filled in."},
		"a card and its button": {
			template.Problem{Path: "cards[1].buttons[0]", Rule: template.RuleValueKind, Want: "image", Got: "video"},
			"Card 2, button 1: This is of the wrong kind: image is wanted.",
		},
		"braces stay": {
			template.Problem{Path: "body", Rule: template.RuleVariableBraces},
			"Body: The braces of a variable do not match. Write {{1}} or {{name}}.",
		},
		"a rule of tomorrow": {template.Problem{Path: "x", Rule: "shiny"}, "This breaks a rule (shiny)."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.problem.Sentence())
		})
	}
}

// TestSentences: every rule that is declared has a sentence of its own.
func TestSentences(t *testing.T) {
	t.Parallel()
	n := 0
	for _, file := range []string{"rule_bind.go", "rule_definition.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "Rule") {
				return true
			}
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			for _, p := range []template.Problem{
				{Rule: template.Rule(word)}, {Rule: template.Rule(word), Limit: 3, Actual: 4, Want: "this", Got: "that"},
			} {
				got := p.Sentence()
				require.NotContains(t, got, "breaks a rule", word)
				require.True(t, strings.HasSuffix(got, ".") || strings.HasSuffix(got, "?"), got)
				require.NotContains(t, strings.ReplaceAll(strings.ReplaceAll(got, "{{1}}", ""), "{{name}}", ""), "{", word)
			}
			n++
			return true
		})
	}
	require.Greater(t, n, 80)
}

func TestFillAnswers(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","category":"UTILITY","components":[
		{"type":"BODY","text":"Hello {{1}}, how are you?","example":{"body_text":[["Ann"]]}}]}`)
	v, err := d.FillAnswers(map[string]string{"body[0].text": "Bo"})
	require.NoError(t, err)
	require.Len(t, v.Body, 1)

	_, err = d.FillAnswers(map[string]string{"body[0].text": "Bo", "body[1].text": "x", "Annabel Smith": "y"})
	var refused *template.BindError
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Problems, 2)
	require.Equal(t, template.RuleAnswer, refused.Problems[0].Rule)
	require.Empty(t, refused.Problems[0].Path, "what somebody typed is not quoted")
	require.Equal(t, "body[1].text", refused.Problems[1].Path)

	raw, err := json.Marshal(d.Inputs())
	require.NoError(t, err)
	require.JSONEq(t, `[{"key":"body[0].text","path":"body[0]","kind":"text","example":"Ann","required":true}]`, string(raw))
}
