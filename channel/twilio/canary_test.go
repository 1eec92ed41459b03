package twilio_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/internal/canarytest"
	"github.com/kanava-go/kanava/webhook"
)

func TestNoPrintedValueShowsAPerson(t *testing.T) {
	t.Parallel()
	public := map[string]string{}
	for _, name := range []string{
		"Config", "Client", "Number", "Handler", "HandlerConfig", "NumberID", "Error", "TransportError", "LimitError",
		"Templates", "Content", "Approval", "Credits", "CreditsConfig", "Balance", "NumberQuery", "NumberKind",
		"AvailableNumber", "OwnedNumber", "Sender", "SenderStatus",
	} {
		public[name] = "about the business's own account, numbers and templates"
	}
	canarytest.Test(t, canarytest.Package{Public: public, Words: true})
}

func TestNoPrintedValueShowsASecret(t *testing.T) {
	t.Parallel()
	const secret = "sesame-sesame-sesame"
	cfg := twilio.Config{AccountSID: account, AuthToken: secret, StatusURL: public, HTTPClient: http.DefaultClient}
	c, err := twilio.New(cfg)
	require.NoError(t, err)
	key := twilio.Config{AccountSID: account, APIKey: "SK", APISecret: secret}
	h := twilio.HandlerConfig{AuthTokens: []string{secret}, Secrets: []webhook.Secret{{Value: secret}}, PublicURL: public}
	handler := newHandler(t, twilio.HandlerConfig{AuthTokens: []string{secret}, PublicURL: public, Sink: &inbox{}})
	for name, v := range map[string]any{
		"config": cfg, "config with a key": key, "client": c, "number": c.Number(line), "handler config": h, "pointer": &cfg, "handler": handler,
	} {
		var logs bytes.Buffer
		slog.New(slog.NewJSONHandler(&logs, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&logs, nil)).Info("x", "v", v)
		raw, err := json.Marshal(v)
		require.NoError(t, err)
		for _, text := range []string{fmt.Sprintf("%v %+v %#v", v, v, v), logs.String(), string(raw)} {
			require.NotContains(t, text, secret, name)
		}
	}
}
