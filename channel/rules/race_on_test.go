//go:build race

package rules_test

// raceEnabled makes the random histories fewer: the race detector slows pure
// arithmetic down tenfold and has nothing to find in it.
const raceEnabled = true
