package desk

import (
	"context"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/rules"
)

// HandOver is [channel.Hub.HandOver] for whoever may assign in the conversation, a bot or an agent who
// takes it. It goes to the queue new and, if no team has it yet, to Settings.HandoverTeam; outside the
// opening hours, or if all are away, the customer is told by the rules. What a bot has belongs to
// nobody: it is assigned from here on.
func (d *Desk) HandOver(ctx context.Context, actor access.Actor, id string, why conversation.Handover) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Assign}, verb: "hand over"}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	return d.hub.HandOver(ctx, author(actor), id, why)
}

// HandBack is [channel.Hub.HandBack] for whoever may assign in the conversation. It belongs to nobody
// from then on.
func (d *Desk) HandBack(ctx context.Context, actor access.Actor, id, reason string) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Assign}, verb: "hand back"}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	return d.hub.HandBack(ctx, author(actor), id, reason)
}

// Held implements channel.Desk.
func (p part) Held(s *deskapi.Scene, why conversation.Cause) error {
	p.held(s, why)
	return nil
}

// take gives a conversation to people.
func (d *Desk) take(s *deskapi.Scene, why conversation.Cause) {
	if s.Hold(conversation.HeldByPeople, why, "") {
		d.held(s, why)
	}
}

// takenUp gives a conversation that was resolved to whom the channel says that it belongs to then. What a
// person takes up again is for people.
func (d *Desk) takenUp(s *deskapi.Scene, why rules.Why) {
	to := conversation.HeldByPeople
	if why == rules.WhyCustomerWrote && s.Settings.BotFirst {
		to = conversation.HeldByBot
	}
	if s.Hold(to, conversation.CauseTakenUp, "") {
		d.held(s, conversation.CauseTakenUp)
	}
}

// held carries out what follows when a conversation has another holder.
func (d *Desk) held(s *deskapi.Scene, why conversation.Cause) {
	var effects []rules.Effect
	if s.Conversation.Holder == conversation.HeldByBot {
		s.Conversation.State, effects = rulesOf(s).OnHandBack(s.Conversation.State, s.Now)
	} else {
		seen := s.Conversation.WindowOf(s.Customer) // which may change the state
		s.Conversation.State, effects = rulesOf(s).OnHandover(s.Conversation.State, rules.Handover{
			Waits: why.HandsOver(), Window: seen, AllAway: d.allAway(s.Settings.ID),
		}, s.Now)
		d.route(s)
	}
	d.carryOut(s, effects)
}

// route gives what a bot handed over to a team.
func (d *Desk) route(s *deskapi.Scene) {
	if team := s.Prepared.(*prepared).team; team != "" && s.Conversation.Team == "" {
		s.Conversation.Team = team
		s.Tell(deskapi.Told{Kind: conversation.TeamAssigned, To: team, Reason: string(rules.WhyHandedOver), Cause: conversation.Cause(rules.WhyHandedOver)})
	}
}

// botAnswers says whether a bot has the conversation that the customer just wrote in.
func botAnswers(s *deskapi.Scene) bool {
	if s.Conversation.State.Queue == rules.QueueResolved { // it is taken up again, or another one begins
		return s.Settings.BotFirst
	}
	return s.Conversation.Holder == conversation.HeldByBot
}

// holderNames are holders as the inbox knows them; nil stays nil.
func holderNames(holders []conversation.Holder) []string {
	if holders == nil {
		return nil
	}
	names := make([]string, 0, len(holders))
	for _, h := range holders {
		names = append(names, h.String())
	}
	return names
}
