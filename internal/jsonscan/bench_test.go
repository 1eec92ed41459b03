package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/internal/jsonscan"
)

// BenchmarkScan indexes a one-message webhook, beside encoding/json only checking
// its syntax and decoding it into a map.
func BenchmarkScan(b *testing.B) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, fixtures.Get("messages_text")); err != nil {
		b.Fatal(err)
	}
	body := compact.String()
	b.Run("jsonscan", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var doc jsonscan.Doc
		for b.Loop() {
			if err := doc.Parse(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json.Valid", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if !json.Valid(compact.Bytes()) {
				b.Fatal("not valid")
			}
		}
	})
	b.Run("json.Unmarshal map", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := json.Unmarshal(compact.Bytes(), &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
