package channeltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/store"
)

// NumberConfig is that of a number with an ID.
func NumberConfig(id string) cloudapitest.NumberConfig { return cloudapitest.NumberConfig{ID: id} }

// Everything calls f with the content of every record and every piece of work.
func Everything(t *testing.T, s store.Store, f func(text string)) {
	t.Helper()
	for _, kind := range []string{
		"customer", "alias", "conversation", "message", "wamid", "log", "counter", "amendment", "customer_conversation", "money", "standing", "reach", "member", "not_covered", "process", "heartbeat", "stranger", "shared", "version", "ticket", "deed",
	} {
		records, err := s.List(t.Context(), store.Query{Kind: kind, Limit: 10000})
		require.NoError(t, err)
		for _, r := range records {
			f(r.Key + " " + r.Parent + " " + string(r.Body))
		}
	}
	for _, queue := range []string{"in", "host", "out", "first", "later", "check", "timer", "media", "upkeep"} {
		for _, dead := range []bool{false, true} {
			work, err := s.Work(t.Context(), store.WorkQuery{Queue: queue, Dead: dead, Limit: 10000})
			require.NoError(t, err)
			for _, w := range work {
				f(w.ID + " " + w.Lane + " " + string(w.Body))
			}
		}
	}
}
