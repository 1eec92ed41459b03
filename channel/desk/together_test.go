package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// carol is a second agent of support.
var carol = access.Actor{Kind: access.Agent, ID: "carol"}

func TestPresenceIsSeenByOthersAndPasses(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		second, err := desk.New(desk.Config{Hub: channel.Config{Store: l.Store, Ticketing: l.Host, Channels: l.Hub.Channels()}})
		require.NoError(t, err)
		who := func() (list []string) {
			found, err := second.Present(ctx, alice, id, "v_none")
			require.NoError(t, err)
			for _, p := range found[id] {
				list = append(list, p.Author.ID+" "+string(p.Activity))
			}
			return list
		}
		require.Empty(t, who())
		require.NoError(t, l.agents.SetPresence(ctx, alice, id, desk.Viewing))
		require.NoError(t, l.agents.SetPresence(ctx, carol, id, desk.Writing))
		require.Equal(t, []string{"carol writing", "alice viewing"}, who(), "in another process, at once, who writes first")
		require.NoError(t, l.agents.SetPresence(ctx, alice, id, desk.Writing))
		require.Equal(t, []string{"alice writing", "carol writing"}, who())
		require.NoError(t, l.agents.SetPresence(ctx, alice, id, desk.Gone))
		require.Equal(t, []string{"carol writing"}, who())
		l.Pass(20 * time.Second)
		require.NoError(t, l.agents.SetPresence(ctx, carol, id, desk.Writing))
		l.Pass(20 * time.Second)
		require.Equal(t, []string{"carol writing"}, who(), "said again")
		l.Pass(desk.PresenceFor)
		require.Empty(t, who(), "nobody left, but nobody said so again")

		before := l.Records("margin")
		require.NoError(t, l.agents.SetPresence(ctx, carol, id, desk.Viewing))
		written := l.Records("margin")[0].Version
		for range 10 {
			require.NoError(t, l.agents.SetPresence(ctx, carol, id, desk.Viewing))
		}
		require.Equal(t, written, l.Records("margin")[0].Version, "to say it again at once writes nothing")
		require.Len(t, before, 1)
		require.ErrorIs(t, l.agents.SetPresence(ctx, carol, id, "dancing"), desk.ErrActivity)
	})
}

// timekeeper is a store with a clock of its own: that of the bubble.
type timekeeper struct{ store.Store }

func (timekeeper) Now(context.Context) (time.Time, error) { return time.Now(), nil }

func TestAgentsSeeEachOtherThoughTheClocksOfTheirMachinesDiffer(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{5 * time.Minute, -5 * time.Minute} {
		st := timekeeper{memstore.New()}
		experiment(t, labOptions{Store: st}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "hello")
			id, ctx := l.Conversation().ID, t.Context()
			other := newLab(t, labOptions{Store: st, Config: func(c *channel.Config) {
				c.Now = func() time.Time { return time.Now().Add(off) }
			}})
			other.Run()
			require.NoError(t, l.agents.SetPresence(ctx, alice, id, desk.Viewing))
			require.NoError(t, other.agents.SetPresence(ctx, carol, id, desk.Writing))
			for _, d := range []*desk.Desk{l.agents, other.agents} {
				found, err := d.Present(ctx, alice, id)
				require.NoError(t, err)
				require.Len(t, found[id], 2, "%v", off)
			}
			l.Pass(desk.PresenceFor)
			for _, d := range []*desk.Desk{l.agents, other.agents} {
				found, err := d.Around(ctx, alice)
				require.NoError(t, err)
				require.Empty(t, found, "%v", off)
			}
			other.Stop()
		})
	}
}

func TestPresenceIsNobodyElsesBusiness(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		require.NoError(t, l.agents.SetPresence(ctx, alice, id["A"], desk.Viewing))
		require.ErrorIs(t, l.agents.SetPresence(ctx, bob, id["A"], desk.Viewing), channel.ErrNotFound)
		found, err := l.agents.Present(ctx, bob, id["A"], id["Z"])
		require.NoError(t, err)
		require.Empty(t, found)
		_, err = l.Hub.EraseConversation(ctx, id["A"])
		require.NoError(t, err)
		require.Empty(t, l.Records("margin"))
	})
}

func TestOnlyWhomTheHostLetsMayOwnAConversation(t *testing.T) {
	t.Parallel()
	o := labOptions{desk: func(c *desk.Config) {
		c.Assignable = func(on, agent, team string) bool { return on == "support" && (agent == "alice" || team == "north") }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		require.ErrorIs(t, l.agents.Assign(ctx, alice, id, "stranger"), desk.ErrAssignee)
		require.Equal(t, 409, desk.Explain(l.agents.Assign(ctx, alice, id, "stranger")).Status)
		require.ErrorIs(t, l.agents.AssignTeam(ctx, alice, id, "south"), desk.ErrAssignee)
		require.Empty(t, l.Conversation().State.Assignee)
		require.NoError(t, l.agents.Assign(ctx, alice, id, "alice"))
		require.NoError(t, l.agents.Assign(ctx, alice, id, ""), "nobody may always own it")
	})
}

func TestATeamLooksAfterAConversation(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		require.NoError(t, l.agents.AssignTeam(ctx, alice, id["A"], "north"))
		require.NoError(t, l.agents.AssignTeam(ctx, alice, id["A"], "north"), "again")
		require.NoError(t, l.agents.AssignTeam(ctx, alice, id["B"], "south"))
		l.Pass(time.Minute)
		require.Equal(t, "A", l.names(alice, desk.InboxQuery{Teams: []string{"north"}}))
		require.Equal(t, "DC", l.names(alice, desk.InboxQuery{Teams: []string{""}}))
		counts, err := l.agents.CountInbox(ctx, alice, desk.InboxQuery{})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"": 2, "north": 1, "south": 1}, counts.ByTeam)
		var told []string
		for _, c := range l.Host.Of(conversation.TeamAssigned) {
			told = append(told, c.Author.ID+" "+c.From+">"+c.To)
		}
		require.ElementsMatch(t, []string{"alice >north", "alice >south"}, told)

		require.ErrorIs(t, l.agents.AssignTeam(ctx, bob, id["A"], "mine"), channel.ErrNotFound)
		require.NoError(t, l.agents.Resolve(ctx, alice, id["C"], ""))
		require.ErrorIs(t, l.agents.AssignTeam(ctx, alice, id["C"], "north"), rules.ErrNotOpen)
		require.ErrorIs(t, l.agents.AssignTeam(ctx, alice, id["A"], string(make([]byte, 10_000))), channel.ErrUnusable)
	})
}

func TestWhoIsBlockedIsNotWrittenToAndTheAuditKnows(t *testing.T) {
	var told []desk.AuditInfo
	o := options{
		own: func(s *desk.Settings) {
			s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "carol": access.Contributor}}
		},
		desk: func(c *desk.Config) {
			c.Audit = func(_ context.Context, i desk.AuditInfo, err error) { told = append(told, i) }
		},
	}
	test(t, o, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.User.Text(r.Number, "hello")
		r.Settle()
		id := r.Conversation().ID
		waiting, err := r.agents.Reply(ctx, alice, channel.Reply{
			Conversation: id, Content: &message.Text{Body: "in an hour"}, At: r.World.Now().Add(time.Hour),
		})
		require.NoError(t, err)
		require.ErrorIs(t, r.agents.Block(ctx, carol, id, true), access.ErrDenied)
		require.NoError(t, r.agents.Block(ctx, alice, id, true))
		require.NoError(t, r.agents.Block(ctx, alice, id, true), "again")
		_, customer, err := r.Hub.Conversation(ctx, id)
		require.NoError(t, err)
		require.False(t, customer.Blocked.IsZero())
		_, err = r.agents.Reply(ctx, alice, channel.Reply{Conversation: id, Content: &message.Text{Body: "hi"}})
		require.ErrorIs(t, err, channel.ErrBlocked)
		require.Equal(t, conversation.CauseBlocked, channel.CauseOf(err))
		require.Equal(t, 409, explain.Error(err).Status)
		r.Pass(2 * time.Hour)
		m, err := r.Hub.Message(ctx, waiting.ID)
		require.NoError(t, err)
		require.Equal(t, conversation.Failed, m.Delivery.State(), "what was to be sent later is not")
		require.Contains(t, m.Delivery.Failure.Title, "blocked")

		require.NoError(t, r.agents.Block(ctx, alice, id, false))
		_, err = r.agents.Reply(ctx, alice, channel.Reply{Conversation: id, Content: &message.Text{Body: "hi again"}})
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{"hello", "hi again"}, r.Sees())
		var words []string
		for _, c := range r.Host.Of(conversation.BlockChanged) {
			words = append(words, c.Author.ID+" "+c.Reason)
		}
		require.Equal(t, []string{"alice blocked", "alice unblocked"}, words)
		blocks := 0
		for _, i := range told {
			if i.Action == access.Block {
				require.Equal(t, id, i.Conversation)
				blocks++
			}
		}
		require.Equal(t, 4, blocks)

		r.Pass(25 * time.Hour)
		err = r.agents.Block(ctx, alice, id, true)
		require.Error(t, err, "WhatsApp blocks only who wrote within 24 hours")
		require.Less(t, explain.Error(err).Status, 500)
	})
}

func TestWhereNobodyCanBeBlockedThatIsSaid(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		require.ErrorIs(t, l.agents.Block(t.Context(), alice, l.Conversation().ID, true), channel.ErrCannotBlock)
	})
}

func TestAResolvedCustomerIsAskedHowItWentOncePerWindow(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule rules.FarewellRule
		want []string
	}{
		"with a text":     {rules.FarewellRule{Enabled: true, Content: rules.Content{Text: "How was it, {{customer.name}}?"}}, []string{"How was it, Kim Sample?"}},
		"with a template": {rules.FarewellRule{Enabled: true, Content: rules.Content{Template: "reminder", Language: "en"}}, []string{"template"}},
		"switched off":    {rules.FarewellRule{Content: rules.Content{Text: "How was it?"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := labOptions{Config: channeltest.WithTemplates(t), own: func(s *desk.Settings) { s.Rules.Farewell = tt.rule }}
			experiment(t, o, func(t *testing.T, l *lab) {
				ctx := t.Context()
				l.Say(channeltest.Kim, "wamid.1", "hello")
				id := l.Conversation().ID
				require.NoError(t, l.agents.Resolve(ctx, alice, id, ""))
				l.Pass(time.Minute)
				require.Equal(t, tt.want, l.Line.Texts())
				require.Equal(t, rules.QueueResolved, l.Conversation().State.Queue, "it does not take the conversation up again")
				require.NoError(t, l.agents.Reopen(ctx, alice, id))
				require.NoError(t, l.agents.Resolve(ctx, alice, id, ""))
				l.Pass(time.Minute)
				require.Len(t, l.Line.Texts(), len(tt.want), "once per window")
			})
		})
	}
}

func TestAFarewellIsForCustomersWhoWroteAndCanBeReached(t *testing.T) {
	t.Parallel()
	rule := rules.FarewellRule{Enabled: true, Content: rules.Content{Text: "How was it?"}}
	o := labOptions{Config: channeltest.WithTemplates(t), Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }, own: func(s *desk.Settings) {
		s.Rules.Farewell = rule
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		ctx := t.Context()
		m, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.NoError(t, l.agents.Resolve(ctx, alice, m.Conversation, ""))
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(26 * time.Hour)
		require.NoError(t, l.agents.Resolve(ctx, alice, l.Conversation().ID, ""), "its window is closed")
		l.Pass(time.Minute)
		require.Equal(t, []string{"template"}, l.Line.Texts())
		require.Empty(t, l.Host.Of(conversation.AutomaticWithheld), "nothing was tried")
	})
	bad := desk.Settings{Rules: rules.Settings{Farewell: rules.FarewellRule{Enabled: true}}}
	require.ErrorContains(t, bad.Validate(), "farewell")
	bad.Rules.Farewell.Text = "Bye {{nobody.knows}}"
	require.ErrorContains(t, bad.Validate(), "farewell")
}

func TestASnoozedConversationComesBackWhenTheCustomerWritesOrTheTimeComes(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]bool{"the time comes": false, "the customer writes": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				id := l.Conversation().ID
				for _, at := range []time.Duration{-time.Hour, 0} {
					err := l.agents.Move(t.Context(), alice, id, rules.QueuePending, time.Now().Add(at))
					require.ErrorIs(t, err, rules.ErrReturnTime)
					require.Equal(t, 422, desk.Explain(err).Status)
				}
				require.NoError(t, l.agents.Move(t.Context(), alice, id, rules.QueuePending, time.Now().Add(3*time.Hour)))
				l.Pass(2 * time.Hour)
				require.Equal(t, rules.QueuePending, l.Conversation().State.Queue)
				if writes {
					l.Say(channeltest.Kim, "wamid.2", "and?")
				} else {
					l.Pass(time.Hour + time.Minute)
				}
				require.Equal(t, rules.QueueNew, l.Conversation().State.Queue)
			})
		})
	}
}
