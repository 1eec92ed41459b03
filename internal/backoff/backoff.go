// Package backoff computes how long to wait between repeats.
package backoff

import (
	"math/rand/v2"
	"time"
)

// Policy is an exponential backoff: after failure n, counted from 0, it waits
// Base × Factor^n, at most Cap, plus up to half of that again, by chance, so that
// callers that failed together do not come back together.
//
// The chance is added and not taken off because Meta states its waits as
// minimums: 4^n seconds.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
// (checked September 2026)
//
// The zero Policy never waits. A Policy is a value and safe for concurrent use.
type Policy struct {
	Base   time.Duration // wait after the first failure; 0 or less never waits
	Factor float64       // growth per failure; less than 1 counts as 1
	Cap    time.Duration // longest wait before chance is added; 0 means no cap
}

// Delay is the wait after failure n, but never less than least.
func (p Policy) Delay(n int, least time.Duration) time.Duration {
	d := max(p.exponential(n), least, 0)
	if half := int64(d / 2); half > 0 {
		d += time.Duration(rand.Int64N(half + 1))
	}
	return d
}

// exponential is the wait after failure n without chance.
func (p Policy) exponential(n int) time.Duration {
	if p.Base <= 0 {
		return 0
	}
	limit := p.Cap
	if limit <= 0 {
		limit = 1 << 61 // leaves room for the chance
	}
	d := float64(p.Base)
	for range n {
		if d >= float64(limit) {
			return limit
		}
		if p.Factor <= 1 {
			break
		}
		d *= p.Factor
	}
	return min(time.Duration(min(d, float64(limit))), limit)
}
