package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

func TestWhatWasPutOffIsDoneWhenTheTransactionHasEnded(t *testing.T) {
	t.Parallel()
	for committed, want := range map[bool][]string{
		true:  {"committed 1", "committed 2", "however 1", "however 2"},
		false: {"undo 2", "undo 1", "however 1", "however 2"},
	} {
		for _, panics := range append(want, "") {
			ctx, d := store.Defer(t.Context())
			require.Same(t, d, store.DeferredIn(ctx))
			var done []string
			does := func(what string) func() {
				return func() {
					if done = append(done, what); what == panics {
						panic(what)
					}
				}
			}
			for _, n := range []string{" 1", " 2"} {
				d.Add(does("committed"+n), does("however"+n))
				d.Undo(does("undo" + n))
			}
			if panics == "" {
				d.End(committed)
			} else {
				require.PanicsWithValue(t, panics, func() { d.End(committed) })
			}
			require.Equal(t, want, done, "whatever becomes of one")
			d.End(!committed)
			require.Equal(t, want, done, "twice is once")
		}
	}
}
