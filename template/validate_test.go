package template_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
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
