package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

var (
	alice  = access.Actor{Kind: access.Agent, ID: "alice"}
	victor = access.Actor{Kind: access.Agent, ID: "victor"}                        // may only look
	bob    = access.Actor{Kind: access.Agent, ID: "bob", Teams: []string{"other"}} // of the other tenant
	nobody = access.Actor{Kind: access.Agent, ID: "nobody"}                        // has no right anywhere
	root   = access.Actor{Kind: access.Agent, ID: "root", Admin: true}             // administers, and reads nothing
	policy = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "victor": access.Viewer}}
)

// site is a console on a lab with two tenants, in a bubble.
type site struct {
	*channeltest.Lab
	desk    *desk.Desk
	console *console.Console
	stop    func()
}

// with runs f with a site, changed as change says.
func with(t *testing.T, change func(*console.Config), f func(t *testing.T, s *site)) {
	t.Helper()
	withHub(t, nil, change, f)
}

// withHub is with for a hub that is changed, too.
func withHub(t *testing.T, hub func(*channel.Config), change func(*console.Config), f func(t *testing.T, s *site)) {
	t.Helper()
	t.Parallel()
	s := &site{}
	options := channeltest.LabOptions{
		Settings: func(set *settings.Settings) { set.Desk = desk.Settings{Access: policy, Rules: rules.Default()}.JSON() },
		Config: func(c *channel.Config) {
			c.Feed, c.Search = true, true
			c.Channels[0].Templates = channeltest.Catalog(t)
			c.Channels[0].Templates.Put(channeltest.Dawn, channeltest.Definition(t, `{"name":"visit","language":"en","status":"APPROVED","category":"UTILITY",
				"components":[{"type":"BODY","text":"See you on {{1}}.","example":{"body_text":[["Monday"]]}}]}`))
			c.Channels = append(c.Channels, channel.Channel{Settings: settings.Settings{
				ID: "other", Name: "Other", Number: channeltest.OtherNumber, Account: "202290129340398", Enabled: true,
				Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{Teams: map[string]access.Role{"other": access.Supervisor}}}.JSON(),
			}, Sender: c.Channels[0].Sender})
			if hub != nil {
				hub(c)
			}
		},
		New: func(hub channel.Config) (*channel.Hub, error) {
			var err error
			if s.desk, err = desk.New(desk.Config{Hub: hub}); err != nil {
				return nil, err
			}
			return s.desk.Hub(), nil
		},
	}
	channeltest.Experiment(t, options, func(t *testing.T, l *channeltest.Lab) {
		s.Lab = l
		cfg := console.Config{Desk: s.desk, Actor: actorOf, InsecureAnyHost: true}
		if change != nil {
			change(&cfg)
		}
		var err error
		s.console, err = console.New(cfg)
		require.NoError(t, err)
		s.run(t)
		f(t, s)
		s.stop()
	})
}

// join is another process on the same store, with a hub that does no work.
func (s *site) join(t *testing.T) *site {
	t.Helper()
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: s.Store, Ticketing: &channeltest.Ticketing{}, Feed: true, Search: true, Channels: s.Hub.Channels(),
	}})
	require.NoError(t, err)
	c, err := console.New(console.Config{Desk: d, Actor: actorOf, InsecureAnyHost: true})
	require.NoError(t, err)
	other := &site{Lab: s.Lab, desk: d, console: c}
	other.run(t)
	return other
}

// run tells pages what happens until stop is called.
func (s *site) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.console.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ran)
	})
	synctest.Wait()
}

type actorKey struct{}

// actorOf takes the actor from the context, as a host's session would put it there.
func actorOf(r *http.Request) (access.Actor, error) {
	a, ok := r.Context().Value(actorKey{}).(access.Actor)
	if !ok {
		return a, errors.New("no session")
	}
	return a, nil
}

// answer is what the console answered.
type answer struct {
	*httptest.ResponseRecorder
	text string
}

func (s *site) do(r *http.Request, by *access.Actor) answer {
	s.T.Helper()
	if by != nil {
		r = r.WithContext(context.WithValue(r.Context(), actorKey{}, *by))
	}
	w := httptest.NewRecorder()
	s.console.ServeHTTP(w, r)
	return answer{w, w.Body.String()}
}

// get asks for a page.
func (s *site) get(by access.Actor, path string) answer {
	s.T.Helper()
	return s.do(httptest.NewRequestWithContext(s.T.Context(), http.MethodGet, path, nil), &by)
}

// post sends a form, as a script of the console does.
func (s *site) post(by access.Actor, path string, pairs ...string) answer {
	s.T.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(s.T.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Console", "1")
	return s.do(r, &by)
}

// asks has Kim write, and returns the conversation.
func (s *site) asks(id, text string) string {
	s.T.Helper()
	s.Post(channeltest.Kim.Text(time.Now(), id, text))
	s.Pass(10 * time.Second)
	return s.Conversation().ID
}

// told is what a stream has told so far.
type told struct {
	mu     sync.Mutex
	text   bytes.Buffer
	header http.Header
	status int
	end    func()
	done   chan struct{}
}

func (w *told) Header() http.Header { return w.header }
func (w *told) WriteHeader(n int)   { w.status = n }
func (w *told) Flush()              {}
func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *told) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// change is what a patch says.
type change struct {
	Reset    bool
	Rows     []struct{ ID, HTML string }
	Messages []struct{ ID, HTML, Quote string }
	Gone     []string
	Erased   []string
	Head     string
	Counts   string
}

// patches are what a stream has told.
func (w *told) patches(t *testing.T) (all []change, last string) {
	t.Helper()
	for line := range strings.Lines(w.String()) {
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			last = strings.TrimSpace(id)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var p change
			require.NoError(t, json.Unmarshal([]byte(data), &p))
			all = append(all, p)
		}
	}
	return all, last
}

// listen opens a stream.
func (s *site) listen(by access.Actor, query, lastID string) *told {
	s.T.Helper()
	ctx, cancel := context.WithCancel(context.WithValue(s.T.Context(), actorKey{}, by))
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events"+query, nil)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	w := &told{header: http.Header{}, status: http.StatusOK, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		s.console.ServeHTTP(w, r)
	}()
	w.end = func() { cancel(); <-w.done }
	s.T.Cleanup(cancel)
	synctest.Wait()
	return w
}

// kimFails is the status that a message to Kim failed.
func kimFails(wamid, opaque string) channeltest.Item {
	return channeltest.Kim.Fails(wamid, opaque, 131026)
}
