package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestTemplatesAreShownWithTheirStateQualityAndContent(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		ch, err := s.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		ch.Templates.Put(time.Now(), channeltest.Definition(t, `{"name":"sale","language":"fi","status":"REJECTED","rejected_reason":"INVALID_FORMAT","category":"MARKETING",
			"quality_score":{"score":"RED"},"components":[{"type":"BODY","text":"<b>Ale</b> {{1}}","example":{"body_text":[["tänään"]]}}]}`))
		page := s.get(alice, "/admin/templates").text
		for _, text := range []string{"visit", "See you on Monday.", "approved", "sale", "refused", "Edit it and hand it in again", "INVALID FORMAT", "low", "Ale", "tänään"} {
			require.Contains(t, page, text)
		}
		require.NotContains(t, page, "<b>")
		found := s.get(alice, "/admin/templates?q=visit").text
		require.Contains(t, found, "See you on")
		require.NotContains(t, found, "tänään")
		require.Contains(t, s.get(root, "/admin/templates?channel=other").text, "has no templates")
	})
}

func TestTemplatesOfOneTenantAreNothingToAnother(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for _, by := range []access.Actor{olga, bob} {
			require.NotContains(t, s.get(by, "/admin/templates").text, "visit", by.ID)
			require.Equal(t, http.StatusNotFound, s.get(by, "/admin/templates?channel=support").Code, by.ID)
			require.Equal(t, s.get(by, "/admin/templates?channel=none").Code, s.get(by, "/admin/templates?channel=support").Code, by.ID)
		}
		for _, by := range []access.Actor{victor, nobody} {
			require.Equal(t, http.StatusForbidden, s.get(by, "/admin/templates").Code, by.ID)
			require.NotContains(t, s.get(by, "/").text, "/admin/templates", by.ID)
		}
	})
}
