package template_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	var none template.Problems
	require.NoError(t, none.Err())
	require.False(t, none.Failed())
	require.Empty(t, none.String())

	doubts := template.Problems{{Path: "a", Rule: template.RuleTextEmoji, Severity: template.SeverityWarning}}
	require.NoError(t, doubts.Err(), "warnings make nothing fail")

	both := append(doubts, template.Problem{Rule: template.RuleName, Severity: template.SeverityError, Limit: 5, Got: "x"})
	require.ErrorIs(t, both.Err(), template.ErrInvalid)
	require.EqualError(t, both.Err(), "template: definition breaks the rules: a: text-emoji [warning]; name (limit 5, actual 0) (want none, got x)")
	require.True(t, template.Problems{{}}.Failed(), "a problem of no severity is an error")
}

// TestSubcodes checks the subcodes that Meta is known to answer.
func TestSubcodes(t *testing.T) {
	t.Parallel()
	for components, want := range map[string]int{
		`{"type":"BODY","text":"{{1}} is a long text to read","example":{"body_text":[["a"]]}}`:                       2388299,
		`{"type":"HEADER","format":"TEXT","text":"a\nb"},` + plainBody:                                                2388047,
		plainBody + `,{"type":"FOOTER","text":"*a*"}`:                                                                 2388073,
		plainBody + `,{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"twenty-six characters long"}]}`:      2388040,
		`{"type":"BODY","text":"Hi {{1}}{{2}}, your order is on its way to you","example":{"body_text":[["a","b"]]}}`: 0,
	} {
		ps := define(t, `{"name":"n","language":"en","category":"UTILITY","components":[`+components+`]}`).Validate()
		require.Len(t, ps, 1, components)
		require.Equal(t, want, ps[0].Subcode, components)
	}
}
