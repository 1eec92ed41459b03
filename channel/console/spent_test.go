package console_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestWithoutARateCardNoPriceIsShown(t *testing.T) {
	withHub(t, func(c *channel.Config) { c.Channels[0].Rates = nil }, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		m, err := s.Reply(id, "hi")
		require.NoError(t, err)
		s.Pass(10 * time.Second)
		s.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "delivered", "pricing", map[string]any{
			"billable": true, "pricing_model": "PMP", "category": "marketing", "type": "regular",
		}))
		s.Pass(10 * time.Second)
		spending, reports := s.get(alice, "/admin/spending?channel=support").text, s.get(alice, "/admin/reports?channel=support").text
		require.Contains(t, spending, "marketing", "something was charged")
		for _, page := range []string{spending, reports} {
			require.Contains(t, page, "price not known")
			require.NotContains(t, page, "0.00")
		}
		require.NotContains(t, spending, "<bdi>0")
		require.NotContains(t, reports, "<dd><bdi>")
	})
}
