package helpdesk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
	"github.com/kanava-go/kanava/examples/internal/npmtest"
)

// looking is what axe finds: rules, and the places where they are broken.
const looking = `(async () => {
	const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
	if (found.passes.length < 15) return "axe looked at nothing";
	return found.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join("; ")).join("\n");
})()`

func TestNothingKeepsPeopleOutOfThePages(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(npmtest.Install(t, "axe"), "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my *bike* ready?")
	in.do(talk(toRobin)+"/reply", "text", "It is.", "key", "answer-1")
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "an answer")
	for _, g := range gestures {
		if g.name != "Delete the last one" {
			require.NoError(t, g.do(in.demo(), robin), g.name)
		}
	}
	in.do(talk(toRobin)+"/do/note", "text", "Call back")
	in.do(talk(toRobin)+"/do/tags", "tags", "late, vip")
	in.sees(toRobin, "Spring check")
	for _, scheme := range []string{"light", "dark"} {
		page := browsertest.OpenIn(t, scheme, 1400, 860)
		look := func(what string) {
			t.Helper()
			page.Until("document.querySelectorAll('time[data-as]').length === 0 || Boolean(document.querySelector('time[title]'))")
			page.Picture("axe-" + what + "-" + scheme)
			found := page.Run(string(raw) + "\n;" + looking)
			assert.Empty(t, found, what+" in "+scheme)
		}
		page.Do(chromedp.Navigate(in.url+"/console/"), chromedp.WaitVisible(".row"))
		look("list")
		page.Do(chromedp.Navigate(in.url+"/console/c/"+toRobin), chromedp.WaitVisible("#text"))
		page.Until(ready)
		page.Press("#panel-button")
		page.Do(chromedp.WaitVisible(".panel-in"))
		look("talk")
		page.Press("[data-mode=template]")
		page.Press("[data-pick='we_answered/en']")
		page.Do(chromedp.WaitVisible("#template"))
		look("template")
		page.Do(chromedp.KeyEvent("\u001b"))
		page.Until("(document.querySelector('#content').focus(), document.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true })), Boolean(document.querySelector('#keys[open]')))")
		look("keys")
		page.Do(chromedp.Navigate(in.url+"/console/new?channel=support&to=%2B13125550187&template=we_answered/en"), chromedp.WaitVisible("#n0"))
		look("new")
		page.Do(chromedp.Navigate(in.url+"/console/c/v_none"), chromedp.WaitVisible("#talk .hint"))
		look("gone")
		for _, at := range []string{"reports", "spending", "channels", "channels/support", "templates", "health", "letters", "roles?who=lee&action=block", "audit", "onboarding"} {
			page.Do(chromedp.Navigate(in.url+"/console/admin/"+at), chromedp.WaitVisible(".office h1"))
			look("admin-" + strings.ReplaceAll(at, "/", "-"))
		}
		page.Do(chromedp.Navigate(in.url+"/"), chromedp.WaitVisible("#say"))
		look("around")
	}
}
