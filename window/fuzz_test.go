package window_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

// FuzzScan decodes arbitrary column values. Whatever decodes must survive every
// encoding unchanged and merge with itself to itself.
func FuzzScan(f *testing.F) {
	s := fold(window.Options{}, ad(f, "2026-11-01T10:00:00Z"),
		answer(f, "2026-11-01T10:00:00Z", "2026-11-01T15:00:00Z"),
		stated(f, "2026-11-01T15:00:00Z", "2026-11-08T15:00:00Z"))
	for _, seed := range []window.State{{}, s} {
		b, err := seed.MarshalBinary()
		require.NoError(f, err)
		f.Add(b)
		j, err := json.Marshal(seed)
		require.NoError(f, err)
		f.Add(j)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var s window.State
		if err := s.Scan(in); err != nil {
			require.True(t, s.IsZero())
			return
		}
		b, err := s.MarshalBinary()
		require.NoError(t, err)
		j, err := s.MarshalJSON()
		require.NoError(t, err)
		for _, enc := range [][]byte{b, j} {
			var got window.State
			require.NoError(t, got.Scan(enc))
			require.Equal(t, s, got)
		}
		require.Equal(t, s, s.Merge(s))
	})
}
