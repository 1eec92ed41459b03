//go:build race

package keyrate_test

const raceEnabled = true
