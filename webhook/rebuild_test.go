package webhook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// equalPayloads compares payloads by value. Errors compare by their text: they
// are made anew by every parse.
var equalPayloads = cmp.Options{
	cmp.Comparer(func(a, b error) bool {
		return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
	}),
}

// requireRebuilds checks the promise of AppendBody for every event of body.
func requireRebuilds(t *testing.T, d *webhook.Delivery) {
	t.Helper()
	for e := range d.Events() {
		body := e.AppendBody([]byte("prefix"))
		require.Equal(t, "prefix", string(body[:6]), "AppendBody appends")
		again, err := webhook.Parse(body[6:])
		require.NoError(t, err, "%s", body)
		require.Equal(t, 1, again.Len(), "%s", body)
		for e2 := range again.Events() {
			require.Equal(t, e.Key(), e2.Key(), "%s", body)
			require.Empty(t, cmp.Diff(e, e2, equalPayloads, cmpopts.IgnoreUnexported(webhook.Event{})), "%s", body)
			require.JSONEq(t, string(e.Raw()), string(e2.Raw()))
		}
	}
}

func TestEveryFixtureEventSurvivesInABodyOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse(f.Body)
			require.NoError(t, err)
			requireRebuilds(t, d)
		})
	}
}
