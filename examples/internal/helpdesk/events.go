package helpdesk

import (
	"net/http"
	"sync"
	"time"
)

// broadcast tells all open pages, by server-sent events, that something changed.
type broadcast struct {
	mu    sync.Mutex
	pages map[chan struct{}]bool
	done  chan struct{}
}

func newBroadcast() *broadcast {
	return &broadcast{pages: map[chan struct{}]bool{}, done: make(chan struct{})}
}

func (b *broadcast) notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for page := range b.pages {
		select {
		case page <- struct{}{}:
		default: // it has not looked at the last one yet
		}
	}
}

// close ends all streams, so that the server can shut down.
func (b *broadcast) close() { close(b.done) }

// ServeHTTP is one page's stream.
func (b *broadcast) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page := make(chan struct{}, 1)
	b.mu.Lock()
	b.pages[page] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.pages, page)
		b.mu.Unlock()
	}()
	flush := http.NewResponseController(w).Flush
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	for text := "event: update\ndata:\n\n"; ; {
		if _, err := w.Write([]byte(text)); err != nil || flush() != nil {
			return
		}
		select {
		case <-page:
			text = "event: update\ndata:\n\n"
		case <-alive.C:
			text = ": alive\n\n"
		case <-r.Context().Done():
			return
		case <-b.done:
			return
		}
	}
}
