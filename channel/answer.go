package channel

import (
	"cmp"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// answer is what a message of ours means to the customer who waits. It counts as an answer
// from the moment at which WhatsApp accepted it, and no longer once it failed; what it
// made of the conversation and of the report is kept here, so that it can be taken back.
type answer struct {
	// Asked and Unanswered are since when the customer had waited when the message was
	// queued, as in rules.State: the conversation may be resolved before it is sent.
	Asked      time.Time `json:"asked,omitzero"`
	Unanswered time.Time `json:"unanswered,omitzero"`
	// At is when WhatsApp accepted it; zero while it does not count.
	At time.Time `json:"at,omitzero"`
	// Ended and EndedAny are since when the customer had waited for a person or a bot, and
	// for anything of ours, where this message ended the wait.
	Ended    time.Time `json:"ended,omitzero"`
	EndedAny time.Time `json:"ended_any,omitzero"`
	// First is when the conversation had begun, where this was the first answer of a person.
	First time.Time `json:"first,omitzero"`
	// Owned is when its author became the owner by it, and Before who was the owner until then.
	Owned  time.Time `json:"owned,omitzero"`
	Before string    `json:"before,omitempty"`
	// Back counts how often it was taken back.
	Back int `json:"back,omitempty"`
}

// asks begins the answer that a message is going to be.
func asks(st *rules.State) *answer {
	return &answer{Asked: st.WaitingSince, Unanswered: st.UnansweredSince}
}

// outcome follows what became of a message: what it counted for begins to count when
// WhatsApp has accepted it, and is taken back when it failed. The caller saves the message.
func (u *unit) outcome(ch *Channel, m *messageRecord, before conversation.Delivery) error {
	// Whoever wrote it down first: the answer to the send may have been lost.
	m.Sending = m.Sending && !m.Delivery.Settled()
	if before.State() == conversation.Uncertain && m.Delivery.Settled() {
		u.Drop(store.WorkKey{Queue: queueCheck, ID: m.ID}) // nobody need settle it any more
	}
	if was := before.Taken(); was.IsZero() && !m.Delivery.Taken().IsZero() {
		if m.Target == "" {
			u.countSent(m)
		}
		if err := u.answersAd(ch, m); err != nil {
			return err
		}
	}
	if m.Reach != "" && before.Reaches() != m.Delivery.Reaches() {
		if err := u.countReach(ch.portfolio(), m, m.Delivery.Reaches()); err != nil {
			return err
		}
	}
	switch {
	case m.Target != "":
		return u.react(ch, m)
	case m.Answer == nil:
		return nil
	case m.Delivery.Stands() == !m.Answer.At.IsZero() && (m.Delivery.State() != conversation.Failed || before.State() == conversation.Failed):
		return nil
	}
	var conv conversation.Conversation
	if ok, err := u.Load(kindConversation, m.Conversation, &conv); err != nil || !ok {
		return err
	}
	customer, err := u.customer(conv.Customer)
	if err != nil || customer == nil {
		return err
	}
	if m.Delivery.Stands() {
		return u.answered(ch, customer, &conv, m)
	}
	return u.unanswered(ch, customer, &conv, m)
}

// countSent brings a message that WhatsApp accepted into the report.
func (u *unit) countSent(m *messageRecord) {
	u.count(m.Channel, "messages_out", u.now, 1)
	u.count(m.Channel, "out_"+word(m.Kind), u.now, 1)
	if m.Auto != "" {
		u.count(m.Channel, "auto_replies", u.now, 1)
	}
}

// answered makes a message that WhatsApp has accepted an answer.
func (u *unit) answered(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, m *messageRecord) error {
	before, effects := conv.State, []rules.Effect(nil)
	fact := rules.Outbound{ID: m.ID, At: m.At, Agent: m.Author.ID}
	switch {
	case m.ByPerson():
		conv.State, effects = ch.rules.OnAgentReply(conv.State, fact, u.now)
	case m.ByMachine():
		fact.Agent = ""
		conv.State, effects = ch.rules.OnBotReply(conv.State, fact, u.now)
	default:
		conv.State, effects = ch.rules.OnAutomatic(conv.State, fact, u.now)
	}
	again := m.Answer.Back
	m.Answer = m.Answer.counted(m, &before, &conv.State)
	u.countAnswer(m, 1)
	for _, e := range effects {
		if e, ok := e.(*rules.Assign); ok {
			m.Answer.Owned, m.Answer.Before = conv.State.AssignedAt, e.From
		}
	}
	id := m.ID
	for range again {
		id += "|again"
	}
	actor := u.author
	u.author = m.Author
	err := u.carryOut(ch, customer, conv, effects, id)
	u.author = actor
	if err != nil {
		return err
	}
	u.arm(ch, customer, conv)
	return u.saveConversation(conv)
}

// counted is the answer with what it did to the conversation, which went from before to after.
func (a *answer) counted(m *messageRecord, before, after *rules.State) *answer {
	c := &answer{Asked: a.Asked, Unanswered: a.Unanswered, At: m.Delivery.Taken(), Back: a.Back}
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
		c.First = before.OpenedAt
	}
	return c
}

// countAnswer brings what an answer counts for into the report, or takes it out again.
func (u *unit) countAnswer(m *messageRecord, sign int64) {
	a := m.Answer
	count := func(name string, since time.Time) {
		if !since.IsZero() {
			u.count(m.Channel, name+"s", a.At, sign)
			u.count(m.Channel, name+"_seconds", a.At, sign*int64(max(0, a.At.Sub(since))/time.Second))
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

// unanswered takes back what a message counted for that failed after all, or lets the
// customer wait again whose conversation was resolved while the message was still queued.
func (u *unit) unanswered(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, m *messageRecord) error {
	a := m.Answer
	failed := rules.Failed{
		ID: m.ID, LastOutbound: conv.State.LastOutbound, LastAgentReply: conv.State.LastAgentReply,
		LastAutomatic: conv.State.LastAutomatic,
	}
	switch {
	case !a.At.IsZero():
		if err := u.takeBack(m, &failed); err != nil {
			return err
		}
	case (m.ByPerson() || m.ByMachine()) && conv.State.Queue == rules.QueueResolved && conv.State.LastOutbound.Before(a.Asked):
		failed.WaitingSince, failed.UnansweredSince = a.Asked, a.Unanswered
	default:
		return nil // it never counted, and the customer has been waiting all the time
	}
	if customer.Conversation != conv.ID {
		failed.WaitingSince = time.Time{} // the customer is in another conversation by now
	}
	var effects []rules.Effect
	conv.State, effects = ch.rules.OnFailed(conv.State, failed, u.now)
	if err := u.carryOut(ch, customer, conv, effects, m.ID+"|failed"); err != nil {
		return err
	}
	u.arm(ch, customer, conv)
	return u.saveConversation(conv)
}

// takeBack makes m no answer any more. The wait that it ended goes over to the next answer
// that stands; if there is none, the customer waits again, and failed says since when.
func (u *unit) takeBack(m *messageRecord, failed *rules.Failed) error {
	u.countAnswer(m, -1)
	a := *m.Answer
	m.Answer = &answer{Asked: a.Asked, Unanswered: a.Unanswered, Back: a.Back + 1}
	if !a.Owned.IsZero() {
		failed.Agent, failed.Before, failed.AssignedAt = m.Author.ID, a.Before, a.Owned
	}
	others, err := u.otherAnswers(m)
	if err != nil {
		return err
	}
	failed.LastOutbound, failed.LastAgentReply, failed.LastAutomatic = time.Time{}, time.Time{}, time.Time{}
	failed.WaitingSince, failed.UnansweredSince = a.Ended, a.EndedAny
	var heir, heirAny *messageRecord // who ends the wait instead: the first that came after the question
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
	return u.inherit(others, heir, heirAny, a)
}

// inherit lets other answers count for what a failed one counted for.
func (u *unit) inherit(others []*messageRecord, heir, heirAny *messageRecord, a answer) error {
	changed := map[*messageRecord]answer{}
	with := func(m *messageRecord, change func(*answer)) {
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
	with(heir, func(b *answer) { b.Ended = times.Earliest(b.Ended, a.Ended) })
	with(heirAny, func(b *answer) { b.EndedAny = times.Earliest(b.EndedAny, a.EndedAny) })
	if !a.First.IsZero() {
		if i := slices.IndexFunc(others, func(m *messageRecord) bool { return m.ByPerson() }); i >= 0 {
			with(others[i], func(b *answer) { b.First = a.First })
		}
	}
	for _, m := range others {
		before, ok := changed[m]
		if !ok {
			continue
		}
		after := m.Answer
		m.Answer = &before
		u.countAnswer(m, -1)
		m.Answer = after
		u.countAnswer(m, 1)
		if err := u.saveMessage(m); err != nil {
			return err
		}
	}
	return nil
}

// maxAnswers bounds how many messages are looked at for answers that stand.
const maxAnswers = 1000

// otherAnswers are the answers of m's conversation that stand apart from m, in their order.
func (u *unit) otherAnswers(m *messageRecord) ([]*messageRecord, error) {
	page, err := step.List[messageRecord](u.ctx, u.hub.store, store.Query{
		Kind: kindMessage, Parent: m.Conversation, Descending: true, Limit: maxAnswers,
	})
	if err != nil {
		return nil, err
	}
	var others []*messageRecord
	for _, o := range page {
		if o.ID == m.ID || o.Answer == nil || o.Answer.At.IsZero() {
			continue
		}
		now := new(messageRecord)
		if ok, err := u.Load(kindMessage, o.ID, now); err != nil {
			return nil, err
		} else if ok && now.Answer != nil && !now.Answer.At.IsZero() {
			others = append(others, now)
		}
	}
	slices.SortFunc(others, func(a, b *messageRecord) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return others, nil
}
