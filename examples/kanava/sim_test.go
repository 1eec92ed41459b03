package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/examples/internal/simulator"
	"github.com/stretchr/testify/require"
)

// sim is a simulator that runs until the test ends.
type sim struct {
	simulator.Values
	t    *testing.T
	flag string // --sim=PORT
}

func simulated(t *testing.T) *sim {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	started, done := make(chan simulator.Values, 1), make(chan error, 1)
	go func() {
		done <- simulator.Run(ctx, simulator.Options{Addr: "localhost:0", Seed: 1, Started: func(v simulator.Values) error { started <- v; return nil }})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	v := <-started
	return &sim{v, t, "--sim=" + portOf(v.Site)}
}

// control calls the control API.
func (s *sim) control(method, path, body string) map[string]any {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.Site+"/control/"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, 200, resp.StatusCode, "%s %s: %s", method, path, raw)
	var v map[string]any
	require.NoError(s.t, json.Unmarshal(raw, &v))
	return v
}

// running is a verb that goes on until it is stopped, as by Ctrl-C.
type running struct {
	out, errs *buffer
	stop      func() int
}

func (s shell) start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{out: &buffer{}, errs: &buffer{}}
	done := make(chan int, 1)
	p := s.program(r.out, r.errs)
	go func() { done <- p.run(ctx, args) }()
	code, stopped := 0, false
	r.stop = func() int {
		if !stopped {
			stopped = true
			cancel()
			select {
			case code = <-done:
			case <-time.After(2 * time.Minute):
				t.Error("it does not stop")
			}
		}
		return code
	}
	t.Cleanup(func() { r.stop() })
	return r
}

// ports and ids that differ from run to run.
var volatile = regexp.MustCompile(`(localhost:|--sim=|wamid\.)[A-Za-z0-9+/=]+`)

// steady replaces what differs from run to run.
func steady(text string) string {
	return volatile.ReplaceAllStringFunc(text, func(found string) string {
		m := volatile.FindStringSubmatch(found)
		return m[1] + map[string]string{"localhost:": "8090", "--sim=": "8090", "wamid.": "HBgL"}[m[1]]
	})
}

// listening starts the verb listen on the simulator and waits until it is connected.
func listening(t *testing.T, s *sim, args ...string) *running {
	t.Helper()
	r := shell{}.start(t, append([]string{"listen", s.flag, "--addr", "0"}, args...)...)
	eventually(t, "listen is connected", func() bool { return strings.Contains(r.errs.String(), "sends its webhooks here") })
	return r
}
