package health_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const ids = "IDs, counts and durations"
	canarytest.Test(t, canarytest.Package{
		Public: map[string]string{
			"Report": ids, "Channel": ids, "Process": ids, "Chore": "words and times", "Outage": ids, "Standing": "words of WhatsApp's",
		},
	})
}
