package hooks_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const ids = "IDs, counts and durations"
	canarytest.Test(t, canarytest.Package{
		Public: map[string]string{
			"Hooks": "functions", "NoticeInfo": "words of WhatsApp's",
			"AcceptInfo": ids, "ApplyInfo": ids, "HostInfo": ids, "SendInfo": ids, "DeadLetterInfo": ids, "BudgetInfo": ids, "OutageInfo": ids,
		},
	})
}
