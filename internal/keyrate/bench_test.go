package keyrate_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/kanava-go/kanava/internal/keyrate"
)

const million = 1 << 20

// BenchmarkTake decides about random keys out of a million active ones. The
// baseline is the usual way: a map of rate limiters under a lock.
func BenchmarkTake(b *testing.B) {
	now := time.Now()
	b.Run("ours", func(b *testing.B) {
		l := keyrate.New(6*time.Second, 45, 0)
		for k := range uint64(million) {
			l.Take(k, t0)
		}
		r := rand.New(rand.NewPCG(1, 2))
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			l.Take(r.Uint64N(million), t0)
		}
	})
	b.Run("map of x_time_rate", func(b *testing.B) {
		var mu sync.Mutex
		m := make(map[uint64]*rate.Limiter, million)
		for k := range uint64(million) {
			m[k] = rate.NewLimiter(rate.Every(6*time.Second), 45)
		}
		r := rand.New(rand.NewPCG(1, 2))
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			mu.Lock()
			l := m[r.Uint64N(million)]
			mu.Unlock()
			l.AllowN(now, 1)
		}
	})
}
