package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/webhook"
)

// DeadLetters returns up to limit deliveries that were put aside and not replayed, the oldest
// first.
func (l *Log) DeadLetters(ctx context.Context, limit int) (dead []webhook.DeadRecord, err error) {
	records, err := l.readDead(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("kafkalog: list dead letters: %w", err)
	}
	for _, r := range records {
		dead = append(dead, webhook.DeadRecord{Record: *decode(r), Reason: header(r, headerReason), At: r.Timestamp})
	}
	return dead, nil
}

// Replay puts up to limit deliveries that were put aside back into the log, the oldest first,
// and returns how many. They count as new: their tries begin again, behind what waits already.
func (l *Log) Replay(ctx context.Context, limit int) (n int, err error) {
	records, err := l.readDead(ctx, limit)
	if err != nil || len(records) == 0 {
		return 0, wrapReplay(err)
	}
	again := make([]*kgo.Record, len(records))
	for i, r := range records {
		again[i] = l.encode(l.cfg.Topic, decode(r))
	}
	if err := l.produce(ctx, again...); err != nil {
		return 0, wrapReplay(err)
	}
	var replayed kadm.Offsets
	replayed.AddOffset(l.dead, 0, records[len(records)-1].Offset+1, -1)
	return len(records), wrapReplay(l.admin.CommitAllOffsets(ctx, l.replayGroup(), replayed))
}

func wrapReplay(err error) error {
	if err != nil {
		return fmt.Errorf("kafkalog: replay dead letters: %w", err)
	}
	return nil
}

// replayGroup is the group whose offset says what was replayed.
func (l *Log) replayGroup() string { return l.dead + ".replayed" }

// readDead reads up to limit dead letters that were not replayed.
func (l *Log) readDead(ctx context.Context, limit int) (records []*kgo.Record, err error) {
	starts, err := l.admin.ListStartOffsets(ctx, l.dead)
	if err != nil {
		return nil, err
	}
	ends, err := l.admin.ListEndOffsets(ctx, l.dead)
	if err != nil {
		return nil, err
	}
	replayed, err := l.admin.FetchOffsetsForTopics(ctx, l.replayGroup(), l.dead)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) { // nothing was ever replayed
		return nil, err
	}
	start, _ := starts.Lookup(l.dead, 0)
	end, _ := ends.Lookup(l.dead, 0)
	for _, o := range []kadm.ListedOffset{start, end} {
		if o.Err != nil {
			return nil, o.Err
		}
	}
	from := start.Offset
	if o, ok := replayed.Lookup(l.dead, 0); ok && o.Err == nil {
		from = max(from, o.At)
	}
	if from >= end.Offset || limit <= 0 {
		return nil, nil
	}
	reader, err := kgo.NewClient(append(l.cfg.Client[:len(l.cfg.Client):len(l.cfg.Client)],
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{l.dead: {0: kgo.NewOffset().At(from)}}))...)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for next := from; next < end.Offset && len(records) < limit; {
		fetches := reader.PollRecords(ctx, limit-len(records))
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			next = r.Offset + 1
			if r.Offset < end.Offset {
				records = append(records, r)
			}
		})
	}
	return records, nil
}
