package console_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestAListIsNarrowedByTeamQueueAndDay(t *testing.T) {
	teams := func(c *console.Config) {
		c.Agents = func(context.Context, access.Actor) []console.Agent {
			return []console.Agent{{ID: "alice", Teams: []string{"sales", "workshop"}}, {ID: "victor", Teams: []string{"sales"}}}
		}
	}
	with(t, teams, func(t *testing.T, s *site) {
		began := time.Now().UTC()
		kim := s.asks("wamid.1", "hello")
		for what, status := range map[string]int{"workshop": http.StatusNoContent, strings.Repeat("x", 1000): http.StatusUnprocessableEntity} {
			require.Equal(t, status, s.post(alice, "/talk/"+kim+"/do/team", "team", what).Code)
		}
		require.Equal(t, "workshop", s.Conversation().Team)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+kim+"/do/team", "team", "sales").Code)
		panel := s.get(alice, "/panel/"+kim).text
		require.Contains(t, panel, `<option value="workshop" selected>workshop</option>`)
		require.Contains(t, panel, `<option value="sales">sales</option>`)
		s.Pass(48 * time.Hour)
		s.Post(channeltest.Stranger(7).Text(time.Now(), "wamid.2", "good day"))
		s.Pass(10 * time.Second)
		day := func(later int) string { return began.AddDate(0, 0, later).Format(time.DateOnly) }
		for query, want := range map[string]string{
			"":                                 "hello, good day",
			"team=workshop":                    "hello",
			"team=sales":                       "",
			"team=none+such":                   "",
			"team=-":                           "good day",
			"queue=new":                        "hello, good day",
			"queue=resolved":                   "",
			"queue=nonsense":                   "hello, good day",
			"to=" + day(0):                     "hello",
			"from=" + day(1):                   "good day",
			"from=" + day(0) + "&to=" + day(2): "hello, good day",
			"from=" + day(3):                   "",
			"from=tomorrow&to=-1":              "hello, good day",
			"to=" + day(0) + "&zone=99999":     "hello",
			"to=" + day(-1) + "&zone=840":      map[bool]string{true: "hello"}[began.Hour() < 14],
		} {
			list := s.get(alice, "/list?view=all&"+query).text
			for _, text := range []string{"hello", "good day"} {
				require.Equal(t, strings.Contains(want, text), strings.Contains(list, `dir="auto">`+text), query+" "+text)
			}
		}
		require.Contains(t, s.get(alice, "/list?view=all&team=workshop&from="+day(0)).text, `data-query="?from=`+day(0)+`&amp;team=workshop&amp;view=all"`)
	})
}

func TestThePanelShowsWhatTheHostKnows(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		c := s.Conversation()
		require.NoError(t, s.Hub.SetCustomerMetadata(t.Context(), c.Customer, json.RawMessage(`{"plan_name":"gold <b>","orders":12345678901234567890,"vip":true,"nested":{"x":1},"empty":"","none":null}`)))
		panel := s.get(alice, "/panel/"+id).text
		require.Contains(t, panel, `<dt dir="auto">plan name</dt><dd dir="auto">gold &lt;b&gt;</dd>`)
		require.Contains(t, panel, "12345678901234567890")
		require.Contains(t, panel, `<dt dir="auto">vip</dt><dd dir="auto">true</dd>`)
		for _, not := range []string{"nested", "empty", "none</dt>"} {
			require.NotContains(t, panel, not)
		}
	})
}

func TestTheHostSaysWhatThePanelShows(t *testing.T) {
	fields := func(c *console.Config) {
		c.Fields = func(_ context.Context, actor access.Actor, customer *conversation.Customer) []console.Field {
			return []console.Field{
				{Name: "Orders", Value: "3 for " + actor.ID, URL: "https://shop.example.com/" + customer.ID}, {Name: "Bad", Value: "x", URL: "javascript:alert(1)"}, {Name: "<b>", Value: "<i>"},
			}
		}
	}
	with(t, fields, func(t *testing.T, s *site) {
		panel := s.get(alice, "/panel/"+s.asks("wamid.1", "hello")).text
		require.Contains(t, panel, `<a href="https://shop.example.com/`+s.Conversation().Customer+`" target="_blank" rel="noopener noreferrer">3 for alice</a>`)
		require.NotContains(t, panel, "javascript:")
		require.NotContains(t, panel, "<i>")
	})
}
