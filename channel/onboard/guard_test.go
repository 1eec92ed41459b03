package onboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

// calls counts the calls whose path ends like this.
func (s *site) calls(end string) *int {
	n := new(int)
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, end) {
			*n++
		}
		return cloudapitest.Pass()
	})
	return n
}

func TestOnlyTheFirstCodeGoesOutUnasked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	codes := s.calls("/request_code")
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonCodeSent, st.Step(onboard.StepOwnership).Reason)
	for range 5 { // a timer looks every hour; nobody is there
		s.world.Advance(time.Hour)
		st = s.run(st)
		require.Equal(t, onboard.ReasonCodeExpired, st.Step(onboard.StepOwnership).Reason)
	}
	require.Equal(t, 1, *codes)
}

func TestAPromptForACodeKnowsHowLongItIsGoodAndWhenAnotherMayCome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	st := s.run(s.begin(s.plan()))
	p := st.Step(onboard.StepOwnership).Prompt
	require.Equal(t, onboard.Prompt{
		Kind: onboard.PromptCode, Step: onboard.StepOwnership, Text: "The six digits that came to the number", Method: cloudapi.CodeSMS,
		Sent: start, Expires: start.Add(10 * time.Minute), Resend: start.Add(time.Minute), Left: 5,
	}, *p)
}

func TestAnotherCodeByVoiceAfterTheWait(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	st := s.run(s.begin(s.plan()))
	s.world.Advance(time.Minute)
	s.answers = onceAnswer(onboard.PromptCode, "Voice ")
	st = s.run(st)
	step := st.Step(onboard.StepOwnership)
	require.Equal(t, onboard.ReasonCodeCalled, step.Reason)
	require.Contains(t, step.Do, "recorded greeting or a menu has to be off")
	require.Equal(t, cloudapi.CodeVoice, step.Prompt.Method)
	code := s.code()
	s.answers = onceAnswer(onboard.PromptCode, " "+code[:3]+"-"+code[3:]+" ")
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepOwnership).Status)
}

// The waits grow, and five codes a day is all: whoever asks as soon as he may stays clear
// of Meta's refusal.
func TestCodesAreAskedForWithWaits(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	codes := s.calls("/request_code")
	st := s.run(s.begin(s.plan()))
	began := s.world.Now()
	var at []time.Duration
	for range 6 {
		next := st.Step(onboard.StepOwnership).Prompt.Resend
		s.world.Advance(next.Sub(s.world.Now()) - time.Second)
		s.answers = onceAnswer(onboard.PromptCode, onboard.AnswerSMS)
		before := *codes
		st = s.run(st)
		require.Equal(t, before, *codes, "a second too early")
		s.world.Advance(time.Second)
		s.answers = onceAnswer(onboard.PromptCode, onboard.AnswerSMS)
		st = s.run(st)
		require.Equal(t, before+1, *codes)
		at = append(at, s.world.Now().Sub(began))
	}
	require.Equal(t, []time.Duration{
		time.Minute, 3 * time.Minute, 8 * time.Minute, 23 * time.Minute, 24 * time.Hour, 24*time.Hour + 15*time.Minute,
	}, at)
	require.Empty(t, s.world.Audit())
}

func TestARestThatWhatsAppWantsIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, end     string
		code, subcode int
		details       string
		step          onboard.StepID
		wait          time.Duration
	}{
		{"too many codes", "/request_code", 136024, 2388091, "", onboard.StepOwnership, time.Hour},
		{"too many codes, with a wait", "/request_code", 136024, 2388091, "Please try again in 3 hours.", onboard.StepOwnership, 3 * time.Hour},
		{"a locked PIN", "/register", 133008, 0, "", onboard.StepRegister, 12 * time.Hour},
		{"a locked PIN, with a wait", "/register", 133008, 0, "Try again in 1 hour and 30 minutes", onboard.StepRegister, 90 * time.Minute},
		{"a locked PIN, with a wait in short", "/register", 133008, 0, "try again in 12h0m5s.", onboard.StepRegister, 12*time.Hour + 5*time.Second},
		{"a PIN too fast", "/register", 133009, 0, "Wait 45 seconds.", onboard.StepRegister, 45 * time.Second},
		{"too many registrations", "/register", 133016, 0, "", onboard.StepRegister, 72 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.answers = s.willing
			calls := s.calls(c.end)
			remove := s.refuseSaying("POST", c.end, c.code, c.subcode, c.details)
			st := s.run(s.begin(s.plan()))
			require.Equal(t, onboard.WaitingForMeta, st.Step(c.step).Status, lines(st))
			require.Equal(t, start.Add(c.wait), st.Step(c.step).Again)
			require.Equal(t, start.Add(c.wait), earliest(st, c.step))
			require.Equal(t, 1, *calls)
			s.world.Advance(c.wait - time.Second)
			st = s.run(st)
			require.Equal(t, 1, *calls, "not before")
			require.Equal(t, start.Add(c.wait), st.Step(c.step).Again)
			s.world.Advance(time.Second)
			remove()
			st = s.run(st)
			require.Equal(t, onboard.Done, st.Step(c.step).Status, lines(st))
		})
	}
}

// earliest is when the step should be looked at, as the state as a whole sees it too.
func earliest(st *onboard.State, id onboard.StepID) time.Time {
	if at := st.Step(id).Again; !st.Again().After(at) {
		return at
	}
	return time.Time{}
}

func TestTenRegistrationsIn72HoursAreNotExceeded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	calls := s.calls("/register")
	s.answers = s.willing
	remove := s.refuseSaying("POST", "/register", 133006, 0, "")
	st := s.run(s.begin(s.plan()))
	for range 12 {
		s.world.Advance(time.Hour)
		st = s.run(st)
	}
	remove()
	require.Equal(t, 10, *calls)
	step := st.Step(onboard.StepRegister)
	require.Equal(t, onboard.ReasonRegistrations, step.Reason)
	require.Equal(t, start.Add(72*time.Hour), step.Again, "when the first of them is forgotten")
	s.world.Advance(step.Again.Sub(s.world.Now()))
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepRegister).Status)
}

// The client repeats what failed for a passing reason; what is counted is not among that.
func TestWhatIsCountedIsNotRepeatedByItself(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"/request_code", "/verify_code", "/register"} {
		s := newSite(t)
		s.answers = s.willing
		calls := s.calls(end)
		s.refuse("POST", end, 133004, 0)
		st := s.run(s.begin(s.plan()))
		require.Contains(t, lines(st), "waiting_for_meta meta_unwell")
		require.Equal(t, 1, *calls, end)
	}
}

func TestWrongPINsStopBeforeTheyLockTheNumber(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	calls := s.calls("/register")
	p := s.plan()
	s.number(&p, cloudapitest.NumberConfig{Unregistered: true, PIN: "111111"})
	s.answers = answers(s, map[onboard.PromptKind]string{onboard.PromptPIN: "222222"})
	st := s.run(s.begin(p))
	require.Equal(t, 3, *calls)
	require.Equal(t, 3, s.prompts[0].Left)
	require.Equal(t, "That is not the two-step PIN of the number.", s.prompts[1].Problem)
	require.Equal(t, 1, s.prompts[2].Left)
	require.Equal(t, 1, st.Step(onboard.StepRegister).Prompt.Left)
	st = s.run(st)
	require.Equal(t, 4, *calls, "one try at a time from now on")
	require.Equal(t, onboard.ReasonWrongPINs, st.Step(onboard.StepRegister).Reason)
	s.answers = answers(s, map[onboard.PromptKind]string{onboard.PromptPIN: "111111"})
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepRegister).Status)
	require.Empty(t, s.world.Audit())
}

func TestACodeWhoseAnswerWasLostCounts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cfg.Graph.Retries = -1
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if strings.HasSuffix(r.Path, "/request_code") {
			return cloudapitest.Lose()
		}
		return cloudapitest.Pass()
	})
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonUnreachable, st.Step(onboard.StepOwnership).Reason)
	s.answers = s.willing // the code did come
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepOwnership).Status)
}

func TestSomebodyElseMayVerifyTheNumber(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	st := s.run(s.begin(s.plan()))
	s.post(st.NumberID()+"/verify_code", `{"code":"`+s.code()+`"}`)
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepOwnership).Status)
}
