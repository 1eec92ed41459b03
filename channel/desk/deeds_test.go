package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// deedsOf are those that an actor is shown, the latest first.
func (l *lab) deedsOf(actor access.Actor, q deskapi.DeedQuery) (list []*deskapi.Deed) {
	l.T.Helper()
	for d, err := range l.agents.Deeds(l.T.Context(), actor, q) {
		require.NoError(l.T, err)
		list = append(list, d)
	}
	return list
}

func TestWhatPeopleDoIsNoted(t *testing.T) {
	asked(t, labOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab, conv string) {
		ctx := t.Context()
		chief := access.Actor{Kind: access.Agent, ID: "chief", Admin: true}
		_, err := l.agents.Reply(ctx, alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "hi"}})
		require.NoError(t, err)
		time.Sleep(time.Second)
		require.NoError(t, l.agents.Assign(ctx, alice, conv, "bob"))
		time.Sleep(time.Second)
		require.NoError(t, l.agents.SetTopic(ctx, alice, conv, "Canary topic"))
		require.NoError(t, l.agents.MarkRead(ctx, alice, conv, true))
		require.Error(t, l.agents.Move(ctx, alice, conv, "nowhere", time.Time{}))
		time.Sleep(time.Second)
		require.ErrorIs(t, l.agents.RetryNow(ctx, alice, "support"), access.ErrDenied)
		ch, err := l.Hub.Channel(ctx, "support")
		require.NoError(t, err)
		set := ch.Settings
		set.Retention.DeadLetters, set.Name = 30*duration.Day, "Canary name"
		set.Desk = desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Viewer, Users: map[string]access.Role{"alice": access.Supervisor}}}.JSON()
		time.Sleep(time.Second)
		require.NoError(t, l.agents.UpdateSettings(ctx, chief, set))
		time.Sleep(time.Second)
		require.NoError(t, l.agents.ExportCustomer(ctx, chief, "support", channeltest.Recipient(channeltest.Kim), io.Discard))
		time.Sleep(time.Second)
		receipt, err := l.agents.EraseCustomer(ctx, chief, "support", channeltest.Recipient(channeltest.Kim))
		require.NoError(t, err)

		deeds := l.deedsOf(chief, deskapi.DeedQuery{Channel: "support"})
		var verbs []string
		for _, d := range deeds {
			verbs = append(verbs, strings.TrimSpace(d.Actor.ID+" "+d.Verb+" "+string(d.Outcome)))
		}
		require.Equal(t, []string{
			"chief erase", "chief export", "chief change", "alice retry denied", "alice set topic", "alice assign", "alice reply",
		}, verbs, "newest first; what was refused for a mistake, and marks, are nobody's business")
		require.Equal(t, receipt.Messages, deeds[0].N)
		require.Equal(t, []deskapi.DeedChange{
			{Path: "desk.access.all_users", From: "supervisor", To: "viewer"}, {Path: "desk.access.users.alice", To: "supervisor"},
			{Path: "name"}, {Path: "retention.dead_letters", To: "30d"},
		}, deeds[2].Changes)
		require.Equal(t, []deskapi.DeedChange{{Path: "agent", From: "alice", To: "bob"}}, deeds[5].Changes)
		require.Equal(t, conv, deeds[5].Conversation)

		raw, err := json.Marshal(deeds)
		require.NoError(t, err)
		for _, secret := range []string{"Canary", channeltest.Kim.Phone, channeltest.Kim.Bsuid, channeltest.Kim.Name, "wamid"} {
			require.NotContains(t, string(raw), secret, "it stays when the customer is erased")
		}
	})
}

func TestADeedSaysUntilWhenAConversationIsPutOff(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		back := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
		require.NoError(t, l.agents.Move(t.Context(), alice, conv, rules.QueuePending, back))
		time.Sleep(time.Second)
		require.NoError(t, l.agents.Move(t.Context(), alice, conv, rules.QueuePending, back.Add(time.Hour)))
		deeds := l.deedsOf(admin, deskapi.DeedQuery{})
		require.Contains(t, deeds[1].Changes, deskapi.DeedChange{Path: "returns", To: back.Format(time.RFC3339)})
		require.Equal(t, []deskapi.DeedChange{
			{Path: "returns", From: back.Format(time.RFC3339), To: back.Add(time.Hour).Format(time.RFC3339)},
		}, deeds[0].Changes)
	})
}

func TestDeedsAreFoundByActorActionAndTimeInPages(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		bob := access.Actor{Kind: access.Agent, ID: "bob"}
		for range 450 { // more than are read at a time
			require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "a"))
			time.Sleep(time.Second)
		}
		middle := time.Now()
		require.NoError(t, l.agents.SetTopic(t.Context(), bob, conv, "b"))
		require.NoError(t, l.agents.Resolve(t.Context(), bob, conv, ""))
		of := func(q deskapi.DeedQuery) int { return len(l.deedsOf(admin, q)) }
		require.Equal(t, 452, of(deskapi.DeedQuery{}))
		require.Equal(t, 452, of(deskapi.DeedQuery{Channel: "support"}))
		require.Equal(t, 0, of(deskapi.DeedQuery{Channel: "late"}))
		require.Equal(t, 2, of(deskapi.DeedQuery{Actor: "bob"}))
		require.Equal(t, 1, of(deskapi.DeedQuery{Action: string(access.Resolve)}))
		require.Equal(t, 451, of(deskapi.DeedQuery{Action: string(access.Topic)}))
		require.Equal(t, 2, of(deskapi.DeedQuery{From: middle}))
		require.Equal(t, 450, of(deskapi.DeedQuery{To: middle}))
		seen := map[string]bool{}
		for before := (*deskapi.Deed)(nil); ; {
			n := 0
			for d, err := range l.agents.Deeds(t.Context(), admin, deskapi.DeedQuery{Before: before}) {
				require.NoError(t, err)
				require.False(t, seen[d.ID])
				seen[d.ID], before = true, d
				if n++; n == 100 {
					break
				}
			}
			if n < 100 {
				break
			}
		}
		require.Len(t, seen, 452)
	})
}

func TestEachTenantSeesItsOwnDeeds(t *testing.T) {
	t.Parallel()
	var line channeltest.Wire
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	experiment(t, labOptions{Config: otherTenant(&line), own: apart}, func(t *testing.T, l *lab) {
		l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv, letter := l.Conversation().ID, l.Letters("host")[0].Key
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "ours"))
		require.Error(t, l.agents.RetryNow(t.Context(), bob, "support"))
		require.Error(t, l.agents.RetryNow(t.Context(), bob, "no such channel"))
		time.Sleep(time.Second)
		require.NoError(t, l.agents.DropDeadLetters(t.Context(), admin, letter, store.WorkKey{Queue: "host", ID: "none"}))
		ours := access.Actor{Kind: access.Agent, ID: "owner", AdminOf: []string{"support"}}
		var got []string
		for _, d := range l.deedsOf(ours, deskapi.DeedQuery{Channel: "support"}) {
			got = append(got, d.Actor.ID+" "+d.Verb)
		}
		require.Equal(t, []string{"root drop", "alice set topic"}, got, "what an administrator of all did to a channel stands there")
		require.Len(t, l.deedsOf(admin, deskapi.DeedQuery{}), 3, "who has no right there is seen by who administers all")
		for _, who := range []access.Actor{alice, bob, ownerOther, {}} {
			for d, err := range l.agents.Deeds(t.Context(), who, deskapi.DeedQuery{Channel: "support"}) {
				require.ErrorIs(t, err, access.ErrDenied)
				require.Nil(t, d)
			}
		}
		for _, err := range l.agents.Deeds(t.Context(), ours, deskapi.DeedQuery{}) {
			require.ErrorIs(t, err, access.ErrDenied)
		}
	})
}

func TestWhoIsRefusedAgainAndAgainFillsNoStore(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, _ string) {
		for i := range 100 {
			require.Error(t, l.agents.RetryNow(t.Context(), alice, "support"))
			require.Error(t, l.agents.RetryNow(t.Context(), alice, strings.Repeat("x", i)))
		}
		require.Len(t, l.Records("deed"), 2)
		time.Sleep(time.Hour)
		require.Error(t, l.agents.RetryNow(t.Context(), alice, "support"))
		require.Len(t, l.Records("deed"), 3)
	})
}

func TestDeedsAreForgottenWhenTheirTimeIsOver(t *testing.T) {
	o := labOptions{
		Settings: func(s *settings.Settings) { s.Retention.Audit = 2 * duration.Day },
		Config:   func(c *channel.Config) { c.StrayRetention = 2 * duration.Day },
	}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "a"))
		require.NoError(t, l.agents.RetryNow(t.Context(), admin, ""))
		l.Pass(25 * time.Hour)
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "b"))
		require.Len(t, l.Records("deed"), 3)
		l.Pass(25 * time.Hour)
		require.Len(t, l.Records("deed"), 1)
	})
}

// forgetful is a store that keeps no deeds.
type forgetful struct{ *memstore.Store }

var errForgetful = errors.New("nothing is noted")

func (s forgetful) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	for i := range b.Put {
		if b.Put[i].Kind == "deed" {
			return store.Committed{}, errForgetful
		}
	}
	return s.Store.Commit(ctx, b)
}

func TestNothingIsHandedOutThatCannotBeNoted(t *testing.T) {
	asked(t, labOptions{Store: forgetful{memstore.New()}}, func(t *testing.T, l *lab, conv string) {
		var out strings.Builder
		require.ErrorIs(t, l.agents.ExportCustomer(t.Context(), admin, "support", channeltest.Recipient(channeltest.Kim), &out), errForgetful)
		require.Empty(t, out.String())
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "what is done is done"))
	})
}
