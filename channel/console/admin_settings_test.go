package console_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

var (
	inputs    = regexp.MustCompile(`<input [^>]*name="([^"]+)"[^>]*>`)
	selects   = regexp.MustCompile(`(?s)<select id="[^"]*" name="([^"]+)".*?</select>`)
	chosen    = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	textareas = regexp.MustCompile(`(?s)<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>`)
	values    = regexp.MustCompile(`value="([^"]*)"`)
)

// filled is a form of a page as a browser would send it, changed in some fields.
func filled(t *testing.T, page string, change ...string) []string {
	t.Helper()
	_, form, ok := strings.Cut(page, `class="settings"`)
	require.True(t, ok, "there is a form")
	v := url.Values{}
	for _, m := range inputs.FindAllStringSubmatch(form, -1) {
		if strings.Contains(m[0], "disabled") || strings.Contains(m[0], "checkbox") && !strings.Contains(m[0], " checked") {
			continue
		}
		v.Set(m[1], html.UnescapeString(values.FindStringSubmatch(m[0])[1]))
	}
	for _, m := range textareas.FindAllStringSubmatch(form, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range selects.FindAllStringSubmatch(form, -1) {
		if c := chosen.FindStringSubmatch(m[0]); c != nil {
			v.Set(m[1], c[1])
		}
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	var pairs []string
	for name := range v {
		pairs = append(pairs, name, v.Get(name))
	}
	return pairs
}

func (s *site) settings(id string) settings.Settings {
	ch, err := s.Hub.Channel(s.T.Context(), id)
	require.NoError(s.T, err)
	return ch.Settings
}

func TestAFormThatIsSavedAsItCameChangesNothing(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		before := s.settings("support")
		a := s.form(root, "/admin/channels/support", filled(t, s.get(root, "/admin/channels/support").text)...)
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Equal(t, before, s.settings("support"))
	})
}

func TestSettingsAreChangedInTheForm(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		before := s.settings("support")
		page := s.get(sara, "/admin/channels/support").text
		a := s.form(sara, "/admin/channels/support", filled(t, page, "name", "Räksmörgås <b>", "retention.messages", "400d", "budget.limit", "0", "budget.monthly", "1",
			"opt_out_words", "STOP\r\nLOPETA", "files.max_bytes", "1000", "desk.rules.hours.zone", "Europe/Helsinki", "desk.rules.hours.week.mon", "09:00-12:00 13:00-17:00",
			"desk.rules.auto_reply.out_of_hours.enabled", "1", "desk.rules.auto_reply.out_of_hours.text", "We are closed.", "window.max_skew", "2m")...)
		require.Equal(t, "/admin/channels/support?done=saved&n=0", a.Header().Get("Location"), a.text)
		now := s.settings("support")
		require.Equal(t, "Räksmörgås <b>", now.Name)
		require.Equal(t, 400*duration.Day, now.Retention.Messages)
		require.True(t, now.Budget.Monthly)
		require.Zero(t, now.Budget.Limit)
		require.Equal(t, []string{"STOP", "LOPETA"}, now.OptOutWords)
		require.EqualValues(t, 1000, now.Files.MaxBytes)
		require.Equal(t, 2*time.Minute, now.Window.MaxSkew)
		own, err := desk.SettingsOf(now)
		require.NoError(t, err)
		was, err := desk.SettingsOf(before)
		require.NoError(t, err)
		require.Equal(t, was.Access, own.Access, "who may do what stays")
		require.Len(t, own.Rules.Hours.Week.Mon, 2)
		require.Equal(t, rules.Content{Text: "We are closed."}, own.Rules.AutoReply.OutOfHours.Content)
		page = s.get(sara, a.Header().Get("Location")).text
		require.Contains(t, page, "Saved.")
		require.NotContains(t, page, "<b>")

		a = s.form(sara, "/admin/channels/support", filled(t, page, "budget.limit", "", "retention.messages", "")...)
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Nil(t, s.settings("support").Budget, "without a limit there is no budget")
		require.Zero(t, s.settings("support").Retention.Messages)
	})
}

func TestWhatIsWrongIsSaidAtItsFieldAndNothingIsChanged(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		before := s.settings("support")
		page := s.get(root, "/admin/channels/support").text
		for _, c := range []struct{ name, field, typed, said string }{
			{"no name", "name", " ", "want 1 to 255 characters"},
			{"a name that another channel has", "name", "Other", "Other"},
			{"no time zone", "time_zone", "Helsinki", "unknown"},
			{"no time", "retention.messages", "a while", "Write a time such as"},
			{"too short a time", "retention.messages", "1h", "24"},
			{"no number", "files.max_bytes", "big", "Write a whole number"},
			{"a negative budget", "budget.limit", "-5", "negative"},
			{"a notice too early", "closing_notice", "30h", "want 1 minute"},
			{"no JSON", "desk.rules.hours.holidays", "[", "This is no JSON"},
			{"a rule out of range", "desk.rules.auto_resolve.new", "1m", "hour"},
			{"no opening hours", "desk.rules.hours.week.mon", "nine to five", "Write times such as"},
		} {
			a := s.form(root, "/admin/channels/support", filled(t, page, c.field, c.typed)...)
			require.Equal(t, http.StatusUnprocessableEntity, a.Code, c.name)
			require.Contains(t, a.text, c.said, c.name)
			require.Contains(t, a.text, html.EscapeString(strings.TrimSpace(c.typed)), "what was typed stays: "+c.name)
			require.Contains(t, a.text, `id="w-`+c.field+`"`, c.name)
			require.Equal(t, before, s.settings("support"), c.name)
		}
		two := s.form(root, "/admin/channels/support", filled(t, page, "time_zone", "x", "retention.messages", "1h")...)
		require.Contains(t, two.text, `id="w-time_zone"`)
		require.Contains(t, two.text, `id="w-retention.messages"`)
	})
}

func TestTwoAdministratorsDoNotUndoEachOther(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		page := s.get(root, "/admin/channels/support").text
		require.Equal(t, http.StatusSeeOther, s.form(sara, "/admin/channels/support", filled(t, page, "brand", "Sara's")...).Code)
		a := s.form(root, "/admin/channels/support", filled(t, page, "department", "Sales")...)
		require.Equal(t, http.StatusUnprocessableEntity, a.Code)
		require.Contains(t, a.text, "Somebody else has changed")
		require.Equal(t, http.StatusSeeOther, s.form(root, "/admin/channels/support", filled(t, a.text, "brand", "Sara's")...).Code)
		require.Equal(t, []string{"Sara's", "Sales"}, []string{s.settings("support").Brand, s.settings("support").Department})
	})
}

func TestSettingsOfOneTenantAreNothingToAnother(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		before := s.settings("support")
		require.NotContains(t, s.get(olga, "/admin/channels").text, "/admin/channels/support")
		require.Contains(t, s.get(olga, "/admin/channels").text, "/admin/channels/other")
		own := filled(t, s.get(sara, "/admin/channels/support").text, "name", "Mine now")
		for _, c := range []struct {
			by   access.Actor
			code int
		}{{olga, 404}, {alice, 403}, {victor, 403}, {nobody, 403}} {
			require.Equal(t, c.code, s.get(c.by, "/admin/channels/support").Code, c.by.ID)
			require.Equal(t, c.code, s.form(c.by, "/admin/channels/support", own...).Code, c.by.ID)
		}
		require.Equal(t, s.get(olga, "/admin/channels/none").text[:200], s.get(olga, "/admin/channels/support").text[:200], "a foreign channel is like none")
		require.Equal(t, http.StatusForbidden, s.sends(root, "cross-site", "/admin/channels/support", own...).Code)

		a := s.form(sara, "/admin/channels/support", filled(t, s.get(sara, "/admin/channels/support").text, "account", "202290129340398", "portfolio", "1")...)
		require.Equal(t, http.StatusSeeOther, a.Code)
		require.Equal(t, before, s.settings("support"), "an account of others is theirs")
	})
}

func TestSettingsOfAReadOnlyConsoleAreForLooking(t *testing.T) {
	with(t, func(c *console.Config) { c.ReadOnly = true }, func(t *testing.T, s *site) {
		page := s.get(root, "/admin/channels/support").text
		require.NotContains(t, page, ">Save<")
		require.Contains(t, page, `name="name" value="Support" dir="auto" disabled`)
		require.Equal(t, http.StatusForbidden, s.form(root, "/admin/channels/support", "name", "x").Code)
		require.NotEqual(t, "x", s.settings("support").Name)
	})
}

func TestABudgetIsTypedInMoney(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		save := func(change ...string) answer {
			return s.form(root, "/admin/channels/support", filled(t, s.get(root, "/admin/channels/support").text, change...)...)
		}
		for typed, want := range map[string]int64{"25": 25_000_000, "25.5": 25_500_000, "25,50": 25_500_000, "0.000001": 1, "0": 0, "1000000": 1_000_000_000_000} {
			require.Equal(t, http.StatusSeeOther, save("budget.limit", typed, "budget.low_water", "5").Code, typed)
			require.Equal(t, pricing.Budget{Limit: want, LowWater: 5_000_000}, *s.settings("support").Budget, typed)
		}
		require.Equal(t, http.StatusSeeOther, save("budget.limit", "1234,5").Code)
		page := s.get(root, "/admin/channels/support").text
		require.Contains(t, page, `name="budget.limit" value="1234.50"`)
		require.Contains(t, page, `name="budget.low_water" value="5"`)
		for _, typed := range []string{"much", "1.2.3", "1.0000001", ".5", "9999999999999999", "1 000", "1e3", "2.-5"} {
			a := save("budget.limit", typed)
			require.Equal(t, http.StatusUnprocessableEntity, a.Code, typed)
			require.Contains(t, a.text, `id="w-budget.limit"`, typed)
		}

		// What is limited in messages is a number of them, also when only that was changed.
		require.Equal(t, http.StatusSeeOther, save("budget.unit", "messages", "budget.limit", "250").Code)
		require.Equal(t, pricing.Budget{Unit: pricing.BudgetMessages, Limit: 250, LowWater: 5}, *s.settings("support").Budget)
		require.Equal(t, http.StatusUnprocessableEntity, save("budget.limit", "2.5").Code)
		require.Equal(t, http.StatusSeeOther, save("budget.unit", "").Code)
		require.Equal(t, pricing.Budget{Limit: 250_000_000, LowWater: 5_000_000}, *s.settings("support").Budget)
	})
}

func TestTheTeamThatGetsWhatABotHandsOverIsASetting(t *testing.T) {
	teams := func(c *console.Config) {
		c.Teams = func(context.Context, access.Actor) []console.Team {
			return []console.Team{{ID: "t1", Name: "Workshop"}}
		}
	}
	with(t, teams, func(t *testing.T, s *site) {
		page := s.get(root, "/admin/channels/support").text
		require.Contains(t, page, `<option value="t1">Workshop</option>`)
		was, err := desk.SettingsOf(s.settings("support"))
		require.NoError(t, err)
		require.Equal(t, http.StatusSeeOther, s.form(root, "/admin/channels/support", filled(t, page, "desk.handover_team", "t1")...).Code)
		own, err := desk.SettingsOf(s.settings("support"))
		require.NoError(t, err)
		was.HandoverTeam = "t1"
		require.Equal(t, was, own, "and nothing else")
	})
}
