package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// saga is a message with its edits, in the order in which they were made.
type saga struct {
	texts   []string
	deleted bool
	// around are messages that the same person wrote before and after.
	before, after string
}

// items are the events of a saga: those of the message stand first.
func (s *saga) items(at time.Time) []channeltest.Item {
	all := []channeltest.Item{channeltest.Kim.Text(at, "wamid.m", s.texts[0])}
	for i, text := range s.texts[1:] {
		all = append(all, channeltest.Kim.Edit(at.Add(time.Duration(i+1)*time.Second), fmt.Sprint("wamid.e", i), "wamid.m", text))
	}
	if s.deleted {
		all = append(all, channeltest.Kim.Revoke(at.Add(time.Minute), "wamid.r", "wamid.m"))
	}
	if s.before != "" {
		all = append(all, channeltest.Kim.Text(at.Add(-30*time.Second), "wamid.before", s.before))
	}
	if s.after != "" {
		all = append(all, channeltest.Kim.Text(at.Add(30*time.Second), "wamid.after", s.after))
	}
	return all
}

// orders are permutations of n things, all if there are few.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, rest := range orders(n - 1) {
		for at := 0; at <= len(rest); at++ {
			one := append(append(append([]int{}, rest[:at]...), n-1), rest[at:]...)
			all = append(all, one)
		}
	}
	return all
}

func TestEditsKeepThePreviousTextsWhateverTheOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		saga
		text    string
		earlier []string
	}{
		"an edit":                              {saga{texts: []string{"at nine", "at ten"}}, "at ten", []string{"at nine"}},
		"two edits":                            {saga{texts: []string{"at nine", "at ten", "at two"}}, "at two", []string{"at nine", "at ten"}},
		"an edit back":                         {saga{texts: []string{"at nine", "at ten", "at nine"}}, "at nine", []string{"at nine", "at ten"}},
		"a deletion":                           {saga{texts: []string{"at nine", "at ten"}, deleted: true}, "", nil},
		"a card that an edit completes":        {saga{texts: []string{"4539 1488 0343 64", "4539 1488 0343 6467"}}, "XXXX XXXX XXXX 6467", []string{"XXXX XXXX XXXX XX"}},
		"a card of which an edit is a part":    {saga{texts: []string{"4539 1488 0343 6467", "4539 1488"}}, "4539 1488", []string{"XXXX XXXX XXXX XXXX"}},
		"a card that is taken back":            {saga{texts: []string{"4539 1488 0343 6467", "never mind"}}, "never mind", []string{"XXXX XXXX XXXX XXXX"}},
		"a card in pieces, one of them edited": {saga{texts: []string{"4539 1488 0343", "sorry"}, after: "6467"}, "sorry", []string{"XXXX XXXX XXXX"}},
		"a card in pieces, the last edited":    {saga{texts: []string{"6467", "sorry"}, before: "4539 1488 0343"}, "sorry", []string{"XXXX"}},
	} {
		items := len(c.items(time.Now()))
		for n, order := range orders(items) {
			t.Run(fmt.Sprint(name, ", order ", n), func(t *testing.T) {
				t.Parallel()
				experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
					all := c.items(time.Now().Add(-time.Hour))
					for _, i := range order {
						l.Post(all[i])
						l.Post(all[i]) // twice equals once
						l.Pass(time.Second)
					}
					l.Pass(5 * time.Second)
					for _, m := range l.Messages(l.Conversation().ID) {
						if m.WAMID != "wamid.m" {
							continue
						}
						require.Equal(t, c.text, m.Text)
						var earlier []string
						for _, v := range m.Earlier {
							earlier = append(earlier, v.Text)
						}
						require.Equal(t, c.earlier, earlier)
						require.Equal(t, c.deleted, !m.Deleted.IsZero())
						require.False(t, m.Edited.IsZero(), "it is known that there was an edit")
						if c.deleted {
							require.Equal(t, "text", m.Kind, "that there was one is kept")
							require.Equal(t, "[deleted]", l.Conversation().Preview)
						}
					}
					channeltest.Everything(t, l.Store, func(text string) {
						for _, part := range []string{"4539 1488 0343", "45391488"} {
							require.NotContains(t, text, part)
						}
					})
				})
			})
		}
	}
}

func TestAnEditOfAMessageThatComesTooLateKeepsItsText(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		at := time.Now()
		l.Say(channeltest.Kim, "wamid.first", "hello")
		l.Post(channeltest.Kim.Edit(at.Add(time.Second), "wamid.e", "wamid.m", "at ten"))
		l.Pass(10 * time.Minute) // handed over by itself
		l.Post(channeltest.Kim.Text(at, "wamid.m", "at nine"))
		l.Pass(5 * time.Second)
		all := l.Messages(l.Conversation().ID)
		require.Len(t, all, 2)
		require.Equal(t, "at ten", all[1].Text)
		require.Equal(t, []conversation.Version{{Text: "at nine"}}, all[1].Earlier)
		require.Len(t, l.Host.Of(conversation.MessageEdited), 1, "the host hears of it")
	})
}

func TestOnlyTheNewestVersionsAreKept(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		at := time.Now().Add(-time.Hour)
		l.Say(channeltest.Kim, "wamid.m", "zero")
		for i := range 30 {
			l.Post(channeltest.Kim.Edit(at.Add(time.Duration(i)*time.Second), fmt.Sprint("wamid.e", i), "wamid.m", fmt.Sprint("try ", i)))
		}
		l.Pass(time.Minute)
		m := l.Messages(l.Conversation().ID)[0]
		require.Equal(t, "try 29", m.Text)
		require.Len(t, m.Earlier, 20)
		require.Equal(t, "try 28", m.Earlier[19].Text)
		conv := l.Conversation().ID
		_, err := l.Hub.EraseMessage(t.Context(), m.ID)
		require.NoError(t, err)
		require.Empty(t, l.Messages(conv))
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "try ") })
	})
}
