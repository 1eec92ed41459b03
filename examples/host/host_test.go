package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/tickettest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// program is the host as it runs, seen from outside.
type program struct {
	t    *testing.T
	url  string
	stop func()
}

// start runs the host with an environment until the test ends, or stop.
func start(t *testing.T, env map[string]string) *program {
	t.Helper()
	if env["HOST_DIR"] == "" {
		env["HOST_DIR"] = t.TempDir()
	}
	env["HOST_ADDR"] = "localhost:0"
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, func(name string) string { return env[name] }, writer)
		writer.CloseWithError(io.EOF)
		ended <- err
	}()
	line := make([]byte, 200)
	n, err := reader.Read(line)
	if err != nil {
		require.NoError(t, <-ended)
	}
	p := &program{t: t, url: regexp.MustCompile(`http://[^/ ]+`).FindString(string(line[:n]))}
	p.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended, "it ends in order")
	})
	t.Cleanup(p.stop)
	return p
}

// call makes a request as an agent and returns status and body.
func (p *program) call(method, path, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Authorization", "Bearer demo")
	res, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	return res.StatusCode, string(text)
}

// tickets lists the tickets that are not solved, once there are n.
func (p *program) tickets(query string, n int) (list []*ticket) {
	p.t.Helper()
	p.until(func() bool {
		list = nil
		status, body := p.call("GET", "/tickets"+query, "")
		return status == http.StatusOK && json.Unmarshal([]byte(body), &list) == nil && len(list) == n
	})
	return list
}

// eventually waits until a page shows a text.
func (p *program) eventually(path, text string) {
	p.t.Helper()
	p.until(func() bool {
		_, body := p.call("GET", path, "")
		return strings.Contains(body, text)
	})
}

// until asks the program again and again; the test's own timeout is the only one.
func (p *program) until(holds func() bool) {
	p.t.Helper()
	for !holds() {
		time.Sleep(10 * time.Millisecond)
	}
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, env map[string]string)) {
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); f(t, map[string]string{}) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		schema := pgtest.New(t)
		f(t, map[string]string{"HOST_DB": schema.DSN + " search_path=" + schema.Name})
	})
}

func TestATicketIsAnsweredAndSolvedInOneStepOrNotAtAll(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, env map[string]string) {
		p := start(t, env)
		p.call("POST", "/phone?number=0", "Is my bike ready?")
		p.call("POST", "/phone?number=1", "Is my boat ready?")
		p.tickets("", 2)
		bike := p.tickets("?brand=bikes", 1)[0]
		require.Equal(t, "open", bike.Status)
		require.Equal(t, "Robin Sample", bike.Customer.Name)
		require.Equal(t, "Is my bike ready?", bike.Conversation.Preview)

		status, body := p.call("POST", "/tickets/"+bike.ID+"/replies", `{"HTML": "", "Solve": true}`)
		require.Equal(t, http.StatusUnprocessableEntity, status, body)
		require.Equal(t, "open", p.tickets("?brand=bikes", 1)[0].Status, "nothing was sent, so that nothing is solved")

		answer := `{"HTML": "<p>It <b>is</b>.</p>", "Solve": true, "Key": "form 1"}`
		for range 2 { // a form that is sent twice
			status, body = p.call("POST", "/tickets/"+bike.ID+"/replies", answer)
			require.Equal(t, http.StatusOK, status, body)
		}
		p.eventually("/phone", "Harbour Bikes: It *is*.")
		boat := p.tickets("", 1)[0]
		require.Equal(t, "boats", boat.Brand)
		_, screen := p.call("GET", "/phone", "")
		require.Equal(t, 1, strings.Count(screen, "Harbour Bikes:"))
		_, screen = p.call("GET", "/phone?number=1", "")
		require.NotContains(t, screen, "It *is*", "the brands are apart")

		p.call("POST", "/phone?number=0", "Thank you!")
		again := p.tickets("?brand=bikes", 1)[0]
		require.NotEqual(t, bike.ID, again.ID, "a solved ticket stays solved: there is a new one in the same thread")
		require.Equal(t, bike.Conversation.ID, again.Conversation.ID)

		_, body = p.call("GET", "/tickets/"+bike.ID, "")
		var thread ticket
		require.NoError(t, json.Unmarshal([]byte(body), &thread))
		require.Equal(t, "dana", thread.Agent)
		require.Len(t, thread.Messages, 3)
		p.eventually("/search?q=boat", boat.Conversation.ID)
	})
}

func TestAClosedWindowIsExplainedAndATemplateGoesOut(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{})
	p.call("POST", "/phone", "Hello")
	id := p.tickets("", 1)[0].ID
	p.call("GET", "/phone?later=25h", "")
	status, body := p.call("POST", "/tickets/"+id+"/replies", `{"HTML": "too late", "Solve": true}`)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "window_closed")
	p.until(func() bool { // the templates are known soon after the start
		status, body = p.call("POST", "/tickets/"+id+"/replies", `{"Template": "news", "Key": "1"}`)
		return status == http.StatusOK
	})
	require.Equal(t, "waiting", p.tickets("", 1)[0].Status)
	p.eventually("/phone", "There is news about your order.")
}

func TestAPictureIsOnTheDiskAndServedToAgents(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{})
	png := "\x89PNG\r\n\x1a\n a picture"
	p.call("POST", "/phone?file=bike.png", png)
	id := p.tickets("", 1)[0].ID
	p.eventually("/tickets/"+id, `"ref":`)
	var thread ticket
	_, body := p.call("GET", "/tickets/"+id, "")
	require.NoError(t, json.Unmarshal([]byte(body), &thread))
	status, file := p.call("GET", "/files/"+thread.Messages[0].Attachments[0].Ref, "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, png, file)
}

func TestNothingIsLostOverARestart(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	p := start(t, env)
	p.call("POST", "/phone", "before")
	id := p.tickets("", 1)[0].ID
	p.stop()
	p = start(t, env)
	require.Equal(t, id, p.tickets("", 1)[0].ID)
	_, body := p.call("GET", "/tickets/"+id, "")
	require.Contains(t, body, `"before"`)
	p.call("POST", "/phone", "after") // somebody else: the simulation begins anew
	p.tickets("", 2)
}

func TestAgentsNeedATokenAndOthersSeeNothing(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{"HOST_AGENTS": "dana:demo kim: sam"})
	for _, path := range []string{"/tickets", "/tickets/T-1", "/search?q=a", "/files/a"} {
		for _, header := range []string{"", "Bearer", "Bearer ", "Bearer sam", "demo"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
			require.NoError(t, err)
			req.Header.Set("Authorization", header)
			res, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			res.Body.Close()
			require.Equal(t, http.StatusUnauthorized, res.StatusCode, "%s with %q", path, header)
		}
	}
	for path, want := range map[string]int{"/tickets/T-1": 404, "/files/none": 404, "/files/..%2fhost.db": 400, "/search": 422, "/readyz": 200} {
		status, body := p.call("GET", path, "")
		require.Equal(t, want, status, "%s: %s", path, body)
	}
	for body, want := range map[string]int{`{`: 422, `{"HTML":"x"}`: 404} {
		status, text := p.call("POST", "/tickets/T-1/replies", body)
		require.Equal(t, want, status, text)
	}
}

func TestBrandsComeFromAFileAndWrongOnesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"none.json": "", "broken.json": "[{", "incomplete.json": `[{"id":"bikes"}]`} {
		file := filepath.Join(dir, name)
		if text != "" {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		}
		env := map[string]string{"HOST_BRANDS": file, "HOST_DIR": filepath.Join(dir, name+".d"), "WHATSAPP_TOKEN": "token", "WHATSAPP_APP_SECRET": "secret", "WHATSAPP_VERIFY_TOKEN": "word"}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // nothing is asked of WhatsApp
		require.Error(t, run(ctx, func(name string) string { return env[name] }, io.Discard), name)
	}
}

// texts is a Ticketing that remembers what was said, as the hub does for the host.
type texts struct {
	channel.Ticketing
	mu   *sync.Mutex
	said map[string]string
}

func (x texts) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	x.mu.Lock()
	x.said[in.ID] = in.Message.Text
	x.mu.Unlock()
	return x.Ticketing.Receive(ctx, in)
}

func TestTheTicketsKeepTheContract(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, driver, source string) tickettest.System {
		db, err := sql.Open(driver, source)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		_, err = db.Exec(schema)
		require.NoError(t, err)
		x := texts{&tickets{db}, new(sync.Mutex), map[string]string{}}
		list := func(ctx context.Context, query string, args ...any) (all []string, err error) {
			rows, err := db.QueryContext(ctx, query, args...)
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			for rows.Next() {
				var s string
				if err := rows.Scan(&s); err != nil {
					return nil, err
				}
				all = append(all, s)
			}
			return all, rows.Err()
		}
		return tickettest.System{
			Ticketing: x, Channels: []string{"bikes", "boats"},
			Restart: func() (channel.Ticketing, error) { return texts{&tickets{db}, x.mu, x.said}, nil },
			Tickets: func(ctx context.Context) ([]string, error) { return list(ctx, `SELECT id FROM ticket`) },
			Entries: func(ctx context.Context, ticket string) ([]string, error) {
				ids, err := list(ctx, `SELECT id FROM entry WHERE ticket = $1 ORDER BY seq`, ticket)
				for i, id := range ids {
					ids[i] = id + ": " + x.said[id]
				}
				return ids, err
			},
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		tickettest.Run(t, func(t *testing.T) tickettest.System {
			return open(t, "sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "host.db")))
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		tickettest.Run(t, func(t *testing.T) tickettest.System {
			s := pgtest.New(t)
			return open(t, "pgx", s.DSN+" search_path="+s.Name)
		})
	})
}

func TestFilesAreThereAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := openFiles(dir)
	require.NoError(t, err)
	in := channel.File{ID: "m_1|0", Name: "../../etc/passwd", SafeName: "passwd.png"}
	ref, err := f.Save(t.Context(), in, strings.NewReader("picture"))
	require.NoError(t, err)
	again, err := f.Save(t.Context(), in, strings.NewReader("picture"))
	require.NoError(t, err)
	require.Equal(t, ref, again)
	other, err := f.Save(t.Context(), channel.File{ID: "m_2|0"}, strings.NewReader("another"))
	require.NoError(t, err)
	require.NotEqual(t, ref, other)
	_, err = f.Save(t.Context(), channel.File{ID: "m_3|0"}, io.MultiReader(bytes.NewReader([]byte("half")), errReader{}))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 2)
	for range 2 {
		require.NoError(t, f.Remove(t.Context(), ref))
	}
	text, err := f.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, "another", string(text))
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
