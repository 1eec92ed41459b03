package template_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// definitionCase is a line of testdata/definitions.jsonl.
type definitionCase struct {
	Case       string          `json:"case"`
	Definition json.RawMessage `json:"definition"`
	Problems   []string        `json:"problems"` // as Problem.String prints them
}

func definitionCases(t testing.TB) []definitionCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/definitions.jsonl")
	require.NoError(t, err)
	var list []definitionCase
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var c definitionCase
		require.NoError(t, json.Unmarshal(sc.Bytes(), &c), "line %d", len(list)+1)
		list = append(list, c)
	}
	require.NoError(t, sc.Err())
	return list
}

func TestValidateFindsWhatMetaRefuses(t *testing.T) {
	t.Parallel()
	cases := definitionCases(t)
	require.GreaterOrEqual(t, len(cases), 150)
	seen := make(map[string]bool)
	for _, c := range cases {
		require.False(t, seen[c.Case], "two cases are called %q", c.Case)
		seen[c.Case] = true
		t.Run(c.Case, func(t *testing.T) {
			t.Parallel()
			var d template.Definition
			require.NoError(t, json.Unmarshal(c.Definition, &d))
			got := []string{}
			for _, p := range d.Validate() {
				got = append(got, p.String())
				if p.Severity == template.SeverityWarning {
					require.Zero(t, p.Code, "Meta answers no code to what it lets pass")
				}
			}
			if diff := cmp.Diff(c.Problems, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHugeTextsTakeLinearTime would not end in time if the work grew with the
// square of the text.
func TestHugeTextsTakeLinearTime(t *testing.T) {
	t.Parallel()
	for _, format := range []template.Format{template.Positional, template.Named} {
		var b strings.Builder
		for i := range 50_000 {
			if format == template.Named {
				fmt.Fprintf(&b, " {{n_%d}}", i)
			} else {
				fmt.Fprintf(&b, " {{%d}}", i)
			}
		}
		d := template.Definition{Name: "huge", Language: "en", Category: template.Utility, Format: format,
			Components: []template.Component{&template.Body{Text: b.String()}}}
		require.True(t, d.Validate().Failed())
		require.LessOrEqual(t, len(d.Inputs()), 500)
		_, _, err := d.Bind(template.Values{Body: make([]template.Value, 20_000)})
		require.Error(t, err)
	}
	marks := strings.Repeat("*a_ ~b* _c~ ", 30_000)
	require.Greater(t, len(template.Preview{Body: marks}.HTML()), len(marks))
	nested := strings.Repeat(`{"components":[{"type":"CAROUSEL","cards":[`, 2000) + strings.Repeat(`]}]}`, 2000)
	var d template.Definition
	require.NoError(t, json.Unmarshal([]byte(nested), &d))
	require.True(t, d.Validate().Failed())
}
