package helpdesk

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// watchful notes what a page's policy kept from happening, and what happened all the same.
const watchful = `
	addEventListener("securitypolicyviolation", e => { document.documentElement.dataset.broke = e.violatedDirective + " " + e.blockedURI });
	window.alert = () => { document.documentElement.dataset.ran = "alert" };`

func TestNothingThatAdministratorsReadRuns(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, id := in.writes("Robin Reed", "hello")
	ctx, boss := t.Context(), people[0].Actor
	short := hostile[:90]
	ch, err := in.app.hub.Channel(ctx, channelID)
	require.NoError(t, err)
	set := ch.Settings
	set.Name, set.Brand, set.Department, set.OptOutWords = hostile, hostile, hostile, []string{short}
	own := desk.Settings{Rules: rules.Default(), Access: access.Policy{
		Users: map[string]access.Role{boss.ID: access.Supervisor, short: access.Viewer}, Teams: map[string]access.Role{short: access.Viewer},
	}}
	own.Rules.AutoResolve.Reason = short
	set.Desk = own.JSON()
	require.NoError(t, in.app.agents.UpdateSettings(ctx, boss, set))
	evil := access.Actor{Kind: access.Agent, ID: short, Admin: true}
	require.NoError(t, in.app.agents.SetTopic(ctx, evil, id, short))
	require.NoError(t, in.app.agents.RetryNow(ctx, evil, channelID))
	require.NoError(t, in.app.hub.ReportStanding(ctx, channelID, time.Now(), health.Standing{Quality: hostile, NameStatus: hostile, MessagingLimit: hostile}))
	in.eventually(func() bool { return strings.Contains(in.get("/console/admin/onboarding"), "way-step") }, "the steps of the number")
	in.app.connect.mu.Lock()
	in.app.connect.list.Steps = []console.ChecklistStep{{ID: hostile, Title: hostile, Status: hostile, Text: hostile, Do: hostile, Link: "javascript:alert(1)"}}
	in.app.connect.list.Checks = []console.ChecklistCheck{{ID: hostile, Title: hostile, Grade: hostile, Value: hostile, Text: hostile, Do: hostile}}
	in.app.connect.mu.Unlock()

	page := browsertest.Open(t, 1300, 860)
	page.Before(watchful)
	page.Do(chromedp.Navigate(in.url+"/console/admin/roles?who=%3Cscript%3Ealert(1)%3C/script%3E&action=%22onfocus=alert(1)%20autofocus=%22"), chromedp.WaitVisible("#answer"))
	for _, path := range []string{
		"", "admin/channels", "admin/channels/support", "admin/onboarding", "admin/roles", "admin/audit", "admin/health", "admin/letters", "admin/templates", "admin/reports", "admin/spending",
	} {
		page.Do(chromedp.Navigate(in.url+"/console/"+path), chromedp.WaitVisible("main h1"))
		page.Until("(document.querySelectorAll('details').forEach(d => { d.open = true }), document.readyState === 'complete')")
		page.Picture("hostile-" + strings.ReplaceAll(path, "/", "-"))
		require.Equal(t, "undefined undefined undefined", page.Value("document.documentElement.dataset.broke + ' ' + document.documentElement.dataset.ran + ' ' + document.body.dataset.hit"), path)
		require.Equal(t, "0", page.Value("document.querySelectorAll('main script, [src=x], [onerror], [onfocus], a[href^=\"javascript\"]').length"), path)
	}
	page.Do(chromedp.Navigate(in.url+"/console/admin/audit"), chromedp.WaitVisible("table"))
	require.Contains(t, page.Text("table"), short, "it is shown as text")

	// The policy is there to be broken: what would run if the templates failed does not.
	page.Until(`(document.body.insertAdjacentHTML("beforeend", '<img src=x onerror="document.body.dataset.hit=1">'), true)`)
	page.Until("Boolean(document.documentElement.dataset.broke)")
	require.Equal(t, "undefined", page.Value("document.body.dataset.hit"))
}
