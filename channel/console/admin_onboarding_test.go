package console_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
)

func lists(all ...console.Checklist) func(*console.Config) {
	return func(c *console.Config) {
		c.Onboarding = func(context.Context, access.Actor) ([]console.Checklist, error) { return all, nil }
	}
}

func TestAnAdministratorSeesHowFarEachNumberIs(t *testing.T) {
	support := console.Checklist{Channel: "support", Again: time.Unix(1e9, 0), Steps: []console.ChecklistStep{
		{ID: "token", Status: "done"}, {ID: "ownership", Status: "waiting_for_you", Text: "A code was sent.", Do: "Type the code.", Link: "https://business.example/x"},
		{ID: "name", Optional: true, Status: "waiting_for_meta", Again: time.Unix(1e9, 0)}, {ID: "hologram", Title: "A later step", Status: "blocked", Link: "javascript:alert(1)"},
	}}
	other := console.Checklist{Channel: "other", Name: "Secret plan", Live: true, Checks: []console.ChecklistCheck{{ID: "quality", Grade: "fail", Value: "RED"}}}
	with(t, lists(other, support, console.Checklist{Name: "No channel yet"}), func(t *testing.T, s *site) {
		page := s.get(sara, "/admin/onboarding")
		require.Equal(t, http.StatusOK, page.Code)
		for _, text := range []string{
			"Support", "1 / 3", "Access token", "waits for you", "Type the code.", `href="https://business.example/x"`, "waits for Meta", "A later step", "blocked",
			"not yet live", `aria-current="page">Channels`, `aria-current="page">Connecting numbers`,
		} {
			require.Contains(t, page.text, text)
		}
		for _, text := range []string{"javascript:", "Secret plan", "No channel yet"} {
			require.NotContains(t, page.text, text)
		}
		all := s.get(root, "/admin/onboarding").text
		for _, text := range []string{"Secret plan", "No channel yet", "RED", "not in order"} {
			require.Contains(t, all, text)
		}
		require.Equal(t, http.StatusForbidden, s.get(alice, "/admin/onboarding").Code)
	})
}

func TestWithoutAChecklistThereIsNoPageOfIt(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		require.Equal(t, http.StatusForbidden, s.get(root, "/admin/onboarding").Code)
		require.NotContains(t, s.get(root, "/admin/channels").text, "/admin/onboarding")
	})
}

func TestAChecklistThatCannotBeToldIsAFault(t *testing.T) {
	with(t, func(c *console.Config) {
		c.Onboarding = func(context.Context, access.Actor) ([]console.Checklist, error) {
			return nil, errors.New("the secret vault is shut")
		}
	}, func(t *testing.T, s *site) {
		page := s.get(root, "/admin/onboarding")
		require.Equal(t, http.StatusInternalServerError, page.Code)
		require.NotContains(t, page.text, "vault")
	})
}
