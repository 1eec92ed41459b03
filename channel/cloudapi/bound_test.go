package cloudapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// against returns a client of a server that answers as f says.
func against(t *testing.T, token, secret string, f http.HandlerFunc) *cloudapi.Client {
	t.Helper()
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	c, err := cloudapi.New(cloudapi.Config{Token: token, AppSecret: secret, BaseURL: srv.URL, InsecureHTTP: true})
	require.NoError(t, err)
	return c
}

func TestAListThatGoesRoundEnds(t *testing.T) {
	t.Parallel()
	for _, ring := range []map[string]string{
		{"": "A", "A": "A"}, {"": "A", "A": "B", "B": "A"}, {"": "A", "A": "B", "B": "C", "C": "A"},
	} {
		asked := 0
		c := against(t, "EAAtoken", "", func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked > 20 {
				http.Error(w, `{"error":{"code":100}}`, http.StatusBadRequest)
				return
			}
			fmt.Fprintf(w, `{"data":[{"name":"t%d","language":"en","status":"APPROVED","category":"UTILITY","id":"%d"}],"paging":{"cursors":{"after":%q},"next":"https://x"}}`,
				asked, asked, ring[r.URL.Query().Get("after")])
		})
		var last error
		for _, err := range c.Account("1").Templates(t.Context(), cloudapi.TemplateQuery{}) {
			last = err
		}
		require.ErrorContains(t, last, "leads back")
		require.LessOrEqual(t, asked, len(ring)+1)
	}
}

func TestARefusalThatRepeatsTheTokenDoesNotShowIt(t *testing.T) {
	t.Parallel()
	token := "EAA" + strings.Repeat("Zk9", 60)
	const secret = "0123456789abcdef0123456789abcdef"
	for name, echo := range map[string]string{
		"the token": token, "its beginning": token[:100], "the secret": secret, "more around it": "x" + secret + "y", "a piece": token[10:40],
	} {
		for _, inHeader := range []bool{false, true} {
			c := against(t, token, secret, func(w http.ResponseWriter, _ *http.Request) {
				body := fmt.Sprintf(`{"error":{"code":131000,"message":"no","fbtrace_id":%q}}`, echo)
				if inHeader {
					w.Header().Set("X-Fb-Trace-Id", echo)
					body = `{"error":{"code":131000,"message":"no"}}`
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(body))
			})
			_, err := c.Number("1").Send(t.Context(), message.Outbound{To: message.Recipient{Phone: "13125550187"}, Content: &message.Text{Body: "x"}})
			refused, ok := errors.AsType[*cloudapi.Error](err)
			require.True(t, ok, name)
			require.Empty(t, refused.TraceID, name)
			require.NotContains(t, err.Error(), echo, name)
		}
	}
	c := against(t, token, secret, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":{"code":131000,"message":"no","fbtrace_id":"AbCdEfGhIjKlMnOpQrStUv_"}}`))
	})
	_, err := c.Number("1").Send(t.Context(), message.Outbound{To: message.Recipient{Phone: "13125550187"}, Content: &message.Text{Body: "x"}})
	require.ErrorContains(t, err, "AbCdEfGhIjKlMnOpQrStUv_", "a true one helps")
}

func TestNobodyMayAskForAWaitOfYears(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"946080000", "1e300", "Fri, 01 Jan 2100 00:00:00 GMT"} {
		c := against(t, "EAAtoken", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := c.Number("1").Send(t.Context(), message.Outbound{To: message.Recipient{Phone: "13125550187"}, Content: &message.Text{Body: "x"}})
		f, ok := message.FailureOf(err)
		require.True(t, ok)
		require.LessOrEqual(t, f.Retry.After, 24*time.Hour, after)
	}
}
