package store_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	const numbers, ids, own = "counts and times", "IDs, counts and durations", "the hub's own"
	canarytest.Test(t, canarytest.Package{
		Values: []any{
			store.Record{}, store.RecordKey{}, store.Bound{}, store.Expected{}, store.Passed{}, store.Work{}, store.WorkKey{}, store.Lease{},
			store.Postponed{}, store.Buried{}, store.Batch{}, store.Change{}, store.Entry{}, store.SearchQuery{}, store.Hit{}, store.Query{}, store.Position{}, store.WorkQuery{}, store.Claim{},
		},
		Public: map[string]string{
			"Backlog": ids, "Claimant": own, "SurveyQuery": ids, "Size": numbers, "Committed": numbers, "Deferred": "no exported fields",
		},
		Shown: map[string]string{
			"Record.Kind": own, "RecordKey.Kind": own, "Bound.Kind": own, "Work.Queue": own, "Work.Group": own, "WorkKey.Queue": own, "Passed.Queue": own,
			"Lease.Queue": own, "Change.Kind": own, "Change.Group": own,
			"Entry.Kind": own, "Entry.Group": own, "SearchQuery.Kind": own, "Hit.Group": own, "Postponed.Reason": own, "Buried.Reason": own, "Query.Kind": own, "WorkQuery.Queue": own,
		},
	})
}
