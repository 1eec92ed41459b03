package cloudapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

func graph(status, code int) answer {
	return answer{status: status, body: fmt.Sprintf(`{"error":{"message":"CANARY","code":%d}}`, code)}
}

var (
	refusedDial = answer{err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}}
	resetRead   = answer{err: &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}}
)

// TestWhatIsRepeated is the table of the rule that no message is ever sent twice:
// how often a send, and how often a read, is requested for each kind of failure.
func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		answer    answer
		sends     int // requests made by a send that fails like this for ever
		reads     int
		class     message.Class
		uncertain bool // the send
		least     time.Duration
	}{
		{"the server refuses connections", refusedDial, 4, 4, message.ClassTemporary, false, 21 * time.Second},
		{"the name does not resolve", answer{err: &net.DNSError{Err: "no such host"}}, 4, 4, message.ClassTemporary, false, 21 * time.Second},
		{"the connection breaks after the request", resetRead, 1, 4, message.ClassTemporary, true, 0},
		{"the answer ends early", answer{err: io.ErrUnexpectedEOF}, 1, 4, message.ClassTemporary, true, 0},
		{"an empty 500", answer{status: 500}, 1, 4, message.ClassTemporary, true, 0},
		{"a 502 of a proxy", answer{status: 502, body: "<html>"}, 1, 4, message.ClassTemporary, true, 0},
		{"a 503 of Meta", graph(503, 2), 1, 4, message.ClassTemporary, true, 0},
		{"an unknown fault of Meta", graph(500, 131000), 1, 4, message.ClassTemporary, true, 0},
		{"a fault that may be a bad request", graph(400, 1), 1, 2, message.ClassTemporary, true, 0},
		{"HTML instead of JSON", ok("<html>hello</html>"), 1, 4, message.ClassTemporary, true, 0},
		{"an answer without a message", ok("[]"), 1, 4, message.ClassTemporary, true, 0},
		{"the number is too fast", graph(400, 130429), 4, 4, message.ClassThrottledNumber, false, 21 * time.Second},
		{"the pair is too fast", graph(400, 131056), 4, 4, message.ClassThrottledPair, false, 28 * time.Second},
		{"a 429 without a code", answer{status: 429}, 4, 4, message.ClassThrottledAccount, false, 21 * time.Second},
		{"the account is in maintenance", graph(500, 131057), 4, 4, message.ClassTemporary, false, 3 * time.Minute},
		{"the window is closed", graph(400, 131047), 1, 1, message.ClassWindowClosed, false, 0},
		{"the user is not on WhatsApp", graph(400, 131026), 1, 1, message.ClassRecipient, false, 0},
		{"the token has expired", graph(401, 190), 1, 1, message.ClassAuth, false, 0},
		{"a template is paused", graph(400, 132015), 1, 1, message.ClassTemplate, false, 0},
		{"Meta holds back", graph(400, 131049), 1, 1, message.ClassPolicy, false, 0},
		{"a code nobody knows", graph(400, 999999), 1, 1, message.ClassUnknown, false, 0},
		{"a transient code nobody knows", answer{status: 400, body: `{"error":{"code":999999,"is_transient":true}}`}, 1, 4, message.ClassTemporary, true, 0},
		{"a redirect", answer{status: 302, header: http.Header{"Location": {"https://evil.example/"}}}, 1, 1, message.ClassUnknown, false, 0},
		{"a 303, which says done", answer{status: 303, header: http.Header{"Location": {"https://evil.example/"}}}, 1, 1, message.ClassUnknown, true, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				patient := func(cfg *cloudapi.Config) { cfg.MaxWait = time.Hour }
				start := time.Now()
				client, s := newClient(t, patient, repeated(c.answer, 9)...)
				_, err := client.Number("1").Send(t.Context(), hello)
				require.Len(t, s.got, c.sends, "sends")
				f, isFailer := message.FailureOf(err)
				require.True(t, isFailer)
				require.Equal(t, c.class, f.Class)
				require.Equal(t, c.uncertain, f.Uncertain)
				require.Equal(t, c.uncertain, errors.Is(err, message.ErrOutcomeUnknown))
				require.NotContains(t, err.Error(), "CANARY")
				require.GreaterOrEqual(t, time.Since(start), c.least, "the documented waits")

				client, s = newClient(t, patient, repeated(c.answer, 9)...)
				_, err = client.Number("1").Info(t.Context())
				require.Len(t, s.got, c.reads, "reads")
				require.NotErrorIs(t, err, message.ErrOutcomeUnknown, "a read does no harm")
			})
		})
	}
}

func repeated(a answer, n int) []answer {
	list := make([]answer, n)
	for i := range list {
		list[i] = a
	}
	return list
}

func TestARepeatThatSucceedsIsASuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := newClient(t, nil, refusedDial, graph(400, 130429), ok(acceptedJSON))
		r, err := c.Number("1").Send(t.Context(), hello)
		require.NoError(t, err)
		require.Equal(t, "wamid.HBgL", r.ID)
		require.Len(t, s.got, 3)
		for _, x := range s.got {
			requireJSON(t, helloJSON, x.body)
		}
	})
}

func TestAHostCanChooseToUnsafeTrustServerErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		trust := func(cfg *cloudapi.Config) { cfg.UnsafeTrustServerErrors = true }
		c, s := newClient(t, trust, graph(500, 131000), graph(503, 2), ok(acceptedJSON))
		_, err := c.Number("1").Send(t.Context(), hello)
		require.NoError(t, err)
		require.Len(t, s.got, 3)
		// An answer without a code proves nothing even then.
		c, s = newClient(t, trust, answer{status: 502}, ok(acceptedJSON))
		_, err = c.Number("1").Send(t.Context(), hello)
		require.ErrorIs(t, err, message.ErrOutcomeUnknown)
		require.Len(t, s.got, 1)
	})
}

func TestAWaitThatDoesNotFitIsLeftToTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		// 134101 asks for ten minutes, more than MaxWait.
		c, s := newClient(t, nil, graph(400, 134101))
		_, err := c.Number("1").Send(t.Context(), hello)
		f, _ := message.FailureOf(err)
		require.Equal(t, message.Retry{Advice: message.RetryAfter, After: 10 * time.Minute}, f.Retry)
		require.Len(t, s.got, 1)
		// The context's deadline counts as well.
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		c, s = newClient(t, nil, graph(400, 130429))
		_, err = c.Number("1").Send(ctx, hello)
		require.Error(t, err)
		require.Len(t, s.got, 1)
		require.Zero(t, time.Since(start), "nobody waited in vain")
	})
}

func TestRetryAfterAndUsageHeadersSetTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			name   string
			answer answer
			want   time.Duration
		}{
			{"seconds", answer{status: 429, header: http.Header{"Retry-After": {"17"}}}, 17 * time.Second},
			{"a date", answer{status: 429, header: http.Header{"Retry-After": {time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)}}}, 20 * time.Second},
			{"nonsense", answer{status: 429, header: http.Header{"Retry-After": {"soon"}}}, 0},
			{"a negative number", answer{status: 429, header: http.Header{"Retry-After": {"-5"}}}, 0},
			{"for ever", answer{status: 429, header: http.Header{"Retry-After": {"1e300"}}}, 24 * time.Hour},
			{"minutes of the usage header", answer{status: 400, body: `{"error":{"code":80007}}`, header: http.Header{
				"X-Business-Use-Case-Usage": {`{"102290129340398":[{"type":"whatsapp","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":19}]}`},
			}}, 19 * time.Minute},
			{"a usage header that is none", answer{status: 400, body: `{"error":{"code":80007}}`, header: http.Header{"X-Business-Use-Case-Usage": {`[1`}}}, time.Minute},
		} {
			client, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Retries = -1 }, c.answer)
			_, err := client.Number("1").Info(t.Context())
			f, _ := message.FailureOf(err)
			require.Equal(t, c.want, f.Retry.After, c.name)
		}
	})
}

func TestACancelledContextSendsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, s := newClient(t, nil, ok(acceptedJSON))
	_, err := c.Number("1").Send(ctx, hello)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
	require.Empty(t, s.got)
}

// hang answers nothing until the request's context ends.
type hang struct{ requests int }

func (h *hang) RoundTrip(r *http.Request) (*http.Response, error) {
	h.requests++
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestASilentServerIsGivenUpAfterTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hang{}
		c, err := cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: h}, Timeout: 7 * time.Second})
		require.NoError(t, err)
		start := time.Now()
		_, err = c.Number("1").Send(t.Context(), hello)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, message.ErrOutcomeUnknown)
		require.Equal(t, 7*time.Second, time.Since(start))
		require.Equal(t, 1, h.requests)

		// The timeout of the host's client is taken over if there is no other.
		c, err = cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: h, Timeout: 3 * time.Second}, Retries: -1})
		require.NoError(t, err)
		start = time.Now()
		require.Error(t, c.Number("1").MarkRead(t.Context(), "wamid.A", true))
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestACallerWhoGivesUpGetsTheContextsError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hang{}
		c, err := cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: h}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.Number("1").Send(ctx, hello)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, message.ErrOutcomeUnknown, "it was under way")
		require.Equal(t, 1, h.requests)
	})
}
