package helpdesk

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// screen is the console in a browser.
type screen struct {
	*browsertest.Page
	*inside
}

func openConsole(in *inside, width, height int64) *screen {
	in.t.Helper()
	c := &screen{browsertest.Open(in.t, width, height), in}
	c.Do(chromedp.Navigate(in.url+"/console/"), chromedp.WaitVisible(".row"))
	c.Until(ready)
	return c
}

// ready says that the scripts of a page run: before, its links are links, and its buttons do nothing.
const ready = "document.querySelector('#workspace')?.dataset.ready === ''"

const answerBox = "#text"

// turnsTo clicks a ticket and waits until its conversation is there.
func (c *screen) turnsTo(conversationID string) {
	c.t.Helper()
	c.Press("[data-open='" + conversationID + "']")
	c.views(conversationID)
}

func (c *screen) views(conversationID string) {
	c.t.Helper()
	c.Do(chromedp.WaitVisible("#talk .head[data-id='"+conversationID+"']"), chromedp.WaitVisible("#composer"))
	c.Until(ready)
}

func (c *screen) types(text string) {
	c.t.Helper()
	c.Do(chromedp.SendKeys(answerBox, text))
}

// holds waits until the answer box holds exactly a text.
func (c *screen) holds(text string) {
	c.t.Helper()
	c.Until("document.querySelector('" + answerBox + "').value === '" + text + "'")
}

func TestADraftStaysWithItsCustomer(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	kim, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)

	c.turnsTo(toRobin)
	c.types("Robin, your PIN for the locker")
	c.turnsTo(toKim)
	c.holds("")
	c.types("Kim, we do")
	c.turnsTo(toRobin)
	c.holds("Robin, your PIN for the locker")
	c.Picture("draft-light")

	c.Do(chromedp.Reload())
	c.views(toRobin)
	c.holds("Robin, your PIN for the locker")
	c.turnsTo(toKim)
	c.holds("Kim, we do")
	c.types("\n")
	c.eventually(func() bool { return len(in.got(kim)) == 1 }, "Kim gets an answer")
	require.Equal(t, []string{"Kim, we do"}, in.got(kim))
	require.Empty(t, in.got(robin))
	c.holds("")
	c.turnsTo(toRobin)
	c.holds("Robin, your PIN for the locker")
}

// A browser may keep a page that is left, and show it again as it was.
func TestAPageThatComesBackHasTheDraftsOfTheOneAfterIt(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	event := func(name string) {
		c.Until("dispatchEvent(new PageTransitionEvent('" + name + "', { persisted: true }))")
	}
	const left = "JSON.stringify(Object.entries(sessionStorage).filter(([key]) => key.startsWith('console drafts')).map(([, text]) => text))"
	c.turnsTo(toRobin)
	c.types("It is ready.")
	event("pagehide")
	require.Contains(t, c.Value(left), "It is ready.", "for the next page")
	event("pageshow")
	c.holds("It is ready.")
	c.types(" Come by.\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "Robin gets the answer")
	c.holds("")
	c.Do(chromedp.Reload())
	c.views(toRobin)
	c.holds("")

	c.types("And bring the lock.")
	event("pagehide")
	c.Until("(sessionStorage.clear(), true)") // the next page has sent it
	event("pageshow")
	c.holds("")
	require.Equal(t, []string{"It is ready. Come by."}, in.got(robin))
}

func TestATemplateFormStaysWithItsCustomer(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	kim, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	in.do("/clock", "by", "24h")
	c := openConsole(in, 1400, 860)
	const name, subject = "#template .fields div:first-child input", "#template .fields div:last-child input"
	pick := func() {
		c.Press("[data-pick='we_answered/en']")
		c.Do(chromedp.WaitVisible(subject))
	}

	c.turnsTo(toRobin)
	pick()
	c.Do(chromedp.SendKeys(subject, "your locker PIN"))
	c.turnsTo(toKim)
	c.Until("!document.querySelector('#picker').innerHTML.includes('Robin')")
	pick()
	c.Until("document.querySelector('" + subject + "').value === '' && document.querySelector('" + name + "').value === 'Kim'")
	c.turnsTo(toRobin)
	c.Until("document.querySelector('" + subject + "')?.value === 'your locker PIN' && document.querySelector('" + name + "').value === 'Robin'")
	c.Do(chromedp.Reload())
	c.views(toRobin)
	c.Until("document.querySelector('" + subject + "')?.value === 'your locker PIN'")
	c.Until("document.querySelector('#preview').textContent.includes('locker')")
	c.Picture("template")

	c.Do(chromedp.DoubleClick("#template button[type=submit]"))
	c.eventually(func() bool { return len(in.got(robin)) > 0 }, "Robin gets the template")
	c.Do(chromedp.WaitVisible("[data-pick]")) // the next one has to be chosen: a second click sends nothing
	c.turnsTo(toKim)
	require.Len(t, in.got(robin), 1, "a second click sends nothing")
	require.Empty(t, in.got(kim))
}

func TestADraftWithACardNumberIsNotWrittenToTheBrowsersDisk(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	for _, number := range []string{"4539 1488 0343 6467", "4539-1488-0343-6467", "४५३९ १४८८ ०३४३ ६४६७", "4539, then 1488, then 0343, then 6467"} {
		c.types("Use " + number)
		c.turnsTo(toKim)
		c.types("Hello ")
		c.turnsTo(toRobin)
		c.holds("Use " + number)
		c.Until("dispatchEvent(new Event('pagehide')) && sessionStorage['console drafts /console'].includes('Hello') && !sessionStorage['console drafts /console'].includes('Use')")
		c.Until("(e => (e.value = '', e.dispatchEvent(new Event('input', { bubbles: true }))))(document.querySelector('" + answerBox + "'))")
	}
}

func TestEnterThreeTimesSendsOneMessageAndKeepsWhatIsTypedMeanwhile(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)

	release := make(chan struct{})
	arrived := make(chan struct{}, 9)
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if sends(r) {
			arrived <- struct{}{}
			<-release
		}
		return true
	})
	c.types("It is ready.\n\n\n")
	<-arrived
	c.types(" Come by any time.\n Bye")
	close(release)
	c.holds("Bye")
	c.eventually(func() bool { return len(in.got(robin)) == 2 }, "what was finished meanwhile follows")
	c.types("\n")
	c.eventually(func() bool { return len(in.got(robin)) == 3 }, "the rest when it is finished too")
	c.holds("")
	c.types("Bye\n")
	c.eventually(func() bool { return len(in.got(robin)) == 4 }, "the same words again are another message")
	require.Equal(t, []string{"It is ready.", "Come by any time.", "Bye", "Bye"}, in.got(robin))
}

func TestAnAnswerThatGotLostSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for name, reload := range map[string]bool{"pressing Enter again": false, "loading the page and pressing Enter again": true} {
		t.Run(name, func(t *testing.T) {
			in := within(t)
			robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
			hears := func(r *http.Request) bool { return !reload && r.URL.Path == "/console/events" }
			in.net.set(func(_ http.ResponseWriter, r *http.Request) bool { return !hears(r) })
			c := openConsole(in, 1400, 860)
			c.turnsTo(toRobin)
			in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
				if sends(r) {
					in.net.loseAnswer(r)
				}
				if reads(r) && !reload || hears(r) { // the page cannot see either that the message is there
					panic(http.ErrAbortHandler)
				}
				return true
			})
			c.types("It is ready.\n")
			if reload {
				c.eventually(func() bool { return len(in.got(robin)) == 1 }, "it arrived")
				c.Do(chromedp.Reload())
			} else {
				c.Until("document.querySelector('#send-error').textContent.startsWith('No answer came')")
				c.holds("It is ready.")
				c.types("\n")
				c.types("\n")
			}
			in.net.set(nil)
			c.views(toRobin)
			c.holds("") // it stands in the conversation: nothing is left to send
			c.types("\n")
			c.types("Really.\n")
			c.eventually(func() bool { return len(in.got(robin)) == 2 }, "the next message")
			require.Equal(t, []string{"It is ready.", "Really."}, in.got(robin))
		})
	}
}

func TestASendThatNeverArrivedKeepsTheDraft(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	kim, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	leave := make(chan struct{})
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if sends(r) {
			<-leave
			panic(http.ErrAbortHandler)
		}
		return true
	})
	c.types("It is ready.\n")
	c.turnsTo(toKim)
	close(leave)
	c.Until("document.querySelector('#alerts').textContent.startsWith('To Robin Reed: No answer came')")
	c.Until("document.querySelector('#send-error').hidden")
	in.net.set(nil)
	c.types("We do.\n")
	c.eventually(func() bool { return len(in.got(kim)) == 1 }, "the next customer gets his answer")
	c.turnsTo(toRobin)
	c.holds("It is ready.")
	c.Until("document.querySelector('#send-error').textContent.startsWith('No answer came')")
	c.types(" Come by!\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "the changed draft is sent")
	require.Equal(t, []string{"It is ready. Come by!"}, in.got(robin))
	require.Equal(t, []string{"We do."}, in.got(kim))
}

func TestAFailedReadKeepsTheCustomerAndTheDraft(t *testing.T) {
	t.Parallel()
	failures := map[string]func(http.ResponseWriter){
		"an error of the server": func(w http.ResponseWriter) { http.Error(w, "broken", http.StatusInternalServerError) },
		"a broken line":          func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"a refusal":              func(w http.ResponseWriter) { http.Error(w, "no", http.StatusBadGateway) },
	}
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			in := within(t)
			robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
			_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
			c := openConsole(in, 1400, 860)
			c.turnsTo(toRobin)
			c.types("Your PIN is")
			broken := func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodGet {
					failure(w)
				}
				return r.Method != http.MethodGet
			}
			in.net.set(broken)
			c.Press("[data-view=all]") // a list that does not come
			c.Press("[data-open='" + toKim + "']")
			c.Do(chromedp.WaitNotPresent("#composer")) // nothing can be written to somebody who is not there
			in.net.set(nil)
			c.views(toKim)
			c.holds("")
			c.turnsTo(toRobin)
			c.holds("Your PIN is")
			robin.Text(in.demo().number, "Hello?")
			c.Until("document.querySelector('#messages').textContent.includes('Hello?')")
			c.holds("Your PIN is")
		})
	}
}

func TestAConversationThatIsGoneOpensNoOther(t *testing.T) {
	t.Parallel()
	in := within(t)
	in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.Do(chromedp.Navigate(in.url+"/console/c/v_aaaaaaaaaaaaaaaaaaaaaaaa"), chromedp.WaitVisible("#talk .hint"))
	c.Until("document.querySelector('#talk').textContent.includes('not any more')")
	c.Do(chromedp.WaitNotPresent("#composer"))
}

func TestThePageHearsOfNewMessagesAgainAfterTheStreamOfEventsBroke(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	in.net.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/console/events" {
			http.Error(w, "broken", http.StatusBadGateway)
		}
		return r.URL.Path != "/console/events"
	})
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Do(chromedp.WaitVisible("#state"))
	robin.Text(in.demo().number, "Hello?")
	in.sees(toRobin, "Hello?")
	in.net.set(nil)
	c.Until("document.querySelector('#messages').textContent.includes('Hello?')")
	c.Do(chromedp.WaitNotVisible("#state"))
}
