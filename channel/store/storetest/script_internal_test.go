package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

func TestWhatIsPrintedAlikeIsToldApart(t *testing.T) {
	t.Parallel()
	s := &script{}
	s.equal("work", store.Work{ID: "a", Token: "1", Tries: 2}, store.Work{ID: "a", Tries: 2})
	require.ErrorContains(t, s.err, "differ in Token")

	s = &script{}
	s.equal("records", 1, 2)
	require.EqualError(t, s.err, "records: got 1, want 2")
}
