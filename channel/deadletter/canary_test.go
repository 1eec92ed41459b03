package deadletter_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{deadletter.Letter{}},
		Public: map[string]string{"Query": "IDs, counts and durations", "Replay": "IDs, counts and durations"},
		Shown:  map[string]string{"Letter.Channel": "the hub's own", "Letter.Reason": "the hub's own", "WorkKey.Queue": "the hub's own"},
	})
}
