package cloudapitest_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// TestNothingPrintsSecretsOrPeople puts a canary into every place that can hold one
// and looks for it in everything that can be printed.
func TestNothingPrintsSecretsOrPeople(t *testing.T) {
	t.Parallel()
	const name, phone, text, secret, verify = "Canary Birdsong", "13125550199", "canary text", "canary-secret", "canary-verify"
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))

	appCfg, userCfg := cloudapitest.AppConfig{Secret: secret, VerifyToken: verify}, cloudapitest.UserConfig{Name: name, Phone: phone}
	w, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
	require.NoError(t, err)
	app, account, user := w.AddApp(appCfg), w.AddAccount(cloudapitest.AccountConfig{}), w.AddUser(userCfg)
	number := account.AddNumber(cloudapitest.NumberConfig{})
	id := user.Text(number, text)
	var seen *cloudapitest.Request
	w.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict { seen = r; return cloudapitest.Pass() })
	for _, body := range []string{
		`{"messaging_product":"whatsapp","to":"` + phone + `","type":"text","text":{"body":"` + text + `"},"biz_opaque_callback_data":"` + name + `"}`,
		`{"messaging_product":"whatsapp","to":"` + phone + `","` + name + `":"` + text + `"}`,
		`{"` + text,
	} {
		req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+number.ID+"/messages", strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+app.Token(account))
		_, err = w.Client().Do(req)
		require.NoError(t, err)
	}
	_, tapErr := user.Tap(number, text)
	_, replyErr := user.Reply(number, id+"x", text)
	_, templateErr := account.AddTemplate(`{"name":"` + name + `","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"` + text + `"}]}`)
	subscribeErr := w.SubscribeURL(app, account, "https://"+verify+".test/"+phone)
	announceErr := w.Announce(account, number, "messages", text)
	require.Error(t, tapErr)
	for _, v := range []any{
		appCfg, app, userCfg, user, seen, user.Sees(number)[0], user.Sees(number), w.Audit(),
		tapErr, replyErr, templateErr, subscribeErr, announceErr,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", v)
		}
		logger.Info("x", "v", v)
	}
	for _, canary := range []string{name, phone, text, secret, verify, id} {
		require.NotContains(t, out.String(), canary)
	}
	require.NotContains(t, out.String(), app.Token(account))
}
