//go:build !race

package cloudapi_test

const raceEnabled = false
