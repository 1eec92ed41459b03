package desk

import (
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/internal/times"
)

// What a message of ours means to the customer who waits. It counts as an answer from the moment
// at which WhatsApp accepted it, and no longer once it failed; what it made of the conversation and
// of the report is kept with it, so that it can be taken back.

// Answered implements [deskapi.Desk]: a message that WhatsApp has accepted is an answer, and so is
// what somebody wrote in the Business app.
func (p part) Answered(s *deskapi.Scene, m *deskapi.Sent) error {
	before := s.Conversation.State
	fact := rules.Outbound{ID: m.ID, At: m.At, Agent: m.Author.ID}
	var after rules.State
	var effects []rules.Effect
	if s.Conversation.Holder == conversation.HeldByBot {
		fact.Agent = "" // it went back to the bot meanwhile, which shares it with nobody
	}
	switch {
	case m.ByPerson():
		after, effects = rulesOf(s).OnAgentReply(before, fact, s.Now)
	case m.ByMachine():
		fact.Agent = ""
		after, effects = rulesOf(s).OnBotReply(before, fact, s.Now)
	default:
		after, effects = rulesOf(s).OnAutomatic(before, fact, s.Now)
	}
	m.Answer = counted(m, &before, &after)
	countAnswer(s, m, 1)
	for _, e := range effects {
		if e, ok := e.(*rules.Assign); ok {
			m.Answer.Owned, m.Answer.Before = after.AssignedAt, e.From
		}
	}
	if m.Direction != conversation.Echo {
		s.Author = m.Author // of what follows from it
	}
	return p.enter(s, after, effects)
}

// counted is the answer with what it did to the conversation, which went from before to after.
func counted(m *deskapi.Sent, before, after *rules.State) *conversation.Answer {
	var a conversation.Answer
	if m.Answer != nil {
		a = *m.Answer
	}
	c := &conversation.Answer{Asked: a.Asked, Unanswered: a.Unanswered, At: m.Delivery.Taken(), Back: a.Back}
	if m.Direction == conversation.Echo {
		c.At = m.At
	}
	// ended is since when a wait lasted that this message ended. Where the conversation was
	// resolved before the message was sent, its state has forgotten the wait.
	ended := func(was, is, asked, lastAnswer time.Time) time.Time {
		switch {
		case !was.IsZero() && is.IsZero():
			return was
		case was.IsZero() && !asked.IsZero() && lastAnswer.Before(asked):
			return asked
		}
		return time.Time{}
	}
	if m.ByPerson() || m.ByMachine() {
		c.Ended = ended(before.WaitingSince, after.WaitingSince, a.Asked, before.LastOutbound)
	}
	last := times.Latest(before.LastOutbound, before.LastAutomatic)
	c.EndedAny = ended(before.UnansweredSince, after.UnansweredSince, a.Unanswered, last)
	if m.ByPerson() && before.LastAgentReply.IsZero() && !before.LastInbound.IsZero() {
		c.First = times.Latest(before.OpenedAt, before.HandedOver)
	}
	return c
}

// countAnswer brings what an answer counts for into the report, or takes it out again.
func countAnswer(s *deskapi.Scene, m *deskapi.Sent, sign int64) {
	a := m.Answer
	count := func(name string, since time.Time) {
		if !since.IsZero() {
			s.Count(name+"s", a.At, sign)
			s.Count(name+"_seconds", a.At, sign*int64(max(0, a.At.Sub(since))/time.Second))
		}
	}
	switch {
	case m.ByPerson():
		count("first_answer", a.First)
		count("answer", a.Ended)
	case m.ByMachine():
		count("bot_answer", a.Ended)
	default:
		count("automatic_answer", a.EndedAny)
	}
}

// Failed implements [deskapi.Desk]: what a message counted for that failed after all is taken back,
// or the customer waits again whose conversation was resolved while the message was still queued.
func (p part) Failed(s *deskapi.Scene, m *deskapi.Sent) error {
	a, state := m.Answer, s.Conversation.State
	failed := rules.Failed{
		ID: m.ID, LastOutbound: state.LastOutbound, LastAgentReply: state.LastAgentReply, LastAutomatic: state.LastAutomatic,
	}
	switch {
	case !a.At.IsZero():
		if err := takeBack(s, m, &failed); err != nil {
			return err
		}
	case (m.ByPerson() || m.ByMachine()) && state.Queue == rules.QueueResolved && state.LastOutbound.Before(a.Asked):
		failed.WaitingSince, failed.UnansweredSince = a.Asked, a.Unanswered
	default:
		return nil // it never counted, and the customer has been waiting all the time
	}
	if s.Customer.Conversation != s.Conversation.ID {
		failed.WaitingSince = time.Time{} // the customer is in another conversation by now
	}
	state, effects := rulesOf(s).OnFailed(state, failed, s.Now)
	s.Conversation.State = state
	p.carryOut(s, effects)
	return nil
}

// takeBack makes m no answer any more. The wait that it ended goes over to the next answer that
// stands; if there is none, the customer waits again, and failed says since when.
func takeBack(s *deskapi.Scene, m *deskapi.Sent, failed *rules.Failed) error {
	countAnswer(s, m, -1)
	a := *m.Answer
	m.Answer = &conversation.Answer{Asked: a.Asked, Unanswered: a.Unanswered, Back: a.Back + 1}
	if !a.Owned.IsZero() {
		failed.Agent, failed.Before, failed.AssignedAt = m.Author.ID, a.Before, a.Owned
	}
	others, err := otherAnswers(s, m)
	if err != nil {
		return err
	}
	failed.LastOutbound, failed.LastAgentReply, failed.LastAutomatic = time.Time{}, time.Time{}, time.Time{}
	failed.WaitingSince, failed.UnansweredSince = a.Ended, a.EndedAny
	var heir, heirAny *deskapi.Sent // who ends the wait instead: the first that came after the question
	for _, o := range others {
		at := o.At.Truncate(time.Second)
		switch {
		case !o.ByPerson() && !o.ByMachine():
			failed.LastAutomatic = times.Latest(failed.LastAutomatic, at)
		default:
			failed.LastOutbound = times.Latest(failed.LastOutbound, at)
			if !a.Ended.IsZero() && !o.At.Before(a.Ended) && heir == nil {
				heir = o
			}
		}
		if o.ByPerson() {
			failed.LastAgentReply = times.Latest(failed.LastAgentReply, at)
		}
		if !a.EndedAny.IsZero() && !o.At.Before(a.EndedAny) && heirAny == nil {
			heirAny = o
		}
	}
	if heir != nil {
		failed.WaitingSince = time.Time{}
	}
	if heirAny != nil {
		failed.UnansweredSince = time.Time{}
	}
	return inherit(s, others, heir, heirAny, a)
}

// inherit lets other answers count for what a failed one counted for.
func inherit(s *deskapi.Scene, others []*deskapi.Sent, heir, heirAny *deskapi.Sent, a conversation.Answer) error {
	changed := map[*deskapi.Sent]conversation.Answer{}
	with := func(m *deskapi.Sent, change func(*conversation.Answer)) {
		if m == nil {
			return
		}
		if _, ok := changed[m]; !ok {
			changed[m] = *m.Answer
		}
		after := *m.Answer
		change(&after)
		m.Answer = &after
	}
	with(heir, func(b *conversation.Answer) { b.Ended = times.Earliest(b.Ended, a.Ended) })
	with(heirAny, func(b *conversation.Answer) { b.EndedAny = times.Earliest(b.EndedAny, a.EndedAny) })
	if !a.First.IsZero() {
		if i := slices.IndexFunc(others, func(m *deskapi.Sent) bool { return m.ByPerson() }); i >= 0 {
			with(others[i], func(b *conversation.Answer) { b.First = a.First })
		}
	}
	for _, m := range others {
		before, ok := changed[m]
		if !ok {
			continue
		}
		after := m.Answer
		m.Answer = &before
		countAnswer(s, m, -1)
		m.Answer = after
		countAnswer(s, m, 1)
		if err := s.Save(m); err != nil {
			return err
		}
	}
	return nil
}

// maxAnswers bounds how many messages are looked at for answers that stand.
const maxAnswers = 1000

// otherAnswers are the answers of m's conversation that stand apart from m, in their order.
func otherAnswers(s *deskapi.Scene, m *deskapi.Sent) ([]*deskapi.Sent, error) {
	all, err := s.Sent(maxAnswers)
	return slices.DeleteFunc(all, func(o *deskapi.Sent) bool { return o.ID == m.ID || o.Answer.At.IsZero() }), err
}
