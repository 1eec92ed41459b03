package console

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// streams are the pages that are open and told what happens.
type streams struct {
	mu      sync.Mutex
	most    int // of one actor
	open    map[*stream]bool
	running bool
}

// stream is what one page is told. It belongs to the goroutine of its request but for what streams.tell
// does to it.
type stream struct {
	actor string
	news  chan *conversation.News
	lost  chan struct{} // full when news did not fit: the page has to look at everything again
	ended chan struct{} // closed when Run ends
}

// waiting is how many news wait for a page before it is told to look at everything again.
const waiting = 256

var (
	errNotRunning = errors.New("console: Run is not active")
	errTooMany    = errors.New("console: too many open pages of one actor")
)

func newStreams(most int) *streams { return &streams{most: most, open: map[*stream]bool{}} }

// add opens a stream for an actor.
func (s *streams) add(a *access.Actor) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return nil, errNotRunning
	}
	one := &stream{
		actor: nameOf(a), news: make(chan *conversation.News, waiting), lost: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	n := 0
	for o := range s.open {
		if o.actor == one.actor {
			n++
		}
	}
	if n >= s.most {
		return nil, errTooMany
	}
	s.open[one] = true
	return one, nil
}

func (s *streams) remove(one *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, one)
}

// nameOf tells actors apart.
func nameOf(a *access.Actor) string { return string(a.Kind) + " " + a.ID }

// tell passes news on to every page, or to those of one actor; nil: so much was missed that they have to
// look at everything again.
func (s *streams) tell(n *conversation.News, only string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.open {
		if only != "" && one.actor != only {
			continue
		}
		select {
		case one.news <- n:
			if n != nil {
				continue
			}
		default:
		}
		select {
		case one.lost <- struct{}{}:
		default:
		}
	}
}

// start lets pages open streams; the returned function ends them all.
func (s *streams) start() (end func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return nil, false
	}
	s.running = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running = false
		for one := range s.open {
			close(one.ended)
		}
		clear(s.open)
	}, true
}

// ErrRunning says that Run is active already.
var ErrRunning = errors.New("console: running already")

// Run tells open pages what happens, until ctx is done; it then ends their streams, so that a server can
// shut down. The error is ErrRunning, or matches channel.ErrNoFeed. One Run serves all pages of this process. Without
// it the console works, but pages learn of news only when they are loaded again.
func (c *Console) Run(ctx context.Context) error {
	end, ok := c.streams.start()
	if !ok {
		return ErrRunning
	}
	defer end()
	cursor := ""
	for ctx.Err() == nil {
		err := c.follow(ctx, &cursor)
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, channel.ErrNoFeed):
			return err
		case errors.Is(err, store.ErrForgotten), errors.Is(err, store.ErrCursor):
			cursor = ""
			c.streams.tell(nil, "")
		default:
			c.Logger.Warn("console: the feed failed, it is asked again", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// follow passes news on until there is an error or ctx is done. cursor is how far it came, "" to begin
// with what comes from now on.
func (c *Console) follow(ctx context.Context, cursor *string) error {
	hub := c.Desk.Hub()
	if *cursor == "" {
		now, err := hub.FeedCursor(ctx)
		if err != nil {
			return err
		}
		*cursor = now
	}
	for n, err := range hub.Feed(ctx, channel.FeedQuery{After: *cursor}) {
		if err != nil {
			return err
		}
		*cursor = n.Cursor
		if n.Kind != "" {
			c.streams.tell(n, "")
		}
	}
	return nil
}
