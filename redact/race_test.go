//go:build race

package redact_test

// raced tells that the race detector is on, which makes these tests about eight
// times slower and finds nothing in a loop of one goroutine.
const raced = true
