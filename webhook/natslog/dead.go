package natslog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/kanava-go/kanava/webhook"
)

// DeadLetters returns up to limit deliveries that were put aside, the oldest first.
func (l *Log) DeadLetters(ctx context.Context, limit int) (dead []webhook.DeadRecord, err error) {
	err = l.eachDead(ctx, limit, func(_ jetstream.Stream, m *jetstream.RawStreamMsg) error {
		dead = append(dead, webhook.DeadRecord{
			Record: *record(m.Header, m.Data), Reason: m.Header.Get(headerReason), At: m.Time,
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("natslog: list dead letters: %w", err)
	}
	return dead, nil
}

// Replay puts up to limit deliveries that were put aside back into the log, the oldest first,
// and returns how many. They count as new: their tries begin again, behind what waits already.
func (l *Log) Replay(ctx context.Context, limit int) (n int, err error) {
	err = l.eachDead(ctx, limit, func(s jetstream.Stream, m *jetstream.RawStreamMsg) error {
		again := nats.NewMsg(m.Header.Get(headerSubject))
		again.Data = m.Data
		for _, name := range []string{headerEnvelope, headerNumber, headerRecord} {
			if value := m.Header.Get(name); value != "" {
				again.Header.Set(name, value)
			}
		}
		// An ID of its own: the stream may remember the first.
		id := m.Header.Get(headerRecord) + ".again." + strconv.FormatUint(m.Sequence, 10)
		if err := l.publish(ctx, again, id, l.cfg.Stream); err != nil {
			return err
		}
		if err := s.DeleteMsg(ctx, m.Sequence); err != nil {
			return err
		}
		n++
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("natslog: replay dead letters: %w", err)
	}
	return n, nil
}

// eachDead calls f for up to limit dead letters, the oldest first.
func (l *Log) eachDead(ctx context.Context, limit int, f func(jetstream.Stream, *jetstream.RawStreamMsg) error) error {
	s, err := l.js.Stream(ctx, l.dead)
	if err != nil {
		return err
	}
	next := max(s.CachedInfo().State.FirstSeq, 1)
	for range limit {
		m, err := s.GetMsg(ctx, next, jetstream.WithGetMsgSubject(l.dead+".>"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(s, m); err != nil {
			return err
		}
		next = m.Sequence + 1
	}
	return nil
}
