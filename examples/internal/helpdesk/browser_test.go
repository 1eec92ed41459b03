package helpdesk

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

func TestAPersonUsesTheConsole(t *testing.T) {
	page := browsertest.Open(t, 1400, 860)
	s := serve(t, t.TempDir())
	page.Do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	page.Picture("1-empty")

	page.Do(chromedp.SendKeys("#say input", "Hi! My bike has a loose chain. Can you have a look this week?\n"))
	page.Do(chromedp.WaitVisible(".message.in"), chromedp.WaitVisible("#reply textarea"))
	page.Do(chromedp.SendKeys("#reply textarea", "Sure! Bring it in any day before 6 pm. The check is free.\n"))
	page.Do(chromedp.WaitVisible(".message.out .ticks.read"))
	page.Do(chromedp.Click("#card"), chromedp.SendKeys("#say input", "\n"))
	page.Do(chromedp.WaitVisible(".message .shield"))
	page.Picture("2-talk")

	page.Do(chromedp.Click("[data-advance='24h']"), chromedp.WaitVisible("#template"), chromedp.WaitVisible("#preview .bubble"))
	page.Picture("3-closed")
	require.Contains(t, page.Text("#notice"), "window is closed")
	page.Do(chromedp.SendKeys("#template select", "we answered"), chromedp.WaitVisible("#fields input"))
	page.Do(chromedp.SendKeys("#fields label:last-child input", "your bike"))
	page.Picture("3b-template")
	page.Do(chromedp.Click("#template button[type=submit]"), chromedp.WaitVisible(".taps button"))
	require.Contains(t, page.Text("#screen"), "about your bike")
	page.Do(chromedp.Click(".taps button"), chromedp.WaitVisible("#reply textarea"))
	page.Picture("4-open-again")
}

func TestTheConsoleFitsAPhone(t *testing.T) {
	page := browsertest.Open(t, 390, 844)
	s := serve(t, t.TempDir())
	page.Do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	page.Do(chromedp.SendKeys("#say input", "Is my bike ready?\n"), chromedp.WaitVisible(".bubble.mine"))
	page.Picture("5-phone")
	page.Do(chromedp.Click("[data-go=tickets]"), chromedp.WaitVisible(".ticket"))
	page.Picture("6-tickets")
	page.Do(chromedp.Click(".ticket"), chromedp.WaitVisible("#reply textarea"))
	page.Do(chromedp.SendKeys("#reply textarea", "It is. Come by any time!\n"), chromedp.WaitVisible(".message.out .ticks.read"))
	page.Picture("7-talk")
	page.Fits()
}
