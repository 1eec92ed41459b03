package console_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
)

// staff are the people whom the host names.
func staff(c *console.Config) {
	c.Agents = func(context.Context, access.Actor) []console.Agent {
		return []console.Agent{
			{ID: "alice", Name: "Alice Ahl", Team: "Workshop", Teams: []string{"workshop"}},
			{ID: "dora", Name: "Dora", Teams: []string{"workshop", "night"}}, {ID: "sara", Name: "Sara", AdminOf: []string{"support"}},
		}
	}
}

// grants are the pairs of a form that gives roles; is says which settings it was made of.
func (s *site) grants(by access.Actor, on string, pairs ...string) answer {
	s.T.Helper()
	page := s.get(by, "/admin/roles?channel="+on).text
	_, rest, _ := strings.Cut(page, `name="is" value="`)
	is, _, _ := strings.Cut(rest, `"`)
	return s.form(by, "/admin/roles/"+on, append([]string{"is", is, "channel", on}, pairs...)...)
}

func (s *site) policyOf(on string) access.Policy {
	s.T.Helper()
	ch, err := s.Hub.Channel(s.T.Context(), on)
	require.NoError(s.T, err)
	own, err := desk.SettingsOf(ch.Settings)
	require.NoError(s.T, err)
	return own.Access
}

func TestRolesSayWhoMayDoWhatAndWhy(t *testing.T) {
	with(t, staff, func(t *testing.T, s *site) {
		ask := func(who, kind, action string) string {
			a := s.get(sara, "/admin/roles?"+url.Values{"channel": {"support"}, "who": {who}, "kind": {kind}, "action": {action}}.Encode())
			require.Equal(t, http.StatusOK, a.Code)
			_, rest, ok := strings.Cut(a.text, `id="answer"`)
			require.True(t, ok)
			text, _, _ := strings.Cut(rest, "</p>")
			return text
		}
		for _, c := range []struct{ name, who, kind, action, says string }{
			{"a supervisor answers", "alice", "agent", "reply", "Yes"},
			{"and says why", "alice", "agent", "reply", "supervisor · named here"},
			{"a viewer does not", "victor", "agent", "reply", "The role is too low."},
			{"nobody does nothing", "dora", "agent", "read", "No line concerns them."},
			{"an administrator is one by the host", "sara", "agent", "export", "As an administrator of the channel."},
			{"nobody else is", "alice", "agent", "export", "Only an administrator may."},
			{"a bot of the same name is nobody", "alice", "bot", "reply", "No line concerns them."},
			{"what is no right is none", "alice", "agent", "fly", "There is no such right."},
		} {
			require.Contains(t, ask(c.who, c.kind, c.action), c.says, c.name)
		}
		page := s.get(sara, "/admin/roles").text
		require.Contains(t, page, "Alice Ahl")
		require.Contains(t, page, `aria-current="page">People`)
		for _, action := range access.Actions() {
			require.Contains(t, page, `value="`+string(action)+`"`)
		}
		require.NotContains(t, page, ">Other<", "of another tenant")
		require.Equal(t, http.StatusNotFound, s.get(sara, "/admin/roles?channel=other").Code)
	})
}

func TestRolesAreGivenAndTaken(t *testing.T) {
	with(t, staff, func(t *testing.T, s *site) {
		require.Equal(t, http.StatusForbidden, s.get(nobody, "/talk/none").Code)
		a := s.grants(sara, "support", "of", "users", "id", "alice", "role", "viewer", "of", "users", "id", "victor", "role", "",
			"of", "teams", "id", " night ", "role", "contributor", "of", "users", "id", "", "role", "supervisor", "all_users", "", "all_teams", "viewer")
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Equal(t, access.Policy{
			Users: map[string]access.Role{"alice": access.Viewer}, Teams: map[string]access.Role{"night": access.Contributor}, AllTeams: access.Viewer,
		}, s.policyOf("support"))
		require.Contains(t, s.get(sara, a.Header().Get("Location")).text, "notice good")
		own, err := s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		require.Contains(t, string(own.Desk), `"rules"`, "the rest of the desk's settings stays")

		var last *deskapi.Deed
		for d, err := range s.desk.Deeds(t.Context(), sara, deskapi.DeedQuery{Channel: "support", Action: string(access.ManageSettings)}) {
			require.NoError(t, err)
			last = d
			break
		}
		require.Contains(t, last.Changes, deskapi.DeedChange{Path: "desk.access.users.alice", From: "supervisor", To: "viewer"})

		before := s.policyOf("support")
		for name, pairs := range map[string][]string{
			"a role that does not exist": {"of", "users", "id", "x", "role", "king"},
			"somebody twice":             {"of", "users", "id", "x", "role", "viewer", "of", "users", "id", "x", "role", "supervisor"},
			"a long ID":                  {"of", "users", "id", strings.Repeat("x", 256), "role", "viewer"},
			"no text":                    {"of", "users", "id", "\xff", "role", "viewer"},
			"a switch of no role":        {"all_users", "king"},
		} {
			a := s.grants(sara, "support", pairs...)
			require.Equal(t, http.StatusUnprocessableEntity, a.Code, name)
			require.Contains(t, a.text, `role="alert"`, name)
			require.Equal(t, before, s.policyOf("support"), name)
		}
		stale := s.form(sara, "/admin/roles/support", "is", "another", "of", "users", "id", "x", "role", "viewer")
		require.Equal(t, http.StatusUnprocessableEntity, stale.Code)
		require.Equal(t, before, s.policyOf("support"), "what somebody else changed meanwhile is not lost")
		require.Equal(t, http.StatusNotFound, s.form(sara, "/admin/roles/other", "of", "users", "id", "sara", "role", "supervisor").Code)
		require.Equal(t, http.StatusForbidden, s.form(alice, "/admin/roles/support", "of", "users", "id", "alice", "role", "supervisor").Code)
		require.Equal(t, before, s.policyOf("support"))
	})
}

func TestRolesLeaveWhatANewerReleaseSaysOfThem(t *testing.T) {
	with(t, staff, func(t *testing.T, s *site) {
		ch, err := s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		ch.Desk = []byte(`{"access":{"users":{"alice":"supervisor"},"shifts":{"night":"viewer"}},"sla":{"hours":4}}`)
		require.NoError(t, s.Hub.UpdateSettings(t.Context(), ch.Settings))
		a := s.grants(sara, "support", "of", "users", "id", "alice", "role", "viewer")
		require.Equal(t, http.StatusSeeOther, a.Code)
		ch, err = s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		require.JSONEq(t, `{"access":{"users":{"alice":"viewer"},"shifts":{"night":"viewer"}},"sla":{"hours":4}}`, string(ch.Desk))
	})
}

func TestTheAuditShowsWhoDidWhat(t *testing.T) {
	with(t, staff, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "our secret")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "an answer", "key", "12345678").Code)
		require.Equal(t, http.StatusNoContent, s.post(sara, "/admin/retry", "channel", "support").Code)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+id+"/reply", "text", "no", "key", "12345679").Code)
		page := s.get(sara, "/admin/audit").text
		for _, text := range []string{"Alice Ahl", "answered", "tried again at once", "victor", "not permitted", "Support"} {
			require.Contains(t, page, text)
		}
		for _, text := range []string{"our secret", "an answer<"} {
			require.NotContains(t, page, text)
		}
		require.NotContains(t, page, "/c/"+id, "sara administers, and reads nothing")
		rows := func(query string) int {
			a := s.get(sara, "/admin/audit?"+query)
			require.Equal(t, http.StatusOK, a.Code)
			return strings.Count(a.text, "<tr><td>")
		}
		require.Equal(t, 3, rows(""))
		require.Equal(t, 1, rows("actor=alice"))
		require.Equal(t, 2, rows("action=reply"))
		require.Equal(t, 0, rows("to=2001-01-01"))
		require.Equal(t, 3, rows("after=nonsense&from=nonsense"))
		require.Equal(t, http.StatusNotFound, s.get(sara, "/admin/audit?channel=other").Code)
		require.Equal(t, 0, strings.Count(s.get(olga, "/admin/audit").text, "<tr><td>"), "of another tenant")
		require.Equal(t, http.StatusForbidden, s.get(alice, "/admin/audit").Code)

		for range 120 {
			time.Sleep(time.Second)
			require.NoError(t, s.desk.SetTopic(t.Context(), alice, id, "a"))
		}
		first := s.get(sara, "/admin/audit").text
		_, rest, ok := strings.Cut(first, `href="/admin/audit?after=`)
		require.True(t, ok)
		after, _, _ := strings.Cut(rest, `"`)
		require.Equal(t, 100, strings.Count(first, "<tr><td>"))
		require.Equal(t, 23, rows("after="+after))
	})
}

func TestTheAuditIsHandedOutWithoutFormulas(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		evil := access.Actor{Kind: access.Agent, ID: `=HYPERLINK("https://evil.example")`}
		require.Equal(t, http.StatusSeeOther, s.grants(sara, "support", "of", "users", "id", evil.ID, "role", "supervisor").Code)
		require.NoError(t, s.desk.SetTopic(t.Context(), evil, id, "a"))
		a := s.get(sara, "/admin/audit.csv?channel=support")
		require.Equal(t, http.StatusOK, a.Code)
		require.Contains(t, a.Header().Get("Content-Disposition"), `attachment; filename="audit-`)
		lines, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
		require.NoError(t, err)
		require.Len(t, lines, 3)
		for _, line := range lines {
			for _, cell := range line {
				require.False(t, cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])), cell)
			}
		}
		require.Equal(t, http.StatusOK, s.get(olga, "/admin/audit.csv").Code)
		require.NotContains(t, s.get(olga, "/admin/audit.csv").text, "HYPERLINK")
		require.Equal(t, http.StatusForbidden, s.get(alice, "/admin/audit.csv").Code)
	})
}
