package worker

import (
	"math/rand/v2"
	"time"
)

// Pause is the wait before the next try after so many: 1 s, 2 s, 4 s … up to 15 minutes, each
// shortened by up to a quarter at random so that failures do not march in step.
func Pause(tries int) time.Duration {
	const most = 15 * time.Minute
	d := most
	if tries < 10 {
		d = min(most, time.Second<<tries)
	}
	return d - rand.N(d/4)
}
