package desk

import (
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

// part is the desk as the hub knows it: a deskapi.Desk. It is a type of its own so that the agents'
// methods are all that a host sees of a Desk.
type part struct{ *Desk }

// prepared is what the desk makes of the settings of a channel.
type prepared struct {
	access access.Policy
	rules  *rules.Rules
	team   string // Settings.HandoverTeam
}

// Prepare implements [deskapi.Desk].
func (p part) Prepare(all *settings.Settings, templates bool) (any, error) {
	s, err := SettingsOf(*all)
	if err != nil {
		return nil, err
	}
	if err := s.check(templates); err != nil {
		return nil, err
	}
	r, err := rules.New(s.Rules.Filled())
	if err != nil {
		return nil, err
	}
	return &prepared{access: s.Access, rules: r, team: s.HandoverTeam}, nil
}

// policy is the access policy of a channel; that of a channel which no desk has seen permits nobody.
func policy(ch *channel.Channel) access.Policy {
	if p, ok := ch.Prepared().(*prepared); ok {
		return p.access
	}
	return access.Policy{}
}

// rulesOf are the rules of the channel that a step happens on.
func rulesOf(s *deskapi.Scene) *rules.Rules { return s.Prepared.(*prepared).rules }

// Received implements [deskapi.Desk]: the rules decide whether a message goes on with the
// conversation or begins the next one, and what follows.
func (p part) Received(s *deskapi.Scene, m *conversation.Message) error {
	fact := rules.Inbound{ID: m.ID, At: m.At, Window: s.Conversation.WindowOf(s.Customer), AllAway: p.allAway(s.Settings.ID), Bot: botAnswers(s)}
	if m.Kind == "text" {
		fact.Text = m.Text
	}
	state, effects := rulesOf(s).OnInbound(s.Conversation.State, fact, s.Now)
	return p.enter(s, state, effects)
}

// Contacted implements [deskapi.Desk].
func (p part) Contacted(s *deskapi.Scene, id string) error {
	state, effects := rulesOf(s).OnNotify(s.Conversation.State, rules.Outbound{ID: id, At: s.Now}, s.Now)
	return p.enter(s, state, effects)
}

// enter goes on with a state, in the next conversation if the rules say so. One of which no rule
// knows yet, because it just began or because there was no desk, is taken on.
func (p part) enter(s *deskapi.Scene, state rules.State, effects []rules.Effect) error {
	if opens(effects) && s.Conversation.State.Queue != rules.QueueNone {
		if err := s.Begin(); err != nil {
			return err
		}
	}
	s.Conversation.State = state
	p.carryOut(s, effects)
	return nil
}

// Merged implements [deskapi.Desk]: the conversation that does not go on is resolved. If both were open they
// become one matter, with what agents had filed of either.
func (p part) Merged(s, absorbed *deskapi.Scene) error {
	p.carryOut(s, nil)
	if absorbed.Conversation.State.Queue.Open() {
		takeOver(s, absorbed.Conversation)
		state, effects := rulesOf(absorbed).OnResolve(absorbed.Conversation.State, "merged", s.Now)
		absorbed.Conversation.State = state
		p.carryOut(absorbed, effects)
	}
	return nil
}

// takeOver files in a conversation what was filed in another one: its tags, as far as there is room, and its
// team and topic where there is none.
func takeOver(s *deskapi.Scene, from *conversation.Conversation) {
	c := s.Conversation
	if c.Team == "" && from.Team != "" {
		c.Team = from.Team
		s.Tell(deskapi.Told{Kind: conversation.TeamAssigned, To: c.Team})
	}
	if c.Topic == "" && from.Topic != "" {
		c.Topic = from.Topic
		s.Tell(deskapi.Told{Kind: conversation.TopicChanged, To: c.Topic})
	}
	tags := slices.Clone(c.Tags)
	for _, t := range from.Tags {
		if !slices.Contains(tags, t) && len(tags) < maxTags {
			tags = append(tags, t)
		}
	}
	if len(tags) == len(c.Tags) {
		return
	}
	slices.Sort(tags)
	s.Tell(deskapi.Told{Kind: conversation.TagsChanged, From: strings.Join(c.Tags, ", "), To: strings.Join(tags, ", ")})
	c.Tags = tags
}

// Due implements [deskapi.Desk].
func (p part) Due(s *deskapi.Scene) error {
	if s.Customer.Conversation != s.Conversation.ID && !s.Conversation.State.Queue.Open() {
		s.WakeAt(never)
		return nil
	}
	seen := s.Conversation.WindowOf(s.Customer) // which may change the state
	s.Since, _ = rulesOf(s).NextDue(s.Conversation.State, seen)
	state, effects := rulesOf(s).OnTimer(s.Conversation.State, seen, s.Now)
	s.Conversation.State = state
	p.carryOut(s, effects)
	return nil
}
