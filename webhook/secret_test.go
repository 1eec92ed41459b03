package webhook_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

func TestWhatAScopeCovers(t *testing.T) {
	t.Parallel()
	both := webhook.Scope{Accounts: []string{"1", "2"}, Numbers: []string{"11"}}
	accounts := webhook.Scope{Accounts: []string{"1"}}
	numbers := webhook.Scope{Numbers: []string{"11"}}
	for _, tt := range []struct {
		name            string
		scope           webhook.Scope
		account, number string
		want            bool
	}{
		{"the zero scope covers nothing", webhook.Scope{}, "1", "11", false},
		{"the zero scope does not cover an item without names", webhook.Scope{}, "", "", false},
		{"all covers an account and a number", webhook.Scope{All: true}, "9", "99", true},
		{"all covers an item without names", webhook.Scope{All: true}, "", "", true},
		{"account and number are listed", both, "2", "11", true},
		{"the number is another's", both, "1", "22", false},
		{"the account is another's", both, "9", "11", false},
		{"an item of a listed account as a whole", both, "1", "", true},
		{"an item of another account as a whole", both, "9", "", false},
		{"an account without numbers covers what says to be of it", accounts, "1", "22", true},
		{"an account without numbers does not cover other accounts", accounts, "9", "22", false},
		{"an item that names no account is not of a listed one", accounts, "", "22", false},
		{"a number without accounts is covered under any", numbers, "9", "11", true},
		{"a number without accounts does not cover another", numbers, "9", "22", false},
		{"a number does not cover its account as a whole", numbers, "1", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.scope.Covers(tt.account, tt.number))
			stored, err := json.Marshal(tt.scope)
			require.NoError(t, err)
			var read webhook.Scope
			require.NoError(t, json.Unmarshal(stored, &read))
			require.Equal(t, tt.scope, read, "a scope survives being stored")
		})
	}
}

func TestDeliveriesSayWhatTheirSecretCovers(t *testing.T) {
	t.Parallel()
	ofB := webhook.Scope{Numbers: []string{"22"}}
	sink := &recorder{}
	h, _ := handler(t, sink, func(c *webhook.Config) {
		c.AppSecrets = []string{"of the house"}
		c.Secrets = []webhook.Secret{{Value: "of tenant b", Scope: ofB}}
	})
	for _, secret := range []string{"of tenant b", "of the house"} {
		require.Equal(t, 200, post(h, fixtures.Get("messages_text"), secret).Code)
	}
	require.Equal(t, ofB, sink.deliveries[0].Scope)
	require.Equal(t, 1, sink.deliveries[0].Secret)
	require.Equal(t, webhook.Scope{All: true}, sink.deliveries[1].Scope)

	d, err := webhook.Parse(fixtures.Get("messages_text"))
	require.NoError(t, err)
	require.True(t, d.Scope.IsZero(), "a body that nobody checked speaks for nobody")
}

// A host's table has a row for each number, and the numbers of an app have one secret.
func TestOneSecretMayStandThereForEachOfItsNumbers(t *testing.T) {
	t.Parallel()
	other := webhook.Secret{Value: "other", Scope: webhook.Scope{Numbers: []string{"9"}}}
	list := []webhook.Secret{
		{Value: testSecret, Scope: webhook.Scope{Accounts: []string{"1"}, Numbers: []string{"11"}}}, other,
		{Value: testSecret, Scope: webhook.Scope{Accounts: []string{"1"}, Numbers: []string{"12"}}},
		{Value: testSecret, Scope: webhook.Scope{Accounts: []string{"2"}, Numbers: []string{"21", "11"}}},
	}
	for name, change := range map[string]func(*webhook.Config){
		"Secrets": func(c *webhook.Config) { c.AppSecrets, c.Secrets = nil, list },
		"SecretsFor": func(c *webhook.Config) {
			c.AppSecrets, c.SecretsFor = nil, func(*http.Request) ([]webhook.Secret, error) { return list, nil }
		},
	} {
		sink := &recorder{}
		h, _ := handler(t, sink, change)
		require.Equal(t, 200, post(h, fixtures.Get("messages_text"), testSecret).Code, name)
		require.Equal(t, webhook.Scope{Accounts: []string{"1", "2"}, Numbers: []string{"11", "12", "21"}}, sink.deliveries[0].Scope, name)
		require.Equal(t, 0, sink.deliveries[0].Secret, name)
	}
	require.Equal(t, []string{"11"}, list[0].Scope.Numbers, "what the host gave is as it was")
	scope, ok := webhook.ScopeOf("other", list)
	require.True(t, ok)
	require.Equal(t, other.Scope, scope, "nothing of another secret's")
	_, ok = webhook.ScopeOf("nobody's", list)
	require.False(t, ok)
}

func TestScopesOfDifferentKindsAreNotJoined(t *testing.T) {
	t.Parallel()
	kinds := []webhook.Scope{{All: true}, {Accounts: []string{"1"}}, {Numbers: []string{"11"}}, {Accounts: []string{"1"}, Numbers: []string{"11"}}}
	for i, a := range kinds {
		for j, b := range kinds {
			scope, ok := webhook.ScopeOf("s", []webhook.Secret{{Value: "s", Scope: a}, {Value: "s", Scope: b}})
			require.Equal(t, i == j, ok, "%d %d", i, j)
			require.Equal(t, !ok, scope.IsZero())
		}
	}
}

func TestSecretsThatAreRefused(t *testing.T) {
	t.Parallel()
	all := webhook.Scope{All: true}
	for name, secrets := range map[string][]webhook.Secret{
		"an empty value":      {{Scope: all}},
		"white space":         {{Value: "\t ", Scope: all}},
		"a secret for nobody": {{Value: "s"}},
		"the same twice":      {{Value: "s", Scope: webhook.Scope{Numbers: []string{"1"}}}, {Value: "s", Scope: all}},
	} {
		_, err := webhook.NewHandler(webhook.Config{Secrets: secrets, VerifyToken: "t", Sink: &recorder{}})
		require.Error(t, err, name)
	}
	_, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{" "}, VerifyToken: "\n", Sink: &recorder{}})
	require.ErrorContains(t, err, "AppSecrets[0]")
	require.ErrorContains(t, err, "VerifyToken")
	_, err = webhook.NewVerifier("  ")
	require.ErrorIs(t, err, webhook.ErrSignature)
}

func TestPrintingASecretShowsNone(t *testing.T) {
	t.Parallel()
	s := webhook.Secret{Value: canarySecret, Scope: webhook.Scope{Accounts: []string{"1"}}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "list", []webhook.Secret{s})
	encoded, err := json.Marshal([]webhook.Secret{s})
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s", s, s, s, []webhook.Secret{s}), log.String(), string(encoded),
		fmt.Sprintf("%+v", webhook.Config{Secrets: []webhook.Secret{s}}),
	} {
		require.NotContains(t, text, canarySecret)
	}
}
