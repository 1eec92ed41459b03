package helpdesk

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// output is what the program printed so far.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// site is the running program.
type site struct {
	t        *testing.T
	url, dir string
	out, log *output
	stop     func()
}

var address = regexp.MustCompile(`http://\S+`)

// serve runs the program on a folder, as a person would start it.
func serve(t *testing.T, dir string) *site {
	t.Helper()
	return start(t, dir, func(string) string { return "" })
}

// start is serve with an environment and more arguments.
func start(t *testing.T, dir string, getenv func(string) string, args ...string) *site {
	t.Helper()
	s := &site{t: t, dir: dir, out: &output{}, log: &output{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Main(ctx, append([]string{"-addr", "localhost:0", "-dir", dir, "-v"}, args...), getenv, s.out, s.log)
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("it does not stop cleanly:", err)
		}
	})
	t.Cleanup(s.stop)
	s.eventually(func() bool { s.url = address.FindString(s.out.String()); return s.url != "" }, "an address is printed")
	return s
}

// eventually waits for something that other goroutines bring about; the bound only ends what hangs.
func (s *site) eventually(ok func() bool, what string) {
	s.t.Helper()
	require.Eventually(s.t, ok, 10*time.Minute, 20*time.Millisecond, what)
}

func (s *site) get(path string) string {
	s.t.Helper()
	answer, err := http.Get(s.url + path)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return string(raw)
}

func (s *site) header(path, name string) string {
	s.t.Helper()
	answer, err := http.Get(s.url + path)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	return answer.Header.Get(name)
}

// post sends a form and returns the status and the text of the answer.
func (s *site) post(path string, pairs ...string) (int, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Console": "1",
	} {
		req.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(raw)
}

func (s *site) do(path string, pairs ...string) {
	s.t.Helper()
	status, text := s.post(path, pairs...)
	require.Equal(s.t, http.StatusNoContent, status, text)
}

var conversationID = regexp.MustCompile(`v_[a-z2-7]{24}`)

// ticket waits for the first ticket and returns its conversation.
func (s *site) ticket() string {
	s.t.Helper()
	id := ""
	s.eventually(func() bool { id = conversationID.FindString(s.get("/console/list?view=all")); return id != "" }, "a ticket")
	return id
}

// talk is the path of a conversation in the console.
func talk(conversationID string) string { return "/console/talk/" + conversationID }

// sees waits until the agent's view of a conversation has a text.
func (s *site) sees(conversationID, text string) {
	s.t.Helper()
	s.eventually(func() bool { return strings.Contains(s.get(talk(conversationID)), text) }, "the agent sees "+text)
}

// shows waits until the customer's phone shows a text.
func (s *site) shows(text string) {
	s.t.Helper()
	s.eventually(func() bool { return strings.Contains(s.get("/phone"), text) }, "the phone shows "+text)
}

// files returns the content of everything in the folder.
func (s *site) files() string {
	s.t.Helper()
	var all strings.Builder
	require.NoError(s.t, filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all.Write(raw)
		return err
	}))
	return all.String()
}
