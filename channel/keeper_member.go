package channel

import (
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// memberships is where somebody wrote in groups.
type memberships struct {
	records []store.RecordKey
	groups  []*member // each group once for each key of the person's
	aliases []string  // all by which the person was found
}

// memberships finds where the person behind aliases wrote in groups.
func (k *keeper) memberships(ctx context.Context, aliases []string) (*memberships, error) {
	found := &memberships{aliases: slices.Clone(aliases)}
	for i := 0; i < len(found.aliases); i++ { // it grows: a phone number leads to a BSUID
		records, err := k.members(ctx, found.aliases[i])
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			m, err := step.Decode[member](r)
			if err != nil {
				return nil, err
			}
			found.records = append(found.records, r.ID())
			if !slices.ContainsFunc(found.groups, func(known *member) bool { return *known == *m }) {
				found.groups = append(found.groups, m)
			}
			if !slices.Contains(found.aliases, m.Sender) {
				found.aliases = append(found.aliases, m.Sender)
			}
		}
	}
	return found, nil
}

// eraseMember removes what the person behind aliases wrote in groups. It returns the aliases
// under which that was found.
func (k *keeper) eraseMember(ctx context.Context, ch *Channel, aliases []string, receipt *conversation.Erased) ([]string, error) {
	found, err := k.memberships(ctx, aliases)
	if err != nil || len(found.groups) == 0 {
		return nil, err
	}
	if err := k.eraseInGroups(ctx, ch, found.groups, receipt); err != nil {
		return nil, err
	}
	for keys := range slices.Chunk(found.records, 500) {
		if _, err := k.store.Commit(ctx, &store.Batch{Delete: keys}); err != nil {
			return nil, fmt.Errorf("channel: delete member: %w", err)
		}
	}
	// What came meanwhile: from now on whoever files something notes anew where it is.
	if err := k.eraseInGroups(ctx, ch, found.groups, receipt); err != nil {
		return nil, err
	}
	senders := map[string]bool{}
	for _, m := range found.groups {
		senders[m.Sender] = true
	}
	err = k.erasePending(ctx, ch.ID, nil, func(a *conversation.Amendment) bool { return senders[a.Sender] })
	return found.aliases, err
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

// inGroup goes through the messages of a group, page by page; done is told of each conversation that was gone through.
func (k *keeper) inGroup(ctx context.Context, m *member, page func([]*messageRecord) error, done func(id string) error) error {
	group, err := step.Get[conversation.Customer](ctx, k.store, kindCustomer, m.Group)
	if err != nil {
		return ignoreNotFound(err)
	}
	convs, err := conversationsOf(ctx, k.store, group)
	if err != nil {
		return err
	}
	for _, id := range convs {
		for list, err := range step.Documents[messageRecord](ctx, k.store, store.Query{Kind: kindMessage, Parent: id, Limit: 200}) {
			if err == nil {
				err = page(list)
			}
			if err != nil {
				return err
			}
		}
		if err := done(id); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) eraseInGroups(ctx context.Context, ch *Channel, groups []*member, receipt *conversation.Erased) error {
	for _, m := range groups {
		if err := k.eraseInGroup(ctx, ch, m, receipt); err != nil {
			return err
		}
	}
	return nil
}

// eraseInGroup removes the messages and reactions of a person in one group.
func (k *keeper) eraseInGroup(ctx context.Context, ch *Channel, m *member, receipt *conversation.Erased) error {
	by := reactorOf(m.Sender)
	return k.inGroup(ctx, m, func(list []*messageRecord) error {
		var own []*messageRecord
		for _, msg := range list {
			if msg.SenderKey == m.Sender {
				own = append(own, msg)
			} else if slices.ContainsFunc(msg.Reactions, func(r conversation.Reaction) bool { return r.By == by }) {
				if err := k.eraseReactions(ctx, msg.ID, by); err != nil {
					return err
				}
			}
		}
		if len(own) == 0 {
			return nil
		}
		return k.eraseThese(ctx, ch.ID, own, receipt)
	}, func(id string) error { return k.showAnother(ctx, id) })
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
