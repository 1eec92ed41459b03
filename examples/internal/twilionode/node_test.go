// Package twilionode runs Twilio's helper library for Node.js against twiliotest and against
// what package twilio signs and verifies.
package twilionode

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/examples/internal/npmtest"
)

const (
	line  = "+13125550142"
	hook  = "https://desk.example/twilio?tenant=7"
	token = twiliotest.DefaultAuthToken
)

// signed is a webhook as the simulator posted it.
type signed struct {
	URL       string            `json:"url"`
	Form      map[string]string `json:"form"`
	Signature string            `json:"signature"`
}

func TestTwiliosOwnLibrary(t *testing.T) {
	dir := npmtest.Install(t, "client")
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddSender(line)
	robin := sim.AddUser(twiliotest.UserConfig{Name: "Robin Ä & Co", Phone: "+16505550123"})
	content := sim.AddContent(twiliotest.ContentConfig{Name: "we_answered", Value: `{"body":"Hello {{1}}, we have an answer."}`})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)

	var posts []signed
	sim.Connect(hook, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		p := signed{URL: r.URL.String(), Form: map[string]string{}, Signature: r.Header.Get(twilio.SignatureHeader)}
		for k := range r.PostForm {
			p.Form[k] = r.PostForm.Get(k)
		}
		posts = append(posts, p)
	}))
	robin.Text(line, "Grüße 👋 & <b>50 %</b>")
	robin.Place(line, 61.4978, 23.761, "Office", "Main Street 1")
	sim.Settle()
	require.Len(t, posts, 2)

	const body = `{"property": "value", "boolean": true}`
	bodyURL, bodySignature := twilio.SignBody(token, hook, []byte(body))
	env, err := json.Marshal(map[string]any{
		"base": server.URL, "account": twiliotest.DefaultAccountSID, "token": token, "from": "whatsapp:" + line, "to": "whatsapp:" + robin.Phone(),
		"content": content, "callback": "https://desk.example/twilio?id=1", "hook": hook, "signed": posts,
		"body": map[string]string{"url": bodyURL, "signature": bodySignature, "text": body},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "client.mjs")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SIMULATOR="+string(env), "NO_PROXY=localhost,127.0.0.1", "no_proxy=localhost,127.0.0.1", "HTTP_PROXY=", "http_proxy=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	steps := map[string]json.RawMessage{}
	for l := range strings.Lines(string(out)) {
		var s struct {
			Step  string
			Value json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(l), &s), l)
		steps[s.Step] = s.Value
	}

	// Its client sends through the simulator.
	sees := robin.Sees(line)
	require.Len(t, sees, 2)
	require.Equal(t, "from the helper library", sees[0].Text)
	require.Equal(t, "Hello Robin, we have an answer.", sees[1].Text)
	require.JSONEq(t, `"`+sees[0].SID+`"`, string(steps["text"]))
	require.Contains(t, string(steps["contents"]), "made by the library")
	require.JSONEq(t, `"20.00"`, string(steps["balance"]))
	require.JSONEq(t, `["whatsapp:`+line+`"]`, string(steps["senders"]))
	require.JSONEq(t, `["`+line+`"]`, string(steps["numbers"]))
	require.JSONEq(t, `63007`, string(steps["refused"]))
	require.Empty(t, sim.Audit())

	// Its validator accepts what the simulator and the package sign, and nothing else.
	require.JSONEq(t, `[true,true]`, string(steps["accepted"]))
	require.JSONEq(t, `[false,false]`, string(steps["forged"]))
	require.JSONEq(t, `true`, string(steps["body"]))

	// The package accepts what the library signs.
	var made []struct {
		Form      map[string]any
		Signature string
	}
	require.NoError(t, json.Unmarshal(steps["signs"], &made))
	require.Len(t, made, 4)
	for _, m := range made {
		form := url.Values{}
		for k, v := range m.Form {
			switch v := v.(type) {
			case string:
				form.Add(k, v)
			case []any:
				for _, x := range v {
					form.Add(k, x.(string))
				}
			}
		}
		require.NoError(t, twilio.Verify(token, hook, form, m.Signature))
		form.Set("Body", "forged")
		require.ErrorIs(t, twilio.Verify(token, hook, form, m.Signature), twilio.ErrSignature)
	}
}
