package cloudapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

const (
	token  = "EAAJcanarytoken"
	secret = "canary-app-secret"
)

// exchange is one request and its answer.
type exchange struct {
	method, path, query string
	header              http.Header
	body                []byte
}

// script is a Graph API that answers with what it is told, in order, and keeps
// the requests. It needs no socket.
type script struct {
	t       testing.TB
	answers []answer
	got     []exchange
}

type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

func ok(body string) answer { return answer{status: 200, body: body} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	x := exchange{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, header: r.Header.Clone()}
	if r.Body != nil {
		x.body, _ = io.ReadAll(r.Body)
	}
	s.got = append(s.got, x)
	require.NotEmpty(s.t, s.answers, "an unexpected request: %s %s", r.Method, r.URL.Path)
	a := s.answers[0]
	s.answers = s.answers[1:]
	if a.err != nil {
		return nil, a.err
	}
	h := a.header
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.body)),
		ContentLength: int64(len(a.body)), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

func newClient(t testing.TB, change func(*cloudapi.Config), answers ...answer) (*cloudapi.Client, *script) {
	t.Helper()
	s := &script{t: t, answers: answers}
	cfg := cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: s}}
	if change != nil {
		change(&cfg)
	}
	c, err := cloudapi.New(cfg)
	require.NoError(t, err)
	return c, s
}

func requireJSON(t testing.TB, want string, got []byte) {
	t.Helper()
	var w, g any
	require.NoError(t, json.Unmarshal([]byte(want), &w))
	require.NoError(t, json.Unmarshal(got, &g), "%s", got)
	require.Empty(t, cmp.Diff(w, g))
}

var hello = message.Outbound{
	To: message.Recipient{Phone: "16505550123"}, Content: &message.Text{Body: "Hello"}, OpaqueID: "our-1",
}

const helloJSON = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+16505550123","type":"text",
	"text":{"body":"Hello"},"biz_opaque_callback_data":"our-1"}`

const acceptedJSON = `{"messaging_product":"whatsapp","contacts":[{"input":"+16505550123","wa_id":"16505550123","user_id":"US.1"}],
	"messages":[{"id":"wamid.HBgL","message_status":"accepted"}]}`

func TestSendIsOneDocumentedRequest(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.AppSecret = secret; cfg.UserAgent = "helpdesk/2" }, ok(acceptedJSON))
	r, err := c.Number("106540352242922").Send(context.Background(), hello)
	require.NoError(t, err)
	require.Equal(t, message.Receipt{ID: "wamid.HBgL", WAID: "16505550123", BSUID: "US.1", Status: message.Accepted}, r)

	require.Len(t, s.got, 1)
	x := s.got[0]
	require.Equal(t, "POST", x.method)
	require.Equal(t, "/v26.0/106540352242922/messages", x.path)
	require.Equal(t, "appsecret_proof="+proofOf(token, secret), x.query)
	require.Equal(t, "Bearer "+token, x.header.Get("Authorization"))
	require.Equal(t, "application/json", x.header.Get("Content-Type"))
	require.Equal(t, "helpdesk/2 kanava-cloudapi/1", x.header.Get("User-Agent"))
	requireJSON(t, helloJSON, x.body)
}

func TestARefusedSendIsTypedAndNotRepeated(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, answer{status: 400, body: `{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047,
		"error_data":{"messaging_product":"whatsapp","details":"Message failed to send because more than 24 hours have passed to 16505550123"},"fbtrace_id":"Az8or2yhqkZfEZ-_4Qn_Bam"}}`})
	_, err := c.Number("1").Send(context.Background(), hello)
	require.ErrorIs(t, err, window.ErrClosed)
	require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
	e, isError := errors.AsType[*cloudapi.Error](err)
	require.True(t, isError)
	require.Equal(t, 131047, e.Code)
	require.Contains(t, e.Details, "24 hours")
	require.Equal(t, message.ClassWindowClosed, e.Failure().Class)
	require.Equal(t, `cloudapi: send message: graph error 131047, window_closed, HTTP 400, trace Az8or2yhqkZfEZ-_4Qn_Bam`, err.Error())
	require.Len(t, s.got, 1)
}

func TestMarkReadAndTyping(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, ok(`{"success":true}`), ok(`{"success":true}`))
	n := c.Number("1")
	require.NoError(t, n.MarkRead(context.Background(), "wamid.A", false))
	require.NoError(t, n.MarkRead(context.Background(), "wamid.A", true))
	requireJSON(t, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.A"}`, s.got[0].body)
	requireJSON(t, `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.A","typing_indicator":{"type":"text"}}`, s.got[1].body)
}
