package helpdesk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// inside is the console of a program whose world a test can reach, on a network that a
// test can break.
type inside struct {
	*site
	app *app
	net *network
}

func within(t *testing.T) *inside {
	t.Helper()
	return withinFolder(t, t.TempDir())
}

// withinFolder is within for a folder that may have something already.
func withinFolder(t *testing.T, dir string) *inside {
	t.Helper()
	log := &output{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(log.String())
		}
	})
	app, err := newApp(t.Context(), setup{dir: dir, log: slog.New(slog.NewTextHandler(log, nil))})
	require.NoError(t, err)
	in := &inside{app: app, net: &network{next: app.routes()}}
	server := httptest.NewServer(in.net)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- app.run(ctx) }()
	go func() { done <- app.console.Run(ctx) }()
	t.Cleanup(func() {
		in.net.set(nil)
		app.pages.close()
		stop()
		err := errors.Join(<-done, <-done)
		server.Close()
		if err := errors.Join(err, app.db.Close()); err != nil {
			t.Error(err)
		}
	})
	in.site = &site{t: t, url: server.URL, out: &output{}, log: log}
	return in
}

// writes lets a person of this name write, and returns the person and the conversation.
func (in *inside) writes(name, text string) (*cloudapitest.User, string) {
	in.t.Helper()
	user := in.demo().world.AddUser(cloudapitest.UserConfig{Name: name})
	user.Text(in.demo().number, text)
	var id string
	in.eventually(func() bool {
		for part := range strings.SplitSeq(in.get("/console/list?view=all"), "<li ") {
			if strings.Contains(part, ">"+name+"<") {
				id = conversationID.FindString(part)
			}
		}
		return id != ""
	}, "a ticket of "+name)
	return user, id
}

// got returns what the business has sent to a person.
func (in *inside) got(user *cloudapitest.User) (texts []string) {
	for _, b := range user.Sees(in.demo().number) {
		if !b.Mine {
			texts = append(texts, b.Text)
		}
	}
	return texts
}

// network lies between the browser and the program.
type network struct {
	next  http.Handler
	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request) bool
}

// set lets fault decide about every request from now on: true lets it pass. nil repairs
// the network.
func (n *network) set(fault func(http.ResponseWriter, *http.Request) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fault = fault
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	fault := n.fault
	n.mu.Unlock()
	if fault == nil || fault(w, r) {
		n.next.ServeHTTP(w, r)
	}
}

// loseAnswer lets the program do what is asked and cuts the line before it answers.
func (n *network) loseAnswer(r *http.Request) {
	n.next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// reads and sends tell requests apart.
func reads(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/console/talk/")
}

func sends(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/reply") || strings.HasSuffix(r.URL.Path, "/template")
}

// demo is the simulated WhatsApp.
func (in *inside) demo() *demo { return demoOf(in.app) }

func demoOf(a *app) *demo { return a.phone.(*demo) }
