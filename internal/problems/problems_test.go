package problems_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/problems"
)

func TestEachProblemStandsByItself(t *testing.T) {
	t.Parallel()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	require.Equal(t, []error{a, b, c}, slices.Collect(problems.Each(errors.Join(a, errors.Join(nil, b), c))))
	require.Equal(t, []error{a}, slices.Collect(problems.Each(a)))
	require.Empty(t, slices.Collect(problems.Each(nil)))
	for e := range problems.Each(errors.Join(errors.Join(a, b), c)) {
		require.Equal(t, a, e, "whoever ranges over them may stop")
		break
	}
}

func TestTheRuleOfAProblemLeavesOutWhereItWasFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"rules: settings: hours: missing": "hours: missing",
		"settings: hours: missing":        "hours: missing",
		"redact: hours: missing":          "redact: hours: missing",
		"hours: settings: missing":        "hours: settings: missing",
	} {
		require.Equal(t, want, problems.Rule("rules", errors.New(text)))
	}
}
