package console_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
)

// marks are what no page has if texts of others are text.
var marks = []string{
	"<script>alert", "<img src=x", "onerror=alert(1)>", "<svg/onload", "<b>bold", `href="javascript:`, "<style>*", "<base ", "' onmouseover='alert", "</textarea><script",
}

// plain checks that a page has none of them.
func plain(t *testing.T, page, where string) {
	t.Helper()
	for _, mark := range marks {
		require.NotContains(t, page, mark, where)
	}
}

func TestTextsOfOthersAreNeverMarkupForAdministrators(t *testing.T) {
	all := strings.Join(hostile, " ")
	short := strings.Join(hostile[:4], " ")
	lists := func(c *console.Config) {
		c.Brand = all
		c.Agents = func(context.Context, access.Actor) []console.Agent {
			return []console.Agent{{ID: all, Name: all, Team: all, Teams: hostile}, {ID: "sara", Name: short}}
		}
		c.Onboarding = func(context.Context, access.Actor) ([]console.Checklist, error) {
			return []console.Checklist{{
				Channel: "support", Name: all, Steps: []console.ChecklistStep{{ID: all, Title: all, Status: all, Text: all, Do: all, Link: "javascript:alert(1)"}, {Link: `https://x" onmouseover='alert(1)`}},
				Checks: []console.ChecklistCheck{{ID: all, Title: all, Grade: all, Value: all, Text: all, Do: all, Link: "https://x/" + all}},
			}}, nil
		}
	}
	hub := func(c *channel.Config) {
		c.Name, c.Version = all, all
		c.Channels[0].Templates.Put(channeltest.Dawn, channeltest.Definition(t, `{"name":"evil","language":"en","status":"REJECTED","rejected_reason":"<script>alert(1)</script>","category":"<script>alert(1)</script>",
			"components":[{"type":"BODY","text":"<script>alert(1)</script> {{1}} <img src=x onerror=alert(1)>","example":{"body_text":[["<svg/onload=alert(1)>"]]}}]}`))
	}
	withHub(t, hub, lists, func(t *testing.T, s *site) {
		s.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		id := s.asks("wamid.1", all)
		ch, err := s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		set := ch.Settings
		set.Name, set.Brand, set.Department, set.OptOutWords = short, all, all, slices.Clone(hostile[:3])
		own := desk.Settings{Rules: rules.Default(), Access: access.Policy{
			Users: map[string]access.Role{"alice": access.Supervisor, short: access.Viewer}, Teams: map[string]access.Role{short: access.Viewer}, Bots: map[string]access.Role{short: access.Viewer},
		}}
		own.Rules.Untaken.Reason, own.Rules.AutoResolve.Reason = short, short
		set.Desk = own.JSON()
		require.NoError(t, s.desk.UpdateSettings(t.Context(), root, set))
		require.NoError(t, s.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{Quality: all, NameStatus: all, MessagingLimit: all}))
		evil := access.Actor{Kind: access.Agent, ID: short, Admin: true}
		require.NoError(t, s.desk.SetTopic(t.Context(), evil, id, short))
		require.NoError(t, s.desk.RetryNow(t.Context(), evil, ""))
		s.Pass(10 * time.Second)
		shown := 0
		for _, route := range console.Routes() {
			method, path, _ := strings.Cut(route, " ")
			if method != http.MethodGet || !strings.HasPrefix(path, "/admin/") || strings.HasSuffix(path, ".csv") {
				continue
			}
			path = strings.ReplaceAll(path, "{id}", "support")
			for _, query := range []url.Values{
				{}, {"channel": {"support"}, "work": {"host"}, "part": {"1"}},
				{"channel": {"support"}, "who": {all}, "action": {all}, "kind": {all}, "q": {all}, "from": {all}, "to": {all}, "actor": {all}, "after": {all}, "done": {all}, "n": {all}, "work": {all}},
			} {
				for _, who := range []access.Actor{lead, root} {
					a := s.get(who, path+"?"+query.Encode())
					require.Less(t, a.Code, 500, path)
					plain(t, a.text, path)
					if a.Code == http.StatusOK && strings.Contains(a.text, "alert(1)") {
						shown++
					}
				}
			}
		}
		require.Greater(t, shown, 30, "they are shown, as text")
	})
}

func TestWhatIsTypedWronglyIsShownAsText(t *testing.T) {
	with(t, staff, func(t *testing.T, s *site) {
		all := strings.Join(hostile, " ")
		page := s.get(sara, "/admin/channels/support").text
		_, rest, _ := strings.Cut(page, `name="is" value="`)
		is, _, _ := strings.Cut(rest, `"`)
		a := s.form(sara, "/admin/channels/support", "is", is, "name", strings.Repeat(all, 20), "retention.messages", all, "budget.limit", all, "time_zone", all, "desk.rules.hours.week.mon", all)
		require.Equal(t, http.StatusUnprocessableEntity, a.Code)
		plain(t, a.text, "settings")
		a = s.grants(sara, "support", "of", "users", "id", all+strings.Repeat("x", 255), "role", all)
		require.Equal(t, http.StatusUnprocessableEntity, a.Code)
		plain(t, a.text, "roles")
	})
}
