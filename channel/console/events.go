package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/maphash"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// patch is what a page is told: fragments that replace those with the same id, or are put in their
// place in the order.
type patch struct {
	Now      int64      `json:"now"`             // the server's clock, in Unix milliseconds
	Reset    bool       `json:"reset,omitempty"` // look at everything again
	Rows     []fragment `json:"rows,omitempty"`
	Gone     []string   `json:"gone,omitempty"`     // rows that are not in the list any more
	Messages []fragment `json:"messages,omitempty"` // of the open conversation
	Erased   []string   `json:"erased,omitempty"`   // messages and conversations that are nowhere any more
	Head     string     `json:"head,omitempty"`
	Present  *string    `json:"present,omitempty"` // who else is in the open conversation
	Counts   string     `json:"counts,omitempty"`
	Says     []string   `json:"says,omitempty"` // for a screen reader

	hidden []string // conversations that the actor may not read
}

type fragment struct {
	ID    string `json:"id"`
	Order string `json:"order"`
	HTML  string `json:"html"`
	Quote string `json:"quote,omitempty"` // of a message that was changed: what it says where it is quoted
}

// watcher is what a stream knows of the page at its other end.
type watcher struct {
	*request
	filter filter
	open   string            // the conversation in view
	sent   map[string]uint64 // hashes of what the page has, so that nothing goes twice
	seed   maphash.Seed
	cursor string
}

// beat is how often a page hears something although nothing happened: its clock is set, a proxy keeps the
// line, and it learns who else is there.
const beat = 5 * time.Second

// pause is how long news are collected before they are told.
const pause = 120 * time.Millisecond

// events is the stream of a page.
func (q *request) events() error {
	if q.Method == http.MethodHead {
		return nil
	}
	s, err := q.streams.add(&q.actor)
	if errors.Is(err, errTooMany) {
		http.Error(q.w, q.language.say("streams.many"), http.StatusTooManyRequests)
		return nil
	}
	if err != nil {
		http.Error(q.w, q.language.say("streams.none"), http.StatusServiceUnavailable)
		return nil
	}
	defer q.streams.remove(s)
	w := &watcher{
		request: q, filter: q.filter(), open: q.FormValue("open"), sent: map[string]uint64{}, seed: maphash.MakeSeed(),
		cursor: q.FormValue("after"),
	}
	if last := q.Header.Get("Last-Event-ID"); last != "" {
		w.cursor = last
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies that would wait for more
	w.follow(s)
	return nil
}

// follow tells the page what happens until it goes away, or Run ends. A page comes back by itself.
func (w *watcher) follow(s *stream) {
	err := w.catchUp()
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for err == nil {
		select {
		case <-w.ctx().Done():
			return
		case <-s.ended:
			return
		case <-s.lost:
			err = w.reset()
		case n := <-s.news:
			err = w.news(append([]*conversation.News{n}, collect(s)...))
		case <-alive.C:
			w.now = w.Now()
			if err = w.forget(); err == nil {
				var p patch
				w.whoElse(&p)
				err = w.tell(&p)
			}
		}
	}
	if w.ctx().Err() == nil && !errors.Is(err, errGone) {
		w.Logger.Error("console: stream failed", "error", err)
	}
}

// collect waits a moment for more: a message is several changes.
func collect(s *stream) (batch []*conversation.News) {
	time.Sleep(pause)
	for len(batch) < waiting {
		select {
		case n := <-s.news:
			if n != nil {
				batch = append(batch, n)
			}
		default:
			return batch
		}
	}
	return batch
}

// catchUp tells what the page missed since its cursor.
func (w *watcher) catchUp() error {
	if err := w.write("retry: 1000\n\n"); err != nil || w.cursor == "" {
		return err
	}
	q := channel.FeedQuery{After: w.cursor, Wanted: func(on string) bool { return w.may(on, access.Read) }}
	for range 4 {
		news, next, err := w.Desk.Hub().News(w.ctx(), q)
		if err != nil {
			return w.reset()
		}
		if len(news) == 0 {
			return nil
		}
		if err := w.news(news); err != nil {
			return err
		}
		q.After = next
	}
	return w.reset() // a page that was away for long
}

// reset has the page look at everything again, and go on from now: with a cursor that is of no use it would be
// told so again, and again.
func (w *watcher) reset() error {
	now, err := w.Desk.Hub().FeedCursor(w.ctx())
	if err != nil {
		return err
	}
	w.cursor = now
	return w.tell(&patch{Reset: true})
}

// tell sends a patch; one with nothing in it sets the clock, and keeps the connection.
func (w *watcher) tell(p *patch) error {
	p.Now = w.now.UnixMilli()
	var b bytes.Buffer
	b.WriteString("event: patch\n")
	if w.cursor != "" {
		b.WriteString("id: " + w.cursor + "\n")
	}
	b.WriteString("data: ")
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it is no page
	if err := encoder.Encode(p); err != nil {
		return err
	}
	b.WriteString("\n")
	return w.write(b.String())
}

// write sends a text at once. A page that does not take it within a minute is gone.
func (w *watcher) write(text string) error {
	control := http.NewResponseController(w.w)
	_ = control.SetWriteDeadline(time.Now().Add(time.Minute)) // where the server can
	if _, err := w.w.Write([]byte(text)); err != nil {
		return errGone
	}
	if control.Flush() != nil {
		return errGone
	}
	return nil
}

var errGone = errors.New("console: the browser went away, or somebody signed out")
