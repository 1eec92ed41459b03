package kafkalog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/webhook/kafkalog"
	"github.com/kanava-go/kanava/webhook/logtest"
)

// brokers starts three brokers inside the test.
func brokers(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, []kgo.Opt) {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(3)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c, []kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...)}
}

// open opens a log and closes it with the test.
func open(t *testing.T, cfg kafkalog.Config) *kafkalog.Log {
	t.Helper()
	l, err := kafkalog.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(l.Close)
	return l
}

// held shows what the topic keeps.
type held struct {
	*kafkalog.Log
	client []kgo.Opt
	topic  string
}

// Holds implements logtest.Holder.
func (h held) Holds(ctx context.Context) (all []byte, err error) {
	reader, err := kgo.NewClient(append(h.client[:len(h.client):len(h.client)], kgo.ConsumeTopics(h.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	fetches := reader.PollFetches(ctx)
	fetches.EachRecord(func(r *kgo.Record) {
		all = append(append(all, r.Key...), r.Value...)
		for _, header := range r.Headers {
			all = append(append(all, header.Key...), header.Value...)
		}
	})
	return all, fetches.Err()
}

func TestTheLogKeepsTheContract(t *testing.T) {
	t.Parallel()
	_, client := brokers(t)
	logtest.Run(t, func(t *testing.T, o logtest.Options) logtest.Log {
		return held{open(t, kafkalog.Config{
			Client: client, Topic: o.Name, Group: o.Name, Partitions: 3, InOrder: o.InOrder, MaxTries: o.MaxTries, MinWait: o.MinWait, MaxWait: o.MaxWait,
			Redact: o.Redact, Inject: o.Inject, Extract: o.Extract,
		}), client, o.Name}
	})
}
