package onboard_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/internal/canarytest"
)

func TestNoPrintedValueShowsASecretNumberOrName(t *testing.T) {
	t.Parallel()
	canarytest.Test(t, canarytest.Package{
		Values: []any{onboard.Plan{}, onboard.WebhookPlan{}, onboard.Answers{}},
		Public: map[string]string{
			"State": "has a test of its own", "Config": "has a test of its own", "ProfilePlan": "what the business shows to everybody", "Guide": "holds nothing that is exported",
			"Step": "our own words", "Remark": "our own words", "Progress": "our own words", "Prompt": "our own words",
			"Report": "our own words and Meta's", "Check": "our own words and Meta's", "Change": "our own words and Meta's",
			"Signup": "ids and Meta's words", "Place": "ids and Meta's words", "Target": "ids, and an address that the host gave", "ProbeResult": "a host and our own words",
		},
		Shown: map[string]string{"Plan.AppID": "an id", "Plan.AccountID": "an id", "Plan.NumberID": "an id"},
		Words: true,
	})
}

// printed prints a value in every way that happens by accident.
func printed(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
		fmt.Fprintf(&b, verb+"\n", []any{v})
	}
	return b.String()
}

func TestNoConfigShowsASecret(t *testing.T) {
	t.Parallel()
	cfg := onboard.Config{Graph: cloudapi.Config{Token: "EAAcanarytoken", AppSecret: "canarysecret"}, VerifyToken: "canaryverify"}
	js, err := json.Marshal(cfg)
	require.NoError(t, err)
	for _, shown := range []string{printed(t, cfg), printed(t, &cfg), string(js)} {
		require.NotContains(t, shown, "canary")
		require.NotContains(t, shown, "63616e617279")
	}
}

func TestAStateHoldsNoSecretAndPrintsNeitherNumberNorName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(t, err)
	code := ""
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind == onboard.PromptCode {
			code = s.code()
		}
		return s.willing(p)
	}
	st := s.run(s.begin(s.plan()))
	stored, err := json.Marshal(st)
	require.NoError(t, err)
	require.Len(t, code, 6)
	for _, secret := range []string{s.token, s.app.Secret, verifyToken, pin, code, "wamid"} {
		require.False(t, strings.Contains(string(stored), secret))
	}
	for _, shown := range []string{printed(t, st), printed(t, *st), printed(t, st.Plan()), printed(t, s.told)} {
		require.False(t, strings.Contains(shown, phone[1:]) || strings.Contains(shown, "Helsinki"))
	}
}
