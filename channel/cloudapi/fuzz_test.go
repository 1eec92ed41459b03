package cloudapi_test

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// FuzzAnswer gives arbitrary answers to a send: it ends in a receipt or in an
// error with a class, quotes nothing, and never turns doubt into a repeat.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(acceptedJSON))
	f.Add(400, []byte(`{"error":{"message":"(#131047) CANARY","code":131047,"error_subcode":1,"error_data":{"details":"CANARY"},"fbtrace_id":"A"}}`))
	f.Add(400, []byte(`{"error":{"code":"100","error_data":"CANARY","is_transient":true}}`))
	f.Add(400, []byte(`{"error":{"message":"CANARY","code":1,"fbtrace_id":"CANARY, trace 1"}}`))
	f.Add(500, []byte(`<html>CANARY</html>`))
	f.Add(303, []byte(``))
	f.Add(200, []byte(`{"messages":[{"id":""}]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 { // net/http gives no others to its callers
			return
		}
		c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.Retries = -1 }, answer{status: status, body: string(body)})
		r, err := c.Number("1").Send(t.Context(), hello)
		require.Len(t, s.got, 1)
		if err == nil {
			require.NotEmpty(t, r.ID)
			require.Less(t, status, 300)
			return
		}
		require.Empty(t, r)
		failure, isFailer := message.FailureOf(err)
		require.True(t, isFailer)
		require.NotEmpty(t, failure.Class)
		require.Equal(t, failure.Uncertain, errors.Is(err, message.ErrOutcomeUnknown))
		if status >= 500 && !failure.Known || status < 300 && failure.Code == 0 {
			require.True(t, failure.Uncertain, "nothing proves that the message was refused")
		}
		text := err.Error()
		if e, ok := errors.AsType[*cloudapi.Error](err); ok && e.TraceID != "" { // quoted on purpose
			text, ok = strings.CutSuffix(text, ", trace "+e.TraceID)
			require.True(t, ok, "%q", text)
		}
		require.NotContains(t, text, "CANARY")
		require.LessOrEqual(t, len(err.Error()), 300)
		for _, c := range err.Error() {
			require.True(t, c >= ' ' && c <= '~', "%q", err.Error())
		}
		require.GreaterOrEqual(t, failure.Retry.After, time.Duration(0))
	})
}

// FuzzLimitHeaders: whatever the headers say, waits are between 0 and a day.
func FuzzLimitHeaders(f *testing.F) {
	f.Add("17", `{"1":[{"call_count":100,"estimated_time_to_regain_access":19}]}`, `{"call_count":28}`)
	f.Add("Fri, 01 Jan 2100 00:00:00 GMT", `{"1":[{"call_count":1e300,"estimated_time_to_regain_access":-1}]}`, `[]`)
	f.Add("1e400", `{"1":[{"total_time":"99999999999999999999"}]}`, `{"call_count":{"a":1}}`)
	f.Fuzz(func(t *testing.T, after, business, app string) {
		c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Retries = -1 }, answer{status: 400, body: `{"error":{"code":80007}}`, header: http.Header{
			"Retry-After": {after}, "X-Business-Use-Case-Usage": {business}, "X-App-Usage": {app},
		}})
		_, err := c.Number("1").Info(t.Context())
		failure, isFailer := message.FailureOf(err)
		require.True(t, isFailer)
		require.GreaterOrEqual(t, failure.Retry.After, time.Minute, "what the code itself asks for")
		require.LessOrEqual(t, failure.Retry.After, 24*time.Hour)
	})
}

// FuzzMediaHost: an address that is fetched with the token is https, on a host
// below one of Meta's, on the usual port, without numbers and users.
func FuzzMediaHost(f *testing.F) {
	for _, s := range []string{mediaURL, "https://a.fbcdn.net", "https://fbsbx.com.evil.example", "https://a@b.fbsbx.com", "https://1.fbsbx.com:443/", "https://a.fbsbx.com\\@evil.example/", "https://a.fbsbx.com%2eevil.example/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		info := mediaInfo(raw, []byte("x"))
		c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.Retries = -1 }, info, ok("x"))
		d, err := c.Number("1").Download(t.Context(), "7")
		if err != nil {
			require.LessOrEqual(t, len(s.got), 1)
			return
		}
		d.Body.Close()
		u, err := url.Parse(raw)
		require.NoError(t, err)
		require.Equal(t, "https", u.Scheme)
		require.Nil(t, u.User)
		require.Empty(t, u.Port())
		_, err = netip.ParseAddr(u.Hostname())
		require.Error(t, err)
		host := "." + strings.ToLower(u.Hostname())
		require.True(t, strings.HasSuffix(host, ".fbsbx.com") || strings.HasSuffix(host, ".fbcdn.net") || strings.HasSuffix(host, ".whatsapp.net"), host)
	})
}
