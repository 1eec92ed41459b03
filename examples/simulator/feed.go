package main

import (
	"net/http"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// posted is one attempt at a webhook, for the page.
type posted struct {
	At     time.Time `json:"at"` // real time
	Status int       `json:"status"`
	Error  string    `json:"error,omitempty"`
	Bytes  int64     `json:"bytes"`
	Took   string    `json:"took"`
}

// feed remembers the last webhook attempts.
type feed struct {
	mu   sync.Mutex
	last []posted
}

const feedLength = 50

func (f *feed) add(p posted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = append(f.last, p)
	if len(f.last) > feedLength {
		f.last = append([]posted(nil), f.last[len(f.last)-feedLength:]...)
	}
}

// list returns the attempts, newest first.
func (f *feed) list() []posted {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]posted, 0, len(f.last))
	for i := len(f.last) - 1; i >= 0; i-- {
		out = append(out, f.last[i])
	}
	return out
}

// watch records what goes over a transport.
func (f *feed) watch(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		began := time.Now()
		resp, err := next.RoundTrip(r)
		p := posted{At: began, Bytes: r.ContentLength, Took: time.Since(began).Round(time.Millisecond).String()}
		if err != nil {
			p.Error = "not reached"
		} else {
			p.Status = resp.StatusCode
		}
		f.add(p)
		return resp, err
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// directory finds people by the key the control API uses.
type directory struct {
	mu   sync.Mutex
	list []*cloudapitest.User
}

func (d *directory) add(u *cloudapitest.User) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, o := range d.list {
		if o == u {
			return i
		}
	}
	d.list = append(d.list, u)
	return len(d.list) - 1
}

func (d *directory) all() []*cloudapitest.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*cloudapitest.User(nil), d.list...)
}
