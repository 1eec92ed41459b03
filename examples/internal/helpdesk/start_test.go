package helpdesk

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

func hashOf(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	require.NoError(t, err)
	return string(hash)
}

func TestWhateverKeepsTheHelpdeskFromStartingIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"message":"Invalid OAuth access token","type":"OAuthException","code":190}}`)
	}))
	t.Cleanup(graph.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	later := filepath.Join(dir, "later")
	func() { // a database of a release that is not out yet
		s := serve(t, later)
		s.stop()
		db, err := sql.Open("sqlite", filepath.Join(later, "helpdesk.db"))
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "INSERT INTO kanava_migration (step, name) VALUES (999, '0999_future.sql')")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}()
	write("text/helpdesk.db", strings.Repeat("this is no database ", 500))
	write("damaged/phones.json", "{")
	hash := hashOf(t, "open sesame")
	weak, err := bcrypt.GenerateFromPassword([]byte("x"), bcrypt.MinCost)
	require.NoError(t, err)
	live := []string{"-live", "-webhook-addr", "localhost:0", "-graph"}
	for name, tt := range map[string]struct {
		args []string
		says []string
	}{
		"a folder that is a file":                 {[]string{"-dir", write("file", "")}, []string{"create folder", "file"}},
		"a folder that cannot be made":            {[]string{"-dir", "/proc/helpdesk"}, []string{"create folder", "/proc/helpdesk"}},
		"a file that is no database":              {[]string{"-dir", filepath.Join(dir, "text")}, []string{"helpdesk.db cannot be used", "not a database"}},
		"a database of a later release":           {[]string{"-dir", later}, []string{"helpdesk.db cannot be used", "later release"}},
		"phones that are damaged":                 {[]string{"-dir", filepath.Join(dir, "damaged")}, []string{"phones.json is damaged"}},
		"an address that is none":                 {[]string{"-addr", "nonsense"}, []string{"-addr", "nonsense"}},
		"a port that is none":                     {[]string{"-addr", "localhost:99999"}, []string{"-addr", "99999"}},
		"an address of somebody else":             {[]string{"-addr", "192.0.2.1:0"}, []string{"-addr"}},
		"a console that everybody can reach":      {[]string{"-addr", "0.0.0.0:0"}, []string{"can be reached from elsewhere", "-password-file"}},
		"one without a name":                      {[]string{"-addr", "0.0.0.0:0", "-insecure-open"}, []string{"say with -host NAME"}},
		"a name that is an address":               {[]string{"-host", "https://support.example.com/"}, []string{"Hosts wants names"}},
		"no password file":                        {[]string{"-password-file", filepath.Join(dir, "none")}, []string{"-password-file", "none"}},
		"an empty password file":                  {[]string{"-password-file", write("empty", "# nobody\n\n")}, []string{"nobody is in it", "htpasswd"}},
		"a password in the open":                  {[]string{"-password-file", write("open", "ada:secret\n")}, []string{"line 1: want a bcrypt hash"}},
		"a weak hash":                             {[]string{"-password-file", write("weak", "ada:"+string(weak)+"\n")}, []string{"line 1: want a bcrypt hash of cost 10 or more"}},
		"a role that is none, and somebody twice": {[]string{"-password-file", write("roles", "ada:"+hash+":king\nlee:"+hash+"\nlee:"+hash+"\nnonsense\n")}, []string{"line 1: want the role", "line 3: a second one", "line 4: want NAME:HASH"}},
		"a token that WhatsApp does not take":     {append(live, graph.URL), []string{"does not take the token", "WHATSAPP_TOKEN"}},
		"a simulator that is gone":                {append(live, gone.URL), []string{"nothing answers at " + gone.URL, "start the simulator"}},
		"a simulator without -live":               {[]string{"-graph", gone.URL}, []string{"-graph goes with -live"}},
		"a simulator's address that is none":      {append(live, "nonsense"), []string{"-graph", "nonsense"}},
		"no account":                              {[]string{"-live"}, []string{"WHATSAPP_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := func(name string) string {
				if name == "WHATSAPP_TOKEN" && tt.says[0] == "WHATSAPP_TOKEN" {
					return ""
				}
				return account[name]
			}
			args := append([]string{"-addr", "localhost:0", "-dir", t.TempDir()}, tt.args...)
			err := Main(t.Context(), args, env, io.Discard, io.Discard)
			require.Error(t, err)
			for _, text := range tt.says {
				require.ErrorContains(t, err, text)
			}
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), hash)
		})
	}
	t.Run("a port that is taken", func(t *testing.T) {
		t.Parallel()
		_, err := open(t.Context(), &Options{Addr: "localhost:0", WebhookAddr: taken.Addr().String()})
		require.ErrorContains(t, err, "is taken by another program")
	})
}

func TestPeopleSignInWithTheirRoles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "people")
	require.NoError(t, os.WriteFile(file, []byte("# who works here\nada:"+hashOf(t, "open sesame")+":admin\nvera:"+hashOf(t, "let me look")+":viewer\nlee:"+hashOf(t, "let me in")+"\n"), 0o600))
	s := start(t, t.TempDir(), func(string) string { return "" }, "-password-file", file)
	as := func(name, password, method, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader("text=Hello&key=12345678"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("X-Console", "1")
		if name != "" {
			req.SetBasicAuth(name, password)
		}
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(text)
	}
	for _, path := range []string{"/", "/console/", "/phone", "/events", "/static/app.js", "/console/static/x/main.js"} {
		for _, who := range [][2]string{{"", ""}, {"ada", ""}, {"ada", "let me look"}, {"nobody", "nobody"}, {"ADA", "open sesame"}, {"ada", strings.Repeat("x", 100)}} {
			status, _ := as(who[0], who[1], http.MethodGet, path)
			require.Equal(t, http.StatusUnauthorized, status, path+" "+who[0])
		}
	}
	status, _ := as("lee", "let me in", http.MethodPost, "/phone/say")
	require.Equal(t, http.StatusNoContent, status)
	id := ""
	s.eventually(func() bool {
		_, list := as("ada", "open sesame", http.MethodGet, "/console/list?view=all")
		id = conversationID.FindString(list)
		return id != ""
	}, "a ticket")
	for who, want := range map[string]int{"vera let me look": http.StatusForbidden, "lee let me in": http.StatusNoContent} {
		name, password, _ := strings.Cut(who, " ")
		status, _ := as(name, password, http.MethodPost, talk(id)+"/reply")
		require.Equal(t, want, status, name)
	}
	status, page := as("ada", "open sesame", http.MethodGet, "/console/admin/channels")
	require.Equal(t, http.StatusOK, status, page)
	status, _ = as("lee", "let me in", http.MethodGet, "/console/admin/channels")
	require.Equal(t, http.StatusForbidden, status)
	_, page = as("ada", "open sesame", http.MethodGet, "/")
	require.NotContains(t, page, `id="person"`, "nobody takes the seat of somebody else")
}

func TestAHelpdeskThatOthersReachAnswersUnderItsNames(t *testing.T) {
	t.Parallel()
	up := make(chan Addresses, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Addr: "localhost:0", Dir: t.TempDir(), Log: newLog(io.Discard, false), InsecureOpen: true, Hosts: []string{"support.example.com"},
			Listening: func(at Addresses) error { up <- at; return nil },
		})
	}()
	defer func() { stop(); require.NoError(t, <-done) }()
	at := <-up
	for host, welcome := range map[string]bool{"support.example.com": true, "Support.Example.com:443": true, "localhost": false, "rebound.example": false, "x.support.example.com": false} {
		for _, path := range []string{"/", "/console/list"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at.Console+path, nil)
			require.NoError(t, err)
			req.Host = host
			answer, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			answer.Body.Close()
			require.Equal(t, welcome, answer.StatusCode == http.StatusOK, "%s under %s: %d", path, host, answer.StatusCode)
		}
	}
}
