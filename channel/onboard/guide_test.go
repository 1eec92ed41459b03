package onboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

func TestAGuideIsNotMadeOfABadConfig(t *testing.T) {
	t.Parallel()
	source := cloudapi.TokenFunc(func(context.Context) (string, error) { return "", nil })
	_, err := onboard.New(onboard.Config{Graph: cloudapi.Config{Token: "t", TokenSource: source, BaseURL: "ftp://x"}})
	require.ErrorContains(t, err, "onboard: new: at most one of Graph.Token and Graph.TokenSource")
	require.ErrorContains(t, err, "BaseURL must be https")
	_, err = onboard.New(onboard.Config{Graph: cloudapi.Config{Token: "EAA with a space"}})
	require.ErrorContains(t, err, "printable")
	require.NotContains(t, err.Error(), "EAA")
}

func TestAStateThatWasNotBegunIsNotRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.ErrorContains(t, s.guide().Run(t.Context(), nil), "not made by Begin")
	require.ErrorContains(t, s.guide().Run(t.Context(), new(onboard.State)), "not made by Begin")
	require.False(t, new(onboard.State).Live())
	require.Empty(t, new(onboard.State).Steps())
}

func TestARunEndsWithTheContextAndWithErrorsOfTheHost(t *testing.T) {
	t.Parallel()
	broken := errors.New("the form is gone")
	s := newSite(t)
	st := s.begin(s.plan())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.guide().Run(ctx, st), context.Canceled)
	require.Equal(t, onboard.Pending, st.Step(onboard.StepToken).Status)

	s.answers = func(onboard.Prompt) (string, error) { return "", broken }
	err := s.guide().Run(t.Context(), st)
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "onboard: ownership: ")
	require.Equal(t, onboard.ReasonCodeSent, st.Step(onboard.StepOwnership).Reason, "what was done is kept")
	require.NotEmpty(t, st.NumberID())

	ctx, cancel = context.WithCancel(t.Context())
	s.answers = func(onboard.Prompt) (string, error) { cancel(); return "", ctx.Err() }
	require.ErrorIs(t, s.guide().Run(ctx, st), context.Canceled)
}

// Whoever stores the state at every change loses nothing, wherever the process ends.
func TestAStateStoredAtAnyProgressGoesOn(t *testing.T) {
	t.Parallel()
	for stop := 1; ; stop++ {
		s := newSite(t)
		s.welcome()
		s.answers = s.willing
		var stored []byte
		changes := 0
		s.cfg.Progress = func(p onboard.Progress) {
			if p.Working {
				return
			}
			if changes++; changes == stop {
				var err error
				stored, err = json.Marshal(p.State)
				require.NoError(t, err)
			}
		}
		s.run(s.begin(s.plan()))
		if stored == nil {
			require.Greater(t, stop, 10)
			return
		}
		st := new(onboard.State)
		require.NoError(t, json.Unmarshal(stored, st))
		s.cfg.Progress = nil
		st = s.run(st)
		require.True(t, st.Live(), "stopped at change %d: %s", stop, lines(st))
		numbers := 0
		for range s.account.Numbers() {
			numbers++
		}
		require.Equal(t, 1, numbers, "nothing is added twice")
	}
}

func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	var seen []string
	for _, p := range s.told {
		word := "begins"
		if !p.Working {
			word = string(p.Step.Status)
		}
		seen = append(seen, string(p.Step.ID)+" "+word)
	}
	require.Equal(t, []string{"token begins", "token done", "account begins", "account done"}, seen[:4])
	last := s.told[len(s.told)-1]
	require.Equal(t, [2]int{12, 14}, [2]int{last.Settled, last.Total})

	s.told = nil
	s.run(st)
	for _, p := range s.told {
		require.True(t, p.Working || p.Step.Status == onboard.WaitingForMeta, "what has not changed is not told: %s", p.Step.ID)
	}
}

func TestWhatTheHostsFunctionsGet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.answers = s.willing
	p := s.plan()
	p.AppID, p.AccountID, p.Webhook = "", "", onboard.WebhookPlan{}
	s.appWebhook(onboard.DefaultFields()...)
	s.cfg.Graph.AppSecret = ""
	st := s.run(s.begin(p))
	require.Equal(t, s.app.ID, st.AppID(), "by the token")
	require.Equal(t, s.account.ID, st.AccountID())
	require.True(t, st.Live(), lines(st))
}

func TestOneGuideLeadsManyNumbersAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cfg.Ask, s.cfg.Progress = nil, nil
	guide := s.guide()
	var group sync.WaitGroup
	states := make([]*onboard.State, 8)
	for i := range states {
		p := s.plan()
		p.Phone += itoa(10 + i)
		st, err := guide.Begin(p)
		require.NoError(t, err)
		states[i] = st
		group.Go(func() {
			assert.NoError(t, guide.Run(t.Context(), st))
			_, err := guide.Readiness(t.Context(), st.Target())
			assert.NoError(t, err)
		})
	}
	group.Wait()
	ids := map[string]bool{}
	for _, st := range states {
		require.Equal(t, onboard.ReasonCodeSent, st.Step(onboard.StepOwnership).Reason, lines(st))
		ids[st.NumberID()] = true
	}
	require.Len(t, ids, len(states))
}

func TestTheAccountIsChosenByAPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.world.AddAccount(cloudapitest.AccountConfig{})
	s.cfg.Graph.Token = s.app.Token(s.account, other)
	p := s.plan()
	p.AccountID = ""
	tries := []string{"4711", other.ID}
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind != onboard.PromptAccount {
			return "", onboard.ErrLater
		}
		require.ElementsMatch(t, []string{s.account.ID, other.ID}, p.Choices)
		answer := tries[0]
		tries = tries[1:]
		return answer, nil
	}
	require.Equal(t, other.ID, s.run(s.begin(p)).AccountID())
}

func TestAnAskThatIsAlwaysWrongIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind == onboard.PromptCode {
			return "nonsense", nil
		}
		return s.willing(p)
	}
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonNotAccepted, st.Step(onboard.StepOwnership).Reason)
	require.Len(t, s.prompts, 12)
	require.Equal(t, "That cannot be: a code has six digits.", s.prompts[11].Problem)
}

// Everything that can be asked for says what it has to look like when it does not.
func TestAnAnswerOfTheWrongFormIsSentBackWithTheForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind   onboard.PromptKind
		answer string
		want   string
	}{
		{onboard.PromptAccount, "mine", "That cannot be: it is none of the accounts."},
		{onboard.PromptCode, "12 34 5", "That cannot be: a code has six digits."},
		{onboard.PromptPIN, "12345a", "That cannot be: a PIN has six digits."},
		{onboard.PromptName, " x ", "That cannot be: a display name has 2 to 75 characters."},
		{onboard.PromptRecipient, "+49 1", "That cannot be: a phone number has its country code and 7 to 15 digits."},
		{onboard.PromptRecipient, "1234567890123456", "That cannot be: a phone number has its country code and 7 to 15 digits."},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.welcome()
			p := s.plan()
			switch c.kind {
			case onboard.PromptAccount:
				p.AccountID = ""
				s.cfg.Graph.Token = s.app.Token(s.account, s.world.AddAccount(cloudapitest.AccountConfig{}))
			case onboard.PromptName:
				s.number(&p, cloudapitest.NumberConfig{}).ReviewName(false)
			}
			s.answers = andThen(s, c.kind, c.answer)
			s.run(s.begin(p))
			var problems []string
			for _, asked := range s.prompts {
				if asked.Kind == c.kind {
					problems = append(problems, asked.Problem)
				}
			}
			require.Equal(t, []string{"", c.want}, problems)
		})
	}
}

func TestAReplanKeepsWhatTheNumberIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	for _, change := range []func(*onboard.Plan){
		func(p *onboard.Plan) { p.Road = onboard.RoadSignup },
		func(p *onboard.Plan) { p.AppID = "1" },
		func(p *onboard.Plan) { p.AccountID = "1" },
		func(p *onboard.Plan) { p.NumberID = "1" },
		func(p *onboard.Plan) { p.Phone = "+4915550199" },
	} {
		p := s.plan()
		change(&p)
		require.ErrorContains(t, s.guide().Replan(st, p), "cannot change: begin again")
		require.Equal(t, s.plan(), st.Plan())
	}
	p := s.plan()
	p.DisplayName = "x"
	require.ErrorContains(t, s.guide().Replan(st, p), "DisplayName")
	p.DisplayName, p.Without = "Helsinki Boats", []onboard.StepID{onboard.StepMessage}
	require.NoError(t, s.guide().Replan(st, p))
	st = s.run(st)
	require.Equal(t, onboard.ReasonLeftOut, st.Step(onboard.StepMessage).Reason)
	require.True(t, st.Live())
}

// The stored form of the first version: it is read by every later one.
const storedV1 = `{"version":1,"plan":{"road":"token","app_id":"1","account_id":"2","phone":"+4915550100","display_name":"Helsinki Bikes","webhook":{"url":"https://desk.example/webhook"}},
"app_id":"1","account_id":"2","number_id":"3","steps":[{"id":"token","status":"done","reason":"done","since":"2026-11-29T09:00:00Z"},
{"id":"ownership","status":"waiting_for_you","reason":"code_sent","since":"2026-11-29T09:00:00Z","prompt":{"kind":"code","step":"ownership","text":"x"}},
{"id":"name","status":"waiting_for_meta","reason":"name_pending","again":"2026-11-30T09:00:00Z"},
{"id":"payment","status":"waiting_for_you","reason":"a_reason_of_tomorrow","args":["x"]},
{"id":"a_step_of_tomorrow","status":"done"}],
"codes":["2026-11-29T09:00:00Z"],"code_method":"SMS","something_of_tomorrow":{"x":1}}`

func TestStoredStatesAreRead(t *testing.T) {
	t.Parallel()
	st := new(onboard.State)
	require.NoError(t, json.Unmarshal([]byte(storedV1), st))
	require.Equal(t, "A code was sent to the number by SMS.", st.Step(onboard.StepOwnership).Text)
	require.Equal(t, onboard.PromptCode, st.Step(onboard.StepOwnership).Prompt.Kind)
	require.Equal(t, "a_reason_of_tomorrow", st.Step(onboard.StepPayment).Text)
	require.Equal(t, start.AddDate(0, 0, 1), st.Again())
	require.Len(t, st.Steps(), 14)
	require.Equal(t, onboard.Pending, st.Step(onboard.StepProfile).Status)
	require.Zero(t, st.Step("a_step_of_tomorrow"))

	for name, bad := range map[string]string{
		"nothing": `{}`, "no JSON": `x`, "a list": `[]`, "without a road": `{"version":1}`, "an odd road": `{"version":1,"plan":{"road":"canary"}}`,
		"odd steps": `{"version":1,"plan":{"road":"token"},"steps":"canary"}`,
	} {
		err := json.Unmarshal([]byte(bad), new(onboard.State))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "canary")
	}
	require.ErrorIs(t, json.Unmarshal([]byte(`{"version":2,"plan":{"road":"token"}}`), st), onboard.ErrVersion)
	require.Equal(t, "3", st.NumberID(), "what was there stays")
}

func TestEveryReasonHasASentenceThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, r := range onboard.Reasons() {
		text, do, link := r.Sentence()
		require.NotEqual(t, string(r), text, "%s has a sentence", r)
		require.False(t, link != "" && !strings.HasPrefix(link, "https://"), r)
		for _, s := range []string{text, do} {
			require.False(t, s != "" && !strings.HasSuffix(s, "."), "%s: %q is a sentence", r, s)
		}
		if onboard.StatusOf(r) == onboard.Blocked || onboard.StatusOf(r) == onboard.WaitingForYou {
			require.NotEmpty(t, do, r)
		}
	}
	require.Equal(t, onboard.AllReasons(t), onboard.Reasons())
}
