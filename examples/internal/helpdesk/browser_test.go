package helpdesk

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// framed is the console in the frame of the page around it.
const framed = "frames[0].document.querySelector"

func TestAPersonUsesTheHelpdesk(t *testing.T) {
	page := browsertest.Open(t, 1500, 880)
	s := serve(t, t.TempDir())
	page.Do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	page.Until("Boolean(" + framed + "('#workspace'))")
	page.Picture("1-empty")

	page.Do(chromedp.SendKeys("#say input", "Hi! My bike has a loose chain. Can you have a look this week?\n"))
	page.Until("(e => e ? (e.click(), true) : false)(" + framed + "('.row a'))")
	page.Until("Boolean(" + framed + "('#text')) && " + framed + "('#workspace')?.dataset.ready === ''")
	page.Until("(e => { e.value = 'Sure! Bring it in any day before 6 pm. The check is free.'; e.dispatchEvent(new Event('input', { bubbles: true })); e.form.requestSubmit(); return true })(" + framed + "('#text'))")
	page.Until("Boolean(" + framed + "('.message.out .ticks.read'))")
	page.Do(chromedp.Click("[data-gesture='Card number']"), chromedp.Click("[data-gesture='Picture']"))
	page.Until("Boolean(" + framed + "('.message .shield')) && Boolean(" + framed + "('.message img')?.complete)")
	page.Picture("2-talk")

	page.Do(chromedp.Click("[data-advance='24h']"))
	page.Until(framed + "('#window-notice').textContent.includes('window is closed') && Boolean(" + framed + "('[data-pick]'))")
	page.Until("(e => (e.click(), true))([...frames[0].document.querySelectorAll('[data-pick]')].find(e => e.dataset.pick.startsWith('we_answered')))")
	page.Until("Boolean(" + framed + "('#template .fields div:last-child input'))")
	page.Picture("3-template")
	page.Until("(e => { e.value = 'your bike'; e.dispatchEvent(new Event('input', { bubbles: true })); e.form.requestSubmit(); return true })(" + framed + "('#template .fields div:last-child input'))")
	page.Do(chromedp.WaitVisible(".taps button"))
	page.Until("document.querySelector('#screen').textContent.includes('about your bike')")
	page.Press(".taps button")
	page.Until(framed + "('#window-notice').hidden")
	page.Picture("4-open-again")
}

func TestTheHelpdeskFitsAPhone(t *testing.T) {
	page := browsertest.Open(t, 360, 740)
	s := serve(t, t.TempDir())
	page.Do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	page.Do(chromedp.SendKeys("#say input", "Is my bike ready?\n"), chromedp.WaitVisible(".bubble.mine"))
	page.Picture("5-phone")
	page.Fits()
	page.Do(chromedp.Click("[data-go=desk]"))
	page.Until("(e => e ? (e.click(), true) : false)(" + framed + "('.row a'))")
	page.Until("Boolean(" + framed + "('#text')?.offsetWidth)")
	page.Picture("6-talk")
	page.Fits()
	page.Until("!(d => d.scrollWidth > frames[0].innerWidth)(frames[0].document.documentElement)")
}
