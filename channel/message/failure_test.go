package message_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// documented is Meta's table of error codes with the class of each, written down
// from the documentation apart from the table under test.
const documented = `
auth: 0 102 104 190
permission: 3 10 200 201 219 250 299 131005
policy: 368 130472 130497 131048 131049 131064 131207 131214 138013 138014 139000 139200
throttled_account: 4 17 32 613 80007 80008
throttled_number: 130429 131208 138002 138005
throttled_pair: 131056 138009 138012
window_closed: 470 130470 131047
opted_out: 131050
recipient_unreachable: 1013 130403 131021 131026 131027 131043 131062 131203 137000 138001 138006
template: 131058 131063 132000 132001 132005 132007 132008 132012 132015 132016 132018 132021 132068 132069 134100 134101 134102
template: 200002 2388019 2388024 2388039 2388040 2388047 2388072 2388073 2388293 2388299 2388318 2388330
media: 131052 131053 131209 131210
temporary: 1 2 131000 131016 131057 131059 133004 133015 138004 138007 139102 139103 2494100
parameter: 100 506 2046 131001 131002 131006 131008 131009 131020 131041 131051 131055 131202 131204 131212 131213 135000 138003 139001 139002 139003 139004 139100
account: 33 131030 131031 131037 131042 131044 131045 131211 131215 133000 133005 133006 133008 133009 133010 133016 134011 136024 136025
account: 138000 138015 138018 138024 138025 139101 141000 141002 141014 147001 147002 147003 147004 147005 200005 200006 200007
account: 2388001 2388012 2388091 2388093 2388103 2494164 2494179 2593079 2593085 2593107 2593108
notice: 130501 131035 131036 131060 131201 138017 138019 138020 138021 138022 138023 1752041 2593109
`

func eachDocumented(t *testing.T, check func(class message.Class, code int)) {
	t.Helper()
	n := 0
	for line := range strings.Lines(strings.TrimSpace(documented)) {
		class, codes, ok := strings.Cut(line, ":")
		require.True(t, ok)
		for _, field := range strings.Fields(codes) {
			var code int
			_, err := fmt.Sscan(field, &code)
			require.NoError(t, err)
			check(message.Class(class), code)
			n++
		}
	}
	require.Greater(t, n, 160)
}

func TestEveryDocumentedCodeHasItsClassAndASentence(t *testing.T) {
	t.Parallel()
	eachDocumented(t, func(class message.Class, code int) {
		status := 400
		if code == 0 {
			status = 401
		}
		f := message.Classify(code, 0, status, false)
		require.True(t, f.Known, code)
		require.Equal(t, class, f.Class, code)
		require.Equal(t, code, f.Code)
		require.Equal(t, status, f.HTTPStatus)
		require.NotEmpty(t, f.Title, code)
		require.NotEmpty(t, f.Retry.Advice, code)

		// Hints are for agents: one to three short sentences without jargon.
		require.True(t, strings.HasSuffix(f.Hint, "."), "%d: %s", code, f.Hint)
		require.LessOrEqual(t, len(f.Hint), 160, "%d: %s", code, f.Hint)
		for _, jargon := range []string{"token", "parameter", "API", "HTTP", "webhook", "payload", "WABA", "Meta"} {
			require.NotContains(t, f.Hint, jargon, code)
		}
	})
}

func TestAWebhookErrorIsNeverUncertain(t *testing.T) {
	t.Parallel()
	eachDocumented(t, func(class message.Class, code int) {
		f := message.Classify(code, 0, 0, false)
		require.Equal(t, class, f.Class, code)
		require.False(t, f.Uncertain, code)
	})
	require.False(t, message.Classify(999999, 0, 0, true).Uncertain)
}

func TestOnlyServerFaultsAreUncertain(t *testing.T) {
	t.Parallel()
	uncertain := map[int]bool{1: true, 2: true, 131000: true, 131016: true, 138004: true, 138007: true}
	eachDocumented(t, func(_ message.Class, code int) {
		if code != 0 { // 0 with this status is an answer without a code
			require.Equal(t, uncertain[code], message.Classify(code, 0, 500, false).Uncertain, code)
		}
	})
}

func TestAdviceFollowsTheDocumentedWaits(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]message.Retry{
		131047: {Advice: message.RetryFixed},
		131026: {Advice: message.RetryNever},
		131049: {Advice: message.RetryLater, After: 24 * time.Hour},
		131056: {Advice: message.RetryAfter, After: 6 * time.Second},
		130429: {Advice: message.RetryAfter, After: time.Second},
		131057: {Advice: message.RetryAfter, After: time.Minute},
		134101: {Advice: message.RetryAfter, After: 10 * time.Minute},
		133016: {Advice: message.RetryLater, After: 72 * time.Hour},
		1:      {Advice: message.RetryAfter, Max: 1},
		190:    {Advice: message.RetryFixed},
	} {
		require.Equal(t, want, message.Classify(code, 0, 400, false).Retry, code)
	}
	require.Equal(t, "More than 24 hours have passed since the customer last wrote. Send an approved template instead.",
		message.Classify(131047, 0, 0, false).Hint)
}

func TestSubcodesRefineTheGeneralParameterError(t *testing.T) {
	t.Parallel()
	for subcode, class := range map[int]message.Class{
		2388024: message.ClassTemplate,
		33:      message.ClassPermission,
		2494100: message.ClassTemporary,
		7777777: message.ClassParameter, // not known: the code decides
	} {
		f := message.Classify(100, subcode, 400, false)
		require.Equal(t, class, f.Class, subcode)
		require.Equal(t, subcode, f.Subcode)
		require.True(t, f.Known)
	}
	rest := message.Classify(136024, 2388091, 400, false)
	require.Equal(t, message.Retry{Advice: message.RetryLater, After: time.Hour}, rest.Retry, "a number that asked for too many codes")
	require.Equal(t, message.RetryFixed, message.Classify(136024, 0, 400, false).Retry.Advice, "one that is verified already")
	// A subcode of another code means something else.
	require.Equal(t, message.ClassThrottledNumber, message.Classify(130429, 2388024, 400, false).Class)
}

func TestUnknownCodesAreJudgedByTheStatus(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		code      int
		status    int
		transient bool
		class     message.Class
		advice    message.Advice
		uncertain bool
	}{
		{"an empty 500", 0, 500, false, message.ClassTemporary, message.RetryAfter, true},
		{"a 502 of a proxy", 0, 502, false, message.ClassTemporary, message.RetryAfter, true},
		{"a new code with 503", 999001, 503, false, message.ClassTemporary, message.RetryAfter, true},
		{"a 429 without a code", 0, 429, false, message.ClassThrottledAccount, message.RetryAfter, false},
		{"a transient new code", 999001, 400, true, message.ClassTemporary, message.RetryAfter, true},
		{"a new code", 999001, 400, false, message.ClassUnknown, message.RetryFixed, false},
		{"a 401 without a code is Meta's code 0", 0, 401, false, message.ClassAuth, message.RetryFixed, false},
		{"a new code with 401", 999001, 401, false, message.ClassAuth, message.RetryFixed, false},
		{"a 403 without a code", 0, 403, false, message.ClassPermission, message.RetryFixed, false},
		{"a 404 without a code", 0, 404, false, message.ClassParameter, message.RetryFixed, false},
		{"a 408 of a proxy", 0, 408, false, message.ClassTemporary, message.RetryAfter, true},
		{"a 425", 0, 425, false, message.ClassTemporary, message.RetryAfter, true},
		{"a 413", 0, 413, false, message.ClassMedia, message.RetryFixed, false},
		{"a redirect", 0, 302, false, message.ClassUnknown, message.RetryFixed, false},
		{"a new webhook code", 999001, 0, false, message.ClassUnknown, message.RetryFixed, false},
		{"a negative code", -5, 400, false, message.ClassUnknown, message.RetryFixed, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := message.Classify(c.code, 0, c.status, c.transient)
			require.Equal(t, c.class, f.Class)
			require.Equal(t, c.advice, f.Retry.Advice)
			require.Equal(t, c.uncertain, f.Uncertain)
			require.NotEmpty(t, f.Hint)
		})
	}
}

func TestFailuresMatchTheSentinelsOfTheirConcepts(t *testing.T) {
	t.Parallel()
	for _, code := range []int{131058, 131063, 132001, 132007, 132015, 132016, 132068, 132069, 134100, 134101, 134102} {
		require.True(t, message.Classify(code, 0, 400, false).Matches(template.ErrNotSendable), code)
	}
	for _, code := range []int{0, 100, 131047, 132000, 132005, 132012, 132018} {
		require.False(t, message.Classify(code, 0, 400, false).Matches(template.ErrNotSendable), code)
	}
	require.True(t, message.Classify(0, 0, 500, false).Matches(message.ErrOutcomeUnknown))
	require.False(t, message.Classify(0, 0, 400, false).Matches(message.ErrOutcomeUnknown))
	require.True(t, message.Unanswered("WhatsApp", true).Matches(message.ErrOutcomeUnknown))
	require.False(t, message.Unanswered("WhatsApp", false).Matches(message.ErrOutcomeUnknown))
	require.True(t, message.Unanswered("WhatsApp", false).Retry.Automatic())
	require.False(t, message.Failure{}.Matches(errors.New("other")))
}

func TestTheZeroFailureAdvisesAgainstARepeat(t *testing.T) {
	t.Parallel()
	require.False(t, message.Failure{}.Retry.Automatic())
	_, ok := message.FailureOf(errors.New("other"))
	require.False(t, ok)
	_, ok = message.FailureOf(nil)
	require.False(t, ok)
}

func TestClassifyIsPureAndFree(t *testing.T) {
	require.Empty(t, cmp.Diff(message.Classify(131047, 0, 400, false), message.Classify(131047, 0, 400, false)))
	require.Zero(t, testing.AllocsPerRun(100, func() { message.Classify(131047, 0, 400, false) }))
}
