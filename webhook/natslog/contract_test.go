package natslog_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook/logtest"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// held shows what the streams keep.
type held struct {
	*natslog.Log
	conn   *nats.Conn
	stream string
}

// Holds implements logtest.Holder.
func (h held) Holds(ctx context.Context) (all []byte, err error) {
	js, err := jetstream.New(h.conn)
	if err != nil {
		return nil, err
	}
	s, err := js.Stream(ctx, h.stream)
	if err != nil {
		return nil, err
	}
	for seq := uint64(1); ; seq++ {
		m, err := s.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, m.Data...)
		for name, values := range m.Header {
			all = append(all, name+values[0]+m.Subject...)
		}
	}
}

// contractServer is where the contract is tested: the server in KANAVA_NATS_URL, or one of our own.
func contractServer(t *testing.T) func(t *testing.T) natslog.Config {
	t.Helper()
	if url := os.Getenv("KANAVA_NATS_URL"); url != "" {
		t.Logf("NATS at %s", url)
		return func(t *testing.T) natslog.Config {
			conn, err := nats.Connect(url, nats.Timeout(patience))
			require.NoError(t, err)
			t.Cleanup(conn.Close)
			return natslog.Config{Conn: conn, Replicas: 1, InsecureAllowLoss: true}
		}
	}
	n := single(t, syncAlways, "")
	return func(t *testing.T) natslog.Config {
		return natslog.Config{Conn: connect(t, "app", n), System: connect(t, "sys", n), Replicas: 1}
	}
}

func TestTheLogKeepsTheContract(t *testing.T) {
	t.Parallel()
	config := contractServer(t)
	logtest.Run(t, func(t *testing.T, o logtest.Options) logtest.Log {
		cfg := config(t)
		cfg.Stream = "T_" + o.Name
		if o.InOrder {
			cfg.Partitions = 4
		}
		cfg.MaxTries, cfg.MinWait, cfg.MaxWait = o.MaxTries, o.MinWait, o.MaxWait
		cfg.Redact, cfg.Inject, cfg.Extract = o.Redact, o.Inject, o.Extract
		l, err := natslog.Open(patient(t), cfg)
		require.NoError(t, err)
		return held{l, cfg.Conn, cfg.Stream}
	})
}
