package sqlstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAClockThatWasSetBackIsTold(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		shows, took time.Duration // ten seconds after it showed noon
		back        time.Duration
	}{
		"it goes on":                              {10 * time.Second, 0, 0},
		"it was set forth":                        {time.Hour, 0, 0},
		"it was set back by an hour":              {10*time.Second - time.Hour, 0, time.Hour},
		"a standby is a minute behind":            {10*time.Second - time.Minute, 0, time.Minute},
		"the answer took a while to come":         {10 * time.Second, 2 * time.Second, 0},
		"it was set back, and the answer is late": {12*time.Second - time.Hour, 2 * time.Second, time.Hour - 2*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b setback
			machine := time.Now()
			require.Zero(t, b.look(noon, machine, machine), "nobody has looked before")
			later := machine.Add(10 * time.Second)
			require.Equal(t, c.back, b.look(noon.Add(c.shows), later, later.Add(c.took)))
			later = later.Add(c.took)
			require.Zero(t, b.look(noon.Add(c.shows).Add(time.Second), later.Add(time.Second), later.Add(time.Second)), "it is told once")
		})
	}
}
