package desk

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/rules"
)

func opens(effects []rules.Effect) bool {
	for _, e := range effects {
		if _, ok := e.(*rules.NewConversation); ok {
			return true
		}
	}
	return false
}

// never is the time at which nothing is to be looked at.
var never time.Time

// carryOut does what the rules decided, once the state of the conversation is the one after it, and
// has the rules look at the conversation again when they want to.
func (d *Desk) carryOut(s *deskapi.Scene, effects []rules.Effect) {
	for _, e := range effects {
		d.effect(s, e)
	}
	seen := s.Conversation.WindowOf(s.Customer) // which may change the state
	due, _ := rulesOf(s).NextDue(s.Conversation.State, seen)
	s.WakeAt(due) // the zero time if there is none
}

func (d *Desk) effect(s *deskapi.Scene, e rules.Effect) {
	told := deskapi.Told{}
	why := func(w rules.Why) { told.Reason, told.Cause = string(w), conversation.Cause(w) }
	switch e := e.(type) {
	case *rules.Reopen:
		told.Kind, told.From, told.To = conversation.QueueMoved, string(rules.QueueResolved), string(rules.QueueNew)
		why(e.Why)
		s.Count("reopened", s.Now, 1)
		d.takenUp(s, e.Why)
	case *rules.MoveQueue:
		told.Kind, told.From, told.To = conversation.QueueMoved, string(e.From), string(e.To)
		why(e.Why)
	case *rules.Resolve:
		told.Kind, told.From, told.To = conversation.QueueMoved, string(e.From), string(rules.QueueResolved)
		why(e.Why)
		if e.Reason != "" {
			told.Reason = e.Reason
		}
		s.Count("resolved", s.Now, 1)
		if s.Conversation.Holder == conversation.HeldByBot {
			s.Count("bot_resolved", s.Now, 1)
		}
		state := &s.Conversation.State
		s.Count("resolution_seconds", s.Now, int64(state.ResolvedAt.Sub(state.OpenedAt)/time.Second))
	case *rules.Assign:
		told.Kind, told.From, told.To = conversation.Assigned, e.From, e.To
		why(e.Why)
	case *rules.Unassign:
		told.Kind, told.From = conversation.Assigned, e.From
		why(e.Why)
	case *rules.ClosingNotice:
		told.Kind = conversation.WindowClosing
		why(rules.WhyClosing)
		told.Reason = e.Before.String()
	case *rules.BotNotice:
		told.Kind = conversation.BotSuspected
		why(e.Why)
	case *rules.AutoReply:
		d.send(s, e.Content, string(e.Why), e.OpensAt)
		return
	case *rules.Remind:
		d.send(s, e.Content, "reminder", never)
		return
	case *rules.Farewell:
		if s.Conversation.MergedInto == "" { // the talk goes on
			d.send(s, e.Content, "farewell", never)
		}
		return
	case *rules.FollowUp:
		d.send(s, e.Content, string(rules.WhyFollowUp), never)
		return
	default: // NewConversation shows in the first message
		return
	}
	s.Tell(told)
}

// send sends a message that the rules want to go out.
func (d *Desk) send(s *deskapi.Scene, c rules.Content, why string, opensAt time.Time) {
	s.Send(deskapi.Automatic{
		Why: why, Text: c.Text, Template: c.Template, Language: c.Language, Values: c.Values,
		Lookup: opening(rulesOf(s).Schedule(), opensAt),
	})
}
