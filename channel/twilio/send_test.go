package twilio_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestNewTellsAllProblems(t *testing.T) {
	t.Parallel()
	_, err := twilio.New(twilio.Config{
		AccountSID: "AC1", AuthToken: "a b", APIKey: "SK1", StatusURL: "http://desk.example", BaseURL: "ftp://x", MediaHosts: []string{"."},
		PerSecond: -1, MaxWait: -1, Timeout: -1, MaxMedia: -1,
	})
	require.Error(t, err)
	for _, part := range []string{
		"AccountSID", "exactly one of", "APIKey must be", "printable", "StatusURL", "BaseURL", "MediaHosts[0]", "PerSecond", "MaxWait", "Timeout", "MaxMedia",
	} {
		require.ErrorContains(t, err, part)
	}
	require.NotContains(t, err.Error(), "a b")
}

func TestWhatThePersonSees(t *testing.T) {
	t.Parallel()
	rows := []message.Section{{Title: "A", Rows: []message.Row{{ID: "r1", Title: "First", Description: "the first"}, {ID: "r2", Title: "Second"}}}}
	for name, c := range map[string]struct {
		content message.Content
		sees    twiliotest.Bubble
	}{
		"a text":     {&message.Text{Body: "Hei äö 👋 & <b>"}, twiliotest.Bubble{Text: "Hei äö 👋 & <b>"}},
		"a picture":  {&message.Image{Link: "https://cdn.example/a.png", Caption: "look"}, twiliotest.Bubble{Text: "look", Media: "https://cdn.example/a.png"}},
		"a film":     {&message.Video{Link: "https://cdn.example/a.mp4"}, twiliotest.Bubble{Media: "https://cdn.example/a.mp4"}},
		"a sound":    {&message.Audio{Link: "https://cdn.example/a.mp3"}, twiliotest.Bubble{Media: "https://cdn.example/a.mp3"}},
		"a document": {&message.Document{Link: "https://cdn.example/a.pdf", Caption: "bill"}, twiliotest.Bubble{Text: "bill", Media: "https://cdn.example/a.pdf"}},
		"a sticker":  {&message.Sticker{Link: "https://cdn.example/a.webp"}, twiliotest.Bubble{Media: "https://cdn.example/a.webp"}},
		"a published file": {
			&message.Document{ID: "https://cdn.example/published"}, twiliotest.Bubble{Media: "https://cdn.example/published"},
		},
		"a place": {
			&message.Location{Latitude: 61.4978, Longitude: 23.761, Name: "Office", Address: "Main Street 1"},
			twiliotest.Bubble{Text: "Office", Geo: "geo:61.4978,23.761|Main Street 1"},
		},
		"a bare pin": {
			&message.Location{Latitude: -1, Longitude: 2.5}, twiliotest.Bubble{Text: "-1,2.5", Geo: "geo:-1,2.5"},
		},
		"buttons": {
			&message.Buttons{Header: message.Header{Text: "Appointment"}, Body: "Come?", Footer: "Thanks", Buttons: []message.Button{{ID: "y", Title: "Yes"}, {ID: "n", Title: "No"}}},
			twiliotest.Bubble{Text: "*Appointment*\n\nCome?\n\nThanks", Buttons: []twiliotest.Choice{{ID: "y", Title: "Yes"}, {ID: "n", Title: "No"}}},
		},
		"a list": {
			&message.List{Body: "Which?", Button: "Choose", Sections: rows},
			twiliotest.Bubble{Text: "Which?", Rows: []twiliotest.Choice{{ID: "r1", Title: "First", Description: "the first"}, {ID: "r2", Title: "Second"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, dana := newSim()
			n := newClient(t, sim, nil).Number(line)
			require.NoError(t, n.Check(to(c.content)))
			require.Empty(t, sim.Requests(), "a check asks nobody")
			receipt, err := n.Send(t.Context(), to(c.content))
			require.NoError(t, err)
			c.sees.SID, c.sees.State = receipt.ID, "delivered"
			require.Equal(t, []twiliotest.Bubble{c.sees}, dana.Sees(line))
			require.Empty(t, sim.Audit())
		})
	}
}

func TestWhatTwilioCannotCarryIsRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	text := &message.Text{Body: "hi"}
	for name, out := range map[string]message.Outbound{
		"a reaction":                   to(&message.Reaction{MessageID: messageA, Emoji: "👍"}),
		"an address card":              to(&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "Ada", First: "Ada"}}}}),
		"a link button":                to(&message.CTAURL{Body: "b", Label: "l", URL: "https://a.example"}),
		"a header with a picture":      to(&message.Buttons{Header: message.Header{Image: &message.Image{Link: "https://a.example/x.png"}}, Body: "b", Buttons: []message.Button{{ID: "y", Title: "Yes"}}}),
		"a text above Twilio's limit":  to(&message.Text{Body: strings.Repeat("ä", 1601)}),
		"a list above Twilio's limit":  to(&message.List{Body: strings.Repeat("x", 1025), Button: "b", Sections: []message.Section{{Rows: []message.Row{{ID: "1", Title: "t"}}}}}),
		"a file of Meta's":             to(&message.Image{ID: "1037543291543636"}),
		"a file by an unsafe address":  to(&message.Image{ID: "http://cdn.example/x.png"}),
		"a group":                      {To: message.Recipient{Group: "120363"}, Content: text},
		"with a check of the identity": {To: message.Recipient{Phone: phone}, Content: text, IdentityHash: "x"},
		"a direct send":                {To: message.Recipient{Phone: phone}, Content: text, Category: message.Utility},
		"nobody":                       {Content: text},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, _ := newSim()
			n := newClient(t, sim, nil).Number(line)
			require.ErrorIs(t, n.Check(out), message.ErrInvalid, "also without sending")
			_, err := n.Send(t.Context(), out)
			require.ErrorIs(t, err, message.ErrInvalid)
			f, ok := message.FailureOf(err)
			require.True(t, ok)
			require.Equal(t, message.RetryFixed, f.Retry.Advice)
			require.Empty(t, sim.Requests())
		})
	}
}

func TestRecipientsByNumberAndByBSUID(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]message.Recipient{
		"with plus": {Phone: phone}, "without": {Phone: phone[1:]}, "BSUID": {BSUID: "US.13491208655302741918"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			u := sim.AddUser(twiliotest.UserConfig{Phone: phone, BSUID: "US.13491208655302741918"})
			u.Text(line, "hello")
			_, err := newClient(t, sim, nil).Number(line[1:]).Send(t.Context(), message.Outbound{To: r, Content: &message.Text{Body: "hi"}})
			require.NoError(t, err)
			require.Len(t, u.Sees(line), 1)
		})
	}
}

func TestRefusalsAreOfTheClassThatMetasWouldBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status, code int
		class        message.Class
		advice       message.Advice
		is           error
	}{
		"window closed":           {400, 63016, message.ClassWindowClosed, message.RetryFixed, window.ErrClosed},
		"rate limit of the line":  {400, 63018, message.ClassThrottledNumber, message.RetryAfter, nil},
		"invalid recipient":       {400, 63024, message.ClassRecipient, message.RetryNever, nil},
		"experiment":              {400, 63032, message.ClassPolicy, message.RetryNever, nil},
		"values of a template":    {400, 21656, message.ClassTemplate, message.RetryFixed, nil},
		"no such content":         {400, 21655, message.ClassTemplate, message.RetryFixed, template.ErrNotSendable},
		"template paused":         {400, 63041, message.ClassTemplate, message.RetryLater, template.ErrNotSendable},
		"too many requests":       {429, 20429, message.ClassThrottledAccount, message.RetryAfter, nil},
		"429 without a code":      {429, 0, message.ClassThrottledAccount, message.RetryAfter, nil},
		"wrong token":             {401, 20003, message.ClassAuth, message.RetryFixed, nil},
		"account suspended":       {403, 20005, message.ClassAccount, message.RetryFixed, nil},
		"unsubscribed":            {400, 21610, message.ClassOptedOut, message.RetryNever, nil},
		"no number":               {400, 21211, message.ClassRecipient, message.RetryNever, nil},
		"too long":                {400, 21617, message.ClassParameter, message.RetryFixed, message.ErrInvalid},
		"media":                   {400, 63019, message.ClassMedia, message.RetryFixed, nil},
		"marketing not delivered": {400, 63049, message.ClassPolicy, message.RetryLater, nil},
		"internal error, refused": {400, 63010, message.ClassTemporary, message.RetryAfter, nil},
		"a server error":          {500, 20500, message.ClassTemporary, message.RetryAfter, message.ErrOutcomeUnknown},
		"blocked by the customer": {400, 63014, message.ClassRecipient, message.RetryNever, nil},
		"a form not carried":      {400, 63006, message.ClassParameter, message.RetryFixed, message.ErrInvalid},
		"template not available":  {400, 63054, message.ClassTemplate, message.RetryFixed, template.ErrNotSendable},
		"a 408 of a proxy":        {408, 0, message.ClassTemporary, message.RetryAfter, message.ErrOutcomeUnknown},
		"a bad gateway":           {502, 0, message.ClassTemporary, message.RetryAfter, message.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, _ := newSim()
			sim.FailNext(c.status, c.code)
			_, err := newClient(t, sim, nil).Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
			f, ok := message.FailureOf(err)
			require.True(t, ok)
			require.Equal(t, c.class, f.Class)
			require.Equal(t, c.advice, f.Retry.Advice)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.Equal(t, errors.Is(c.is, message.ErrOutcomeUnknown), errors.Is(err, message.ErrOutcomeUnknown))
			e, ok := errors.AsType[*twilio.Error](err)
			require.True(t, ok)
			require.Equal(t, c.code, e.Code)
		})
	}
}

func TestLostAnswersLeaveTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	sim.LoseNext()
	_, err := newClient(t, sim, nil).Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
	require.ErrorIs(t, err, message.ErrOutcomeUnknown)
	require.Len(t, dana.Sees(line), 1, "it was sent once, and not repeated")

	for name, h := range map[string]http.HandlerFunc{
		"HTML":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"no id": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
		"a redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://evil.example")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"the line is cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(h)
			t.Cleanup(s.Close)
			c, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, BaseURL: s.URL, InsecureHTTP: true})
			require.NoError(t, err)
			_, err = c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
			require.ErrorIs(t, err, message.ErrOutcomeUnknown)
			f, _ := message.FailureOf(err)
			require.True(t, f.Uncertain)
		})
	}
}

func TestWhatNeverLeftIsNoUnknownOutcome(t *testing.T) {
	t.Parallel()
	// A port that was free a moment ago may be anybody's by now. On this one nobody listens.
	c, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: token, StatusURL: public, BaseURL: "http://127.0.0.1:1", InsecureHTTP: true})
	require.NoError(t, err)
	_, err = c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
	require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
	f, ok := message.FailureOf(err)
	require.True(t, ok)
	require.True(t, f.Retry.Automatic())
	require.NotContains(t, err.Error(), "16505550123")
}

func TestAMessageWaitsForItsTurnButNotForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, dana := newSim()
		c := newClient(t, sim, func(cfg *twilio.Config) { cfg.PerSecond, cfg.MaxWait = 1, 2*time.Second })
		n, again := c.Number(line), c.Number(line)
		start := time.Now()
		for i := range 3 {
			_, err := []*twilio.Number{n, again}[i%2].Send(t.Context(), to(&message.Text{Body: "hi"}))
			require.NoError(t, err)
		}
		require.Equal(t, 2*time.Second, time.Since(start), "in the time of the bubble")
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := n.Send(ctx, to(&message.Text{Body: "hi"}))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
		c = newClient(t, sim, func(cfg *twilio.Config) { cfg.PerSecond, cfg.MaxWait = 0.1, time.Second })
		_, err = c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
		require.NoError(t, err)
		_, err = c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
		limit, ok := errors.AsType[*twilio.LimitError](err)
		require.True(t, ok)
		require.Equal(t, 10*time.Second, limit.Wait)
		require.Len(t, dana.Sees(line), 4)
	})
}

func TestMenusAreMadeOncePerShapeAndKeepNothingOfACustomer(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	menu := func(body, id string) message.Outbound {
		return to(&message.Buttons{Body: body, Buttons: []message.Button{{ID: id, Title: "Yes"}, {ID: id + "n", Title: "No"}}})
	}
	n := newClient(t, sim, nil).Number(line)
	for _, body := range []string{"Dear Dana", "Dear Noor"} {
		_, err := n.Send(t.Context(), menu(body, "ticket-41"))
		require.NoError(t, err)
	}
	_, err := newClient(t, sim, nil).Number(line).Send(t.Context(), menu("after a restart", "x"))
	require.NoError(t, err)
	require.Len(t, sim.Contents(), 1)
	for _, raw := range sim.Contents() {
		require.NotContains(t, raw, "Dana")
		require.NotContains(t, raw, "ticket-41")
		require.NotContains(t, raw, "Yes")
	}
	sim.RemoveContents("kanava_")
	_, err = n.Send(t.Context(), menu("after somebody tidied up", "x"))
	require.NoError(t, err)
	require.Len(t, dana.Sees(line), 4)
}

func TestTypingMarksAsReadAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	n := newClient(t, sim, nil).Number(line)
	require.NoError(t, n.MarkRead(t.Context(), messageA, false))
	require.NoError(t, n.MarkRead(t.Context(), "wamid.HBgL", true))
	require.Empty(t, sim.Requests())
	require.NoError(t, n.MarkRead(t.Context(), messageA+"/1", true))
	require.Equal(t, []string{"POST /v2/Indicators/Typing.json"}, sim.Requests())
}

func TestAnAPIKeyStandsInsteadOfTheToken(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	key := "SK" + strings.Repeat("0", 32)
	sim.AddKey(key, "secret")
	c := newClient(t, sim, func(cfg *twilio.Config) { cfg.AuthToken, cfg.APIKey, cfg.APISecret = "", key, "secret" })
	_, err := c.Number(line).Send(t.Context(), to(&message.Text{Body: "hi"}))
	require.NoError(t, err)
}

func TestEveryMessageAsksForItsStatuses(t *testing.T) {
	t.Parallel()
	sim, dana := newSim()
	var b inbox
	sim.Connect(public, newHandler(t, handlerConfig(&b)))
	out := to(&message.Text{Body: "hi"})
	out.OpaqueID = "m 7&x=1"
	overrides := func(cfg *twilio.Config) { cfg.StatusURL += "#rc=5&rp=all" }
	_, err := newClient(t, sim, overrides).Number(line).Send(t.Context(), out)
	require.NoError(t, err)
	dana.Reads(line)
	sim.Settle()
	require.Empty(t, sim.Audit())
	events := b.events()
	require.Len(t, events, 3)
	for _, e := range events {
		require.Equal(t, out.OpaqueID, statusOf(t, e).OpaqueID)
	}
}
