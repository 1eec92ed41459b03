package channel

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/internal/opaque"
)

// Handover is why people get a conversation that a bot has.
type Handover struct {
	// Cause is conversation.CauseAskedFor, CauseMisses, CauseOutOfDepth or CauseByHand; "" is the last.
	Cause conversation.Cause
	// Reason is a sentence for whoever takes it on, at most 500 bytes, with card numbers masked; "" for
	// none.
	Reason string
}

// LogValue shows the cause, if it is one.
func (h Handover) LogValue() slog.Value {
	cause := "unknown"
	if h.Cause == "" || slices.Contains(handoverCauses, h.Cause) {
		cause = string(h.Cause)
	}
	return slog.GroupValue(slog.String("cause", cause), slog.Int("reason_bytes", len(h.Reason)))
}

// Format implements [fmt.Formatter] with what LogValue shows.
func (h Handover) Format(f fmt.State, _ rune) { discreet.Format(f, h) }

// handoverCauses are what a Handover may have for a Cause.
var handoverCauses = []conversation.Cause{
	conversation.CauseAskedFor, conversation.CauseMisses, conversation.CauseOutOfDepth, conversation.CauseByHand,
}

const maxHolderReason = 500

// HandOver gives a conversation that a bot has to people: a bot that was asked for a person, did not
// understand or cannot help, or somebody who takes it. The host is told with
// conversation.HolderChanged. To give people what they have is no error and changes nothing.
//
// Who has a conversation, Conversation.Holder, is the one who answers: as long as people have it, Reply
// refuses what a Bot writes with ErrHeldByPeople, and what a bot had scheduled fails when it is due.
// What a bot wrote before goes out. An answer of an Agent, here or in the Business app, takes the
// conversation from the bot in the same commit. Reactions, notifications and what rules send change
// nothing, and only a bot's reactions are refused. BotFirst of the channel's settings says who has a
// conversation that begins. The error matches ErrNotFound or ErrUnusable.
func (h *Hub) HandOver(ctx context.Context, by conversation.Author, id string, why Handover) error {
	if why.Cause == "" {
		why.Cause = conversation.CauseByHand
	}
	if !slices.Contains(handoverCauses, why.Cause) {
		return fmt.Errorf("channel: hand over: cause: %w", ErrUnusable)
	}
	return h.hold(ctx, by, "hand over", id, conversation.HeldByPeople, why)
}

// HandBack gives a conversation that people have to the bot; reason is a sentence for the log, at most
// 500 bytes, "" for none. A bot cannot take it by itself: the error then matches ErrHeldByPeople, or
// ErrNotFound or ErrUnusable.
func (h *Hub) HandBack(ctx context.Context, by conversation.Author, id, reason string) error {
	return h.hold(ctx, by, "hand back", id, conversation.HeldByBot, Handover{conversation.CauseByHand, reason})
}

func (h *Hub) hold(ctx context.Context, by conversation.Author, verb, id string, to conversation.Holder, why Handover) error {
	err := usable("reason", why.Reason, maxHolderReason)
	if err == nil {
		action := opaque.Random("a_")
		err = h.do(ctx, func(u *unit) error {
			u.author = by
			ch, customer, conv, err := u.answering(id)
			if err != nil {
				return err
			}
			if to == conversation.HeldByBot {
				if err := u.mayAnswer(conv); err != nil {
					return err
				}
			}
			s := u.scene(ch, customer, conv, action, u.now)
			if err := s.give(to, why.Cause, strings.TrimSpace(s.Redact(why.Reason))); err != nil {
				return err
			}
			return s.finish()
		})
	}
	if err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}
