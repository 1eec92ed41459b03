//go:build race

package webhook_test

// raceEnabled: under the race detector sync.Pool drops items at random, so
// allocations differ.
const raceEnabled = true
