package drivertest_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
	"github.com/stretchr/testify/require"
)

// consoleOn is a desk and its console on a database.
func consoleOn(tb testing.TB, db *sql.DB, engine sqlstore.Dialect) (*desk.Desk, *console.Console) {
	tb.Helper()
	s, err := sqlstore.Open(tb.Context(), sqlstore.Config{DB: db, Dialect: engine, Timeout: patience})
	require.NoError(tb, err)
	d := supervised(tb, s)
	c, err := console.New(console.Config{Desk: d, Actor: func(*http.Request) (access.Actor, error) {
		return access.Actor{Kind: access.Agent, ID: "alice"}, nil
	}})
	require.NoError(tb, err)
	return d, c
}

// BenchmarkConsole is what the server does for a page, with 10,000 conversations in the database.
func BenchmarkConsole(b *testing.B) {
	for _, engine := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
		b.Run(engine.String(), func(b *testing.B) {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "x.db")))
			if engine == sqlstore.PostgreSQL {
				db, err = pgtest.New(b).Open()
			}
			require.NoError(b, err)
			b.Cleanup(func() { db.Close() })
			s, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: engine, Timeout: patience})
			require.NoError(b, err)
			fillInbox(b, s, 10_000)
			_, err = db.Exec(`ANALYZE`)
			require.NoError(b, err)
			_, c := consoleOn(b, db, engine)
			ask := func(path string) string {
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
				r.Host = "localhost"
				c.ServeHTTP(w, r)
				require.Equal(b, http.StatusOK, w.Code, path)
				return w.Body.String()
			}
			ask("/list") // the first time reads them all
			for name, path := range map[string]string{
				"list": "/list", "page": "/c/c_004711", "talk": "/talk/c_004711", "search": "/list?q=person004711", "search for a beginning": "/list?q=person004", "panel": "/panel/c_004711",
			} {
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						began := time.Now()
						ask(path)
						took = append(took, time.Since(began))
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				})
			}
		})
	}
}

var conversationLink = regexp.MustCompile(`data-open="([^"]+)"`)

func TestTwoConsolesOnPostgreSQLShowTheSame(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	type process struct {
		url  string
		desk *desk.Desk
	}
	var processes []process
	for range 2 { // each with a pool of its own, as on two machines
		db, err := schema.Open()
		require.NoError(t, err)
		d, c := consoleOn(t, db, sqlstore.PostgreSQL)
		server := httptest.NewServer(c)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- d.Hub().Run(ctx) }()
		go func() { done <- c.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			require.NoError(t, <-done)
			require.NoError(t, <-done)
			server.Close()
			require.NoError(t, db.Close())
		})
		processes = append(processes, process{server.URL, d})
	}
	writes := func(on process, n int) {
		delivery, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
			"messaging_product":"whatsapp","metadata":{"display_phone_number":"15555550100","phone_number_id":"%s"},
			"contacts":[{"profile":{"name":"Kim Lake"},"wa_id":"13125550188"}],
			"messages":[{"from":"13125550188","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"question %d"}}]}}]}]}`, hostNumber, n, time.Now().Unix(), n))
		require.NoError(t, err)
		delivery.Scope = webhook.Scope{All: true}
		require.NoError(t, on.desk.Hub().Accept(t.Context(), delivery))
	}
	get := func(at string) string {
		answer, err := http.Get(at)
		require.NoError(t, err)
		defer answer.Body.Close()
		raw, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(raw)
	}
	writes(processes[0], 1)
	id := ""
	require.Eventually(t, func() bool {
		if found := conversationLink.FindStringSubmatch(get(processes[1].url + "/list")); found != nil {
			id = found[1]
		}
		return id != ""
	}, patience, 20*time.Millisecond)

	// A page of each process, on the same conversation.
	type told struct {
		page int
		line string
		at   time.Time
	}
	lines := make(chan told, 1000)
	for i, p := range processes {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/events?view=all&open="+id, nil)
		require.NoError(t, err)
		stream, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		t.Cleanup(func() { stream.Body.Close() })
		require.Equal(t, http.StatusOK, stream.StatusCode)
		text := bufio.NewReaderSize(stream.Body, 1<<20)
		_, err = text.ReadString('\n') // it listens
		require.NoError(t, err)
		go func() {
			for {
				line, err := text.ReadString('\n')
				if err != nil {
					return
				}
				lines <- told{i, line, time.Now()}
			}
		}()
	}
	both := func(text string) (slowest time.Duration) {
		t.Helper()
		began, has := time.Now(), map[int]bool{}
		over := time.After(patience)
		for len(has) < 2 {
			select {
			case l := <-lines:
				if strings.Contains(l.line, text) {
					has[l.page] = true
					slowest = max(slowest, l.at.Sub(began))
				}
			case <-over:
				require.Fail(t, "a page does not show "+text, "pages that do: %v", has)
			}
		}
		return slowest
	}
	var slowest time.Duration
	for n := range 10 {
		writes(processes[n%2], n+2)
		slowest = max(slowest, both(fmt.Sprintf("question %d", n+2)))
		form := url.Values{"text": {fmt.Sprintf("answer %d", n)}, "key": {fmt.Sprintf("key-%06d", n)}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, processes[n%2].url+"/talk/"+id+"/reply", strings.NewReader(form.Encode()))
		require.NoError(t, err)
		for name, value := range map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Console": "1"} {
			req.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, http.StatusNoContent, answer.StatusCode)
		slowest = max(slowest, both(fmt.Sprintf("answer %d", n)))
	}
	t.Logf("a page of another process showed what happened after %s at most", slowest.Round(time.Millisecond))
	ids := regexp.MustCompile(`id="m-([^"]+)"`)
	require.Equal(t, ids.FindAllString(get(processes[0].url+"/talk/"+id), -1), ids.FindAllString(get(processes[1].url+"/talk/"+id), -1))
}
