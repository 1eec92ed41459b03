package console_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// drawings are the SVG elements of a page, which must be well formed.
func drawings(t *testing.T, page string) (bars int) {
	t.Helper()
	for _, part := range strings.Split(page, `<svg class="chart"`)[1:] {
		body, _, ok := strings.Cut(part, "</svg>")
		require.True(t, ok)
		d := xml.NewDecoder(strings.NewReader(`<svg class="chart"` + body + "</svg>"))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
				bars++
			}
		}
	}
	return bars
}

func TestReportsShowFiguresAndCharts(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		require.Zero(t, drawings(t, s.get(alice, "/admin/reports").text), "of nothing there is nothing to draw")
		id := s.asks("wamid.1", "hello")
		time.Sleep(5 * time.Minute)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "hi", "key", "12345678").Code)
		s.Pass(10 * time.Second)
		time.Sleep(25 * time.Hour)
		require.NotEqual(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "too late", "key", "12345679").Code)
		s.Pass(10 * time.Second)

		page := s.get(alice, "/admin/reports").text
		require.Contains(t, page, `aria-current="page">Reports`)
		require.Equal(t, 5, drawings(t, page), "a message in and one out, a wait, a conversation and a miss avoided")
		require.Contains(t, page, "5 min 10 s")
		require.Contains(t, page, "the service window is closed")
	})
}

func TestReportsAreHandedOutAsCSV(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		s.asks("wamid.1", "hello")
		today := time.Now().UTC().Format(time.DateOnly)
		a := s.get(alice, "/admin/reports.csv?channel=support&from="+today+"&to="+today)
		require.Equal(t, "text/csv; charset=utf-8", a.Header().Get("Content-Type"))
		require.Equal(t, `attachment; filename="report-support-`+today+"-"+today+`.csv"`, a.Header().Get("Content-Disposition"))
		require.True(t, strings.HasPrefix(a.text, "date,channel,name,value\n"))
		require.Contains(t, a.text, today+",support,messages_in,1\n")
	})
}

func TestAPeriodThatIsNoneIsMadeOne(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for _, query := range []string{"?from=x&to=y", "?from=2026-02-31", "?from=0001-01-01&to=9999-12-31", "?from=1999-12-31&to=2001-01-01", "?from=2000-02-01&to=2000-01-01", "?from=2001-01-01&to=2150-01-01"} {
			require.Equal(t, http.StatusOK, s.get(alice, "/admin/reports"+query).Code, query)
			require.Equal(t, http.StatusOK, s.get(alice, "/admin/reports.csv"+query).Code, query)
		}
	})
}

func TestReportsAndSpendingOfOneTenantAreNothingToAnother(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		s.asks("wamid.1", "hello")
		for _, path := range []string{"/admin/reports", "/admin/reports.csv", "/admin/spending"} {
			require.Equal(t, http.StatusOK, s.get(bob, path).Code, path)
			require.NotContains(t, s.get(bob, path).text, "support", path)
			require.Equal(t, http.StatusNotFound, s.get(bob, path+"?channel=support").Code, path)
			for _, by := range []access.Actor{victor, nobody, root, olga} { // who administers has no figures of people
				require.Equal(t, http.StatusForbidden, s.get(by, path).Code, by.ID+" "+path)
				require.NotContains(t, s.get(by, "/").text, `"/admin/reports"`, by.ID)
			}
		}
	})
}

func TestSpendingIsShownAgainstTheBudget(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		require.Contains(t, s.get(alice, "/admin/spending").text, "may spend without bounds")
		require.Contains(t, s.get(alice, "/admin/spending").text, "Nothing was spent yet")
		id := s.asks("wamid.1", "hello")
		a := s.form(root, "/admin/channels/support", filled(t, s.get(root, "/admin/channels/support").text, "budget.limit", "1234", "budget.unit", "every_message", "budget.monthly", "1")...)
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "hi", "key", "12345678").Code)
		s.Pass(10 * time.Second)
		page := s.get(alice, "/admin/spending").text
		require.Contains(t, page, "1\u202f234")
		require.Contains(t, page, "1\u202f233", "one message of the month is used")
		require.Contains(t, page, "every message")
	})
}

func TestMoneyHasACurrency(t *testing.T) {
	clock := func(c *console.Config) { c.Now = channeltest.Now2026 }
	withHub(t, channeltest.Spends(t, nil), clock, func(t *testing.T, s *site) {
		_, err := s.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		s.Pass(10 * time.Second)
		ch, err := s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		currency := ch.Rates[0].Currency()
		require.NotEmpty(t, currency)
		for _, path := range []string{"/admin/spending", "/admin/reports", "/admin/templates"} {
			require.Contains(t, s.get(alice, path+"?channel=support").text, " "+currency, path)
		}
		for _, row := range strings.Split(s.get(alice, "/admin/spending?channel=support").text, "<tr>")[2:] {
			require.Contains(t, row, currency)
		}
	})
}
