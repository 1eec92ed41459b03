package flowdata_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
	"github.com/kanava-go/kanava/webhook"
)

var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	made := make([]*rsa.PrivateKey, 2)
	for i := range made {
		var err error
		if made[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return made
})

const endpoint = "https://desk.callback.test/flows"

// form is a person with an open flow, whose endpoint is a handler of ours. The phone is
// the simulator's: it shares no code with the handler.
type form struct {
	*cloudapitest.World
	app    *cloudapitest.App
	number *cloudapitest.Number
	user   *cloudapitest.User
	flow   *cloudapitest.Flow
	log    strings.Builder
}

func newForm(t *testing.T, key *rsa.PrivateKey, change func(*flowdata.Config)) *form {
	t.Helper()
	w, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))})
	require.NoError(t, err)
	f := &form{World: w, app: w.AddApp(cloudapitest.AppConfig{})}
	account := w.AddAccount(cloudapitest.AccountConfig{})
	f.number, f.user = account.AddNumber(cloudapitest.NumberConfig{}), w.AddUser(cloudapitest.UserConfig{Phone: "13125550143"})
	f.flow = account.AddFlow(cloudapitest.FlowConfig{Endpoint: endpoint, App: f.app})

	cfg := flowdata.Config{
		AppSecrets: []string{f.app.Secret}, Keys: keys(), Logger: slog.New(slog.NewTextHandler(&f.log, nil)),
		Answer: func(context.Context, *flowdata.Request) (flowdata.Response, error) {
			return flowdata.Response{Screen: "ASK"}, nil
		},
	}
	if change != nil {
		change(&cfg)
	}
	h, err := flowdata.NewHandler(cfg)
	require.NoError(t, err)
	w.Mount(endpoint, h)

	public, err := flowdata.PublicKey(key)
	require.NoError(t, err)
	token := f.app.Token(account)
	f.graph(t, token, f.number.ID+"/whatsapp_business_encryption", map[string]any{"business_public_key": public})
	f.user.Text(f.number, "hi")
	f.graph(t, token, f.number.ID+"/messages", map[string]any{
		"messaging_product": "whatsapp", "to": "+13125550143", "type": "interactive",
		"interactive": map[string]any{"type": "flow", "body": map[string]any{"text": "?"}, "action": map[string]any{
			"name": "flow", "parameters": map[string]any{"flow_message_version": "3", "flow_id": f.flow.ID, "flow_cta": "Open", "flow_token": "TOKEN-1", "flow_action": "data_exchange"},
		}},
	})
	w.Settle()
	return f
}

func (f *form) graph(t *testing.T, token, path string, body any) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+path, strings.NewReader(string(raw)))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := f.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

type booking struct {
	Day    string `json:"day"`
	People int    `json:"people"`
}

func TestAFormIsFilledInFromTheFirstScreenToTheAnswers(t *testing.T) {
	t.Parallel()
	screens := flowdata.NewScreens()
	screens.Init(func(_ context.Context, r *flowdata.Request) (flowdata.Response, error) {
		require.Equal(t, "TOKEN-1", r.Token)
		require.Nil(t, r.Data)
		return flowdata.Response{Screen: "DAY", Data: map[string]any{"days": []string{"Monday"}}}, nil
	})
	screens.Back("DAY", func(context.Context, *flowdata.Request) (flowdata.Response, error) {
		return flowdata.Response{Screen: "DAY", Data: booking{Day: "Tuesday"}}, nil
	})
	flowdata.On(screens, "DAY", func(_ context.Context, r *flowdata.Request, in booking) (flowdata.Response, error) {
		if in.People > 8 {
			return flowdata.Response{Screen: r.Screen, Error: "We have eight seats."}, nil
		}
		return flowdata.Finish(r, map[string]any{"day": in.Day}), nil
	})
	var reports []flowdata.ClientError
	f := newForm(t, keys()[0], func(cfg *flowdata.Config) {
		cfg.Answer = screens.Answer
		cfg.ClientError = func(_ context.Context, e flowdata.ClientError) { reports = append(reports, e) }
	})

	session, screen, err := f.user.OpenFlow(f.number)
	require.NoError(t, err)
	require.Equal(t, cloudapitest.FlowScreen{Screen: "DAY", Data: `{"days":["Monday"]}`}, screen)
	screen, err = session.Submit("DAY", `{"day":"Monday","people":9}`)
	require.NoError(t, err)
	require.Equal(t, cloudapitest.FlowScreen{Screen: "DAY", Data: `{"error_message":"We have eight seats."}`}, screen)
	screen, err = session.Back("DAY")
	require.NoError(t, err)
	require.JSONEq(t, `{"day":"Tuesday","people":0}`, screen.Data)
	require.NoError(t, session.Report("DAY", "invalid-screen-transition", "no such screen"))
	require.NoError(t, session.Report("DAY", "invalid-screen-transition", ""))
	require.Equal(t, []flowdata.ClientError{
		{Code: "invalid-screen-transition", Message: "no such screen", Screen: "DAY", Token: "TOKEN-1"},
		{Code: "invalid-screen-transition", Screen: "DAY", Token: "TOKEN-1"},
	}, reports)
	screen, err = session.Submit("DAY", `{"day":"Monday","people":2}`)
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", screen.Screen)
	require.JSONEq(t, `{"extension_message_response":{"params":{"flow_token":"TOKEN-1","day":"Monday"}}}`, screen.Data)
	require.NoError(t, f.flow.CheckEndpoint(f.number))
	require.Empty(t, f.log.String())
}

func TestEveryRefusalHasItsStatus(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	fails := func(err error) func(*flowdata.Config) {
		return func(cfg *flowdata.Config) {
			cfg.Answer = func(context.Context, *flowdata.Request) (flowdata.Response, error) { return flowdata.Response{}, err }
		}
	}
	answers := func(r flowdata.Response) func(*flowdata.Config) {
		return func(cfg *flowdata.Config) {
			cfg.Answer = func(context.Context, *flowdata.Request) (flowdata.Response, error) { return r, nil }
		}
	}
	for _, tc := range []struct {
		name    string
		key     *rsa.PrivateKey
		change  func(*flowdata.Config)
		status  int // 0 = answered
		message string
	}{
		{name: "the newest key opens"},
		{name: "the key before it opens, for phones keep it a while", key: keys()[1]},
		{name: "a key that was taken out makes the phone fetch the new one", key: other, status: 421},
		{name: "a secret of another app does not verify", change: func(cfg *flowdata.Config) { cfg.AppSecrets = []string{"other"} }, status: 432},
		{name: "one of several secrets verifies", change: func(cfg *flowdata.Config) { cfg.AppSecrets = append([]string{"other"}, cfg.AppSecrets...) }},
		{name: "an error of the host", change: fails(errors.New("CANARY")), status: 500},
		{name: "a token that is spent", change: fails(fmt.Errorf("CANARY: %w", &flowdata.TokenError{Message: "It was sent already."})), status: 427, message: "It was sent already."},
		{name: "a token that is spent, in WhatsApp's words", change: fails(&flowdata.TokenError{}), status: 427},
		{name: "a response without a screen", change: answers(flowdata.Response{}), status: 500},
		{name: "a response whose data is a list", change: answers(flowdata.Response{Screen: "A", Data: []int{1}}), status: 500},
		{name: "a response whose data JSON cannot write", change: answers(flowdata.Response{Screen: "A", Data: make(chan int)}), status: 500},
		{name: "a response whose data is a nil pointer", change: answers(flowdata.Response{Screen: "A", Data: (*booking)(nil)}), status: 500},
		{name: "a screen that nobody answers for", change: func(cfg *flowdata.Config) { cfg.Answer = flowdata.NewScreens().Answer }, status: 500},
		{name: "a request that is too large", change: func(cfg *flowdata.Config) { cfg.MaxBody = 10 }, status: 413},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			key := tc.key
			if key == nil {
				key = keys()[0]
			}
			f := newForm(t, key, tc.change)
			_, screen, err := f.user.OpenFlow(f.number)
			require.NotContains(t, f.log.String(), "CANARY")
			if tc.status == 0 {
				require.NoError(t, err)
				require.Equal(t, cloudapitest.FlowScreen{Screen: "ASK", Data: "{}"}, screen)
				return
			}
			refused, ok := errors.AsType[*cloudapitest.FlowStatusError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, cloudapitest.FlowStatusError{Status: tc.status, Message: tc.message}, *refused)
			require.Contains(t, f.log.String(), fmt.Sprint("status=", tc.status))
		})
	}
}

func TestDataOfAnotherFormIsAnErrorAndQuotesNothing(t *testing.T) {
	t.Parallel()
	screens := flowdata.NewScreens()
	flowdata.On(screens, "DAY", func(context.Context, *flowdata.Request, booking) (flowdata.Response, error) {
		t.Error("called with data that does not fit")
		return flowdata.Response{}, nil
	})
	_, err := screens.Answer(t.Context(), &flowdata.Request{Action: flowdata.Exchange, Screen: "DAY", Data: json.RawMessage(`{"people":"CANARY"}`)})
	require.ErrorIs(t, err, flowdata.ErrData)
	require.NotContains(t, err.Error(), "CANARY")
	for _, r := range []flowdata.Request{{Action: "FUTURE", Screen: "DAY"}, {Action: flowdata.Exchange, Screen: "X"}, {Action: flowdata.Back, Screen: "DAY"}, {Action: flowdata.Init}} {
		_, err := screens.Answer(t.Context(), &r)
		require.ErrorIs(t, err, flowdata.ErrScreen)
	}
}

func TestAHostThatTakesTooLongIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	keys() // outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		f := newForm(t, keys()[0], func(cfg *flowdata.Config) {
			cfg.Answer = func(ctx context.Context, _ *flowdata.Request) (flowdata.Response, error) {
				<-ctx.Done()
				return flowdata.Response{}, ctx.Err()
			}
		})
		_, _, err := f.user.OpenFlow(f.number)
		refused, ok := errors.AsType[*cloudapitest.FlowStatusError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, http.StatusServiceUnavailable, refused.Status)
	})
}

// explosive is data that cannot be written.
type explosive struct{}

func (explosive) MarshalJSON() ([]byte, error) { panic("secret words") }

func TestAHostThatPanicsIsAnswered500AndQuotedNowhere(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(context.Context, *flowdata.Request) (flowdata.Response, error){
		"in Answer": func(context.Context, *flowdata.Request) (flowdata.Response, error) { panic("secret words") },
		"in what writes the data": func(context.Context, *flowdata.Request) (flowdata.Response, error) {
			return flowdata.Response{Screen: "DAY", Data: map[string]any{"x": explosive{}}}, nil
		},
	} {
		f := newForm(t, keys()[0], func(c *flowdata.Config) { c.Answer = answer })
		_, _, err := f.user.OpenFlow(f.number)
		var refused *cloudapitest.FlowStatusError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, http.StatusInternalServerError, refused.Status, name)
		require.Contains(t, f.log.String(), "panicked", name)
		require.NotContains(t, f.log.String(), "secret words", name)
	}
}

func TestAReportOfAPhoneIsAcknowledgedThoughTheHostPanics(t *testing.T) {
	t.Parallel()
	f := newForm(t, keys()[0], func(c *flowdata.Config) {
		c.Answer = func(context.Context, *flowdata.Request) (flowdata.Response, error) {
			return flowdata.Response{Screen: "DAY"}, nil
		}
		c.ClientError = func(context.Context, flowdata.ClientError) { panic("secret words") }
	})
	session, _, err := f.user.OpenFlow(f.number)
	require.NoError(t, err)
	require.NoError(t, session.Report("DAY", "invalid-screen-transition", "no such screen"))
	require.Contains(t, f.log.String(), "panicked")
	require.NotContains(t, f.log.String(), "secret words")
}

func TestRequestsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	h, err := flowdata.NewHandler(flowdata.Config{AppSecrets: []string{"s"}, Keys: keys(), Answer: flowdata.NewScreens().Answer})
	require.NoError(t, err)
	for _, tc := range []struct {
		name, method, body, signature string
		status                        int
	}{
		{"a GET", http.MethodGet, "", "", 405},
		{"no signature", http.MethodPost, "{}", "", 432},
		{"a signature of other bytes", http.MethodPost, "{}", webhook.Sign("s", []byte("{} ")), 432},
		{"no JSON", http.MethodPost, "x", webhook.Sign("s", []byte("x")), 421},
		{"a request in the clear", http.MethodPost, `{"action":"ping"}`, webhook.Sign("s", []byte(`{"action":"ping"}`)), 421},
		{"no base64", http.MethodPost, `{"encrypted_flow_data":"%"}`, webhook.Sign("s", []byte(`{"encrypted_flow_data":"%"}`)), 421},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(tc.method, "/", strings.NewReader(tc.body))
			r.Header.Set(webhook.SignatureHeader, tc.signature)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			require.Equal(t, tc.status, rec.Code)
			require.Empty(t, rec.Body.String())
			rec = httptest.NewRecorder()
			new(flowdata.Handler).ServeHTTP(rec, r)
			require.Equal(t, 432, rec.Code, "the zero Handler refuses")
		})
	}
}

func TestNewHandlerReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	_, err = flowdata.NewHandler(flowdata.Config{AppSecrets: []string{" "}, Keys: []*rsa.PrivateKey{nil, weak, {}}, MaxBody: -1})
	require.EqualError(t, err, strings.Join([]string{
		"flowdata: new handler: AppSecrets needs at least one secret, and none that is empty",
		"flowdata: new handler: Keys[0] is empty",
		"flowdata: new handler: Keys[1] has 1024 bits, needed are 2048",
		"flowdata: new handler: Keys[2] is empty",
		"flowdata: new handler: Answer is needed",
		"flowdata: new handler: MaxBody, BodyTimeout and Timeout must not be negative",
	}, "\n"))
	_, err = flowdata.NewHandler(flowdata.Config{})
	require.ErrorContains(t, err, "Keys needs at least one key")
	require.ErrorContains(t, err, "AppSecrets")
	_, err = flowdata.NewHandler(flowdata.Config{Keys: keys(), Answer: flowdata.NewScreens().Answer, InsecureSkipSignature: true})
	require.NoError(t, err)
}

func TestKeysAreReadInBothForms(t *testing.T) {
	t.Parallel()
	key := keys()[0]
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for _, block := range []pem.Block{{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		got, err := flowdata.ParseKey(pem.EncodeToMemory(&block))
		require.NoError(t, err)
		require.True(t, key.Equal(got))
	}
	for _, bad := range []string{"", "CANARY", "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n"} {
		_, err := flowdata.ParseKey([]byte(bad))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "CANARY")
	}
	_, err = flowdata.PublicKey(nil)
	require.Error(t, err)
}

func TestAFieldNamedErrorIsFilledInLikeAnyOther(t *testing.T) {
	t.Parallel()
	type fault struct {
		Error string `json:"error"`
		Where string `json:"where"`
	}
	var got []fault
	screens := flowdata.NewScreens()
	screens.Init(func(context.Context, *flowdata.Request) (flowdata.Response, error) {
		return flowdata.Response{Screen: "FAULT"}, nil
	})
	flowdata.On(screens, "FAULT", func(_ context.Context, r *flowdata.Request, in fault) (flowdata.Response, error) {
		got = append(got, in)
		return flowdata.Finish(r, nil), nil
	})
	f := newForm(t, keys()[0], func(cfg *flowdata.Config) {
		cfg.Answer = screens.Answer
		cfg.ClientError = func(context.Context, flowdata.ClientError) { t.Error("it is no report of a phone") }
	})
	session, _, err := f.user.OpenFlow(f.number)
	require.NoError(t, err)
	screen, err := session.Submit("FAULT", `{"error":"it does not start","where":"kitchen"}`)
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", screen.Screen)
	require.Equal(t, []fault{{"it does not start", "kitchen"}}, got)
}
