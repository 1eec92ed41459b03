package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/pricing"
)

// ReplyPreview is what [Hub.Reply] would do.
type ReplyPreview struct {
	// Message is the message as it would be queued, with an ID that is nobody's and in Cost what
	// would be set aside; nil if it would be refused.
	Message *conversation.Message
	// Refused is what Reply would return; nil if nothing is in the way.
	Refused error
	// Template says that it would go as a template.
	Template bool
	// Closes is when the customer service window closes or closed, or when WhatsApp said that it is; zero if it was
	// never open. Open says that it is.
	Open   bool
	Closes time.Time
	// FreeLeft is how many service messages are still free this month; -1 without budget and rates.
	FreeLeft int
}

// LogValue shows whether it would go, and why not.
func (p ReplyPreview) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("open", p.Open), slog.Bool("template", p.Template), slog.String("refused", string(CauseOf(p.Refused))))
}

// Check returns the error that [Hub.Reply] would return now, and changes nothing: a refusal is
// neither counted nor logged.
func (h *Hub) Check(ctx context.Context, by conversation.Author, r Reply) error {
	p, err := h.previewReply(ctx, by, r)
	if err != nil {
		return fmt.Errorf("channel: check: %w", err)
	}
	return p.Refused
}

// PreviewReply says what [Hub.Reply] would do with an answer: whether it may go, how it would look, what it
// would cost. It changes nothing. The error matches ErrNotFound.
func (h *Hub) PreviewReply(ctx context.Context, by conversation.Author, r Reply) (*ReplyPreview, error) {
	p, err := h.previewReply(ctx, by, r)
	if err != nil {
		return nil, fmt.Errorf("channel: preview reply: %w", err)
	}
	return p, nil
}

func (h *Hub) previewReply(ctx context.Context, by conversation.Author, r Reply) (p *ReplyPreview, err error) {
	err = h.rehearse(ctx, &rehearsal{}, func(u *unit) error {
		p = &ReplyPreview{FreeLeft: -1, Template: r.IsTemplate()}
		u.author = by
		ch, customer, conv, err := u.answering(r.Conversation)
		if err != nil {
			return err
		}
		p.Open = customer.WindowOpenAt(u.now)
		if p.Closes, _ = customer.Window.ClosesAt(); customer.WindowDenied() {
			p.Closes = customer.WindowRefused
		}
		if err := u.freeLeft(ch, p); err != nil {
			return err
		}
		var m *messageRecord
		if err = usable.Text("key", r.Key, maxKey); err == nil {
			m, err = u.send(ch, customer, conv, &r)
		}
		switch {
		case isRefusal(err), errors.Is(err, ErrUnusable):
			p.Refused = err
		case err != nil:
			return err
		default:
			p.Message = &m.Message
		}
		return nil
	})
	return p, err
}

// freeLeft looks how much of the free tier is left.
func (u *unit) freeLeft(ch *Channel, p *ReplyPreview) error {
	if !ch.tallied() {
		return nil
	}
	used, err := u.Total(ch.freeTally(pricing.MonthOf(u.now, ch.zone())))
	p.FreeLeft = max(0, u.core.prices.FreeTier(u.now, ch.zone())-int(used))
	return err
}

// errDry ends a step that is not to be committed.
var errDry = errors.New("channel: only a preview")

// rehearse runs f once and commits nothing.
func (h *Hub) rehearse(ctx context.Context, r *rehearsal, f func(u *unit) error) error {
	if err := h.upToDate(ctx); err != nil {
		return err
	}
	run := h.unit(func(u *unit) error {
		u.rehearsal, r.until = r, time.Time{}
		err := f(u)
		r.last = u.Added()
		return err
	})
	err := h.steps.Try(ctx, nil, func(s *step.Step) error {
		if err := run(s); err != nil {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}
