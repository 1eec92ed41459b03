package channel_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// sent are people to whom an answer was sent, each on one of two numbers.
type sent struct {
	face  channeltest.Face
	on    string
	conv  string
	id    string
	wamid string
}

func (l *lab) sentTo(n int, number string) (all []sent) {
	for i := range n {
		p := sent{face: channeltest.Stranger(i), on: number}
		l.Post(p.face.Text(time.Now(), fmt.Sprint("wamid.", number, i), "hello").On(number))
		l.Pass(time.Second)
		p.conv = l.Host.Received[len(l.Host.Received)-1].Conversation.ID
		m, err := l.Reply(p.conv, fmt.Sprint("answer ", i, " on ", number))
		require.NoError(l.T, err)
		l.Pass(time.Second)
		p.id = m.ID
		for _, m := range l.Messages(p.conv) {
			if m.ID == p.id {
				p.wamid = m.WAMID
			}
		}
		require.NotEmpty(l.T, p.wamid)
		all = append(all, p)
	}
	return all
}

func (p *sent) status(state string) channeltest.Item {
	return p.face.Status(time.Now(), p.wamid, p.id, state).On(p.on)
}

// Statuses that come together are applied in one step, whatever is among them.
func TestStatusesOfOnePostAreOneStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		post func(ours, theirs []sent) []channeltest.Item
		// steps is how many commits file it, 0: no matter.
		steps int64
		want  map[string]conversation.DeliveryState // by ours and theirs
	}{
		"three of one message": {func(ours, _ []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("sent"), ours[0].status("delivered"), ours[0].status("read")}
		}, 1, map[string]conversation.DeliveryState{"ours 0": conversation.Read}},
		"the last first": {func(ours, _ []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("read"), ours[0].status("delivered"), ours[0].status("sent")}
		}, 1, map[string]conversation.DeliveryState{"ours 0": conversation.Read}},
		"of several messages": {func(ours, _ []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("sent"), ours[1].status("delivered"), ours[2].status("failed")}
		}, 1, map[string]conversation.DeliveryState{
			"ours 0": conversation.Sent, "ours 1": conversation.Delivered, "ours 2": conversation.Failed,
		}},
		"one of them of a message that nobody knows": {func(ours, _ []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("sent"), ours[1].face.Status(time.Now(), "wamid.of-another-application", "", "read"), ours[2].status("sent")}
		}, 0, map[string]conversation.DeliveryState{"ours 0": conversation.Sent, "ours 2": conversation.Sent}},
		"of two tenants": {func(ours, theirs []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("sent"), theirs[0].status("delivered"), ours[1].status("read")}
		}, 0, map[string]conversation.DeliveryState{
			"ours 0": conversation.Sent, "theirs 0": conversation.Delivered, "ours 1": conversation.Read,
		}},
		"with a message among them": {func(ours, _ []sent) []channeltest.Item {
			return []channeltest.Item{ours[0].status("sent"), ours[1].face.Text(time.Now(), "wamid.more", "more"), ours[2].status("read")}
		}, 0, map[string]conversation.DeliveryState{"ours 0": conversation.Sent, "ours 2": conversation.Read}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &ailing{Store: memstore.New()}
			var filed atomic.Int64
			o := channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
				c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
			}}
			experiment(t, o, func(t *testing.T, l *lab) {
				ours, theirs := l.sentTo(3, channeltest.LabNumber), l.sentTo(3, channeltest.OtherNumber)
				st.commits(func(_ context.Context, b *store.Batch) error {
					for i := range b.Put {
						if b.Put[i].Kind == "message" {
							filed.Add(1)
							break
						}
					}
					return nil
				})
				items := c.post(ours, theirs)
				l.Post(items...)
				if c.steps > 0 {
					require.Equal(t, c.steps, filed.Load())
				}
				l.Pass(time.Minute)
				told := len(l.Host.Of(conversation.DeliveryChanged))
				check := func() {
					t.Helper()
					for name, all := range map[string][]sent{"ours": ours, "theirs": theirs} {
						for i, p := range all {
							want, ok := c.want[fmt.Sprint(name, " ", i)]
							if !ok {
								want = conversation.Accepted
							}
							require.Equal(t, want, l.state(p.conv, p.id), "%s %d", name, i)
						}
					}
				}
				check()
				l.Post(items...)
				l.Post(items[0], items[len(items)-1])
				l.Pass(time.Minute)
				check()
				require.Len(t, l.Host.Of(conversation.DeliveryChanged), told, "what comes again is not told again")
				require.Empty(t, l.Letters("in"))
			})
		})
	}
}

func TestAFloodOfStatusesInLargePostsIsAppliedWhole(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		people := l.sentTo(10, channeltest.LabNumber)
		var items []channeltest.Item
		for _, state := range []string{"sent", "delivered", "read"} {
			for i := range people {
				items = append(items, people[i].status(state))
			}
		}
		for range 4 { // more than one step takes
			items = append(items, items...)
		}
		l.Post(items...)
		l.Pass(time.Minute)
		for i := range people {
			require.Equal(t, conversation.Read, l.state(people[i].conv, people[i].id))
		}
		require.Empty(t, l.Letters("in"))
	})
}

// The message remembers which statuses it has had. The store need not, and writes nothing for one that comes again.
func TestAStatusThatComesAgainIsNoNews(t *testing.T) {
	t.Parallel()
	st := &gatehouse{Store: memstore.New()}
	var fresh, applied atomic.Int64
	o := channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
		c.Hooks.AcceptDone = func(_ context.Context, i hooks.AcceptInfo, _ error) { fresh.Add(int64(i.Fresh)) }
		c.Hooks.ApplyDone = func(context.Context, hooks.ApplyInfo, error) { applied.Add(1) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		ours, theirs := l.sentTo(2, channeltest.LabNumber), l.sentTo(1, channeltest.OtherNumber)
		before := st.counts()
		items := []channeltest.Item{ours[0].status("sent"), ours[1].status("failed"), ours[0].status("read")}
		counts := func() [3]int64 { return [3]int64{fresh.Swap(0), applied.Swap(0), st.writes.Swap(0)} }
		counts()
		l.Post(items...)
		l.Post(theirs[0].status("sent"))
		l.Pass(time.Second)
		require.Equal(t, [2]int64{4, 4}, [2]int64{fresh.Load(), applied.Load()})
		require.Equal(t, before, st.counts(), "nothing is remembered, and nothing stands in the queue")
		require.Equal(t, conversation.Read, l.state(ours[0].conv, ours[0].id))
		require.Len(t, l.Host.Of(conversation.DeliveryChanged), 3+2+1+1)
		counts()
		l.Post(items...)
		l.Post(items[1])
		l.Post(items[2], items[0])
		require.Equal(t, [3]int64{}, counts())
		l.Pass(time.Second)
		require.Len(t, l.Host.Of(conversation.DeliveryChanged), 3+2+1+1)
	})
}
