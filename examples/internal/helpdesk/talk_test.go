package helpdesk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// atEnd says that a list shows its last line, not more than a line of the font away.
func atEnd(list string) string {
	return "(l => l && l.scrollHeight > 3 * l.clientHeight && l.clientHeight > 0 && l.scrollHeight - l.scrollTop - l.clientHeight < 20)(document.querySelector('" + list + "'))"
}

func TestALongTalkOpensAtItsNewestMessage(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	for i := range 70 {
		robin.Text(in.demo().number, fmt.Sprintf("One more thing, number %d: %s", i, strings.Repeat("the chain rattles. ", 40)))
	}
	in.sees(toRobin, "number 69")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Until(atEnd("#messages"))
	c.Do(chromedp.Reload())
	c.views(toRobin)
	c.Until(atEnd("#messages"))
	c.turnsTo(toKim)
	c.turnsTo(toRobin)
	c.Until(atEnd("#messages"))

	// Who reads what was said earlier is left in peace, and finds the end again later.
	c.Until("(l => { l.scrollTop = 2500; return l.scrollTop === 2500 })(document.querySelector('#messages'))")
	robin.Text(in.demo().number, "Are you there?")
	c.Until("document.querySelector('#messages').textContent.includes('Are you there?')")
	c.Until("document.querySelector('#messages').scrollTop === 2500")
	c.Do(chromedp.WaitVisible("#to-end"), chromedp.Click("#to-end"))
	c.Until(atEnd("#messages"))

	// What was said before comes when it is looked for, and nothing jumps.
	c.Until("!document.querySelector('#messages').textContent.includes('number 3:')")
	c.Until("(l => (l.scrollTop = 0, l.textContent.includes('number 3:') && !document.querySelector('#older')))(document.querySelector('#messages'))")
	c.Until("[...document.querySelectorAll('.message')].every((m, i, all) => !i || all[i - 1].dataset.order < m.dataset.order)")

	// The picker, which is taller, does not push the newest message out of sight.
	c.turnsTo(toKim)
	c.turnsTo(toRobin)
	c.Do(chromedp.Click("[data-mode=template]"), chromedp.WaitVisible("[data-pick]"))
	c.Until(atEnd("#messages"))
}

func TestAConversationsStatusFollowsIt(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.Press("[data-view=all]")
	c.turnsTo(toRobin)
	is := func(status string) {
		t.Helper()
		c.Until("document.querySelector('.row .status').textContent === '" + status + "' && document.querySelector('#talk .head').dataset.status === '" + status + "'")
	}
	is("new")
	c.types("It is.\n")
	is("answered")
	robin.Text(in.demo().number, "Which door?")
	is("waiting")
	c.types("The green one.\n")
	is("answered")
	c.Press("#settle")
	c.Do(chromedp.WaitVisible("#resolving-topic"), chromedp.SendKeys("#resolving-topic", "pick-up\n"))
	is("resolved")
	c.Until("document.querySelector('.row .tag').textContent === 'pick-up'")
	c.Press("#settle")
	is("answered")
	in.do(talk(toRobin) + "/do/resolve")
	is("resolved")
	robin.Text(in.demo().number, "It is locked!")
	is("waiting")
}

func TestABlankAnswerIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("\n")
	c.Until("document.querySelector('#send-error').textContent === 'Write something first.'")
	c.types("   \n")
	c.Until("document.querySelector('#send-error').textContent === 'Write something first.'")
	c.types("It is.\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "an answer that is none")
	require.Equal(t, []string{"It is."}, in.got(robin))
	c.Until("document.querySelector('#send-error').hidden")
}

func TestPreparedAnswersAndFiles(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.types("/open")
	c.Do(chromedp.WaitVisible("#macros [data-macro=hours]"))
	c.types("\n")
	c.holds("We are open from Monday to Saturday, 9:00 to 18:00.")
	c.types("\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "the prepared answer")

	paste := `(b => {
		const data = new DataTransfer();
		data.items.add(new File([Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), c => c.charCodeAt(0))], "wheel.png", { type: "image/png" }));
		b.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
		return true;
	})(document.querySelector("#text"))`
	c.Until(paste)
	c.Until("document.querySelector('#files').textContent.startsWith('wheel.png') && !document.querySelector('#files').textContent.includes('uploaded')")
	c.types("This is the wheel\n")
	c.eventually(func() bool { return len(in.got(robin)) == 2 }, "the picture")
	require.Equal(t, "This is the wheel", in.got(robin)[1])
	c.holds("")
	c.Until("document.querySelector('#files').hidden")

	c.Do(chromedp.Click("[data-mode=note]"))
	c.types("Do not tell Robin\n")
	c.Until("document.querySelector('.message.note')?.textContent.includes('Do not tell Robin')")
	c.Do(chromedp.Click("[data-mode=reply]"))
	c.holds("")
	require.Len(t, in.got(robin), 2, "a note is not sent")
}

// Enter that is faster than the list must neither send what was typed for the list nor take
// the first answer of an older list.
func TestEnterWaitsForThePreparedAnswers(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	empties := func() {
		c.Until("(b => { b.value = ''; b.dispatchEvent(new Event('input', { bubbles: true })); return true; })(document.querySelector('#text'))")
	}
	c.types("/open\n")
	c.holds("We are open from Monday to Saturday, 9:00 to 18:00.")
	require.Empty(t, in.got(robin))
	empties()
	c.types("/")
	c.Do(chromedp.WaitVisible("#macros [data-macro]"))
	c.types("open\n")
	c.holds("We are open from Monday to Saturday, 9:00 to 18:00.")
	empties()
	c.types("/no such answer\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "a text that only looks like one")
	require.Equal(t, []string{"/no such answer"}, in.got(robin))
}

// hostile does something if a page takes it for markup.
const hostile = `"><img src=x onerror="document.body.dataset.hit=1"><script>document.body.dataset.hit=1</script>{{7*7}}`

func TestNothingThatCustomersWriteRuns(t *testing.T) {
	t.Parallel()
	in := within(t)
	user := in.demo().world.AddUser(cloudapitest.UserConfig{Name: hostile})
	user.Text(in.demo().number, hostile)
	id := in.ticket()
	user.Image(in.demo().number, cloudapitest.Attachment{MIME: "image/png", Data: picture(), Caption: hostile})
	user.Document(in.demo().number, cloudapitest.Attachment{MIME: "application/pdf", Data: []byte(smallPDF), Filename: hostile + ".pdf"})
	user.ShareContact(in.demo().number, hostile, "13125550190")
	user.SharePlace(in.demo().number, cloudapitest.Place{Name: hostile, Address: hostile})
	user.FromAd(in.demo().number, hostile, cloudapitest.Ad{ID: "1", URL: "javascript:document.body.dataset.hit=1", Headline: hostile})
	in.do(talk(id)+"/do/topic", "topic", hostile)
	in.do(talk(id)+"/do/tags", "tags", hostile[:51])
	in.do(talk(id)+"/do/note", "text", hostile)
	in.eventually(func() bool { return strings.Count(in.get(talk(id)), "<li class=\"message") == 7 }, "all of it")
	c := openConsole(in, 1400, 860)
	c.Until("(document.addEventListener('securitypolicyviolation', e => { document.body.dataset.hit = e.violatedDirective }), true)")
	c.turnsTo(id)
	c.Press("#panel-button")
	c.Do(chromedp.WaitVisible(".panel-in"))
	c.Press("[data-mode=template]")
	c.Press("[data-pick='we_answered/en']")
	c.Do(chromedp.WaitVisible("#template"))
	user.Text(in.demo().number, "and once more "+hostile) // by the stream
	c.Until("document.querySelector('#messages').textContent.includes('and once more')")
	c.Picture("hostile")
	require.Equal(t, "undefined", c.Value("document.body.dataset.hit"))
	require.Equal(t, "0", c.Value("document.querySelectorAll('#workspace script, [src=x], a[href^=\"javascript\"]').length"))
}

func TestThePageIsUsableWhateverItsSizeAndDirection(t *testing.T) {
	t.Parallel()
	in := within(t)
	name := "Zoë " + strings.Repeat("Wærsted-", 12)
	user, id := in.writes("محمد السيد", "مرحبا "+strings.Repeat("x", 500))
	in.writes(name, "Hello")
	user.Text(in.demo().number, "OK 42")
	for _, size := range []struct {
		what          string
		width, height int64
	}{{"a phone", 360, 740}, {"400 % of a small screen", 320, 256}, {"a wide screen", 2560, 1200}} {
		c := &screen{browsertest.Open(t, size.width, size.height), in}
		c.Do(chromedp.Navigate(in.url+"/console/"), chromedp.WaitVisible(".row"))
		c.Fits()
		c.Cookie(in.url, "/console/", "console_language", "ar")
		c.Do(chromedp.Navigate(in.url+"/console/c/"+id), chromedp.WaitVisible("#text"))
		c.Until("document.documentElement.dir === 'rtl'")
		c.Fits()
		c.Picture("size-" + fmt.Sprint(size.width))
		for _, needed := range []string{"#text", ".send", "#settle", "#panel-button", "[data-mode=template]", ".message.in"} {
			c.Until("(e => { e.scrollIntoView(); const r = e.getBoundingClientRect(); return r.width > 0 && r.left >= -1 && r.right <= innerWidth + 1 && r.bottom > 0 && r.top < innerHeight })(document.querySelector('" + needed + "'))")
		}
	}
}
