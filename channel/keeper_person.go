package channel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

func (k *keeper) erase(ctx context.Context, channel string, to message.Recipient, receipt *conversation.Erased) error {
	ch, person, aliases, err := k.whoever(ctx, channel, to)
	if err != nil {
		return err
	}
	member, err := k.eraseMember(ctx, ch, aliases, receipt)
	if err != nil {
		return err
	}
	for _, key := range member {
		if !slices.Contains(aliases, key) {
			aliases = append(aliases, key)
		}
	}
	phones := to.BSUID == "" && !slices.ContainsFunc(person, func(c *conversation.Customer) bool { return c.BSUID != "" || c.ParentBSUID != "" })
	if err := k.eraseItems(ctx, ch, aliases, phones, receipt); err != nil {
		return err
	}
	if len(person) == 0 && member == nil && receipt.Work == 0 {
		return ErrNotFound
	}
	for _, c := range person {
		if err := k.eraseCustomer(ctx, c, receipt); err != nil {
			return err
		}
	}
	return nil
}

// whoever is person with all aliases that lead to whoever is behind the address, also to one who only wrote in groups.
func (k *keeper) whoever(ctx context.Context, channel string, to message.Recipient) (ch *Channel, person []*conversation.Customer, aliases []string, err error) {
	person, err = k.person(ctx, channel, to)
	if err != nil {
		return nil, nil, nil, err
	}
	ch, ok := k.channels.get(channel)
	if !ok {
		return nil, nil, nil, ErrNoChannel
	}
	aliases = addressKeys(ch, to)
	for _, c := range person {
		own, err := k.ownAliases(ctx, c)
		if err != nil {
			return nil, nil, nil, err
		}
		aliases = append(aliases, own...)
	}
	return ch, person, aliases, nil
}

// addressKeys are the aliases of an address.
func addressKeys(ch *Channel, to message.Recipient) []string {
	switch { // a phone number may have gone to somebody else, so that it is the last resort
	case to.Group != "":
		return []string{aliasGroup(ch.Number, to.Group)}
	case to.BSUID != "":
		return []string{aliasBSUID(ch.Number, to.BSUID), aliasParent(ch.Number, to.BSUID)}
	case to.Phone != "":
		return []string{aliasPhone(ch.Number, to.Phone)}
	}
	return nil
}

// person finds the customers behind an address, with all that were merged into them, none if nobody is known; the
// living one comes last, so that an interrupted erasure can be repeated.
func (k *keeper) person(ctx context.Context, channel string, who message.Recipient) ([]*conversation.Customer, error) {
	if err := who.Validate(); err != nil {
		return nil, err
	}
	ch, ok := k.channels.get(channel)
	if !ok {
		return nil, ErrNoChannel
	}
	records, err := k.store.Get(ctx, kindAlias, addressKeys(ch, who)...)
	if err != nil {
		return nil, fmt.Errorf("channel: read alias: %w", err)
	}
	var all []*conversation.Customer
	seen := map[string]bool{}
	for _, r := range records {
		a, err := step.Decode[alias](r)
		if err != nil {
			return nil, err
		}
		c, err := k.customer(ctx, a.Customer)
		if errors.Is(err, ErrNotFound) || err == nil && seen[c.ID] {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[c.ID] = true
		for _, id := range c.Merged {
			old, err := step.Get[conversation.Customer](ctx, k.store, kindCustomer, id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			if err == nil && !seen[old.ID] {
				seen[old.ID] = true
				all = append(all, old)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// eraseCustomer removes a customer with all conversations, those among them that begin meanwhile.
func (k *keeper) eraseCustomer(ctx context.Context, c *conversation.Customer, receipt *conversation.Erased) error {
	for range step.MaxConflicts {
		records, err := k.store.Get(ctx, kindCustomer, c.ID)
		if err != nil {
			return fmt.Errorf("channel: read customer: %w", err)
		}
		b := &store.Batch{}
		if len(records) > 0 {
			b.Put = asItIs(&records[0]) // whoever begins a conversation writes it
			if c, err = step.Decode[conversation.Customer](records[0]); err != nil {
				return err
			}
		}
		if err := k.eraseCustomerWith(ctx, b, c, receipt); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("channel: delete customer: gave up after %d conflicts: %w", step.MaxConflicts, store.ErrConflict)
}

// eraseCustomerWith removes a customer with the conversations that there are. The error matches store.ErrConflict
// if b cannot be committed any more.
func (k *keeper) eraseCustomerWith(ctx context.Context, b *store.Batch, c *conversation.Customer, receipt *conversation.Erased) error {
	convs, err := conversationsOf(ctx, k.store, c)
	if err != nil {
		return err
	}
	for _, id := range convs {
		if err := k.eraseConversation(ctx, c.Channel, id, lanes, receipt, nil); err != nil {
			return err
		}
	}
	b.Delete = []store.RecordKey{{Kind: kindCustomer, Key: c.ID}}
	own, err := k.ownAliases(ctx, c)
	if err != nil {
		return err
	}
	for _, key := range own {
		b.Delete = append(b.Delete, store.RecordKey{Kind: kindAlias, Key: key})
	}
	err = k.erasePending(ctx, c.Channel, nil, func(a *conversation.Amendment) bool { return a.Customer == c.ID })
	if err != nil {
		return err
	}
	if _, err := k.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: delete customer: %w", err)
	}
	receipt.Customers++
	return nil
}

// ownAliases lists the aliases that lead to a customer. A phone number may lead to somebody
// else by now.
func (k *keeper) ownAliases(ctx context.Context, c *conversation.Customer) ([]string, error) {
	if len(c.Aliases) == 0 {
		return nil, nil
	}
	records, err := k.store.Get(ctx, kindAlias, c.Aliases...)
	if err != nil {
		return nil, fmt.Errorf("channel: read alias: %w", err)
	}
	var own []string
	for _, r := range records {
		if a, err := step.Decode[alias](r); err != nil || a.Customer == c.ID {
			own = append(own, r.Key)
		}
	}
	return own, nil
}
