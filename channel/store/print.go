package store

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// LogValue shows the kind, a hash of the key and the size.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", r.Kind), discreet.Hashed("key", r.Key), slog.Int64("version", r.Version), slog.Int("bytes", len(r.Body)))
}

// LogValue shows the kind and a hash: keys hold phone numbers.
func (k RecordKey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", k.Kind), discreet.Hashed("key", k.Key))
}

// LogValue shows the kind and a hash.
func (b Bound) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", b.Kind), discreet.Hashed("key", b.Key), slog.Int64("max", b.Max))
}

// LogValue shows the queue, a hash of the ID and the size.
func (w Work) LogValue() slog.Value {
	return slog.GroupValue(slog.String("queue", w.Queue), discreet.Hashed("id", w.ID), slog.String("group", w.Group), slog.Int("tries", w.Tries), slog.Int("bytes", len(w.Body)))
}

// LogValue shows the queue and a hash.
func (k WorkKey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("queue", k.Queue), discreet.Hashed("id", k.ID))
}

// LogValue shows the queue and a hash.
func (l Lease) LogValue() slog.Value {
	return slog.GroupValue(slog.String("queue", l.Queue), discreet.Hashed("id", l.ID))
}

// LogValue shows when it is due and why.
func (p Postponed) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("lease", p.Lease), slog.Time("due", p.Due), slog.String("reason", p.Reason), slog.Int("bytes", len(p.Body)))
}

// LogValue shows the reason.
func (b Buried) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("lease", b.Lease), slog.String("reason", b.Reason))
}

// LogValue shows the kind, a hash and the group.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", c.Kind), discreet.Hashed("key", c.Key), slog.String("group", c.Group))
}

// LogValue shows the kind, a hash and the size.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", e.Kind), discreet.Hashed("key", e.Key), slog.String("group", e.Group), slog.Int("bytes", len(e.Text)))
}

// LogValue shows the kind and the size.
func (q SearchQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", q.Kind), slog.Int("bytes", len(q.Text)), slog.Int("limit", q.Limit))
}

// LogValue shows a hash.
func (h Hit) LogValue() slog.Value {
	return slog.GroupValue(discreet.Hashed("key", h.Key), slog.String("group", h.Group), slog.Int64("position", h.Position))
}

// LogValue shows the kind, a hash of the key and the version.
func (e Expected) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", e.Kind), discreet.Hashed("key", e.Key), slog.Int64("version", e.Version))
}

// LogValue shows the queue and a hash.
func (p Passed) LogValue() slog.Value {
	return slog.GroupValue(slog.String("queue", p.Queue), discreet.Hashed("id", p.ID))
}

// LogValue shows counts.
func (b Batch) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("put", len(b.Put)), slog.Int("add", len(b.Add)), slog.Int("delete", len(b.Delete)), slog.Int("enqueue", len(b.Enqueue)), slog.Int("done", len(b.Done)), slog.Int("later", len(b.Later)), slog.Int("bury", len(b.Bury)))
}

// LogValue shows the kind and a hash.
func (q Query) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", q.Kind), discreet.Hashed("parent", q.Parent), slog.Int("limit", q.Limit))
}

// LogValue shows where it is, and a hash.
func (p Position) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("sort", p.Sort), discreet.Hashed("key", p.Key))
}

// LogValue shows the queue.
func (q WorkQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("queue", q.Queue), slog.Int("limit", q.Limit))
}

// LogValue shows the number.
func (c Claim) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("limit", c.Limit))
}

// Format implements [fmt.Formatter].
func (r Record) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (k RecordKey) Format(f fmt.State, _ rune) { discreet.Format(f, k) }

// Format implements [fmt.Formatter].
func (w Work) Format(f fmt.State, _ rune) { discreet.Format(f, w) }

// Format implements [fmt.Formatter].
func (k WorkKey) Format(f fmt.State, _ rune) { discreet.Format(f, k) }

// Format implements [fmt.Formatter].
func (l Lease) Format(f fmt.State, _ rune) { discreet.Format(f, l) }

// Format implements [fmt.Formatter].
func (p Postponed) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (b Buried) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// Format implements [fmt.Formatter].
func (e Expected) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (p Passed) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (b Batch) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// Format implements [fmt.Formatter].
func (c Change) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (e Entry) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// Format implements [fmt.Formatter].
func (q SearchQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (h Hit) Format(f fmt.State, _ rune) { discreet.Format(f, h) }

// Format implements [fmt.Formatter].
func (q Query) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (p Position) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (q WorkQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (c Claim) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (b Bound) Format(f fmt.State, _ rune) { discreet.Format(f, b) }
