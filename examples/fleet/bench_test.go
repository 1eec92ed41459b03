package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkWholeWay has customers of thirty numbers write as fast as they can, and measures how many
// messages a second are taken in, answered, sent and followed by three statuses, by how many processes.
// The figures mean little by themselves, since the simulated WhatsApp shares the machine: it is the
// ratios of one run that count.
//
//	go test ./fleet -run '^$' -bench WholeWay -benchtime 1x
func BenchmarkWholeWay(b *testing.B) {
	const messages = 1000
	for _, in := range []string{"PostgreSQL alone", "JetStream of three in front"} {
		one := 0.0
		for _, processes := range []int{1, 2, 4} {
			b.Run(fmt.Sprint(in, ", processes ", processes), func(b *testing.B) {
				for range b.N {
					var flags []string
					if in != "PostgreSQL alone" {
						nodes, urls := cluster(b)
						for _, n := range nodes {
							n.start(b)
						}
						flags = []string{"-log", "nats", "-nats", urls}
					}
					rate := wholeWay(b, messages, processes, flags...)
					if processes == 1 {
						one = rate
					}
					b.ReportMetric(rate, "messages/s")
					b.ReportMetric(rate/one, "×one")
				}
			})
		}
	}
}

// wholeWay returns how many messages a second a fleet answers.
func wholeWay(b *testing.B, messages, processes int, flags ...string) float64 {
	b.Helper()
	f := newBenchOf(b, 300, 30, flags...)
	for i := range processes {
		f.start(fmt.Sprint("process ", i))
	}
	f.open()
	ctx, end := context.WithCancel(b.Context())
	defer end()
	go func() { _ = f.world.Run(ctx) }()
	began := time.Now()
	for i := range messages {
		f.users[i%len(f.users)].Text(f.numbers[i%len(f.numbers)], "message "+word(i))
	}
	require.Eventually(b, func() bool { return f.answered() == messages }, 5*time.Minute, 250*time.Millisecond)
	return float64(messages) / time.Since(began).Seconds()
}
