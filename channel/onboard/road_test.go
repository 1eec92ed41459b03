package onboard_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/onboard"
)

// settled checks that every step is settled except those named with their reason.
func settled(t *testing.T, st *onboard.State, except ...string) {
	t.Helper()
	var open []string
	for _, l := range st.Steps() {
		if !l.Status.Settled() {
			open = append(open, string(l.ID)+" "+string(l.Status)+" "+string(l.Reason))
		}
	}
	require.Equal(t, strings.Join(except, "\n"), strings.Join(open, "\n"))
}

func TestANumberBecomesALiveChannelByOurOwnToken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(t, err)
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	settled(t, st, "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
	require.True(t, st.Live())
	require.False(t, st.Complete())

	for n := range s.account.Numbers() {
		n.ReviewName(true)
	}
	st = s.run(st)
	settled(t, st, "profile waiting_for_you profile_empty")
	require.Empty(t, s.world.Audit())
}

func TestACustomerBecomesALiveChannelBySignup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(t, err)
	s.cfg.Graph.Token = ""
	plan := onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, Phone: phone, DisplayName: "Helsinki Bikes", Webhook: onboard.WebhookPlan{URL: callback}}
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind == onboard.PromptSignup {
			return s.app.SignUp(s.account), nil
		}
		return s.willing(p)
	}
	st := s.run(s.begin(plan))
	settled(t, st, "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
	require.Len(t, s.kept, 1)
	require.Equal(t, s.account.ID, st.AccountID())

	s.cfg.Graph.Token = s.kept[0].Token // another process, with the token that was kept
	settled(t, s.run(st), "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
}

func TestTokensOfTwoCustomersStayApart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cfg.Graph.Token = ""
	other := s.world.AddAccount(cloudapitest.AccountConfig{})
	codes := []string{s.app.SignUp(s.account), s.app.SignUp(other)}
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind != onboard.PromptSignup {
			return "", onboard.ErrLater
		}
		code := codes[0]
		codes = codes[1:]
		return code, nil
	}
	guide := s.guide()
	plan := onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, Phone: phone, DisplayName: "Helsinki Bikes"}
	var states []*onboard.State
	for range 2 {
		st, err := guide.Begin(plan)
		require.NoError(t, err)
		require.NoError(t, guide.Run(t.Context(), st))
		states = append(states, st)
		plan.Phone = "+4915550101"
	}
	require.Equal(t, s.account.ID, states[0].AccountID())
	require.Equal(t, other.ID, states[1].AccountID())
	for _, st := range states { // the same process carries on, with the token of each
		require.NoError(t, guide.Run(t.Context(), st))
		require.Equal(t, onboard.Done, st.Step(onboard.StepNumber).Status, lines(st))
	}
	require.Len(t, s.kept, 2)
}

func TestATokenThatCouldNotBeKeptIsOfferedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cfg.Graph.Token = ""
	broken, calls := errors.New("the vault is shut"), 0
	s.cfg.KeepToken = func(context.Context, cloudapi.Grant) error {
		if calls++; calls == 1 {
			return broken
		}
		return nil
	}
	s.answers = onceAnswer(onboard.PromptSignup, s.app.SignUp(s.account))
	guide := s.guide()
	st := s.begin(onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID})
	err := guide.Run(t.Context(), st)
	require.ErrorIs(t, err, broken)
	require.Equal(t, onboard.Pending, st.Step(onboard.StepToken).Status)
	require.NoError(t, guide.Run(t.Context(), st))
	require.Equal(t, onboard.Done, st.Step(onboard.StepToken).Status)
	require.Equal(t, 2, calls)
}

func TestANumberComesOverFromAnotherProvider(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	old := s.elsewhere(cloudapitest.NumberConfig{Name: "Helsinki Bikes", PIN: "111111", OBA: true})
	s.answers = s.willing
	p := s.plan()
	p.Migrate, p.DisplayName = true, ""
	st := s.run(s.begin(p))
	require.Equal(t, onboard.ReasonOldPIN, st.Step(onboard.StepNumber).Reason)
	old.ClearPIN()
	st = s.run(st)
	require.True(t, st.Live(), lines(st))
	require.Equal(t, onboard.Done, st.Step(onboard.StepName).Status, "the name comes along")
	report, err := s.guide().Readiness(t.Context(), st.Target())
	require.NoError(t, err)
	c, _ := report.Check(onboard.CheckOfficial)
	require.Equal(t, "APPROVED", c.Value, "and the badge")
}

func TestANumberStaysInTheAppAndHandsOverWhatItHas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.cfg.Graph.Token = ""
	n := s.account.AddNumber(cloudapitest.NumberConfig{Phone: phone, Coexistence: true})
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind == onboard.PromptSignup {
			return s.app.SignUp(s.account), nil
		}
		return s.willing(p)
	}
	st := s.run(s.begin(onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, Coexistence: true, Webhook: onboard.WebhookPlan{URL: callback}}))
	settled(t, st)
	require.True(t, st.Complete())
	require.Equal(t, n.ID, st.NumberID())
	for _, id := range []onboard.StepID{onboard.StepOwnership, onboard.StepRegister, onboard.StepProfile} {
		require.Equal(t, onboard.Skipped, st.Step(id).Status)
	}
	s.cfg.Graph.Token = s.kept[0].Token
	settled(t, s.run(st)) // contacts and history are asked for once
	hook, err := s.client().App(s.app.ID).Webhook(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, append(onboard.DefaultFields(), "history", "smb_app_state_sync", "smb_message_echoes"), hook.Fields)
	require.Empty(t, s.world.Audit())
}

func TestWhatWasNotHandedOverInADayIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.account.AddNumber(cloudapitest.NumberConfig{Phone: phone, Coexistence: true})
	s.world.Advance(25 * time.Hour)
	p := onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, Coexistence: true, Webhook: onboard.WebhookPlan{URL: callback}}
	step := s.run(s.begin(p)).Step(onboard.StepSync)
	require.Equal(t, onboard.Done, step.Status)
	require.Equal(t, "It was too late to hand over history: that works in the first 24 hours.", step.Remarks[1].Text)
}

func TestOneMoreNumberAndOneLess(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.answers = s.willing
	first := s.run(s.begin(s.plan()))
	second := s.run(s.begin(first.Another("+4915550102", "Helsinki Boats")))
	require.True(t, second.Live(), lines(second))
	require.Equal(t, first.AccountID(), second.AccountID())
	require.NotEqual(t, first.NumberID(), second.NumberID())

	places, err := s.guide().Survey(t.Context(), s.app.ID)
	require.NoError(t, err)
	require.Equal(t, []onboard.Place{
		{AppID: s.app.ID, AccountID: s.account.ID, NumberID: first.NumberID(), Status: "CONNECTED", Registered: true},
		{AppID: s.app.ID, AccountID: s.account.ID, NumberID: second.NumberID(), Status: "CONNECTED", Registered: true},
	}, places)

	left := s.run(s.begin(second.Leave()))
	settled(t, left, "pin_off waiting_for_you pin_on", "delete waiting_for_you delete")
	require.Equal(t, onboard.ReasonStillSubscribed, left.Step(onboard.StepUnsubscribe).Remarks[0].Reason)
	number := func(id string) *cloudapitest.Number {
		for n := range s.account.Numbers() {
			if n.ID == id {
				return n
			}
		}
		return nil
	}
	number(second.NumberID()).ClearPIN()
	left = s.run(left)
	require.True(t, left.Live(), "free for another provider")
	number(second.NumberID()).Delete()
	require.True(t, s.run(left).Complete())

	left = s.run(s.begin(first.Leave())) // the last one takes the webhooks along
	require.Equal(t, onboard.Done, left.Step(onboard.StepUnsubscribe).Status)
	require.Empty(t, left.Step(onboard.StepUnsubscribe).Remarks)
	for range s.client().Account(s.account.ID).Subscriptions(t.Context()) {
		t.Fatal("the account is subscribed still")
	}
}

func TestANumberOfTheAppIsDisconnectedThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	st := s.run(s.begin(onboard.Plan{Road: onboard.RoadLeave, AccountID: s.account.ID, NumberID: n.ID}))
	require.Equal(t, onboard.ReasonLeaveInApp, st.Step(onboard.StepDeregister).Reason)
}

func TestALaterNameIsShownOnceTheNumberIsSwitchedOnAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	var n *cloudapitest.Number
	for n = range s.account.Numbers() {
	}
	n.ReviewName(false)
	st = s.run(st)
	require.Equal(t, onboard.ReasonNameRejected, st.Step(onboard.StepName).Reason)
	require.True(t, st.Live(), "messages flow meanwhile")

	s.answers = answers(s, map[onboard.PromptKind]string{onboard.PromptName: "Helsinki Bikes Oy", onboard.PromptPIN: ""})
	st = s.run(st)
	require.Equal(t, onboard.ReasonNamePending, st.Step(onboard.StepName).Reason)
	n.ReviewName(true)
	st = s.run(st)
	require.Equal(t, onboard.ReasonNameApproved, st.Step(onboard.StepName).Reason)
	require.Equal(t, onboard.PromptPIN, st.Step(onboard.StepName).Prompt.Kind)
	s.answers = s.willing
	st = s.run(st)
	require.Equal(t, onboard.Done, st.Step(onboard.StepName).Status)
	registered := 0
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if strings.HasSuffix(r.Path, "/register") {
			registered++
		}
		return cloudapitest.Pass()
	})
	s.run(st)
	require.Zero(t, registered, "once is enough")
}

func TestAProfileBecomesWhatThePlanSays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	p := s.plan()
	p.Profile = onboard.ProfilePlan{
		About: "We repair bikes.", Address: "Mannerheimintie 1", Description: "A workshop in Helsinki.", Email: "hello@example.com",
		Websites: []string{"https://example.com"}, Vertical: "RETAIL",
	}
	s.cfg.Picture = func(context.Context) (message.Upload, error) {
		return message.Upload{Name: "logo.png", MIME: "image/png", Size: 4, Body: strings.NewReader("\x89PNG")}, nil
	}
	st := s.run(s.begin(p))
	require.Equal(t, onboard.Done, st.Step(onboard.StepProfile).Status, lines(st))
	have, err := s.client().Number(st.NumberID()).Profile(t.Context())
	require.NoError(t, err)
	require.Equal(t, "We repair bikes.", have.About)
	require.NotEmpty(t, have.PictureURL)

	changes := 0
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/whatsapp_business_profile") {
			changes++
		}
		return cloudapitest.Pass()
	})
	s.run(st)
	require.Zero(t, changes, "what is so already is not set again")
}

func TestAPartnersCreditLinePays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	s.account.Portfolio.AddCreditLine("Partner Ltd")
	s.account.SetPayment(false)
	p := s.plan()
	for line, err := range s.client().Business(s.account.Portfolio.ID).CreditLines(t.Context()) {
		require.NoError(t, err)
		p.CreditLineID, p.Currency = line.ID, "EUR"
	}
	st := s.run(s.begin(p))
	require.Equal(t, onboard.ReasonCreditShared, st.Step(onboard.StepPayment).Reason)
}

func TestATestNumberNeedsNeitherPaymentNorName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(`{"name":"hello_world","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello"}]}`)
	require.NoError(t, err)
	s.account.SetPayment(false)
	s.answers = s.willing
	p := s.plan()
	s.number(&p, cloudapitest.NumberConfig{Sandbox: true})
	st := s.run(s.begin(p))
	require.True(t, st.Live(), lines(st))
	require.Equal(t, onboard.Skipped, st.Step(onboard.StepPayment).Status)
}

func TestTheFirstMessageGoesOutOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	user := s.world.AddUser(cloudapitest.UserConfig{})
	s.answers = answers(s, map[onboard.PromptKind]string{onboard.PromptRecipient: user.Phone()})
	s.cfg.Heard = func(context.Context, string) (bool, error) { return false, nil }
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonMessageUnderWay, st.Step(onboard.StepMessage).Reason)
	s.world.Settle()
	s.world.Advance(6 * time.Minute)
	st = s.run(s.run(st))
	require.Equal(t, "WhatsApp accepted the first message, and no status of it came to your webhook.", st.Step(onboard.StepMessage).Text)
	for n := range s.account.Numbers() {
		require.Len(t, user.Sees(n), 1)
		require.Equal(t, "Your channel is ready.", user.Sees(n)[0].Text)
	}
}

func TestALostFirstMessageIsSettledByItsStatusOrByAPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	user := s.world.AddUser(cloudapitest.UserConfig{})
	s.world.Intercept(cloudapitest.Ambiguous(1))
	s.answers = andThen(s, onboard.PromptRecipient, user.Phone())
	s.cfg.Heard = func(_ context.Context, id string) (bool, error) { return s.heard[id], nil }
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonMessageUncertain, st.Step(onboard.StepMessage).Reason)
	st = s.run(st)
	require.Equal(t, onboard.ReasonMessageUncertain, st.Step(onboard.StepMessage).Reason, "nothing goes out unasked")
	s.world.Settle()
	st = s.run(st)
	require.Equal(t, onboard.Done, st.Step(onboard.StepMessage).Status, "the status proves it")
	for n := range s.account.Numbers() {
		require.Len(t, user.Sees(n), 1)
	}
}
