package channel_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// mindful is a ticketing that remembers with the conversation whom it has greeted.
type mindful struct {
	channeltest.Ticketing
	hub    func() *channel.Hub
	during func(*conversation.Received) // what happens while it works

	saw []conversation.Received
}

func (m *mindful) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	m.saw = append(m.saw, *in)
	m.during(in)
	return "", m.hub().SetMetadata(ctx, in.Conversation.ID, []byte(`"`+in.Message.Text+`"`))
}

func TestACallThatWaitedShowsWhatTheCallBeforeItLeft(t *testing.T) {
	t.Parallel()
	m := &mindful{}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Ticketing = m }}, func(t *testing.T, l *lab) {
		m.hub = func() *channel.Hub { return l.Hub }
		m.during = func(in *conversation.Received) {
			if in.Message.Text != "first" {
				return
			}
			// The second message is committed, and its call waits, before the first call has done anything.
			l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "second"))
			synctest.Wait()
			l.Post(channeltest.Kim.Edit(time.Now(), "wamid.3", "wamid.2", "second, mended"))
			synctest.Wait()
			err := l.Hub.SetCustomerMetadata(t.Context(), in.Customer.ID, []byte(`"known"`))
			require.NoError(t, err)
		}
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "first"))
		l.Pass(time.Minute)
		require.Len(t, m.saw, 2)
		require.JSONEq(t, `"first"`, string(m.saw[1].Conversation.Metadata), "what the first call remembered")
		require.JSONEq(t, `"known"`, string(m.saw[1].Customer.Metadata))
		require.Equal(t, "second, mended", m.saw[1].Message.Text, "what became of the message while it waited")
	})
}

// mending is a ticketing that notes with the conversation, through some process, what it was called with
// last, while the next call already waits.
type mending struct {
	channeltest.Ticketing
	through func() *channel.Hub
	meets   func(id string) // while a call goes on

	saw map[string]string // what the conversation's note was in each call
}

func (m *mending) note(ctx context.Context, id string, conv *conversation.Conversation) error {
	m.saw[id] = string(conv.Metadata)
	m.meets(id)
	return m.through().SetMetadata(ctx, conv.ID, []byte(`"`+id+`"`))
}

func (m *mending) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	return "", m.note(ctx, in.Message.Text, &in.Conversation)
}

func (m *mending) Changed(ctx context.Context, c *conversation.Change) error {
	if c.Kind != conversation.DeliveryChanged {
		return nil
	}
	return m.note(ctx, string(c.Delivery), &c.Conversation)
}

func TestACallShowsWhatTheCallBeforeItLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		elsewhere bool // the ticketing works through another process
		begin     string
		next      func(l *lab, answer string)
		then      string
	}{
		"a message behind a message":                     {false, "first", kimSays("second"), "second"},
		"a message behind a message, by another process": {true, "first", kimSays("second"), "second"},
		"a change behind a change":                       {false, "sent", turns("delivered"), "delivered"},
		"a message behind a change":                      {false, "sent", kimSays("second"), "second"},
		"a message behind a change, by another process":  {true, "sent", kimSays("second"), "second"},
		"a change behind a message":                      {false, "second", turns("sent"), "sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &mending{saw: map[string]string{}}
			experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Ticketing = m }}, func(t *testing.T, l *lab) {
				other := newLab(t, channeltest.LabOptions{Store: l.Store})
				m.through = func() *channel.Hub {
					if c.elsewhere {
						return other.Hub
					}
					return l.Hub
				}
				m.meets = func(string) {}
				l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
				l.Pass(time.Second)
				answer, err := l.Reply(l.Conversation().ID, "an answer")
				require.NoError(t, err)
				l.Pass(time.Second)
				m.meets = func(id string) {
					if id == c.begin {
						c.next(l, answer.ID)
						synctest.Wait()
					}
				}
				switch c.begin {
				case "sent":
					turns("sent")(l, answer.ID)
				default:
					kimSays(c.begin)(l, "")
				}
				l.Pass(time.Minute)
				require.Equal(t, `"`+c.begin+`"`, m.saw[c.then])
			})
		})
	}
}

// kimSays has Kim write, and turns WhatsApp report the state of an answer.
func kimSays(text string) func(*lab, string) {
	return func(l *lab, _ string) { l.Post(channeltest.Kim.Text(time.Now(), "wamid."+text, text)) }
}

func turns(state string) func(*lab, string) {
	return func(l *lab, answer string) {
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.out an answer", answer, state))
	}
}
