package helpdesk

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// hold keeps requests whose path ends like this from being answered, until release; the first one arrives.
func (in *inside) hold(t *testing.T, suffix string) (arrived <-chan struct{}, release func()) {
	t.Helper()
	come, go_ := make(chan struct{}, 100), make(chan struct{})
	var once atomic.Bool
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, suffix) {
			come <- struct{}{}
			<-go_
		}
		return true
	})
	release = func() {
		if once.CompareAndSwap(false, true) {
			close(go_)
		}
	}
	t.Cleanup(release)
	return come, release
}

// later says that so many milliseconds have gone by in a page since it was asked first.
func later(ms string) string {
	return "((window.since ??= performance.now()), performance.now() - window.since > " + ms + ")"
}

func TestAPreparedAnswerKeepsWhatIsTypedAfterIt(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("/open")
	c.Do(chromedp.WaitVisible("#macros [data-macro=hours]"))
	arrived, release := in.hold(t, "/macro")
	c.types("\n")
	<-arrived
	c.types("\n") // pressed again
	c.types(" Bye!")
	release()
	c.holds("We are open from Monday to Saturday, 9:00 to 18:00. Bye!")
}

func TestAPickerWhoseAnswersAreSlowIsFilledAllTheSame(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/templates") {
			select {
			case <-time.After(2500 * time.Millisecond): // longer than the page looks at itself
			case <-r.Context().Done():
			}
		}
		return true
	})
	c.Press("[data-mode=template]")
	c.Do(chromedp.WaitVisible("[data-pick]"))
}

func TestWhatIsTypedInThePickerBelongsToWhatItWasTypedFor(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	const typed = "(e => { e.value = 'you'; e.dispatchEvent(new Event('input', { bubbles: true })); })"
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Press("[data-mode=template]")
	c.Do(chromedp.WaitVisible("[data-pick]"))

	// A search that was not asked yet does not take a form away that was chosen after it.
	c.Run("(async () => { " + typed + "(document.querySelector('#picker-q')); document.querySelector('[data-pick=\"we_answered/en\"]').click(); return '' })()")
	c.Do(chromedp.WaitVisible("#template"))
	c.Until(later("700"))
	c.Do(chromedp.WaitVisible("#template"))

	// A preview that was not asked yet is none of what is there instead of its form: another list, another customer.
	c.Run("(async () => { " + typed + "(document.querySelector('#template .fields input')); document.querySelector('[data-unpick]').click(); window.since = undefined; return '' })()")
	c.Do(chromedp.WaitVisible("[data-pick]"))
	c.Until(later("700"))
	c.Until("document.querySelector('#send-error').hidden")
	c.Press("[data-pick='we_answered/en']")
	c.Do(chromedp.WaitVisible("#template"))
	c.Run("(async () => { " + typed + "(document.querySelector('#template .fields input')); document.querySelector('[data-open=\"" + toKim + "\"]').click(); window.since = undefined; return '' })()")
	c.views(toKim)
	c.Until(later("700"))
	c.Until("document.querySelector('#send-error').hidden")
}

func TestAFieldThatSomebodyTypesInIsNotReplaced(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	mark := func(field string) { c.Until("(document.querySelector('" + field + "').same = true)") }
	same := func(field string) string { return "document.querySelector('" + field + "').same === true" }

	mark("#search")
	c.Do(chromedp.SendKeys("#search", "Lake"))
	c.Until("[...document.querySelectorAll('.row .name')].map(e => e.innerText).join() === 'Kim Lake'")
	c.Until(same("#search"))
	c.Until("document.querySelector('#search').value === 'Lake' && document.activeElement.id === 'search'")
	c.Until("document.querySelector('#rows').dataset.query.includes('Lake')")
	c.Press("[data-view=all]") // another list with the same words
	c.Until("document.querySelector('#search').value === 'Lake' && document.querySelector('[data-view=all]').ariaCurrent === 'true'")

	c.Press("[data-mode=template]")
	c.Do(chromedp.WaitVisible("[data-pick]"))
	mark("#picker-q")
	c.Do(chromedp.SendKeys("#picker-q", "solve"))
	c.Until("document.querySelectorAll('[data-pick]').length === 1")
	c.Until(same("#picker-q"))
}

// An input method offers characters; the Enter that chooses one sends nothing.
func TestTheEnterOfAnInputMethodSendsNothing(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("できました")
	const enter = "document.querySelector('#text').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: %, isComposing: @, bubbles: true, cancelable: true }))"
	for _, how := range []*strings.Replacer{strings.NewReplacer("%", "13", "@", "true"), strings.NewReplacer("%", "229", "@", "false")} {
		c.Until(how.Replace(enter)) // it goes its way
	}
	c.types("。\n")
	in.eventually(func() bool { return len(in.got(robin)) > 0 }, "the answer")
	require.Equal(t, []string{"できました。"}, in.got(robin))
}

func TestNothingIsDoneToACustomerWhoIsNotInViewAnyMore(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	arrived, release := in.hold(t, toKim)
	c.Press("[data-open='" + toKim + "']")
	<-arrived
	for _, key := range []string{"a", "e", "n", "r"} {
		c.Until("(document.querySelector('#content').focus(), document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '" + key + "', bubbles: true, cancelable: true })), true)")
	}
	c.Until("!document.querySelector('dialog[open]')")
	release()
	c.views(toKim)
	c.turnsTo(toRobin)
	c.Until("document.querySelector('#reply').dataset.mode === 'reply' && Boolean(document.querySelector('[data-act=take]'))")
}

// point returns where the middle of an element is.
func (c *screen) point(selector string) (x, y float64) {
	c.t.Helper()
	c.Do(chromedp.WaitVisible(selector))
	where := c.Value("(r => (r.x + r.width / 2) + ' ' + (r.y + r.height / 2))(document.querySelector(\"" + selector + "\").getBoundingClientRect())")
	_, err := fmt.Sscan(where, &x, &y)
	require.NoError(c.t, err)
	return x, y
}

func TestTheSecondHalfOfADoubleClickPressesNothingElse(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	in.do(talk(toRobin) + "/do/resolve")
	x, y := c.point("#settle[data-act=reopen]")
	c.Do(chromedp.MouseClickXY(x, y))
	c.Do(chromedp.WaitVisible("#settle[data-act=resolve]")) // at the same place
	c.Do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	c.Until("!document.querySelector('dialog[open]')")
	c.Do(chromedp.MouseClickXY(x, y))
	c.Do(chromedp.WaitVisible("#resolving-topic"))

	// A key that is held down does not go on either.
	c.Do(chromedp.KeyEvent("\u001b"), chromedp.WaitNotVisible("#resolving-topic"))
	c.Until("(document.querySelector('#content').focus(), document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', repeat: true, bubbles: true, cancelable: true })), !document.querySelector('dialog[open]'))")
}

func TestAClickIsNotLostWhenTheListIsRedrawnUnderIt(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	kim, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	x, y := c.point("[data-open='" + toKim + "'] .name")
	c.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	kim.Text(in.demo().number, "And boats?")
	robin.Text(in.demo().number, "Hello?") // moves up
	in.eventually(func() bool { return strings.Contains(in.get("/console/list?view=all"), ">Hello?<") }, "the news")
	c.Until(later("1500")) // the page has heard of it, too
	c.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	c.views(toKim)
	c.Until(says("#r-"+toRobin, "Hello?")) // and shows it now
}

func TestWhatIsTypedBeforeTheScriptsRunIsNotLost(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	arrived, release := in.hold(t, "/composer.js")
	c := &screen{browsertest.Open(t, 1400, 860), in}
	c.Until("(location.assign('" + in.url + "/console/c/" + toRobin + "'), true)")
	<-arrived
	c.Do(chromedp.WaitVisible(answerBox))
	require.Equal(t, "true", c.Value("document.querySelector('.send').disabled"), "what was written would go into an address")
	c.types("It is rea")
	release()
	c.Until(ready)
	c.holds("It is rea")
	c.types("dy\n")
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the answer")
	require.Equal(t, []string{"It is ready"}, in.got(robin))
}

func TestAChoiceThatWasRefusedIsNotShown(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Press("#panel-button")
	c.Do(chromedp.WaitVisible("#agent"))
	in.net.set(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/do/assign") {
			http.Error(w, `{"text":"Not to Lee."}`, http.StatusForbidden)
			return false
		}
		return true
	})
	c.Until("(e => (e.focus(), e.value = 'lee', e.dispatchEvent(new Event('change', { bubbles: true }))))(document.querySelector('#agent'))")
	c.Until(says("#alerts", "Not to Lee."))
	c.Until("document.querySelector('#agent')?.value === ''")
}

func TestAConsentIsRecordedOnceHoweverOftenSomebodyPresses(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Press("#panel-button")
	c.Do(chromedp.WaitVisible(".panel-in"))
	var asked atomic.Int32
	leave := make(chan struct{})
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/marketing/record") {
			asked.Add(1)
			<-leave
		}
		return true
	})
	c.Until("(f => (f.where.value = 'shop', f.wording.value = 'yes', f.requestSubmit(), f.requestSubmit(), true))(document.querySelector('[data-post$=\"/record\"]'))")
	in.eventually(func() bool { return asked.Load() > 0 }, "a request")
	close(leave)
	c.Until(says("#panel", "shop"))
	require.EqualValues(t, 1, asked.Load())
}
