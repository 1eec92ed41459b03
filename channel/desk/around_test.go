package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
)

func TestWhoIsAroundIsTheWholePictureEachTime(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		second, err := desk.New(desk.Config{Hub: channel.Config{Store: l.Store, Ticketing: l.Host, Channels: l.Hub.Channels()}})
		require.NoError(t, err)
		around := func(actor access.Actor) map[string]string {
			found, err := second.Around(ctx, actor)
			require.NoError(t, err)
			got := map[string]string{}
			for conv, all := range found {
				for _, p := range all {
					got[conv] += p.Author.ID + " " + string(p.Activity) + "; "
				}
			}
			return got
		}
		require.Empty(t, around(alice))
		require.NoError(t, l.agents.SetPresence(ctx, alice, id["A"], desk.Viewing))
		require.NoError(t, l.agents.SetPresence(ctx, bob, id["Z"], desk.Writing))
		require.Equal(t, map[string]string{id["A"]: "alice viewing; "}, around(alice))
		require.Equal(t, map[string]string{id["Z"]: "bob writing; "}, around(bob), "each sees the channels that are theirs")
		l.Pass(14 * time.Second)
		require.NoError(t, l.agents.SetPresence(ctx, alice, id["A"], desk.Viewing)) // writes nothing
		l.Pass(14 * time.Second)
		require.Len(t, around(alice), 1)
		require.NoError(t, l.agents.SetPresence(ctx, alice, id["B"], desk.Writing))
		require.NoError(t, l.agents.SetPresence(ctx, alice, id["A"], desk.Gone))
		require.Equal(t, map[string]string{id["B"]: "alice writing; "}, around(alice), "who left is not in it")
		l.Pass(desk.PresenceFor)
		require.Empty(t, around(alice), "and who is gone without a word passes")
	})
}

func TestReadMarksAreAskedForSinceATime(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], 1))
		require.NoError(t, l.agents.MarkSeen(ctx, bob, id["Z"], 1))
		marks, next, err := l.agents.Seen(ctx, alice, time.Time{})
		require.NoError(t, err)
		require.Equal(t, map[string]int{id["A"]: 1}, marks, "the actor's alone, where they may read")
		l.Pass(time.Minute)
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["B"], 1))
		marks, after, err := l.agents.Seen(ctx, alice, next)
		require.NoError(t, err)
		require.Equal(t, 1, marks[id["B"]])
		require.True(t, after.After(next))
		l.Pass(time.Minute)
		marks, same, err := l.agents.Seen(ctx, alice, after.Add(time.Minute))
		require.NoError(t, err)
		require.Empty(t, marks)
		require.Equal(t, after.Add(time.Minute), same)
		_, err = l.Hub.EraseConversation(ctx, id["A"])
		require.NoError(t, err)
		marks, _, err = l.agents.Seen(ctx, alice, time.Time{})
		require.NoError(t, err)
		require.Equal(t, map[string]int{id["B"]: 1}, marks)
	})
}
