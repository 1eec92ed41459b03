package sqlstore

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCursorsKnowWhichGapsMayBeFilled(t *testing.T) {
	t.Parallel()
	var c cursor
	for _, seq := range []int64{3, 4, 7, 5, 9, 6} {
		require.True(t, c.add(seq))
	}
	c.xmax = 100
	require.Equal(t, []span{{3, 7}, {9, 9}}, c.told)
	require.Equal(t, int64(9), c.top())
	again, ok := parseCursor(c.String())
	require.True(t, ok)
	require.Equal(t, c, again)
	c.settle(2)
	require.Equal(t, int64(7), c.settled, "what follows without a gap is settled too")
	require.Equal(t, "7.2s.9-9", c.String())
	c.settle(8)
	require.Equal(t, "9", c.String())
	for i := range int64(maxSpans) {
		require.True(t, c.add(100+2*i))
	}
	require.False(t, c.add(1000), "a cursor has a bounded length")
	require.True(t, c.add(101), "but gaps can be filled")
}

func TestCursorsOfOthersAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x y", "-1", "0.", "5.1", "5.1.9", "5.1.9-8", "5.1.3-4", "5.1.9-9.9-9", "05", "5.01.9-9", "5.1.9-9.", "9223372036854775808zz"} {
		_, ok := parseCursor(text)
		require.False(t, ok, text)
	}
}
