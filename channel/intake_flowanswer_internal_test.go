package channel

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A form is filled in by a customer, who may send anything: lists in lists by the thousand took a minute to read.
func TestListsInListsOfAFormArePutIntoWordsSoFarAsAnybodyMakesThem(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string { return strings.Repeat("[", levels) + `"tea"` + strings.Repeat("]", levels) }
	for levels, want := range map[int]string{
		0: "tea", 1: "tea", maxFlowLists: "tea", maxFlowLists + 1: `["tea"]`, 9000: nested(9000 - maxFlowLists),
	} {
		lines, _ := flowAnswers(`{"drink":` + nested(levels) + `}`)
		require.Equal(t, []string{"drink: " + want}, lines)
	}
	lines, token := flowAnswers(`{"drinks":["tea",["milk",["oats"]],7,null,{"a":[1]}],"flow_token":"t"}`)
	require.Equal(t, []string{`drinks: tea, milk, oats, 7, , {"a":[1]}`}, lines)
	require.Equal(t, "t", token)
}
