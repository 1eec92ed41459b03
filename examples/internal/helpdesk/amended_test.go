package helpdesk

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/webhook"
)

// overtaken holds the answers to reads whose path ends like this: they are made at once, and arrive when
// release is called. made hears of each.
func (in *inside) overtaken(t *testing.T, suffix string) (made <-chan struct{}, release func()) {
	t.Helper()
	come, leave := make(chan struct{}, 100), make(chan struct{})
	in.net.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, suffix) {
			return true
		}
		deliver := in.answers(r)
		come <- struct{}{}
		<-leave
		deliver(w)
		return false
	})
	release = sync.OnceFunc(func() { close(leave) })
	t.Cleanup(release)
	return come, release
}

// answers makes the answer to a request, to be delivered later.
func (in *inside) answers(r *http.Request) (deliver func(http.ResponseWriter)) {
	answer := httptest.NewRecorder()
	in.net.next.ServeHTTP(answer, r)
	return func(w http.ResponseWriter) {
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
}

// changes has WhatsApp tell that a person edited (with a new text) or deleted the n-th message of a talk, as it
// does for numbers that are in use in the WhatsApp Business app, too.
func (in *inside) changes(t *testing.T, user *cloudapitest.User, conversation string, n int, text string) {
	t.Helper()
	list, err := in.app.hub.Messages(t.Context(), channel.MessageQuery{Conversation: conversation})
	require.NoError(t, err)
	kind, content := "revoke", map[string]any{"original_message_id": list[n].WAMID}
	if text != "" {
		kind, content["message"] = "edit", map[string]any{"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": text}}
	}
	number := in.demo().number
	raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": demoAccount, "changes": []any{map[string]any{
		"field": "messages", "value": map[string]any{
			"messaging_product": "whatsapp", "metadata": map[string]any{"display_phone_number": number.Phone, "phone_number_id": number.ID},
			"contacts": []any{map[string]any{"profile": map[string]any{"name": "Robin Reed"}, "wa_id": user.Phone(), "user_id": user.BSUID(number)}},
			"messages": []any{map[string]any{
				"from": user.Phone(), "from_user_id": user.BSUID(number), "id": "wamid." + rand.Text(), "timestamp": strconv.FormatInt(time.Now().Unix(), 10), "type": kind, kind: content,
			}},
		},
	}}}}})
	require.NoError(t, err)
	d, err := webhook.Parse(raw)
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	require.NoError(t, in.app.hub.Accept(t.Context(), d))
}

// News that arrive while a conversation is being opened are newer than what is opened: an edit, a deletion
// and an answer are in view all the same, and nothing of it comes into the conversation before.
func TestNewsOvertakeAConversationThatIsBeingOpened(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "at nine")
	robin.Text(in.demo().number, "forget it")
	in.sees(toRobin, "forget it")
	_, toKim := in.writes("Kim Lake", "Do you rent bikes?")
	c := openConsole(in, 1400, 860)
	c.Press("[data-view=all]")
	c.turnsTo(toKim)
	made, release := in.overtaken(t, talk(toRobin))
	c.Press("[data-open='" + toRobin + "']")
	<-made
	in.changes(t, robin, toRobin, 0, "at ten")
	in.changes(t, robin, toRobin, 1, "")
	robin.Text(in.demo().number, "see you")
	c.Until("document.querySelector('[data-open=\"" + toRobin + "\"]').innerText.includes('see you')") // the page has heard of all
	require.Equal(t, "false", c.Value("document.querySelector('#messages').textContent.includes('see you')"), "among what Kim wrote")
	in.net.set(nil)
	release()
	c.views(toRobin)
	c.Until("(t => t.includes('at ten') && t.includes('see you') && !t.includes('forget it'))(document.querySelector('#messages').textContent)")
	c.Until("document.querySelectorAll('#messages .message').length === 3")
}

// A list that was asked for while a conversation was being opened, after news of it, and that arrives after it: the
// news are told again from where the first of the two stood.
func TestAListThatArrivesAfterAConversationLosesNoNewsOfIt(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "at nine")
	c := openConsole(in, 1400, 860)
	made, list := make(chan string, 10), "/console/list"
	held := map[string]chan struct{}{talk(toRobin): make(chan struct{}), list: make(chan struct{})}
	release := map[string]func(){}
	for path, leave := range held {
		release[path] = sync.OnceFunc(func() { close(leave) })
		t.Cleanup(release[path])
	}
	var came atomic.Bool // the conversation did: streams begin late
	late := make(chan struct{})
	in.net.set(func(w http.ResponseWriter, r *http.Request) bool {
		if leave := held[r.URL.Path]; leave != nil {
			deliver := in.answers(r)
			made <- r.URL.Path
			<-leave
			deliver(w)
			return false
		}
		if strings.HasSuffix(r.URL.Path, "/events") && came.Load() {
			select {
			case <-late:
			case <-r.Context().Done():
			}
		}
		return true
	})
	begin := sync.OnceFunc(func() { close(late) })
	t.Cleanup(begin)
	c.Press("[data-open='" + toRobin + "']")
	require.Equal(t, talk(toRobin), <-made)
	robin.Text(in.demo().number, "see you")
	c.Until("document.querySelector('[data-open=\"" + toRobin + "\"]').innerText.includes('see you')")
	c.Press("[data-view=all]")
	require.Equal(t, list, <-made)
	came.Store(true)
	release[talk(toRobin)]()
	c.views(toRobin)
	release[list]()
	c.Until("location.search === '?view=all'")
	begin()
	c.Until("document.querySelector('#messages').textContent.includes('see you')")
	c.Until("document.querySelector('[data-open=\"" + toRobin + "\"]').ariaCurrent === 'true'")
}

func TestWhatACustomerChangesChangesInView(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "at nine")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	c.Press(".message.in [data-quote]")
	c.types("Fine.\n")
	c.Until(says(".message.out blockquote", "at nine"))
	c.Until(says(".message.out blockquote strong", "Robin Reed"))
	c.Press(".message.in [data-quote]") // a draft that quotes it, too
	in.changes(t, robin, toRobin, 0, "at ten")
	c.Until(says(".message.in .text", "at ten"))
	c.Until(says(".message.out blockquote", "at ten"))
	c.Until(says("#quoted-text", "at ten"))
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the answer")
	for _, b := range robin.Sees(in.demo().number) {
		if !b.Mine {
			require.NoError(t, robin.React(in.demo().number, b.ID, "👍"))
		}
	}
	c.Until(says(".message.out .reactions", "👍"))
	in.changes(t, robin, toRobin, 0, "")
	c.Until("Boolean(document.querySelector('.message.in.deleted')) && !document.querySelector('#talk').textContent.includes('at ten')")
}

func TestAPreparedAnswerIsReachedWhenTheWindowIsClosed(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	c.turnsTo(toRobin)
	in.do("/clock", "by", "25h")
	c.Until(says("#window-notice", "window is closed"))
	c.Do(chromedp.WaitVisible("#picker [data-macro]"))
	c.Do(chromedp.SendKeys("#picker-q", "/solve"))
	c.Until("document.querySelectorAll('#choices [data-macro]').length === 1")
	c.Press("#picker [data-macro]")
	c.Do(chromedp.WaitVisible("#picker [data-run]"))
	c.Press("#picker [data-unpick]") // another one after all
	c.Press("#picker [data-macro]")
	c.Do(chromedp.WaitVisible("#picker [data-run]"))
	c.Picture("macro-closed")
	c.Press("#picker [data-run]")
	in.eventually(func() bool { return len(in.got(robin)) == 1 }, "the template")
	c.Do(chromedp.WaitVisible("#picker [data-pick]"))
}

// Most numbers are told nothing of a deletion, and of an edit only that there was something.
func TestAnEditThatWhatsAppDoesNotPassOnIsCalledOne(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "at nine")
	require.NoError(t, robin.Edit(in.demo().number, robin.Sees(in.demo().number)[0].ID, "at ten"))
	in.sees(toRobin, "The customer changed an earlier message. WhatsApp does not say which one")
}
