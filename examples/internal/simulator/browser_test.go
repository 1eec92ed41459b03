package simulator

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

const ask = `"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":"Order 88213"},"body":{"text":"A new one, or your money back?"},"footer":{"text":"Lucky Shrub"},
	"action":{"buttons":[{"type":"reply","reply":{"id":"new","title":"A new one"}},{"type":"reply","reply":{"id":"refund","title":"Refund"}}]}}`

func TestAPersonPlaysTheCustomer(t *testing.T) {
	page := browsertest.Open(t, 1400, 900)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible(".hint"), chromedp.WaitVisible("#access dd"), chromedp.WaitVisible("#snippet pre"))
	page.Picture("simulator-1-empty")

	page.Do(chromedp.SendKeys("#text", "Hi, my order 88213 never arrived. Can you help?\n"), chromedp.WaitVisible(".bubble.mine"))
	r.control("POST", "settle", `{}`)
	status, v := r.send("Sorry to hear that!")
	require.Equal(t, http.StatusOK, status, "%v", v)
	status, v = r.sendRaw(ask)
	require.Equal(t, http.StatusOK, status, "%v", v)
	r.control("POST", "settle", `{}`)
	page.Do(chromedp.WaitVisible(".taps button"))
	page.Do(chromedp.Click(".taps button:last-child"), chromedp.WaitVisible(".bubble.mine .quote"))
	require.Contains(t, page.Text("#people"), "window open")
	require.Contains(t, page.Text("#rules"), "No rule broken")
	page.Do(chromedp.WaitVisible("#traffic details"), chromedp.Click("#traffic details summary"), chromedp.WaitVisible("#traffic pre"))
	page.Picture("simulator-2-talk")

	page.Do(chromedp.Click("[data-advance='24h']"), chromedp.WaitVisible(".person:first-child .closed"))
	r.send("Are you still there?")
	page.Do(chromedp.WaitVisible("#rules .finding"))
	require.Contains(t, page.Text("#rules"), "free-form-outside-window")
	page.Picture("simulator-3-late")
}

func TestThePageFitsAPhone(t *testing.T) {
	page := browsertest.Open(t, 390, 844)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible(".hint"))
	page.Do(chromedp.SendKeys("#text", "Is my order ready?\n"), chromedp.WaitVisible(".bubble.mine"))
	r.control("POST", "settle", `{}`)
	page.Fits()
	page.Picture("simulator-4-phone")
	page.Do(chromedp.Click("[data-go=program]"), chromedp.WaitVisible("#traffic details"))
	page.Fits()
	page.Picture("simulator-5-program")
	page.Do(chromedp.Click("[data-go=customers]"), chromedp.WaitVisible("#newname"))
	page.Do(chromedp.SendKeys("#newname", "Ada\n"), chromedp.WaitVisible(".hint"))
	require.Len(t, r.s.people.all(), 4)
	page.Do(chromedp.Click("[data-go=customers]"), chromedp.WaitVisible(".person:nth-child(4)"))
	page.Fits()
	page.Picture("simulator-6-customers")
}

func TestWhatIsBeingWrittenStaysWithThePersonWhoWritesIt(t *testing.T) {
	page := browsertest.Open(t, 1400, 900)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible(".hint"), chromedp.WaitVisible(".person"))
	box := func(text string) { page.Until("document.querySelector('#text').value === '" + text + "'") }
	person := func(n string) { page.Press(".person:nth-child(" + n + ")") }
	page.Do(chromedp.SendKeys("#text", "It is Dana"))
	person("2")
	box("")
	page.Do(chromedp.SendKeys("#text", "It is Marcus\n"), chromedp.WaitVisible(".bubble.mine"))
	page.Do(chromedp.SendKeys("#text", "Still Marcus"))
	page.Until("(b => b ? (b.click(), true) : false)([...document.querySelectorAll('.acts button')].find(b => b.textContent === 'Edit'))")
	box("It is Marcus")
	page.Do(chromedp.SendKeys("#text", " O.\n"))
	box("Still Marcus")
	person("1")
	box("It is Dana")
	page.Until("document.querySelector('#chat').textContent.startsWith('Write something')")
	person("2")
	box("Still Marcus")

	// What could not be said is still there.
	page.Until("(window.working = fetch, window.fetch = () => Promise.reject(new TypeError()), true)")
	page.Do(chromedp.SendKeys("#text", "\n"), chromedp.WaitVisible("#notice"))
	box("Still Marcus")
	page.Until("(window.fetch = working, true)")
	page.Do(chromedp.SendKeys("#text", "\n"))
	box("")
	page.Until("document.querySelectorAll('.bubble.mine').length === 2")
	require.Contains(t, page.Text("#chat"), "It is Marcus O.")
	require.NotContains(t, page.Text("#chat"), "Dana")
}
