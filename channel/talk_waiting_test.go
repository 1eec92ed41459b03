package channel_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// hosts are hubs with a desk and without, that have a second tenant.
func hosts(other message.Sender) map[string]func(*channel.Config) {
	second := func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, other))
	}
	return map[string]func(*channel.Config){
		"without a desk": second,
		"with a desk":    func(c *channel.Config) { second(c); counts(c) },
	}
}

// words are what people read of what a line has sent.
func words(w *channeltest.Wire) (all []string) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	for _, out := range w.Sent {
		if picture, ok := out.Content.(*message.Image); ok {
			all = append(all, picture.Caption)
		} else {
			all = append(all, channeltest.TextOf(out))
		}
	}
	return all
}

// unkeyed answers without a key, which is the host's and stays as it is.
func (l *lab) unkeyed(conv, text string) (*conversation.Message, error) {
	return l.Hub.Reply(l.T.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
}

// holds has the first message of a line wait until it is let go, and fail then with what f returns.
func holds(w *channeltest.Wire, f func() error) (let func()) {
	gate, first := make(chan struct{}), true
	w.Sends(func(ctx context.Context, _ message.Outbound, _ int) error {
		if !first {
			return nil
		}
		first = false
		<-gate
		return f()
	})
	return sync.OnceFunc(func() { close(gate) })
}

func TestANumberInPartsIsMaskedWhereTheFirstPartsWaitToBeSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ says, gets []string }{
		"two halves":          {[]string{"4539 1488", "0343 6467"}, []string{"XXXX XXXX", "XXXX 6467"}},
		"without its end":     {[]string{"453914880343", "6467"}, []string{"XXXXXXXXXXXX", "6467"}},
		"four groups, a word": {[]string{"it is 4539", "1488", "well", "0343", "6467 of course"}, []string{"it is XXXX", "XXXX", "well", "XXXX", "6467 of course"}},
		"its code before it":  {[]string{"cvv 123", "4539148803436467"}, []string{"cvv XXX", "XXXXXXXXXXXX6467"}},
		"numbers of no card":  {[]string{"45391488", "03436468"}, []string{"45391488", "03436468"}},
	} {
		for together, answer := range map[string]func(t *testing.T, l *lab, conv string, at time.Time, says []string){
			"one ReplyAll": func(t *testing.T, l *lab, conv string, at time.Time, says []string) {
				var all []channel.Reply
				for _, text := range says {
					all = append(all, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}, At: at})
				}
				_, err := l.Hub.ReplyAll(t.Context(), alice, all)
				require.NoError(t, err)
			},
			"one after the other": func(t *testing.T, l *lab, conv string, at time.Time, says []string) {
				for _, text := range says {
					_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}, At: at})
					require.NoError(t, err)
				}
			},
			"a caption and texts": func(t *testing.T, l *lab, conv string, at time.Time, says []string) {
				for i, text := range says {
					r := channel.Reply{Conversation: conv, Content: &message.Text{Body: text}, At: at}
					if i == 0 {
						r.Content = &message.Image{ID: "7", Caption: text}
					}
					_, err := l.Hub.Reply(t.Context(), alice, r)
					require.NoError(t, err)
				}
			},
		} {
			for ahead, at := range map[string]time.Duration{"at once": 0, "later": time.Hour} {
				for host, config := range hosts(&channeltest.Wire{}) {
					t.Run(strings.Join([]string{name, together, ahead, host}, ", "), func(t *testing.T) {
						t.Parallel()
						experiment(t, channeltest.LabOptions{Config: config}, func(t *testing.T, l *lab) {
							l.Say(channeltest.Kim, "wamid.1", "which card is it?")
							conv := l.Conversation().ID
							let := holds(l.Line, func() error { return nil })
							defer let()
							_, err := l.Reply(conv, "One moment")
							require.NoError(t, err)
							l.Pass(time.Second) // it is on its way, and all others wait for it
							var due time.Time
							if at > 0 {
								due = time.Now().Add(at)
							}
							answer(t, l, conv, due, tt.says)
							channeltest.Everything(t, l.Store, func(text string) {
								for i, says := range tt.says {
									if tt.gets[i] != says {
										require.NotContains(t, text, `"`+says)
									}
								}
							})
							let()
							l.Pass(at + time.Minute)
							var stored []string
							for _, m := range l.Messages(conv)[2:] {
								stored = append(stored, m.Text)
								require.Equal(t, conversation.Accepted, m.Delivery.State())
							}
							require.Equal(t, tt.gets, stored)
							require.Equal(t, tt.gets, words(l.Line)[1:])
						})
					})
				}
			}
		}
	}
}

func TestANumberOfWhichTheFirstPartIsOutGetsNoEnd(t *testing.T) {
	t.Parallel()
	for host, config := range hosts(&channeltest.Wire{}) {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: config}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "which card is it?")
				item := channeltest.Kim.Text(time.Now(), "wamid.2", "and here?")
				item.Number = channeltest.OtherNumber
				l.Post(item)
				l.Pass(time.Second)
				conv := l.Conversation().ID
				others, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "other", Limit: 1})
				require.NoError(t, err)
				for _, text := range []string{"453914880343", "6467, and 6467 again"} {
					_, err := l.unkeyed(conv, text)
					require.NoError(t, err)
					l.Pass(5 * time.Second)
				}
				other, err := l.Reply(others[0].ID, "6467")
				require.NoError(t, err)
				require.Equal(t, "6467", other.Text, "the other tenant's customer has read nothing")
				require.Equal(t, []string{"453914880343", "XXXX, and 6467 again"}, l.Line.Texts())
				channeltest.Everything(t, l.Store, func(text string) {
					require.NotContains(t, text, `"453914880343`)
				})
			})
		})
	}
}

// What WhatsApp did not take is sent again as its message is by then, and so is it kept if nobody knows.
func TestWhatWasBeingSentWhenItsEndCameIsMaskedBeforeItIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{
		"refused for a while": channeltest.Failure{Code: 131056},
		"lost":                message.ErrOutcomeUnknown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "which card is it?")
				conv := l.Conversation().ID
				let := holds(l.Line, func() error { return fails })
				defer let()
				_, err := l.unkeyed(conv, "4539 1488")
				require.NoError(t, err)
				l.Pass(time.Second)
				_, err = l.unkeyed(conv, "0343 6467")
				require.NoError(t, err)
				let()
				l.Pass(time.Millisecond)
				channeltest.Everything(t, l.Store, func(text string) {
					require.NotContains(t, text, `"4539 1488`)
				})
				l.Pass(time.Hour)
				for i, text := range l.Line.Texts() {
					require.Equal(t, i == 0, text == "4539 1488")
					require.NotContains(t, text, "6467")
				}
			})
		})
	}
}

// A release that cannot read what another has written buries it. Whoever can, and sends it after all, sends no part of
// a number that was seen meanwhile.
func TestADeadLetterThatIsSentAfterAllIsMasked(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "which card is it?")
		conv := l.Conversation().ID
		let := holds(l.Line, func() error { return nil })
		defer let()
		_, err := l.Reply(conv, "One moment")
		require.NoError(t, err)
		l.Pass(time.Second) // it is on its way, and all others wait for it
		first, err := l.unkeyed(conv, "4539 1488")
		require.NoError(t, err)
		waits, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "out", IDs: []string{first.ID}, Limit: 1})
		require.NoError(t, err)
		require.Len(t, waits, 1)
		put := func(body []byte) {
			_, err := l.Store.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{
				{Queue: "out", ID: first.ID, Lane: waits[0].Lane, Group: waits[0].Group, Body: body},
			}})
			require.NoError(t, err)
		}
		put([]byte(`{"outbound":"of the future"}`))
		let()
		l.Pass(time.Minute)
		require.Len(t, l.Letters("out"), 1)
		_, err = l.unkeyed(conv, "0343 6467")
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.Equal(t, []string{"One moment", "XXXX 6467"}, l.Line.Texts())
		put(waits[0].Body)
		require.NoError(t, l.Hub.RetryNow(t.Context(), ""))
		l.Pass(time.Minute)
		require.Equal(t, []string{"One moment", "XXXX 6467", "XXXX XXXX"}, l.Line.Texts())
	})
}
