package jsonscan_test

import (
	"testing"

	"github.com/kanava-go/kanava/internal/fixtures"
)

// FuzzScan holds the scanner against encoding/json: the same texts accepted, and
// the same values in them.
func FuzzScan(f *testing.F) {
	for _, fx := range fixtures.All() {
		f.Add(string(fx.Body))
	}
	f.Add(`{"a":[1,-2.5e10,true,false,null,"\ud83d\ude00\ud800\/"],"a":{"":{}}}`)
	f.Fuzz(func(t *testing.T, src string) { compare(t, src) })
}
