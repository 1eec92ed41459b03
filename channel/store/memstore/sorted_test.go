package memstore

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASortedListAgreesWithASortedSlice(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var list sorted[int]
		var want []place
		grow := 60 // percent of the steps that add
		for step := range 6000 {
			if step == 4000 {
				grow = 20
			}
			p := place{rank: r.Int64N(200), seq: r.Int64N(3), key: string(rune('a' + r.IntN(3)))}
			i, found := slices.BinarySearchFunc(want, p, place.compare)
			switch {
			case r.IntN(100) >= grow:
				list.remove(p)
				if found {
					want = slices.Delete(want, i, i+1)
				}
			case !found:
				list.insert(p, step)
				want = slices.Insert(want, i, p)
			}
			if step%97 != 0 {
				continue
			}
			var got, back []place
			for at := range list.from(p) {
				got = append(got, at)
			}
			for at := range list.before(p) {
				back = append(back, at)
			}
			i, _ = slices.BinarySearchFunc(want, p, place.compare)
			require.True(t, slices.Equal(want[i:], got), "from, seed %d step %d", seed, step)
			slices.Reverse(back)
			require.True(t, slices.Equal(want[:i], back), "before, seed %d step %d", seed, step)
			require.Equal(t, len(want) == 0, list.empty())
			for _, c := range list.chunks {
				require.NotEmpty(t, c)
				require.LessOrEqual(t, len(c), chunk)
			}
		}
	}
}

func TestASortedListThatGrowsAtItsEndFillsItsSlices(t *testing.T) {
	t.Parallel()
	var list sorted[int]
	for i := range 100 * chunk {
		list.insert(place{rank: int64(i)}, i)
	}
	require.LessOrEqual(t, len(list.chunks), 101)
	n := 0
	for range list.from(place{rank: math.MinInt64}) {
		n++
	}
	require.Equal(t, 100*chunk, n)
}
