package helpdesk

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/examples/internal/browsertest"
	wa "github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// atEnd says that a list shows its last line, not more than a line of the font away.
func atEnd(list string) string {
	return "(l => l && l.scrollHeight > 3 * l.clientHeight && l.clientHeight > 0 && l.scrollHeight - l.scrollTop - l.clientHeight < 20)(document.querySelector('" + list + "'))"
}

func TestALongTalkOpensAtItsNewestMessage(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	for i := range 20 {
		robin.Text(in.demo().number, fmt.Sprintf("One more thing, number %d: %s", i, strings.Repeat("the chain rattles. ", 40)))
	}
	in.sees(toRobin, "number 19")
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
	c.Picture("long-talk")

	// Who reads what was said earlier is left in peace, and finds the end again later.
	c.Until("(l => { l.scrollTop = 500; return l.scrollTop === 500 })(document.querySelector('#messages'))")
	c.Until("following.messages === false")
	robin.Text(in.demo().number, "Are you there?")
	c.Until("document.querySelector('#messages').textContent.includes('Are you there?')")
	c.Until("document.querySelector('#messages').scrollTop === 500")
	c.turnsTo(toKim)
	c.turnsTo(toRobin)
	c.Until(atEnd("#messages"))

	// The form for templates, which is taller, does not push the newest message out of sight.
	c.Do(chromedp.Click("#show-templates"), chromedp.WaitVisible("#preview .bubble"))
	c.Until(atEnd("#messages"))
}

func TestALongTalkIsAtItsNewestMessageAlsoOnATabThatWasHidden(t *testing.T) {
	t.Parallel()
	in := within(t)
	user := in.demo().customer
	for i := range 20 {
		user.Text(in.demo().number, fmt.Sprintf("number %d: %s", i, strings.Repeat("the chain rattles. ", 20)))
	}
	in.sees(in.ticket(), "number 19")
	c := &console{browsertest.Open(t, 390, 844), in}
	c.Do(chromedp.Navigate(in.url), chromedp.WaitVisible("#say input"))
	c.Until(atEnd("#screen"))
	c.Until("document.querySelector('#messages') !== null")
	c.Do(chromedp.Click("[data-go=talk]"))
	c.Until(atEnd("#messages"))
	user.Text(in.demo().number, strings.Repeat("And one thing more. ", 60))
	c.Until("document.querySelector('#screen').textContent.includes('And one thing more')")
	c.Until(atEnd("#messages"))
	c.Do(chromedp.Click("[data-go=phone]"))
	c.Until(atEnd("#screen"))
}

func TestATicketsStatusFollowsTheConversation(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, _ := in.writes("Robin Reed", "Is my bike ready?")
	c := openConsole(in, 1400, 860)
	is := func(status string) {
		t.Helper()
		c.Until("document.querySelector('.ticket .queue').textContent === '" + status + "' && document.querySelector('.talk-head').textContent.includes('· " + status + "')")
	}
	is("new")
	c.types("It is.\n")
	is("answered")
	robin.Text(in.demo().number, "Which door?")
	is("waiting")
	c.types("The green one.\n")
	is("answered")
	c.Press("#settle")
	is("resolved")
	c.Picture("resolved")
	c.Press("#settle")
	is("answered")
	c.Press("#settle")
	is("resolved")
	robin.Text(in.demo().number, "It is locked!")
	is("waiting")
}

func TestStatusOf(t *testing.T) {
	t.Parallel()
	at := time.Unix(1, 0)
	for name, tc := range map[string]struct {
		state rules.State
		want  string
	}{
		"the customer wrote and nobody answered":     {rules.State{Queue: rules.QueueNew, WaitingSince: at}, "new"},
		"somebody answered":                          {rules.State{Queue: rules.QueueNew, LastAgentReply: at}, "answered"},
		"a program answered":                         {rules.State{Queue: rules.QueueNew, LastOutbound: at}, "answered"},
		"the customer wrote again":                   {rules.State{Queue: rules.QueueNew, WaitingSince: at, LastAgentReply: at}, "waiting"},
		"somebody put it aside":                      {rules.State{Queue: rules.QueuePending, LastAgentReply: at}, "pending"},
		"somebody put it aside while customer waits": {rules.State{Queue: rules.QueuePending, WaitingSince: at}, "pending"},
		"it is done":                                 {rules.State{Queue: rules.QueueResolved, LastAgentReply: at}, "resolved"},
	} {
		require.Equal(t, tc.want, statusOf(tc.state), name)
	}
}

func TestABlankAnswerIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	in := within(t)
	robin, toRobin := in.writes("Robin Reed", "Is my bike ready?")
	for _, blank := range []string{"", " ", "\n\n", "\t \u00a0\u3000"} {
		status, text := in.post("/conversations/"+toRobin+"/reply", "text", blank, "key", "k")
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Equal(t, "Write something first.\n", text)
	}
	status, text := in.post("/conversations/"+toRobin+"/reply", "text", strings.Repeat("x", 4097))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "The text has 4097 characters; WhatsApp takes 4096.\n", text)

	c := openConsole(in, 1400, 860)
	c.views(toRobin)
	c.types("\n")
	c.Until("document.querySelector('#error').textContent === 'Write something first.'")
	c.types("   \n")
	c.Until("document.querySelector('#error').textContent === 'Write something first.'")
	c.types("It is.\n")
	c.eventually(func() bool { return len(in.got(robin)) == 1 }, "an answer that is none")
	require.Equal(t, []string{"It is."}, in.got(robin))
	c.Until("document.querySelector('#error').hidden")
}

func TestEveryRefusalIsASentence(t *testing.T) {
	t.Parallel()
	in := within(t)
	for name, err := range map[string]error{
		"denied": access.ErrDenied, "not found": channel.ErrNotFound, "no channel": channel.ErrNoChannel, "disabled": channel.ErrDisabled,
		"opted out": channel.ErrOptedOut, "no consent": channel.ErrNoConsent, "budget": pricing.ErrBudgetExhausted, "no price": pricing.ErrNoPrice,
		"limit": pricing.ErrLimitReached, "not sendable": wa.ErrNotSendable, "resolved": rules.ErrNotOpen, "merged": &channel.MergedError{Into: "v_1"},
		"never written": &window.ClosedError{}, "closed": &window.ClosedError{LastInbound: time.Unix(1, 0), ClosedAt: time.Unix(2, 0)},
		"a template that is gone": &wa.BindError{Template: "gone", Language: "en"},
		"a limit of WhatsApp":     &message.InvalidError{Problems: []message.Problem{{Path: "context.message_id", Rule: message.RuleForbidden}}},
		"too late":                channel.ErrTooLate, "a conflict": store.ErrConflict, "anything else": errors.New("sql: database is locked"),
	} {
		status, text := in.app.inSentence(fmt.Errorf("channel: reply: %w", err))
		require.GreaterOrEqual(t, status, 400, name)
		require.Regexp(t, `^[A-Z][^\n]*\.$`, text, name)
		require.NotContains(t, text, ": ", name)
	}
	for path, want := range map[string]string{
		"/conversations/nobody/reply":    "This does not exist any more.",
		"/conversations/nobody/resolve":  "This does not exist any more.",
		"/conversations/nobody/template": "Choose a template first.",
		"/phone/tap":                     "This button is not on the phone any more.",
		"/clock":                         "The clock moves ahead by at most a week at a time.",
	} {
		_, text := in.post(path, "text", "Hello", "label", "No such button")
		require.Equal(t, want+"\n", text, path)
	}
}

func TestAConversationThatWasMergedLeadsToTheOneThatGoesOn(t *testing.T) {
	t.Parallel()
	in := within(t)
	view := in.app.conversationView(&conversation.Conversation{ID: "v_old", MergedInto: "v_new"}, &conversation.Customer{}, nil)
	var page strings.Builder
	require.NoError(t, pages.ExecuteTemplate(&page, "conversation.html", view))
	require.Contains(t, page.String(), `data-open="v_new"`)
}
