package channel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestAnAnswerOfSeveralPartsHasOneIDAndTheLeastState(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		ctx := t.Context()
		long := channel.Reply{Conversation: conv, Content: &message.Text{Body: strings.Repeat("A sentence of this long answer. ", 300)}, Key: "1"}.Split()
		require.Len(t, long, 3)
		goOn := make(chan struct{})
		l.Line.Sends(func(_ context.Context, _ message.Outbound, n int) error {
			<-goOn
			if n == 2 {
				return &closedByWhatsApp{}
			}
			return nil
		})
		all, err := l.Hub.ReplyAll(ctx, alice, long)
		require.NoError(t, err)
		state := func() conversation.DeliveryState {
			parts, state, err := l.Hub.Parts(ctx, all[2].ID)
			require.NoError(t, err)
			require.Len(t, parts, 3)
			for i, p := range parts {
				require.Equal(t, all[i].ID, p.ID)
				require.Equal(t, all[0].ID, p.PartOf, "the answer has one ID")
				require.Equal(t, i+1, p.Part)
			}
			return state
		}
		require.Equal(t, conversation.Queued, state())
		again, err := l.Hub.ReplyAll(ctx, alice, long)
		require.NoError(t, err)
		require.Equal(t, all[0].ID, again[0].ID)
		close(goOn)
		l.Pass(time.Minute)
		require.Equal(t, conversation.Failed, state(), "one part failed, and two are on their way")
		changes := l.Host.Of(conversation.DeliveryChanged)
		require.Equal(t, all[0].ID, changes[0].Message.PartOf, "the host is told what it is part of")

		one, err := l.Reply(conv, "by itself")
		if err == nil {
			parts, _, err := l.Hub.Parts(ctx, one.ID)
			require.NoError(t, err)
			require.Len(t, parts, 1)
			require.Empty(t, parts[0].PartOf)
		}
		_, _, err = l.Hub.Parts(ctx, "m_none")
		require.ErrorIs(t, err, channel.ErrNotFound)
	})
}

func TestTheLeastStateIsTheWorstOrTheLeastFar(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	queued := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at}}
	read := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at, AcceptedAt: at, ReadAt: at}}
	failed := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at, FailedAt: at}}
	uncertain := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at, UncertainAt: at}}
	require.Empty(t, conversation.LeastState())
	require.Equal(t, conversation.Read, conversation.LeastState(read))
	require.Equal(t, conversation.Queued, conversation.LeastState(read, queued))
	require.Equal(t, conversation.Uncertain, conversation.LeastState(read, uncertain, queued))
	require.Equal(t, conversation.Failed, conversation.LeastState(uncertain, failed, read))
}

func TestWhatWasQueuedBeforeIsNoPartOfTheAnswerThatFollows(t *testing.T) {
	for name, c := range map[string]struct {
		before [][]string // calls, each with its keys
		keys   []string
		parts  map[string]string // key of the first part, by key; "" is by itself
	}{
		"two of an answer and two new": {[][]string{{"1", "2"}}, []string{"1", "2", "3", "4"}, map[string]string{"1": "1", "2": "1", "3": "3", "4": "3"}},
		"one by itself and two new":    {[][]string{{"1"}}, []string{"1", "2", "3"}, map[string]string{"1": "", "2": "2", "3": "2"}},
		"one new behind an answer":     {[][]string{{"1", "2"}}, []string{"1", "2", "3"}, map[string]string{"1": "1", "2": "1", "3": ""}},
		"old ones in the middle":       {[][]string{{"2", "3"}}, []string{"1", "2", "3", "4"}, map[string]string{"1": "1", "2": "2", "3": "2", "4": "1"}},
		"old ones of two answers":      {[][]string{{"1", "2"}, {"3"}}, []string{"1", "3", "4", "5"}, map[string]string{"1": "1", "3": "", "4": "4", "5": "4"}},
		"all new":                      {nil, []string{"1", "2"}, map[string]string{"1": "1", "2": "1"}},
		"all old":                      {[][]string{{"1"}, {"2"}}, []string{"1", "2"}, map[string]string{"1": "", "2": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
				call := func(keys []string) []*conversation.Message {
					var replies []channel.Reply
					for _, key := range keys {
						replies = append(replies, channel.Reply{Conversation: conv, Key: key, Content: &message.Text{Body: "answer " + key}})
					}
					all, err := l.Hub.ReplyAll(t.Context(), alice, replies)
					require.NoError(t, err)
					return all
				}
				for _, keys := range c.before {
					call(keys)
				}
				all := call(c.keys)
				key, count := map[string]string{}, map[string]int{}
				for _, m := range all {
					key[m.ID] = m.Key
				}
				for _, m := range all {
					require.Equal(t, c.parts[m.Key], key[m.PartOf], m.Key)
					if m.PartOf != "" {
						count[m.PartOf]++
						require.Equal(t, count[m.PartOf], m.Part, m.Key)
						parts, _, err := l.Hub.Parts(t.Context(), m.ID)
						require.NoError(t, err)
						require.Equal(t, m.ID, parts[m.Part-1].ID)
					}
					stored, err := l.Hub.Message(t.Context(), m.ID)
					require.NoError(t, err)
					require.Equal(t, m.PartOf, stored.PartOf)
				}
			})
		})
	}
}
