package backoff_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/backoff"
)

func TestDelayStaysBetweenTheExponentialAndHalfAsMuchAgain(t *testing.T) {
	t.Parallel()
	meta := backoff.Policy{Base: time.Second, Factor: 4, Cap: 5 * time.Minute}
	cases := []struct {
		name   string
		policy backoff.Policy
		n      int
		least  time.Duration
		want   time.Duration
	}{
		{"the first failure waits the base", meta, 0, 0, time.Second},
		{"every failure waits four times as long", meta, 3, 0, 64 * time.Second},
		{"the cap holds", meta, 5, 0, 5 * time.Minute},
		{"huge counts do not overflow", meta, math.MaxInt32, 0, 5 * time.Minute},
		{"the platform's own wait wins if it is longer", meta, 0, time.Minute, time.Minute},
		{"and loses if it is shorter", meta, 2, time.Second, 16 * time.Second},
		{"a negative count is the first failure", meta, -3, 0, time.Second},
		{"the zero policy never waits", backoff.Policy{}, 9, 0, 0},
		{"a factor below one does not shrink the wait", backoff.Policy{Base: time.Second, Factor: 0.5}, 4, 0, time.Second},
		{"no cap does not overflow", backoff.Policy{Base: time.Second, Factor: 10}, 400, 0, 1 << 61},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			varied := false
			for range 200 {
				d := c.policy.Delay(c.n, c.least)
				require.GreaterOrEqual(t, d, c.want)
				require.LessOrEqual(t, d, c.want+c.want/2)
				varied = varied || d != c.want
			}
			require.Equal(t, c.want > 0, varied, "a wait must vary by chance")
		})
	}
}
