package cloudapitest

import (
	"time"
)

// Chance in the world is drawn from the seed and from what it is drawn for, not from a
// stream in the order of events: under Run that order depends on the machine, and the
// same seed must give the same run.

// mix scrambles a number; it is the finish of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hashOf makes a number of a text (FNV-1a).
func hashOf(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}

// What is drawn. Every purpose has numbers of its own, so that switching one fault on
// moves nothing else.
const (
	diceWamid uint64 = iota + 1
	diceLatency
	diceDuplicate
	diceDuplicateAfter
	diceDelay
	diceDelayFor
	diceReorder
	diceReorderFor
	diceLose
	diceSplit
	diceMalform
	diceFuture
	diceForge
)

// draw returns the number of a purpose for what key stands for.
func (w *World) draw(purpose, key uint64) uint64 {
	return mix(mix(w.cfg.Seed) ^ mix(purpose<<56^key))
}

// chance decides a fault.
func (w *World) chance(p float64, purpose, key uint64) bool {
	return p > 0 && float64(w.draw(purpose, key)>>11)/(1<<53) < p
}

// jitter returns a duration of up to limit.
func (w *World) jitter(limit time.Duration, purpose, key uint64) time.Duration {
	if limit <= 0 {
		return 0
	}
	return time.Duration(w.draw(purpose, key) % uint64(limit))
}

// latency draws a duration around factor times Config.Latency for a message.
func (w *World) latency(m *message, factor int64) int64 {
	mean := int64(w.cfg.Latency) * factor
	if mean == 0 {
		return 0
	}
	return mean/2 + int64(w.jitter(time.Duration(mean), diceLatency, hashOf(m.id)+uint64(factor)))
}
