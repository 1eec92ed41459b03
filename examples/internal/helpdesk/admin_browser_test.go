package helpdesk

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// The pages of administrators, as a person sees them, wide and narrow, and from right to left.
func TestAnAdministratorLooksAfterTheHelpdesk(t *testing.T) {
	s := serve(t, t.TempDir())
	wide, narrow := browsertest.Open(t, 1300, 860), browsertest.OpenIn(t, "dark", 360, 740)
	for _, path := range []string{"/admin/reports", "/admin/spending", "/admin/templates", "/admin/channels", "/admin/channels/support", "/admin/health", "/admin/letters", "/admin/roles?who=lee&action=block", "/admin/audit", "/admin/onboarding"} {
		name := "office" + strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(path)
		wide.Do(chromedp.Navigate(s.url+"/console"+path), chromedp.WaitVisible(".office h1"))
		wide.Until("document.querySelectorAll('h1').length === 1 && Boolean(document.querySelector('.bar a[aria-current=page]'))")
		wide.Picture(name)
		narrow.Do(chromedp.Navigate(s.url+"/console"+path), chromedp.WaitVisible(".office h1"))
		narrow.Fits()
		narrow.Picture(name + "-narrow")
	}
	wide.Do(chromedp.Navigate(s.url+"/console/admin/health"), chromedp.WaitVisible(".office h1"))
	wide.Until("[...document.querySelectorAll('h3')].some(e => e.textContent === 'Harbour Bikes') && document.querySelector('.office').textContent.includes('at work')")
	wide.Press("#retry-support")
	wide.Until("document.querySelector('.notice.good')?.textContent.includes('is tried now')")

	// What has happened is drawn, from right to left as well.
	wide.Do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"), chromedp.SendKeys("#say input", "Is my bike ready?\n"))
	s.ticket()
	wide.Do(chromedp.Navigate(s.url+"/console/admin/reports"), chromedp.WaitVisible("svg.chart rect"))
	wide.Picture("office-charts")
	wide.Cookie(s.url, "/console/", "console_language", "ar")
	wide.Do(chromedp.Navigate(s.url+"/console/admin/reports"), chromedp.WaitVisible("svg.chart rect"))
	wide.Until("document.documentElement.dir === 'rtl'")
	wide.Fits()
	wide.Picture("office-charts-rtl")
	for _, path := range []string{"roles", "audit", "onboarding"} {
		wide.Do(chromedp.Navigate(s.url+"/console/admin/"+path), chromedp.WaitVisible(".office h1"))
		wide.Fits()
		wide.Picture("office-" + path + "-rtl")
	}
	wide.Until("document.querySelectorAll('.way-step.done').length > 5") // the number has taken its steps
}
