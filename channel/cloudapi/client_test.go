package cloudapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := cloudapi.New(cloudapi.Config{
		Token: "two words", TokenSource: cloudapi.TokenFunc(nil), Version: "26", BaseURL: "http://user:pw@graph.facebook.com/?a=b",
		MediaHosts: []string{"*", ""}, UserAgent: "a\r\nb",
	})
	require.Error(t, err)
	for _, part := range []string{
		"exactly one of Token and TokenSource", "printable ASCII without spaces", "Version must look like", "BaseURL must be",
		"MediaHosts[0]", "MediaHosts[1]", "UserAgent must be",
	} {
		require.Contains(t, err.Error(), part)
	}
	require.NotContains(t, err.Error(), "two words")
	require.NotContains(t, err.Error(), "pw@")
}

func TestTheZeroConfigIsRefused(t *testing.T) {
	t.Parallel()
	_, err := cloudapi.New(cloudapi.Config{})
	require.ErrorContains(t, err, "exactly one of Token and TokenSource")
}

func TestPlainHTTPNeedsToBeAskedFor(t *testing.T) {
	t.Parallel()
	cfg := cloudapi.Config{Token: token, BaseURL: "http://127.0.0.1:8080"}
	_, err := cloudapi.New(cfg)
	require.ErrorContains(t, err, "https")
	cfg.InsecureHTTP = true
	_, err = cloudapi.New(cfg)
	require.NoError(t, err)
	cfg.BaseURL = "ftp://127.0.0.1"
	_, err = cloudapi.New(cfg)
	require.ErrorContains(t, err, "https")
}

// secrets must not come out of anything that can be printed.
func TestPrintingShowsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := cloudapi.Config{Token: token, AppSecret: secret}
	c, err := cloudapi.New(cfg)
	require.NoError(t, err)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("x", "cfg", cfg, "ptr", &cfg, "client", c, "number", c.Number("1"), "account", c.Account("1"), "app", c.App("1"),
			"grant", cloudapi.Grant{Token: token},
			"blocked", cloudapi.BlockedUser{WAID: secret}, "result", cloudapi.BlockResult{Done: []cloudapi.BlockedUser{{WAID: secret}}},
			"failure", cloudapi.BlockFailure{User: cloudapi.BlockedUser{WAID: secret}}, "file", cloudapi.MediaInfo{URL: secret})
	}
	for _, v := range []any{cfg, &cfg, c, c.Number("1"), c.Account("1"), c.App("1"), c.Business("1"), cloudapi.Grant{Token: token}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		if _, isGrant := v.(cloudapi.Grant); !isGrant { // made to be stored by the host
			raw, err := json.Marshal(v)
			require.NoError(t, err)
			log.Write(raw)
		}
	}
	require.NotContains(t, log.String(), token)
	require.NotContains(t, log.String(), secret)
	require.Contains(t, log.String(), "graph.facebook.com", "something has to be shown")
}

func TestIdsCannotLeadElsewhere(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil)
	ctx := context.Background()
	for _, id := range []string{"", ".", "..", "1/messages", "1?x=y", "1#", "a b", "%2e%2e", "é", strings.Repeat("1", 600), "\n"} {
		_, err := c.Number(id).Send(ctx, hello)
		require.ErrorIs(t, err, message.ErrInvalid, "%q", id)
		require.ErrorIs(t, c.Number(id).MarkRead(ctx, "wamid.A", false), message.ErrInvalid)
		_, err = c.Number(id).Upload(ctx, message.Upload{MIME: "image/png", Body: strings.NewReader("x")})
		require.ErrorIs(t, err, message.ErrInvalid)
		_, err = c.Number(id).Info(ctx)
		require.ErrorIs(t, err, message.ErrInvalid)
		_, err = c.Number("1").Media(ctx, id)
		require.ErrorIs(t, err, message.ErrInvalid)
		_, err = c.Number(id).Media(ctx, "1")
		require.ErrorIs(t, err, message.ErrInvalid)
		_, err = c.Account(id).Info(ctx)
		require.ErrorIs(t, err, message.ErrInvalid)
		for _, err := range c.Account(id).Templates(ctx, cloudapi.TemplateQuery{}) {
			require.ErrorIs(t, err, message.ErrInvalid)
		}
		require.ErrorIs(t, c.Number("1").DeleteQRCode(ctx, id), message.ErrInvalid)
		_, err = c.App("1").ContinueUpload(ctx, id, message.Upload{Size: 1, Body: strings.NewReader("x")})
		require.ErrorIs(t, err, message.ErrInvalid)
	}
	require.Empty(t, s.got, "nothing may be sent")
}

func TestArgumentsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil)
	ctx, n, long := context.Background(), c.Number("1"), strings.Repeat("x", 600)
	group, user := message.Recipient{Group: "G"}, message.Recipient{Phone: "16505550123"}
	hours := func(h cloudapi.CallHours) cloudapi.Settings {
		return cloudapi.Settings{Calling: &cloudapi.CallSettings{Hours: &h}}
	}
	checks := map[string]error{
		"an invalid message":         second(n.Send(ctx, message.Outbound{})),
		"an upload without a type":   second(n.Upload(ctx, message.Upload{Body: strings.NewReader("x")})),
		"an upload without a body":   second(n.Upload(ctx, message.Upload{MIME: "image/png"})),
		"a profile of nothing":       n.UpdateProfile(ctx, cloudapi.ProfileChange{}),
		"settings of nothing":        n.UpdateSettings(ctx, cloudapi.Settings{}),
		"a flow of nothing":          c.Account("1").Flow("2").Update(ctx, cloudapi.FlowChange{}),
		"an empty about":             n.UpdateProfile(ctx, cloudapi.ProfileChange{About: new("")}),
		"three websites":             n.UpdateProfile(ctx, cloudapi.ProfileChange{Websites: []string{"https://a.example", "https://b.example", "https://c.example"}}),
		"a website without a scheme": n.UpdateProfile(ctx, cloudapi.ProfileChange{Websites: []string{"example.com"}}),
		"a long description":         n.UpdateProfile(ctx, cloudapi.ProfileChange{Description: &long}),
		"an empty QR text":           second(n.CreateQRCode(ctx, "", cloudapi.QRNone)),
		"a long QR text":             second(n.UpdateQRCode(ctx, "A", strings.Repeat("x", 141))),
		"five ice breakers":          n.SetAutomation(ctx, cloudapi.Automation{IceBreakers: make([]string, 5)}),
		"an empty ice breaker":       n.SetAutomation(ctx, cloudapi.Automation{IceBreakers: []string{""}}),
		"a long command":             n.SetAutomation(ctx, cloudapi.Automation{Commands: []cloudapi.Command{{Name: strings.Repeat("x", 33), Description: "d"}}}),
		"a call to a group":          second(n.StartCall(ctx, group, cloudapi.Session{}, "")),
		"a call with a long id":      n.AcceptCall(ctx, "c", cloudapi.Session{}, long),
		"a permission of a group":    second(n.CallPermission(ctx, group)),
		"a call without an offer":    second(n.StartCall(ctx, user, cloudapi.Session{}, "")),
		"a call with a long name":    second(n.StartCall(ctx, user, cloudapi.Session{SDP: "v=0"}, long)),
		"an answer without a call":   n.AcceptCall(ctx, "", cloudapi.Session{SDP: "v=0"}, ""),
		"an answer without a body":   n.PreAcceptCall(ctx, "c", cloudapi.Session{}),
		"the end of no call":         n.EndCall(ctx, ""),
		"an emoji in an ice breaker": n.SetAutomation(ctx, cloudapi.Automation{IceBreakers: []string{"Hi 👋"}}),
		"a code by pigeon":           n.RequestCode(ctx, "PIGEON", ""),
		"a code with a dash":         n.VerifyCode(ctx, "123-830"),
		"a PIN of five digits":       n.Register(ctx, "12345", ""),
		"a PIN of letters":           n.SetPIN(ctx, "abcdef"),
		"a name of one letter":       n.SetDisplayName(ctx, "L"),
		"a webhook without a token":  n.SetWebhook(ctx, cloudapi.Webhook{URL: "https://example.com/"}),
		"a webhook in plain text":    c.Account("1").Subscribe(ctx, cloudapi.Webhook{URL: "http://example.com/", VerifyToken: "v"}),
		"a webhook of 201 letters":   n.SetWebhook(ctx, cloudapi.Webhook{URL: "https://example.com/" + strings.Repeat("x", 181), VerifyToken: "v"}),
		"a number with a plus":       second(c.Account("1").AddNumber(ctx, cloudapi.NewNumber{CountryCode: "+1", Number: "3125550188", DisplayName: "Lucky"})),
		"a number without a name":    second(c.Account("1").AddNumber(ctx, cloudapi.NewNumber{CountryCode: "1", Number: "3125550188"})),
		"a bad username":             second(n.SetUsername(ctx, "www.shop", false)),
		"the history of nothing":     second(n.SyncApp(ctx, "")),
		"a reading of nothing":       n.MarkRead(ctx, "", false),
		"the block of a group":       second(n.Block(ctx, user, group)),
		"the block of nobody":        second(n.Unblock(ctx, message.Recipient{})),
		"three slots on a day":       n.UpdateSettings(ctx, hours(cloudapi.CallHours{Weekly: []cloudapi.OpeningTime{{Day: "MONDAY"}, {Day: "MONDAY"}, {Day: "MONDAY"}}})),
		"21 holidays":                n.UpdateSettings(ctx, hours(cloudapi.CallHours{Holidays: make([]cloudapi.Holiday, 21)})),
		"figures without a start":    second(c.Account("1").Messaging(ctx, cloudapi.MessagingQuery{End: day})),
		"figures of the past future": second(c.Account("1").Pricing(ctx, cloudapi.PricingQuery{Start: day, End: day})),
		"figures of no template":     second(collect(c.Account("1").TemplateFigures(ctx, cloudapi.TemplateFiguresQuery{Start: day, End: day.Add(time.Hour)}))),
		"the edit of no template":    c.Account("1").EditTemplate(ctx, template.Definition{}),
		"an empty sign-up code":      second(c.App("1").ExchangeCode(ctx, "")),
		"101 deletions":              c.Account("1").DeleteTemplates(ctx, make([]string, 101)...),
		"a deletion of nothing":      c.Account("1").DeleteTemplate(ctx, "", "1"),
		"501 migrations":             second(c.Account("1").MigrateTemplates(ctx, cloudapi.Migration{Count: 501})),
		"previews in no language":    second(c.Account("1").AuthPreviews(ctx, cloudapi.AuthPreviewQuery{})),
		"a session without a body":   second(c.App("1").ContinueUpload(ctx, "upload:A", message.Upload{Size: 1})),
		"a session without a size":   second(c.App("1").ContinueUpload(ctx, "upload:A", message.Upload{Body: strings.NewReader("x")})),
		"an upload of unknown size":  second(c.App("1").StartUpload(ctx, message.Upload{MIME: "image/png"})),
	}
	for name, err := range checks {
		require.ErrorIs(t, err, message.ErrInvalid, name)
		f, isFailer := message.FailureOf(err)
		require.True(t, isFailer, name)
		require.False(t, f.Uncertain, name)
		require.NotContains(t, err.Error(), "xxx", name)
	}
	_, err := c.Account("1").CreateTemplate(ctx, template.Definition{Name: "Bad Name"})
	require.ErrorIs(t, err, template.ErrInvalid)
	_, err = c.App("1").ExchangeCode(ctx, "code")
	require.ErrorContains(t, err, "AppSecret")
	require.ErrorContains(t, c.App("1").SetWebhook(ctx, cloudapi.Webhook{}), "AppSecret")
	require.Empty(t, s.got)
}

func second[T any](_ T, err error) error { return err }

func TestErrorsMapOntoTheSentinelsOfTheirConcept(t *testing.T) {
	t.Parallel()
	sentinels := []error{template.ErrNotSendable, message.ErrInvalid, message.ErrOutcomeUnknown}
	for code, want := range map[int]int{132001: 0, 132015: 0, 132016: 0, 100: 1, 131009: 1, 131000: 2} {
		c, _ := newClient(t, nil, answer{status: 400, body: fmt.Sprintf(`{"error":{"code":%d}}`, code)})
		_, err := c.Number("1").Send(context.Background(), hello)
		for i, sentinel := range sentinels {
			require.Equal(t, i == want, errors.Is(err, sentinel), "%d %v", code, sentinel)
		}
	}
	// The same code on a management call says nothing about a message.
	c, _ := newClient(t, nil, answer{status: 400, body: `{"error":{"code":100}}`})
	_, err := c.Number("1").Info(context.Background())
	require.NotErrorIs(t, err, message.ErrInvalid)
}

func TestErrorEnvelopesAreReadLeniently(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body              string
		status                  int
		code, subcode           int
		class                   message.Class
		details, title, traceID string
	}{
		{"the documented form", `{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,"error_subcode":2494055,"is_transient":false,
			"error_user_title":"T","error_user_msg":"M","error_data":{"messaging_product":"whatsapp","details":"D"},"fbtrace_id":"Az8or2"}}`, 400, 130429, 2494055, message.ClassThrottledNumber, "D", "T", "Az8or2"},
		{"details as a string", `{"error":{"code":100,"error_data":"plain"}}`, 400, 100, 0, message.ClassParameter, "plain", "", ""},
		{"details of another kind", `{"error":{"code":100,"error_data":{"blame_field_specs":[["name"]]}}}`, 400, 100, 0, message.ClassParameter, "", "", ""},
		{"a code as a string", `{"error":{"code":"131026","error_subcode":"7"}}`, 400, 131026, 7, message.ClassRecipient, "", "", ""},
		{"a code that is no number", `{"error":{"code":{"a":1},"fbtrace_id":"T"}}`, 400, 0, 0, message.ClassParameter, "", "", "T"},
		{"one field of another type", `{"error":{"message":{"x":1},"code":131026,"fbtrace_id":"T"}}`, 400, 131026, 0, message.ClassRecipient, "", "", "T"},
		{"HTML", `<html>CANARY</html>`, 404, 0, 0, message.ClassParameter, "", "", ""},
		{"an empty body", ``, 401, 0, 0, message.ClassAuth, "", "", ""},
		{"half an envelope", `{"error":{"code":131026,"mess`, 400, 0, 0, message.ClassParameter, "", "", ""},
		{"an error that is a string", `{"error":"invalid_request"}`, 400, 0, 0, message.ClassParameter, "", "", ""},
		{"a trace id that would break a log line", "{\"error\":{\"code\":10,\"fbtrace_id\":\"A\\nB\"}}", 403, 10, 0, message.ClassPermission, "", "", "A"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Retries = -1 }, answer{status: c.status, body: c.body})
			err := client.Number("1").MarkRead(context.Background(), "wamid.A", false)
			e, isError := errors.AsType[*cloudapi.Error](err)
			require.True(t, isError, "%v", err)
			require.Equal(t, []any{c.code, c.subcode, c.status, c.class, c.details, c.title, c.traceID},
				[]any{e.Code, e.Subcode, e.Status, e.Failure().Class, e.Details, e.UserTitle, e.TraceID})
			require.Equal(t, c.body, string(e.Body))
			require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %d %x", err, err, err, err, err, err), "CANARY")
		})
	}
}

func TestASuccessThatIsAnErrorInDisguiseIsAnError(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, nil, ok(`{"error":{"code":131047}}`))
	_, err := c.Number("1").Send(context.Background(), hello)
	e, isError := errors.AsType[*cloudapi.Error](err)
	require.True(t, isError)
	require.Equal(t, message.ClassWindowClosed, e.Failure().Class)
}

func TestTheReceiptIsReadInAllItsForms(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]message.Receipt{
		`{"contacts":[{"input":"US.1","user_id":"US.1"}],"messages":[{"id":"wamid.A"}]}`:                                           {ID: "wamid.A", BSUID: "US.1"},
		`{"contacts":[{"input":"G1","wa_id":"G1"}],"messages":[{"id":"wamid.A","group_id":"G1"}]}`:                                 {ID: "wamid.A", Group: "G1"},
		`{"messages":[{"id":"wamid.A","message_status":"held_for_quality_assessment"}]}`:                                           {ID: "wamid.A", Status: message.Held},
		`{"messages":[{"id":"wamid.A","message_status":"something_new","future":1}],"contacts":[],"messaging_product":"whatsapp"}`: {ID: "wamid.A", Status: "something_new"},
		`{"contacts":[{"wa_id":16505550123,"user_id":"US.1"}],"messages":[{"id":"wamid.A","message_status":"accepted"}]}`:          {ID: "wamid.A", BSUID: "US.1", Status: message.Accepted},
		`{"contacts":{"wa_id":"16505550123"},"messages":[{"id":"wamid.A","group_id":7,"message_status":{"state":"accepted"}}]}`:    {ID: "wamid.A"},
	} {
		c, _ := newClient(t, nil, ok(body))
		got, err := c.Number("1").Send(context.Background(), hello)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestMarketingMessagesHaveTheirOwnEndpoint(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, ok(acceptedJSON))
	var m template.Message
	require.NoError(t, json.Unmarshal([]byte(`{"name":"sale","language":{"code":"en"}}`), &m))
	_, err := c.Number("1").Send(context.Background(), message.Outbound{
		To: message.Recipient{Phone: "+16505550123"}, Content: &message.Template{Message: m}, Marketing: &message.Marketing{}, Lane: message.LaneBulk,
	})
	require.NoError(t, err)
	require.Equal(t, "/v26.0/1/marketing_messages", s.got[0].path)
	requireJSON(t, `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+16505550123","type":"template",
		"template":{"name":"sale","language":{"code":"en"}},"product_policy":"CLOUD_API_FALLBACK"}`, s.got[0].body)
}

func TestHooksSeeEveryCallAndNoContent(t *testing.T) {
	t.Parallel()
	type key struct{}
	var seen []string
	hooks := cloudapi.Hooks{
		CallStart: func(ctx context.Context, call cloudapi.CallInfo) context.Context {
			seen = append(seen, "start "+call.Op+" "+call.Object)
			return context.WithValue(ctx, key{}, "span")
		},
		CallDone: func(ctx context.Context, call cloudapi.CallInfo, r cloudapi.CallResult) {
			seen = append(seen, fmt.Sprintf("done %s %v %d %d %v", call.Op, ctx.Value(key{}), r.Attempts, r.Status, r.Err))
		},
	}
	c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Hooks = hooks }, ok(acceptedJSON), answer{status: 400, body: `{"error":{"code":131026}}`})
	_, err := c.Number("1").Send(context.Background(), hello)
	require.NoError(t, err)
	_, err = c.Number("1").Send(context.Background(), hello)
	require.Error(t, err)
	require.Equal(t, []string{
		"start send message 1", "done send message span 1 200 <nil>",
		"start send message 1", "done send message span 1 400 cloudapi: send message: graph error 131026, recipient_unreachable, HTTP 400",
	}, seen)
}

func TestAnOutdatedVersionIsReportedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	old := answer{status: 200, body: acceptedJSON, header: http.Header{"Facebook-Api-Version": {"v24.0"}}}
	c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Logger = slog.New(slog.NewTextHandler(&log, nil)) }, old, old)
	for range 2 {
		_, err := c.Number("1").Send(context.Background(), hello)
		require.NoError(t, err)
	}
	require.Equal(t, 1, strings.Count(log.String(), "another version"))
	require.Contains(t, log.String(), "served=v24.0")
}

func TestATokenSourceIsAskedEveryTimeAndSurvivesRotation(t *testing.T) {
	t.Parallel()
	tokens := []string{"old", "old", "new", "new"}
	source := cloudapi.TokenFunc(func(context.Context) (string, error) {
		next := tokens[0]
		tokens = tokens[1:]
		return next, nil
	})
	refused := answer{status: 401, body: `{"error":{"code":190,"message":"expired"}}`}
	use := func(cfg *cloudapi.Config) { cfg.Token, cfg.TokenSource, cfg.AppSecret = "", source, secret }
	c, s := newClient(t, use, ok(acceptedJSON), refused, ok(acceptedJSON))
	for range 2 {
		_, err := c.Number("1").Send(context.Background(), hello)
		require.NoError(t, err)
	}
	require.Equal(t, "Bearer old", s.got[0].header.Get("Authorization"))
	require.Equal(t, "Bearer old", s.got[1].header.Get("Authorization"))
	require.Equal(t, "Bearer new", s.got[2].header.Get("Authorization"))
	require.Equal(t, "appsecret_proof="+proofOf("new", secret), s.got[2].query)
}

func TestARefusedTokenIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	refused := answer{status: 401, body: `{"error":{"code":190,"message":"expired"}}`}
	for name, use := range map[string]func(*cloudapi.Config){
		"a fixed token": nil,
		"a source that has no other": func(cfg *cloudapi.Config) {
			cfg.Token, cfg.TokenSource = "", cloudapi.TokenFunc(func(context.Context) (string, error) { return "same", nil })
		},
	} {
		c, s := newClient(t, use, refused)
		_, err := c.Number("1").Send(context.Background(), hello)
		f, isFailer := message.FailureOf(err)
		require.True(t, isFailer)
		require.Equal(t, message.ClassAuth, f.Class, name)
		require.Len(t, s.got, 1, name)
	}
}

func TestATokenSourceThatFailsSendsNothing(t *testing.T) {
	t.Parallel()
	for _, source := range []cloudapi.TokenFunc{
		func(context.Context) (string, error) { return "", errors.New("vault is sealed") },
		func(context.Context) (string, error) { return "", nil },
		func(context.Context) (string, error) { return token + "\n", nil },
	} {
		c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.Token, cfg.TokenSource = "", source })
		_, err := c.Number("1").Send(context.Background(), hello)
		require.NotContains(t, err.Error(), token)
		f, isFailer := message.FailureOf(err)
		require.True(t, isFailer)
		require.Equal(t, message.ClassAuth, f.Class)
		require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
		require.Empty(t, s.got)
	}
}

func TestAPartialBlockTellsWhoFailed(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, nil, answer{status: 400, body: `{"messaging_product":"whatsapp","block_users":{"added_users":[{"input":"+16505550123","wa_id":"16505550123"}],
		"failed_users":[{"input":"+16505550124","wa_id":"16505550124","errors":[{"message":"m","code":131047,"error_data":{"details":"d"}}]}]},
		"error":{"message":"(#139100) Failed to block users","type":"OAuthException","code":139100,"fbtrace_id":"A"}}`})
	r, err := c.Number("1").Block(context.Background(), message.Recipient{Phone: "16505550123"}, message.Recipient{Phone: "16505550124"})
	e, isError := errors.AsType[*cloudapi.Error](err)
	require.True(t, isError)
	require.Equal(t, 139100, e.Code)
	require.Equal(t, []cloudapi.BlockedUser{{Input: "+16505550123", WAID: "16505550123"}}, r.Done)
	require.Len(t, r.Failed, 1)
	require.Equal(t, "16505550124", r.Failed[0].User.WAID)
	require.Equal(t, 131047, r.Failed[0].Failure.Code)
}

func TestWhoCouldNotBeBlockedIsAnErrorWhateverTheStatus(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, nil,
		ok(`{"block_users":{"failed_users":[{"input":"1","wa_id":"1","errors":[{"code":131021}]}]}}`),
		ok(`{"block_users":{"added_users":[{"wa_id":"1"}],"failed_users":[{"input":"2","errors":[{"code":131021}]}]},"error":{"code":139100}}`))
	n := c.Number("1")
	err := n.BlockUser(t.Context(), message.Recipient{Phone: "15550001"}, true)
	f, known := message.FailureOf(err)
	require.True(t, known, "the person can go on writing")
	require.Equal(t, 131021, f.Code)
	result, err := n.Block(t.Context(), message.Recipient{Phone: "15550001"}, message.Recipient{Phone: "15550002"})
	e, refused := errors.AsType[*cloudapi.Error](err)
	require.True(t, refused)
	require.Equal(t, 139100, e.Code)
	require.Len(t, result.Done, 1)
	require.Len(t, result.Failed, 1)
}

func TestARefusalIsNoSuccessWhateverTheStatus(t *testing.T) {
	t.Parallel()
	const refused = `{"error":{"message":"no","code":190}}`
	for name, call := range map[string]struct {
		body string
		do   func(*cloudapi.Client) error
	}{
		"without a result": {refused, func(c *cloudapi.Client) error { return c.Number("1").MarkRead(t.Context(), "wamid.1", false) }},
		"a setting":        {refused, func(c *cloudapi.Client) error { return c.Number("1").Register(t.Context(), "123456", "") }},
		"optional members": {refused, func(c *cloudapi.Client) error { _, err := c.Number("1").Info(t.Context()); return err }},
		"a list that is cut": {`{"data":[{"id":"1","name":"a"}],` + refused[1:], func(c *cloudapi.Client) error {
			for _, err := range c.Account("1").Templates(t.Context(), cloudapi.TemplateQuery{}) {
				return err
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, nil, ok(call.body))
			e, isError := errors.AsType[*cloudapi.Error](call.do(c))
			require.True(t, isError)
			require.Equal(t, 190, e.Code)
			require.Equal(t, message.ClassAuth, e.Failure().Class)
		})
	}
}

func TestManyBlocksTakeSeveralRequests(t *testing.T) {
	t.Parallel()
	c, s := newClient(t, nil, ok(`{"block_users":{"added_users":[{"wa_id":"1"}]}}`), answer{status: 400, body: `{"error":{"code":139100}}`}, ok(`{"block_users":{"added_users":[{"wa_id":"3"}]}}`))
	users := make([]message.Recipient, 2001)
	for i := range users {
		users[i].Phone = fmt.Sprintf("1650555%04d", i)
	}
	r, err := c.Number("1").Block(context.Background(), users...)
	require.Error(t, err)
	require.Len(t, s.got, 3)
	require.Equal(t, []cloudapi.BlockedUser{{WAID: "1"}, {WAID: "3"}}, r.Done)
}

func TestUsernames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"lucky.shrub": true, "a1_": true, "shop": true, strings.Repeat("a", 35): true,
		"ab": false, strings.Repeat("a", 36): false, ".abc": false, "abc.": false, "a..b": false, "123": false, "wwwshop": false,
		"shop.com": false, "Shop": false, "shöp": false, "": false, "...": false,
	} {
		require.Equal(t, want, cloudapi.ValidUsername(name), name)
	}
}

func TestThroughputIsReadOffTheNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		info cloudapi.NumberInfo
		want int
	}{
		{cloudapi.NumberInfo{ThroughputLevel: "STANDARD"}, 80},
		{cloudapi.NumberInfo{ThroughputLevel: "HIGH"}, 1000},
		{cloudapi.NumberInfo{ThroughputLevel: "HIGH", OnBizApp: true, Platform: "CLOUD_API"}, 20},
		{cloudapi.NumberInfo{ThroughputLevel: "NOT_APPLICABLE", OnBizApp: true, Platform: "NOT_APPLICABLE"}, 0},
		{cloudapi.NumberInfo{}, 0},
	} {
		require.Equal(t, c.want, c.info.Throughput())
	}
}
