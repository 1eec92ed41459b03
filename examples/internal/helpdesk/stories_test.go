package helpdesk

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// sits opens the console for somebody else.
func (in *inside) sits(person string) *screen {
	in.t.Helper()
	c := &screen{browsertest.Open(in.t, 1400, 860), in}
	c.Cookie(in.url, "/", personCookie, person)
	c.Do(chromedp.Navigate(in.url+"/console/"), chromedp.WaitVisible(".row"))
	c.Until(ready)
	return c
}

// says has an element show a text.
func says(selector, text string) string {
	return "(e => Boolean(e?.innerText.includes('" + text + "')))(document.querySelector('" + selector + "'))"
}

// drawn says that the picture in an element was loaded.
func drawn(selector string) string {
	return "(e => Boolean(e?.complete && e.naturalWidth > 0))(document.querySelector('" + selector + "'))"
}

func TestAViewerCannotSend(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := in.sits("vera")
	c.Press("[data-open='" + toRobin + "']")
	c.Until("document.querySelector('#reply')?.dataset.mode === 'note'") // which the customer never sees
	for _, not := range []string{"#file", "[data-act=take]", "button[data-mode=reply]", "button[data-mode=template]", "#picker", "#later-button"} {
		require.Equal(t, "null", c.Value("document.querySelector('"+not+"')"), not)
	}
	for _, path := range []string{"reply", "template", "macro", "do/take", "do/assign", "do/typing", "do/team", "do/block"} {
		status := c.Run("fetch('/console/talk/" + toRobin + "/" + path + "', { method: 'POST', headers: { 'X-Console': '1' }, body: new URLSearchParams({ text: 'hi', key: '12345678', template: 'we_answered/en', macro: 'hours' }) }).then(r => String(r.status))")
		require.Equal(t, "403", status, path)
	}
	require.Empty(t, in.got(robin))
}

func TestTwoAgentsWorkAtOnce(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	you, lee := openConsole(in, 1400, 860), in.sits("lee")
	you.turnsTo(toRobin)
	lee.turnsTo(toRobin)
	lee.types("I think it")
	lee.Until("(window.writes = setInterval(() => document.querySelector('#text').dispatchEvent(new Event('input', { bubbles: true })), 1000)) > 0")
	you.Until(says("#present", "Lee is writing."))
	lee.Until("(clearInterval(window.writes), true)")
	lee.Press("[data-act=take]")
	you.Until(says("#talk .who", "assigned to Lee"))
	you.Until("document.querySelector('[data-open=\"" + toRobin + "\"] .owner')?.title === 'assigned to Lee'")
	you.types("Yes, it is.\n")
	lee.types(" is.\n")
	in.eventually(func() bool { return len(in.got(robin)) == 2 }, "both answers")
	require.ElementsMatch(t, []string{"Yes, it is.", "I think it is."}, in.got(robin))
	const order = "[...document.querySelectorAll('.message.out .text')].map(e => e.innerText.trim()).join('|')"
	for _, c := range []*screen{you, lee} {
		c.Until(order + " === '" + strings.Join(in.got(robin), "|") + "'")
	}
	you.turnsTo(toKim)
	lee.Until("document.querySelector('#present').hidden")
	lee.Press("#settle")
	lee.Do(chromedp.WaitVisible("#resolving-topic"), chromedp.SendKeys("#resolving-topic", "pick-up\n"))
	you.Until("!document.querySelector('[data-open=\"" + toRobin + "\"]')") // it leaves the list of what is open
	you.Until(says("#talk .who", "Kim Lake"))
}

func TestAPictureComesInAndGoesOut(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	robin.Image(in.demo().number, cloudapitest.Attachment{MIME: "image/png", Data: picture(), Caption: "This is the wheel"})
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Until(drawn(".message.in .picture img"))
	c.Until(`(async b => {
		const data = new DataTransfer(), image = await (await fetch(document.querySelector(".message.in .picture img").src)).blob();
		data.items.add(new File([image], "ours.png", { type: "image/png" }));
		b.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	})(document.querySelector("#text")), true`)
	c.Until(says("#files", "ours.png") + " && !" + says("#files", "uploaded") + " && Boolean(document.querySelector('#files img'))")
	c.types("And this is ours\n")
	c.Until(drawn(".message.out .picture img"))
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the picture")
	seen := robin.Sees(in.demo().number)
	data, kind, err := robin.File(in.demo().number, seen[len(seen)-1].ID)
	require.NoError(t, err)
	require.Equal(t, "image/png", kind)
	require.Equal(t, picture(), data)
	c.Picture("pictures")
}

func TestAnAnswerIsSentLaterOrNot(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("It will be at five")
	c.Press("#later-button")
	c.Do(chromedp.WaitVisible("#later-at"))
	c.Until("document.querySelector('.send span').textContent === 'Send later'")
	c.Do(chromedp.Click(answerBox))
	c.types("\n")
	c.Do(chromedp.WaitVisible(".message.out .later"))
	c.Until("document.querySelector('#later').hidden")
	c.Picture("later")
	c.Press("[data-change]")
	c.holds("It will be at five")
	c.Until("!document.querySelector('#later').hidden && Boolean(document.querySelector('.message.out .ticks.cancelled'))")
	c.Do(chromedp.Click(answerBox))
	c.types(" sharp\n")
	c.Until("document.querySelectorAll('.message.out .later').length === 1")
	require.Empty(t, in.got(robin))
	in.do("/clock", "by", "2h")
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the answer")
	require.Equal(t, []string{"It will be at five sharp"}, in.got(robin))
	c.Until("!document.querySelector('.later:not(#later)')")
}

func TestTheWindowClosesWhileSomebodyTypes(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("It is rea")
	in.do("/clock", "by", "24h")
	c.Until(says("#window-notice", "window is closed") + " && document.querySelector('#reply').hidden && Boolean(document.querySelector('[data-pick]'))")
	robin.Text(in.demo().number, "Hello?")
	c.Until("document.querySelector('#window-notice').hidden")
	c.holds("It is rea")
	c.types("dy\n")
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the answer")
	require.Equal(t, []string{"It is ready"}, in.got(robin))
}

func TestAFailureIsToldWhereverSomebodyLooks(t *testing.T) {
	t.Parallel()
	in := within(t)
	old := in.demo().world.AddUser(cloudapitest.UserConfig{Name: "Pat Stone", OldClient: true})
	old.Text(in.demo().number, "Is my bike ready?")
	id := in.ticket()
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(id)
	c.types("It is.\n")
	c.turnsTo(toKim)
	c.Until(says("#alerts", "A message to Pat Stone was not delivered."))
	c.Until("Boolean(document.querySelector('[data-open=\"" + id + "\"] .failed'))")
	c.Press("#alerts [data-open]")
	c.views(id)
	c.Until("Boolean(document.querySelector('.message.bad .trouble [data-again]'))")
	c.Press("#panel-button")
	c.Until(says(".panel .log .bad", "Delivery failed"))
	c.Picture("failure")
}

func TestWhatNobodyTouchesIsResolvedByItself(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.Press("[data-view=all]")
	c.turnsTo(toRobin)
	for range 5 {
		in.do("/clock", "by", "168h") // 30 days at least
	}
	c.Until("document.querySelector('#talk .head').dataset.status === 'resolved' && document.querySelector('.row .status').textContent === 'resolved'")
	c.Press("#panel-button")
	c.Until(says(".panel .log", "Moved"))
}

func TestTheUnreadMarkGoesWhenSomebodyLooks(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Until("(document.hasFocus = () => false, dispatchEvent(new PointerEvent('pointermove')), !document.querySelector('.badge'))") // another window has the focus
	robin.Text(in.demo().number, "Hello?")
	c.Until(says("#messages", "Hello?") + " && " + says(".badge", "1"))
	c.Until("(dispatchEvent(new PointerEvent('pointermove')), !document.querySelector('.badge'))")
}

func TestThePageGoesOnAfterTheServerWasRestarted(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.do("/phone/say", "text", "Is my bike ready?")
	id := s.ticket()
	var behind atomic.Pointer[url.URL] // browsers find the program under one address, whatever port it gets
	move := func(s *site) {
		at, err := url.Parse(s.url)
		require.NoError(t, err)
		behind.Store(at)
	}
	move(s)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(behind.Load()); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     log.New(io.Discard, "", 0),
	})
	t.Cleanup(proxy.Close)
	c := browsertest.Open(t, 1400, 860)
	c.Do(chromedp.Navigate(proxy.URL+"/console/c/"+id), chromedp.WaitVisible(answerBox), chromedp.SendKeys(answerBox, "It is rea"))
	c.Until(ready)
	s.stop()
	c.Until("!document.querySelector('#state').hidden")
	s = serve(t, s.dir)
	move(s)
	c.Until("document.querySelector('#state').hidden")
	s.do("/phone/say", "text", "Are you there?")
	c.Until(says("#messages", "Are you there?"))
	c.Until("document.querySelector('#text').value === 'It is rea'")
	c.Do(chromedp.SendKeys(answerBox, "dy\n"))
	s.shows("It is ready")
	require.NotContains(t, s.log.String(), "level=ERROR")
}
