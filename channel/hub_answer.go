package channel

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// Reply checks an answer, writes it into the outbox and returns it as queued, with card numbers masked
// unless the channel keeps them. It returns nil only when that is durable: [Hub.Run] sends it after the
// answers before it in the conversation, or the host is told why not. In a merged conversation it goes out
// in the one that goes on. What it does to a resolved one is up to the desk.
//
// What cannot be sent is refused, and nothing is stored but the refusal, without its content. The error
// matches ErrNotFound, ErrDisabled, window.ErrClosed (free-form content outside the window: a
// *window.ClosedError has the time), ErrOptedOut, ErrNoConsent, pricing.ErrBudgetExhausted,
// pricing.ErrLimitReached, template.ErrNotSendable, ErrNotSent or ErrKeyReused, or is a
// *message.InvalidError or a *template.BindError; see [CauseOf].
func (h *Hub) Reply(ctx context.Context, by conversation.Author, r Reply) (*conversation.Message, error) {
	all, err := h.outbox.reply(ctx, by, []Reply{r})
	if err != nil {
		return nil, fmt.Errorf("channel: reply: %w", err)
	}
	return &all[0].Message, nil
}

// ReplyAll is [Hub.Reply] for 1 to [MaxReplies] answers in one conversation, queued together, in
// order, or not at all: pictures that follow each other, which phones show as an album, or a text
// and its files. Of several an [*ItemError] says which one is refused.
func (h *Hub) ReplyAll(ctx context.Context, by conversation.Author, replies []Reply) ([]*conversation.Message, error) {
	if len(replies) == 0 || len(replies) > MaxReplies {
		problem := message.Problem{
			Path: "replies", Rule: message.RuleTooMany, Severity: message.SeverityError, Limit: MaxReplies, Actual: len(replies),
		}
		if len(replies) == 0 {
			problem.Rule, problem.Limit = message.RuleTooFew, 1
		}
		return nil, fmt.Errorf("channel: reply: %w", &message.InvalidError{Problems: []message.Problem{problem}})
	}
	all, err := h.outbox.reply(ctx, by, replies)
	if err != nil {
		return nil, fmt.Errorf("channel: reply: %w", err)
	}
	return visible(all), nil
}

// Split cuts a text that is longer than the channel of the conversation takes in one message where a reader
// would, for [Hub.ReplyAll]: WhatsApp takes [message.MaxTextBody] characters, another Sender may take fewer.
// The first part quotes and has the Metadata; each has a Key of its own if there is one. Other answers are
// returned as they are. The error matches ErrNotFound or ErrNoChannel.
func (h *Hub) Split(ctx context.Context, r Reply) ([]Reply, error) {
	text := r.text()
	if text == nil {
		return []Reply{r}, nil
	}
	conv, customer, err := h.Conversation(ctx, r.Conversation)
	if err != nil {
		return nil, fmt.Errorf("channel: split: %w", plainly(err))
	}
	ch, ok := h.channels.get(conv.Channel)
	if !ok {
		return nil, fmt.Errorf("channel: split: %w", ErrNoChannel)
	}
	return r.split(ch.maxText(customer.Recipient(), text)), nil
}

// PreviewMacro says what [Hub.RunMacro] would send now, with its errors.
func (h *Hub) PreviewMacro(ctx context.Context, m Macro) (*MacroPreview, error) {
	_, preview, err := h.outbox.macro(ctx, &m)
	if err != nil {
		return nil, fmt.Errorf("channel: preview macro: %w", err)
	}
	return preview, nil
}

// RunMacro sends a macro's text if the window is open, and its template otherwise. The errors are
// those of [Hub.Reply], a *template.ShorthandError or *template.ExpandError, and window.ErrClosed
// without a template.
func (h *Hub) RunMacro(ctx context.Context, by conversation.Author, m Macro) (*conversation.Message, error) {
	if m.Key != "" { // what it would send may be something else by now
		if earlier, err := h.outbox.ranBefore(ctx, &m); err != nil || earlier != nil {
			if err != nil {
				return nil, fmt.Errorf("channel: run macro: %w", err)
			}
			return &earlier.Message, nil
		}
	}
	reply, _, err := h.outbox.macro(ctx, &m)
	if err != nil {
		h.outbox.macroRefused(ctx, by, &m, err)
		return nil, fmt.Errorf("channel: run macro: %w", err)
	}
	return h.Reply(ctx, by, *reply)
}

// CancelMessage takes a message back that still waits in the outbox; to do so twice is no error. The
// error matches ErrNotFound or ErrTooLate.
func (h *Hub) CancelMessage(ctx context.Context, by conversation.Author, id string) error {
	err := h.do(ctx, func(u *unit) error {
		ch, m, err := u.actOn(&deed{by: by, message: id})
		if err != nil {
			return err
		}
		switch state := m.Delivery.State(); {
		case state == conversation.Cancelled:
			return nil
		case m.Direction != conversation.Outbound:
			return ErrNotFound
		case state != conversation.Queued && state != conversation.Scheduled || m.Sending:
			return ErrTooLate
		}
		before := m.Delivery
		if before.State() == conversation.Scheduled {
			m.At = u.now.UTC() // it stays in the talk, and no longer ahead of it
		}
		m.Delivery = m.Delivery.Merge(conversation.Delivery{CancelledAt: u.now.UTC()})
		u.bookStatus(ch, m)
		if err := u.outcome(ch, m, before); err != nil {
			return err
		}
		if err := u.saveMessage(m); err != nil {
			return err
		}
		// If a worker begins to send at this moment, one of the two commits fails on the
		// message's version and looks again.
		for _, queue := range []string{workOut, workFirst, workLater} {
			u.Drop(store.WorkKey{Queue: queue, ID: id})
		}
		return u.delivery(ch, m, conversation.Cancelled, u.now)
	})
	if err != nil {
		return fmt.Errorf("channel: cancel: %w", err)
	}
	return nil
}

// MarkRead shows the customer that their messages in a conversation were read and, if typing is
// true, that somebody writes, for up to 25 seconds or until the answer comes. It is sent at once and
// not repeated.
func (h *Hub) MarkRead(ctx context.Context, id string, typing bool) error {
	conv, err := h.conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("channel: mark read: %w", plainly(err))
	}
	ch, ok := h.channels.get(conv.Channel)
	if !ok {
		return fmt.Errorf("channel: mark read: %w", ErrNoChannel)
	}
	if !ch.Enabled || ch.Sender == nil { // another process may have enabled it
		return fmt.Errorf("channel: mark read: %w", ErrDisabled)
	}
	page, err := step.List[messageRecord](ctx, h.store, store.Query{Kind: kindMessage, Parent: conv.ID, Descending: true, Limit: 50})
	if err != nil {
		return err
	}
	for _, m := range page {
		if m.Direction == conversation.Inbound && m.WAMID != "" && m.Call == nil {
			if err := ch.Sender.MarkRead(ctx, m.WAMID, typing); err != nil {
				return fmt.Errorf("channel: mark read: %w", err)
			}
			return nil
		}
	}
	return nil
}

// Upload hands a file of the host to WhatsApp and returns the media ID to send it with for 30 days.
// It is streamed and not kept. What is not of the declared type, or not let out by the channel's
// policy, is refused before WhatsApp gets any of it: the error matches ErrFileRefused.
func (h *Hub) Upload(ctx context.Context, channel string, in message.Upload) (id string, err error) {
	ch, err := h.enabled(channel)
	if err != nil {
		return "", fmt.Errorf("channel: upload: %w", err)
	}
	if ch.Media == nil {
		return "", fmt.Errorf("channel: upload: %w", ErrNoMedia)
	}
	known, err := inspectUpload(&ch.Files, &in)
	if err != nil {
		return "", fmt.Errorf("channel: upload: %w", err)
	}
	if err := usable.Text("ref", in.Ref, maxRef); err != nil {
		return "", fmt.Errorf("channel: upload: %w", err)
	}
	body := &counted{r: in.Body}
	in.Body, in.Name = body, ch.redactFileName(in.Name)
	if id, err = ch.Media.Upload(ctx, in); err != nil {
		return "", fmt.Errorf("channel: upload: %w", err)
	}
	known.Ref, known.Name, known.Size, known.At = in.Ref, in.Name, body.n, h.now().UTC()
	if known.MIME == "" {
		return id, nil
	}
	if err := h.do(ctx, func(u *unit) error { return u.noteUpload(ch, id, known) }); err != nil {
		return "", fmt.Errorf("channel: upload: %w", err)
	}
	return id, nil
}
