package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/message"
)

// Who answers in a conversation is decided in the commit of whatever decides it: each answer saves the
// conversation, so that of an answer of a bot and one of a person the second to commit sees the first.

// Hold implements [deskapi.Actions].
func (s *scene) Hold(by conversation.Holder, why conversation.Cause, reason string) bool {
	from := s.Conversation.Holder
	if by == from {
		return false
	}
	s.Conversation.Holder = by
	s.Tell(deskapi.Told{Kind: conversation.HolderChanged, From: from.String(), To: by.String(), Reason: reason, Cause: why})
	if by == conversation.HeldByBot {
		s.Count("handed_back", s.Now, 1)
	} else {
		s.Count("handed_over", s.Now, 1)
		s.Count("handed_over_"+string(why), s.Now, 1)
	}
	return true
}

// give is Hold, of which the desk hears.
func (s *scene) give(by conversation.Holder, why conversation.Cause, reason string) error {
	if !s.Hold(by, why, reason) || s.unit.core.desk == nil {
		return nil
	}
	return s.unit.core.desk.Held(&s.Scene, why)
}

// mayAnswer refuses a bot where people have the conversation.
func (u *unit) mayAnswer(conv *conversation.Conversation) error {
	if !conv.Holder.Holds(u.author) {
		return ErrHeldByPeople
	}
	return nil
}

// mayResend is mayAnswer for what was written before, by whomever.
func (u *unit) mayResend(m *messageRecord, out *message.Outbound) error {
	if conversation.HeldByPeople.Holds(u.author) || out.Lane == message.LaneNotify {
		return nil
	}
	conv, _, err := u.talkOf(m.Conversation)
	if err != nil || conv == nil {
		return err
	}
	if err := u.follow(conv); err != nil {
		return err
	}
	u.Expect(kindConversation, conv.ID) // so that whoever takes it at this moment comes first or second
	return u.mayAnswer(conv)
}

// takes says whether an answer takes the conversation from a bot.
func (u *unit) takes(conv *conversation.Conversation) bool {
	return u.author.Kind == conversation.Agent && conv.Holder == conversation.HeldByBot
}

// take gives the conversation to people because one of them answered.
func (s *scene) take() error {
	return s.give(conversation.HeldByPeople, conversation.CauseAnswered, "")
}
