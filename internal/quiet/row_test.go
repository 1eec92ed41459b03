package quiet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/quiet"
)

func TestARowIsToldOnceEveryTenMinutesAndWhenItIsOver(t *testing.T) {
	t.Parallel()
	var row quiet.Row
	begin := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	failed := func(after time.Duration) int {
		tell, times := row.Failed(begin.Add(after))
		require.Equal(t, tell, times > 0)
		return times
	}
	over, _, _ := row.Worked(begin)
	require.False(t, over, "nothing has failed")
	require.Equal(t, 1, failed(0))
	for i := range 599 {
		require.Zero(t, failed(time.Duration(i)*time.Second))
		over, _, _ = row.Worked(begin.Add(time.Duration(i) * time.Second))
		require.False(t, over, "it works only now and then")
	}
	require.Equal(t, 600, failed(10*time.Minute))
	over, times, since := row.Worked(begin.Add(11 * time.Minute))
	require.True(t, over)
	require.Equal(t, 601, times)
	require.Equal(t, begin, since)
	require.Equal(t, 1, failed(12*time.Minute), "a new row")
	over, _, _ = row.Worked(begin.Add(14 * time.Minute))
	require.False(t, over, "of a single failure all is told")
}
