package channel

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// pulseEvery is how exact the stored times are. This process knows its own exactly.
const pulseEvery = time.Minute

// pulse is when a channel last heard from WhatsApp and when WhatsApp last took a message from
// it. For upkeep, In is when it last came round.
type pulse struct {
	In  time.Time `json:"in,omitzero"`
	Out time.Time `json:"out,omitzero"`
}

func (p pulse) merge(o pulse) pulse {
	return pulse{times.Latest(p.In, o.In), times.Latest(p.Out, o.Out)}
}

// pulses are those that this process felt.
type pulses struct {
	mu sync.Mutex
	by map[string]*felt
}

type felt struct {
	pulse
	stored  time.Time // when it was written down last
	version int64     // of the record then
}

// feel notes a sign of life and returns what is to be written down; nil: not yet.
func (p *pulses) feel(key string, sign pulse, now time.Time) *felt {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.by[key]
	if f == nil {
		if p.by == nil {
			p.by = map[string]*felt{}
		}
		f = &felt{}
		p.by[key] = f
	}
	f.pulse = f.merge(sign)
	if now.Sub(f.stored).Abs() < pulseEvery {
		return nil
	}
	f.stored = now
	write := *f
	return &write
}

func (p *pulses) of(key string) pulse {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.by[key]; f != nil {
		return f.pulse
	}
	return pulse{}
}

func (p *pulses) written(key string, version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by[key].version = version
}

// latency is a running mean of how long something takes.
type latency struct{ nanos atomic.Int64 }

func (l *latency) add(d time.Duration) {
	took := max(1, int64(d))
	if mean := l.nanos.Load(); mean > 0 {
		took = max(1, mean+(took-mean)/16)
	}
	l.nanos.Store(took) // losing a concurrent one does no harm
}

func (l *latency) mean() time.Duration { return time.Duration(l.nanos.Load()) }

// feel notes a sign of life of a channel, in memory at once and in the store now and then, for
// other processes. It need not succeed.
func (h *core) feel(ctx context.Context, key string, sign pulse) {
	write := h.pulses.feel(key, sign, h.now())
	for attempt := 0; write != nil && attempt < 3; attempt++ {
		body, err := json.Marshal(write.pulse)
		if err != nil {
			return
		}
		r := store.Record{Kind: kindPulse, Key: key, Version: write.version, Body: body}
		if _, err = h.store.Commit(ctx, &store.Batch{Put: []store.Record{r}}); err == nil {
			h.pulses.written(key, write.version+1)
		}
		if !errors.Is(err, store.ErrConflict) {
			return
		}
		records, err := h.store.Get(ctx, kindPulse, key) // another process wrote it
		if err != nil || len(records) == 0 {
			return
		}
		var known pulse
		_ = step.DecodeInto(&records[0], &known)
		write.pulse, write.version = write.merge(known), records[0].Version
	}
}

// storedPulses reads what all processes felt.
func (h *core) storedPulses(ctx context.Context, keys []string) (map[string]pulse, error) {
	records, err := h.store.Get(ctx, kindPulse, keys...)
	if err != nil {
		return nil, err
	}
	out := map[string]pulse{}
	for i := range records {
		var p pulse
		if err := step.DecodeInto(&records[i], &p); err != nil {
			return nil, err
		}
		out[records[i].Key] = p
	}
	for _, key := range keys {
		out[key] = out[key].merge(h.pulses.of(key))
	}
	return out, nil
}
