package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// UncertainMessages lists a channel's messages that ResendMessage can settle, oldest first, at most limit
// (0 means 50). The error matches ErrNoChannel.
func (h *Hub) UncertainMessages(ctx context.Context, channel string, limit int) (all []*conversation.Message, err error) {
	if _, ok := h.channels.get(channel); !ok {
		return nil, fmt.Errorf("channel: list uncertain messages: %w", ErrNoChannel)
	}
	most := pageSize(limit)
	err = h.eachWork(ctx, store.WorkQuery{Queue: workCheck}, channel, func(page []store.Work) error {
		for i := range page {
			m, err := h.message(ctx, page[i].ID)
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			case m.Delivery.State() == conversation.Uncertain && !m.Sending:
				all = append(all, &m.Message)
			}
			if len(all) == most {
				return errEnough
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("channel: list uncertain messages: %w", err)
	}
	return all, nil
}

// ResendUncertain is [Hub.ResendMessage] for every message of a channel that became uncertain before
// a moment, in that order. It returns how many; those that may not be sent any more stay.
func (h *Hub) ResendUncertain(ctx context.Context, by conversation.Author, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, by, channel, before, "resend", h.ResendMessage)
}

// GiveUpUncertain is [Hub.GiveUpMessage] for every message of a channel that became uncertain before
// a moment. It returns how many.
func (h *Hub) GiveUpUncertain(ctx context.Context, by conversation.Author, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, by, channel, before, "give up", h.GiveUpMessage)
}

// ResendMessage sends a [conversation.Uncertain] message again, for 7 days: the customer may get it
// twice. The error matches ErrNotFound, ErrNotUncertain, or is that of [Hub.Reply] or [Hub.Notify]
// for a message that may not be sent any more; ErrHeldByPeople is for bots, whoever wrote it.
func (h *Hub) ResendMessage(ctx context.Context, by conversation.Author, id string) error {
	err := h.dispatcher.settleByHand(ctx, by, id, func(u *unit, ch *Channel, m *messageRecord) error {
		work, err := u.Work(workCheck, m.ID)
		if err != nil {
			return err
		}
		if len(work) == 0 {
			return fmt.Errorf("channel: the content is no longer kept: %w", ErrNotFound)
		}
		var item outboundItem
		if err := json.Unmarshal(work[0].Body, &item); err != nil {
			return errDamaged
		}
		customer, err := u.customer(item.Customer)
		if err != nil || customer == nil {
			return orNotFound(err)
		}
		if err := u.mayGoAgain(ch, customer, &item.Outbound); err != nil {
			return err
		}
		if err := u.mayResend(m, &item.Outbound); err != nil {
			return err
		}
		u.Drop(store.WorkKey{Queue: workCheck, ID: m.ID})
		return u.again(m, &item, work[0].Body)
	})
	if err != nil {
		return fmt.Errorf("channel: resend: %w", err)
	}
	return nil
}

// GiveUpMessage settles an uncertain message as failed; a later status that it arrived counts. The error
// matches ErrNotFound or ErrNotUncertain.
func (h *Hub) GiveUpMessage(ctx context.Context, by conversation.Author, id string) error {
	err := h.dispatcher.settleByHand(ctx, by, id, func(u *unit, ch *Channel, m *messageRecord) error {
		before := m.Delivery
		m.Delivery = m.Delivery.Merge(conversation.Delivery{FailedAt: u.now.UTC(), Failure: &conversation.Failure{
			Class: "given_up", Title: "Given up",
			Hint: "Nobody knows whether this message arrived. An agent gave it up.",
		}})
		u.bookStatus(ch, m)
		if err := u.outcome(ch, m, before); err != nil {
			return err
		}
		return u.delivery(ch, m, conversation.Failed, u.now)
	})
	if err != nil {
		return fmt.Errorf("channel: give up: %w", err)
	}
	return nil
}
