// Package times compares moments of which some are not known.
package times

import "time"

// Earliest returns the earlier of two times; zero is unknown, and the other one wins.
func Earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Latest returns the later of two times.
func Latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
