package natslog_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook/natslog"
)

// BenchmarkPublish compares Accept with a bare publish of the same body, from 16 goroutines, on
// one server that syncs every write and on three that do not. Client and servers share a machine.
func BenchmarkPublish(b *testing.B) {
	for _, c := range []struct {
		name  string
		nodes func(testing.TB) []*node
		one   bool
	}{
		{"R1 that syncs", func(t testing.TB) []*node { return []*node{single(t, syncAlways, "")} }, true},
		{"R3", func(t testing.TB) []*node { return cluster(t) }, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			nodes := c.nodes(b)
			conn := connect(b, "app", nodes...)
			cfg := natslog.Config{Conn: conn, System: connect(b, "sys", nodes...)}
			if c.one {
				cfg.Replicas = 1
			}
			l := openCluster(b, cfg)
			var id atomic.Int64
			run := func(b *testing.B, publish func(id string) error) {
				b.SetParallelism(16)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := publish(fmt.Sprint("w", id.Add(1))); err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "/s")
			}
			b.Run("Accept", func(b *testing.B) {
				run(b, func(id string) error { return l.Accept(context.Background(), delivery(id)) })
			})
			b.Run("bare publish", func(b *testing.B) {
				js, err := jetstream.New(conn)
				require.NoError(b, err)
				run(b, func(id string) error {
					_, err := js.Publish(context.Background(), natslog.DefaultStream+".0.bare", delivery(id).Body)
					return err
				})
			})
		})
	}
}
