package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// lastOf is the last that a stream told of a message.
func lastOf(t *testing.T, w *told, message string) string {
	t.Helper()
	all, _ := w.patches(t)
	html := ""
	for _, p := range all {
		for _, m := range p.Messages {
			if m.ID == message {
				html = m.HTML
			}
		}
	}
	return html
}

func TestAPageIsToldWhatBecomesOfTheMessagesInView(t *testing.T) {
	for name, tt := range map[string]struct {
		happens func(s *site, out string)
		of      func(first, out string) string // which of the two messages is drawn anew
		shows   []string
		not     string
	}{
		"an edit": {
			happens: func(s *site, _ string) { s.Post(channeltest.Kim.Edit(time.Now(), "wamid.e", "wamid.1", "at ten")) },
			of:      func(first, _ string) string { return first }, shows: []string{"at ten", "edited"},
		},
		"a deletion": {
			happens: func(s *site, _ string) { s.Post(channeltest.Kim.Revoke(time.Now(), "wamid.e", "wamid.1")) },
			of:      func(first, _ string) string { return first }, shows: []string{"deleted"}, not: "at nine",
		},
		"a reaction": {
			happens: func(s *site, out string) {
				s.Post(channeltest.Kim.Reaction(time.Now(), "wamid.e", channeltest.OutWAMID("fine"), "👍"))
			},
			of: func(_, out string) string { return out }, shows: []string{"👍"},
		},
		"a status": {
			happens: func(s *site, out string) {
				s.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("fine"), out, "read"))
			},
			of: func(_, out string) string { return out }, shows: []string{"ticks read"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(t *testing.T, s *site) {
				id := s.asks("wamid.1", "at nine")
				m, err := s.Reply(id, "fine")
				require.NoError(t, err)
				s.Pass(10 * time.Second)
				first := s.Messages(id)[0].ID
				w := s.listen(alice, "?open="+id, "")
				defer w.end()
				tt.happens(s, m.ID)
				s.Pass(10 * time.Second)
				html := lastOf(t, w, tt.of(first, m.ID))
				for _, text := range tt.shows {
					require.Contains(t, html, text)
				}
				if tt.not != "" {
					require.NotContains(t, html, tt.not)
				}
			})
		})
	}
}

func TestAQuoteFollowsWhatItQuotes(t *testing.T) {
	for name, tt := range map[string]struct {
		happens     func() channeltest.Item
		shows, hide string
	}{
		"an edit": {
			func() channeltest.Item { return channeltest.Kim.Edit(time.Now(), "wamid.e", "wamid.1", "at ten") }, "at ten", "at nine",
		},
		"a deletion": {
			func() channeltest.Item { return channeltest.Kim.Revoke(time.Now(), "wamid.e", "wamid.1") }, "The customer deleted this message.", "at nine",
		},
	} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(t *testing.T, s *site) {
				id := s.asks("wamid.1", "at nine")
				s.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "is that right?", "context", map[string]any{"id": "wamid.1"}))
				s.Pass(10 * time.Second)
				require.Equal(t, "at nine", quotedIn(t, s, id))
				w := s.listen(alice, "?open="+id, "")
				defer w.end()
				s.Post(tt.happens())
				s.Pass(10 * time.Second)
				all, _ := w.patches(t)
				told := ""
				for _, p := range all {
					for _, m := range p.Messages {
						told += m.Quote
					}
				}
				require.Equal(t, tt.shows, told, "the page is told what the quotes in it say now")
				require.Equal(t, tt.shows, quotedIn(t, s, id), "and one that is loaded anew shows the same")
			})
		})
	}
}

// quotedIn is what the quote of a talk shows.
func quotedIn(t *testing.T, s *site, id string) string {
	t.Helper()
	_, quote, found := strings.Cut(s.get(alice, "/talk/"+id).text, "<blockquote")
	require.True(t, found)
	quote, _, _ = strings.Cut(quote, "</blockquote>")
	require.Contains(t, quote, ">Kim Sample<", "by the name of the person")
	_, text, _ := strings.Cut(quote, `<span dir="auto">`)
	return strings.TrimSuffix(text, "</span>")
}

func TestAPageWithoutAUsableCursorLooksAtEverythingAgainOnce(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		w := s.listen(alice, "?after=nonsense", "")
		s.Pass(time.Second)
		w.end()
		all, last := w.patches(t)
		require.Len(t, all, 1)
		require.True(t, all[0].Reset)
		again := s.listen(alice, "?after="+last, "")
		s.Pass(time.Second)
		id := s.asks("wamid.1", "after the break")
		again.end()
		all, _ = again.patches(t)
		require.NotEmpty(t, all)
		for _, p := range all {
			require.False(t, p.Reset)
		}
		require.Contains(t, again.String(), "after the break")
		require.NotEmpty(t, id)
	})
}
