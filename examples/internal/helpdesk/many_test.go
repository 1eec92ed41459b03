package helpdesk

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// fill puts so many conversations into the database of a folder, as a hub stores them.
func fill(t *testing.T, dir string, many int) {
	t.Helper()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "helpdesk.db")))
	require.NoError(t, err)
	defer db.Close()
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: 10 * time.Minute}) // of a slow machine
	require.NoError(t, err)
	const lot = 250
	for from := 0; from < many; from += lot {
		batch := &store.Batch{}
		put := func(kind, key, parent string, at time.Time, doc any) {
			body, err := json.Marshal(doc)
			require.NoError(t, err)
			batch.Put = append(batch.Put, store.Record{Kind: kind, Key: key, Parent: parent, Sort: at.UnixMicro(), Body: body})
		}
		for i := from; i < from+lot; i++ {
			id := fmt.Sprintf("%06d", i)
			at := time.Now().Add(-time.Duration(i+1) * time.Minute)
			c := conversation.Conversation{ID: "c_" + id, Channel: channelID, Customer: "u_" + id, LastActivity: at, Preview: "Where is order " + id + "?"}
			c.State.Queue = rules.QueueNew
			person := conversation.Customer{ID: "u_" + id, Channel: channelID, Identity: conversation.Identity{Name: "Person" + id}}
			put("conversation", c.ID, channelID+"/new", at, c)
			put("customer", person.ID, channelID, at, person)
			batch.Index = append(batch.Index, store.Entry{Kind: "customer", Key: person.ID, Group: channelID, Text: person.Name})
		}
		_, err := s.Commit(t.Context(), batch)
		require.NoError(t, err)
	}
}

// weighed counts what goes to a browser.
type weighed struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (w weighed) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.n.Add(int64(n))
	return n, err
}

func (w weighed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestTenThousandConversations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 10_000)
	in := withinFolder(t, dir)
	var bytes atomic.Int64
	in.net.set(func(w http.ResponseWriter, r *http.Request) bool {
		in.net.next.ServeHTTP(weighed{w, &bytes}, r)
		return false
	})
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.Until("document.querySelector('[data-view=all] .n').textContent === '10001'")
	c.turnsTo(toRobin)

	for rows := 40; rows < 200; rows += 40 { // the list goes on as it is scrolled
		c.Until(fmt.Sprintf("(l => (l.scrollTop = l.scrollHeight, l.querySelectorAll('.row').length > %d))(document.querySelector('#rows'))", rows))
	}
	c.Until("[...document.querySelectorAll('.row')].every((r, i, all) => !i || all[i - 1].dataset.order < r.dataset.order)")
	at := c.Value("(l => (l.scrollTop = 2000, l.scrollTop))(document.querySelector('#rows'))")

	before := bytes.Load()
	for i := range 10 {
		robin.Text(in.demo().number, fmt.Sprintf("Hello, is my bike ready? I would like to fetch it today, number %d.", i))
		c.Until(says("#messages", fmt.Sprintf("number %d.", i)))
	}
	cost := bytes.Load() - before
	t.Logf("ten messages cost an open page %d bytes", cost)
	require.LessOrEqual(t, cost, int64(60<<10))
	require.Equal(t, at, c.Value("document.querySelector('#rows').scrollTop"), "who reads the list is left in peace")

	c.Do(chromedp.SendKeys("#search", "person004711"))
	c.Until("document.querySelectorAll('.row').length === 1 && document.querySelector('.row .name').textContent === 'Person004711'")
	c.Press(".row a")
	c.Until(says("#talk .who", "Person004711"))
	c.Picture("many")
}
