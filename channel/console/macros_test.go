package console_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
)

// prepared has two prepared answers, one of which has a template for when the window is closed.
func prepared(c *console.Config) {
	c.Macros = func(context.Context, access.Actor, string) []console.Macro {
		return []console.Macro{
			{ID: "text", Title: "Again, in words", Text: "Write again."},
			{ID: "both", Title: "Again", Text: "Write again.", Shorthand: "&((template=[[visit]] language=[[en]] body_params=[[Monday]]))&"},
		}
	}
}

func TestThePickerHasThePreparedAnswersThatMayGoOutWhenTheWindowIsClosed(t *testing.T) {
	with(t, prepared, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		picker := s.get(alice, "/talk/"+id+"/templates").text
		require.Contains(t, picker, `data-macro="both"`)
		require.NotContains(t, picker, `data-macro="text"`, "it cannot go out then")
		require.Contains(t, s.get(alice, "/talk/"+id+"/templates?q=/again").text, `data-macro="both"`)
		require.NotContains(t, s.get(alice, "/talk/"+id+"/templates?q=nothing+like+it").text, "data-macro")
		require.NotContains(t, s.get(alice, "/talk/"+id+"/templates?language=en").text, "data-macro")
	})
}
