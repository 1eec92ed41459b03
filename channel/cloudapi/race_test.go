//go:build race

package cloudapi_test

const raceEnabled = true
