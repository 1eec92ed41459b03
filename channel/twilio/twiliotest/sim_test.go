package twiliotest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/internal/canarytest"
)

const line = "+13125550142"

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{twiliotest.UserConfig{}, twiliotest.Bubble{}, twiliotest.Choice{}, twiliotest.Media{}},
		Public: map[string]string{
			"Sim": "shows counts", "User": "shows nothing", "Config": "shows the account", "Faults": "figures", "Finding": "holds no text and no number",
			"Rule": "words", "ContentConfig": "about the business's own templates",
		},
		Words: true,
	})
	sim := twiliotest.New(twiliotest.Config{})
	dana := sim.AddUser(twiliotest.UserConfig{Name: "Dana Canary"})
	require.NotContains(t, fmt.Sprintf("%+v %+v", sim, dana), "Canary")
	require.NotContains(t, fmt.Sprintf("%+v %+v", twiliotest.Config{AuthToken: "sesame"}, sim), "sesame")
}

// send posts a message as any client would, and returns the status and the code.
func send(t *testing.T, sim *twiliotest.Sim, form url.Values) (status int, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://api.twilio.com/2010-04-01/Accounts/"+twiliotest.DefaultAccountSID+"/Messages.json", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(twiliotest.DefaultAccountSID, twiliotest.DefaultAuthToken)
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestTheAPIRefusesAsTwilioDoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change map[string]string
		status int
		code   string
	}{
		"a text":                         {nil, http.StatusCreated, `"status":"queued"`},
		"no recipient":                   {map[string]string{"To": ""}, http.StatusBadRequest, "21211"},
		"a recipient without the prefix": {map[string]string{"To": "+16505550123"}, http.StatusBadRequest, "21211"},
		"a sender of somebody else":      {map[string]string{"From": "whatsapp:+13125550199"}, http.StatusBadRequest, "63007"},
		"nothing to say":                 {map[string]string{"Body": ""}, http.StatusBadRequest, "21619"},
		"too much to say":                {map[string]string{"Body": strings.Repeat("x", 1601)}, http.StatusBadRequest, "21617"},
		"a content that is not there":    {map[string]string{"ContentSid": "HX0"}, http.StatusBadRequest, "21655"},
		"values without a content":       {map[string]string{"ContentVariables": "{}"}, http.StatusBadRequest, "21654"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			form := url.Values{"From": {"whatsapp:" + line}, "To": {"whatsapp:+16505550123"}, "Body": {"hi"}}
			for k, v := range c.change {
				form.Set(k, v)
			}
			status, body := send(t, sim, form)
			require.Equal(t, c.status, status)
			require.Contains(t, body, c.code)
		})
	}
}

func TestWhatNoCarefulClientDoesIsFound(t *testing.T) {
	t.Parallel()
	form := url.Values{"From": {"whatsapp:" + line}, "To": {"whatsapp:+16505550123"}, "Body": {"hi"}, "StatusCallback": {"https://desk.example/s?id=1"}}
	for rule, act := range map[twiliotest.Rule]func(*twiliotest.Sim, *twiliotest.User){
		twiliotest.RuleDoubleSend: func(s *twiliotest.Sim, u *twiliotest.User) {
			u.Text(line, "hello")
			send(t, s, form)
			send(t, s, form)
		},
		twiliotest.RuleWindow: func(s *twiliotest.Sim, _ *twiliotest.User) { send(t, s, form) },
		twiliotest.RuleNoCallback: func(s *twiliotest.Sim, u *twiliotest.User) {
			u.Text(line, "hello")
			send(t, s, url.Values{"From": form["From"], "To": form["To"], "Body": form["Body"]})
		},
		twiliotest.RuleWrongAck: func(s *twiliotest.Sim, u *twiliotest.User) {
			s.Connect("https://desk.example/s", http.NotFoundHandler())
			u.Text(line, "hello")
			s.Settle()
		},
		twiliotest.RuleLeakedCredentials: func(s *twiliotest.Sim, _ *twiliotest.User) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://mms.twiliocdn.com/stored/x", nil)
			r.SetBasicAuth("a", "b")
			s.ServeHTTP(httptest.NewRecorder(), r)
		},
	} {
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			act(sim, sim.AddUser(twiliotest.UserConfig{Phone: "+16505550123"}))
			found := sim.Audit()
			require.Len(t, found, 1)
			require.Equal(t, rule, found[0].Rule)
		})
	}
}

func TestStatusesComeInOrderUnlessTheyAreDisturbed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults twiliotest.Faults
		seen   []string
	}{
		"calm":     {twiliotest.Faults{}, []string{"sent", "delivered", "read"}},
		"reversed": {twiliotest.Faults{Reverse: true}, []string{"read", "delivered", "sent"}},
		"twice":    {twiliotest.Faults{Duplicate: true}, []string{"sent", "sent", "delivered", "delivered", "read", "read"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			u := sim.AddUser(twiliotest.UserConfig{Phone: "+16505550123"})
			u.Text(line, "hello")
			var seen []string
			sim.Connect("https://desk.example/in", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if assertForm(t, r).Get("MessageStatus") != "" {
					seen = append(seen, r.PostForm.Get("MessageStatus"))
				}
			}))
			sim.SetFaults(c.faults)
			send(t, sim, url.Values{"From": {"whatsapp:" + line}, "To": {"whatsapp:+16505550123"}, "Body": {"hi"}, "StatusCallback": {"https://desk.example/s?id=1"}})
			u.Reads(line)
			sim.Settle()
			require.Equal(t, c.seen, seen)
		})
	}
}

func TestWebhooksAreRepeatedAsTheAddressSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address string
		faults  twiliotest.Faults
		fails   int // so many are answered 500
		posts   int
		found   int
	}{
		"nothing is said":                     {"https://desk.example/in", twiliotest.Faults{}, 1, 1, 1},
		"one is lost":                         {"https://desk.example/in", twiliotest.Faults{Lose: true}, 0, 0, 0},
		"one is lost, and repeated":           {"https://desk.example/in#rc=1", twiliotest.Faults{Lose: true}, 0, 1, 0},
		"connections only are repeated":       {"https://desk.example/in#rc=5", twiliotest.Faults{}, 2, 1, 1},
		"answers are repeated, too":           {"https://desk.example/in#rc=5&rp=all", twiliotest.Faults{}, 2, 3, 2},
		"not more often than is asked for":    {"https://desk.example/in#rc=2&rp=ct,all", twiliotest.Faults{}, 9, 3, 3},
		"not more often than Twilio would":    {"https://desk.example/in#rc=99&rp=all", twiliotest.Faults{}, 9, 6, 6},
		"settings that cannot be read are no": {"https://desk.example/in#%zz", twiliotest.Faults{}, 9, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			posts := 0
			sim.Connect(c.address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if posts++; posts <= c.fails {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}))
			sim.SetFaults(c.faults)
			sim.AddUser(twiliotest.UserConfig{}).Text(line, "hello")
			require.Equal(t, 1, sim.Settle())
			require.Equal(t, c.posts, posts)
			require.Len(t, sim.Audit(), c.found)
		})
	}
}

func TestAReceiverThatChecksNothingIsFound(t *testing.T) {
	t.Parallel()
	sim := twiliotest.New(twiliotest.Config{})
	require.Empty(t, sim.Probe(), "there is nobody to attack")
	sim.Connect("https://desk.example/in", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	require.Len(t, sim.Probe(), 6)
	require.Len(t, sim.Audit(), 6)
	require.Equal(t, twiliotest.RuleForgedAccepted, sim.Audit()[0].Rule)

	sim = twiliotest.New(twiliotest.Config{})
	sim.Connect("https://desk.example/in", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Twilio-Signature") == "" { // it checks that there is one
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	require.Len(t, sim.Probe(), 5)
}

func assertForm(t *testing.T, r *http.Request) url.Values {
	t.Helper()
	if err := r.ParseForm(); err != nil {
		t.Error(err)
	}
	return r.PostForm
}
