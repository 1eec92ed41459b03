package channel

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/internal/worker"
)

const (
	// heartbeat is how often a process says that it lives, unless Config.Heartbeat says otherwise.
	heartbeat = time.Second
	// lapseAfter is for how many heartbeats a process goes on that could not say so, and deadAfter
	// for how many the others believe in one of which they hear nothing. A process stops before
	// anybody takes its work over.
	lapseAfter, deadAfter = 3, 4
)

// A life is as long as a process may work: until the store has not taken a heartbeat of it for too
// long, because it was frozen, cut off, or the store was out. From then on others may have what it
// had in hand, and what it goes on with is a new life under a new name.
type life struct {
	every   time.Duration // between two heartbeats
	process string        // whose life it is

	mu      sync.Mutex
	lives   int
	lapsed  int   // lives that have ended before Run did
	version int64 // of the record of the present life
	ctx     context.Context
	end     context.CancelCauseFunc
	fence   *time.Timer
	heard   time.Time // when the last heartbeat began that the store took
	failed  error     // why the last one was not taken; nil: it was
}

// name is that of the n-th life.
func (l *life) name(n int) string { return fmt.Sprint(l.process, ".", n) }

// processOf is whose life it is.
func processOf(life string) string {
	process, _, _ := strings.Cut(life, ".")
	return process
}

// term is what work may be claimed and done under now; see [worker.Config].
func (l *life) term() (ctx context.Context, owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ctx, l.name(l.lives)
}

// begin begins the next life, whose first heartbeat began at heard.
func (l *life) begin(work context.Context, heard time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lives++
	l.version, l.heard = 1, heard
	ctx, end := context.WithCancelCause(work)
	l.ctx, l.end = ctx, end
	l.fence = time.AfterFunc(l.left(), func() { end(worker.ErrLapsed) })
}

// left is how long the life lasts without another heartbeat. The caller holds the lock.
func (l *life) left() time.Duration {
	since := time.Since(l.heard)
	if wall := time.Now().Round(0).Sub(l.heard.Round(0)); wall > since {
		since = wall // the machine slept
	}
	return lapseAfter*l.every - since
}

// goesOn notes a heartbeat that the store took. What has ended stays so.
func (l *life) goesOn(heard time.Time, version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.version = version
	if l.ctx.Err() == nil && l.fence.Stop() {
		l.heard = heard
		l.fence.Reset(l.left())
	}
}

// over reports whether the process may not work now. It asks the clocks as well: after a freeze the
// timer may come late.
func (l *life) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		return false // nothing runs
	}
	if l.ctx.Err() == nil && l.left() <= 0 {
		l.end(worker.ErrLapsed)
	}
	return l.ctx.Err() != nil
}

// noted keeps what came of saying that the process lives.
func (l *life) noted(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
}

// trouble is why the process may not work now, as far as that is the store's doing: one that is read-only, or whose disk
// is full, still answers what it is asked.
func (l *life) trouble() error {
	if !l.over() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// stop ends the present life.
func (l *life) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		return
	}
	l.fence.Stop()
	l.end(worker.ErrLapsed)
}

// lapse counts a life that ended before Run did, and returns how many did so.
func (l *life) lapse() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lapsed++
	return l.lapsed
}

// lapses is how many lives of the process have ended before Run did.
func (l *life) lapses() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lapsed
}

// change is the name of the life that was, "" if there was none, and of the next one.
func (l *life) change() (old, next string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lives > 0 {
		old = l.name(l.lives)
	}
	return old, l.name(l.lives + 1)
}

// present is the name of the present life and the version of its record.
func (l *life) present() (name string, version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.name(l.lives), l.version
}

// A lookout is what a process sees of the lives of others.
type lookout struct {
	at   time.Time // when it last looked
	seen map[string]sighting
}

// A sighting is the heartbeat of a life that was seen last, and since when it is the last.
type sighting struct {
	version int64
	since   time.Time
}

// look notes which heartbeats there are and returns the lives that have ended: nothing was heard of
// them for too long, and that is not because nobody listened. No clock but that of the one who
// looks has a say in it.
func (o *lookout) look(beats map[string]int64, every time.Duration, began, ended time.Time) (dead []string) {
	attentive := began.Sub(o.at) <= 2*every
	seen := make(map[string]sighting, len(beats))
	for life, version := range beats {
		s, known := o.seen[life]
		switch {
		case !attentive || !known || s.version != version:
			s = sighting{version, ended}
		case began.Sub(s.since) > deadAfter*every-every/4:
			dead = append(dead, life)
		}
		seen[life] = s
	}
	o.seen, o.at = seen, ended
	return dead
}
