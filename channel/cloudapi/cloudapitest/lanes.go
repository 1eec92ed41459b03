package cloudapitest

import (
	"context"
	"sync"
)

// runWorkers is how many webhook POSTs Run has open at once. Meta delivers
// concurrently too and promises no order; but without faults, what one person does is
// told in the order it was done.
const runWorkers = 8

// lanes perform POSTs concurrently, those of one person one after another.
type lanes struct {
	mu      sync.Mutex
	idle    sync.Cond // on mu: nothing is waiting or under way
	open    int
	waiting [runWorkers][]*post
	busy    [runWorkers]bool
}

// add queues a POST in the lane of its person; the goroutines it needs are of group.
func (l *lanes) add(ctx context.Context, w *World, group *sync.WaitGroup, p *post) {
	lane := p.lane() % runWorkers
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	l.waiting[lane] = append(l.waiting[lane], p)
	if !l.busy[lane] {
		l.busy[lane] = true
		group.Go(func() { l.work(ctx, w, lane) })
	}
}

// work performs what waits in a lane and ends with it. A POST that comes after the end
// of ctx fails at once and is retried, as if the receiver were down.
func (l *lanes) work(ctx context.Context, w *World, lane uint64) {
	for {
		l.mu.Lock()
		if len(l.waiting[lane]) == 0 {
			l.busy[lane] = false
			l.mu.Unlock()
			return
		}
		p := l.waiting[lane][0]
		l.waiting[lane] = l.waiting[lane][1:]
		l.mu.Unlock()
		w.perform(ctx, p)
		l.mu.Lock()
		if l.open--; l.open == 0 {
			l.idle.Broadcast()
		}
		l.mu.Unlock()
	}
}

// wait returns when nothing is waiting or under way, so that what moves the clock by
// hand does not overtake what Run has begun.
func (l *lanes) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open > 0 {
		l.idle.Wait()
	}
}

// lane tells which POSTs must stay in order: those of one person, or of one URL when
// items are collected.
func (p *post) lane() uint64 {
	it := p.items[0]
	switch {
	case len(p.items) > 1 || p.batched:
		return hashOf(p.url)
	case it.user != nil:
		return mix(uint64(it.user.seq))
	case it.number != nil:
		return hashOf(it.number.ID)
	}
	return hashOf(it.account.ID)
}
