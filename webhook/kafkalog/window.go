package kafkalog

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A window is the part of a partition that this process works on: from the first record that is
// not done to the last that was fetched.
type window struct {
	ctx    context.Context // ends when the partition goes to another process
	cancel context.CancelFunc
	hands  sync.WaitGroup // records that are worked on

	mu      sync.Mutex
	entries []*entry            // in the order of their offsets
	lines   map[string][]*entry // with InOrder: those that wait behind another of their number
	paused  bool
}

type entry struct {
	record *kgo.Record
	done   bool
}

// newWindow returns a window that ends with ctx.
func newWindow(ctx context.Context) *window {
	w := &window{lines: map[string][]*entry{}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

// add takes over a record. With inOrder, first says whether it is the first of its line; the
// others are handed out by next.
func (w *window) add(r *kgo.Record, inOrder bool) (e *entry, first bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e = &entry{record: r}
	w.entries = append(w.entries, e)
	if !inOrder {
		return e, true
	}
	line, waits := w.lines[string(r.Key)]
	if waits {
		line = append(line, e)
	}
	w.lines[string(r.Key)] = line
	return e, !waits
}

// next returns the one behind e in its line, nil if there is none.
func (w *window) next(e *entry) *entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := string(e.record.Key)
	line := w.lines[key]
	if len(line) == 0 {
		delete(w.lines, key)
		return nil
	}
	w.lines[key] = line[1:]
	return line[0]
}

// finish notes that e is done, and returns the last record before which everything is, if that
// has moved.
func (w *window) finish(e *entry) (commit *kgo.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e.done = true
	for len(w.entries) > 0 && w.entries[0].done {
		commit = w.entries[0].record
		w.entries[0] = nil
		w.entries = w.entries[1:]
	}
	return commit
}

// maxAhead is how many records a partition may have under way, those that wait for their next try
// included.
const maxAhead = 1000

// turn says whether fetching is to be paused or resumed.
func (w *window) turn() (pause, resume bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch n := len(w.entries); {
	case !w.paused && n >= maxAhead:
		w.paused = true
		return true, false
	case w.paused && n <= maxAhead/2:
		w.paused = false
		return false, true
	}
	return false, false
}
