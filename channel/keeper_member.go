package channel

import (
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// eraseMember removes what the person behind aliases wrote in groups. It returns the aliases
// under which that was found.
func (k *keeper) eraseMember(ctx context.Context, ch *Channel, aliases []string, receipt *conversation.Erased) ([]string, error) {
	senders := map[string]bool{}
	for i := 0; i < len(aliases); i++ { // it grows: a phone number leads to a BSUID
		records, err := k.members(ctx, aliases[i])
		if err != nil {
			return nil, err
		}
		b := &store.Batch{}
		for _, r := range records {
			m, err := step.Decode[member](r)
			if err != nil {
				return nil, err
			}
			if err := k.eraseInGroup(ctx, ch, m, receipt); err != nil {
				return nil, err
			}
			senders[m.Sender] = true
			if !slices.Contains(aliases, m.Sender) {
				aliases = append(aliases, m.Sender)
			}
			b.Delete = append(b.Delete, r.ID())
		}
		if len(b.Delete) > 0 {
			if _, err := k.store.Commit(ctx, b); err != nil {
				return nil, fmt.Errorf("channel: delete member: %w", err)
			}
		}
	}
	if len(senders) == 0 {
		return nil, nil
	}
	err := k.erasePending(ctx, ch.ID, nil, func(a *conversation.Amendment) bool { return senders[a.Sender] })
	return aliases, err
}

// members lists where the person behind an alias wrote in groups.
func (k *keeper) members(ctx context.Context, alias string) ([]store.Record, error) {
	var all []store.Record
	for page, err := range step.Records(ctx, k.store, store.Query{Kind: kindMember, Parent: alias, Limit: 500}) {
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	return all, nil
}

// eraseInGroup removes the messages and reactions of a person in one group.
func (k *keeper) eraseInGroup(ctx context.Context, ch *Channel, m *member, receipt *conversation.Erased) error {
	group, err := step.Get[conversation.Customer](ctx, k.store, kindCustomer, m.Group)
	if err != nil {
		return ignoreNotFound(err)
	}
	convs, err := conversationsOf(ctx, k.store, group)
	if err != nil {
		return err
	}
	for _, id := range convs {
		for page, err := range step.Documents[messageRecord](ctx, k.store, store.Query{Kind: kindMessage, Parent: id, Limit: 200}) {
			if err != nil {
				return err
			}
			var own []*messageRecord
			for _, msg := range page {
				if msg.SenderKey == m.Sender {
					own = append(own, msg)
				} else if slices.ContainsFunc(msg.Reactions, func(r conversation.Reaction) bool { return r.By == reactorOf(m.Sender) }) {
					if err := k.eraseReactions(ctx, msg.ID, reactorOf(m.Sender)); err != nil {
						return err
					}
				}
			}
			if len(own) > 0 {
				if err := k.eraseThese(ctx, ch.ID, own, receipt); err != nil {
					return err
				}
			}
		}
		if err := k.showAnother(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) eraseReactions(ctx context.Context, message, by string) error {
	return k.do(ctx, func(u *unit) error {
		var m messageRecord
		if ok, err := u.Load(kindMessage, message, &m); err != nil || !ok {
			return err
		}
		m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r conversation.Reaction) bool { return r.By == by })
		return u.saveMessage(&m)
	})
}
