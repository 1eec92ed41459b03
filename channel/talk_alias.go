package channel

import (
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/times"
)

// byAliases returns the customer behind aliases that name one person for certain,
// joining several if they turn out to be one.
func (u *unit) byAliases(keys []string) (*conversation.Customer, error) {
	var found *conversation.Customer
	for _, key := range keys {
		c, err := u.byAlias(key)
		if err != nil {
			return nil, err
		}
		if found, err = u.join(found, c); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// byPhone brings in the customer who had the phone number. Numbers are recycled:
// somebody else's BSUID on the same number is somebody else.
func (u *unit) byPhone(c *conversation.Customer, key string, w who) (*conversation.Customer, error) {
	var a alias
	if ok, err := u.Load(kindAlias, key, &a); err != nil || !ok || !a.Until.IsZero() && w.At.After(a.Until) {
		return c, err
	}
	p, err := u.customer(a.Customer)
	if err != nil || p == nil {
		return c, err
	}
	another := p.BSUID != "" && w.BSUID != "" && p.BSUID != w.BSUID
	switch {
	case c != nil && c.ID == p.ID, another:
		return c, nil
	case c == nil:
		return p, nil
	case p.BSUID != "" && c.BSUID != "" && p.BSUID != c.BSUID:
		return c, nil
	}
	return u.join(c, p)
}

func (u *unit) byAlias(key string) (*conversation.Customer, error) {
	var a alias
	if ok, err := u.Load(kindAlias, key, &a); err != nil || !ok {
		return nil, err
	}
	return u.customer(a.Customer)
}

// attach makes key an alias of c.
func (u *unit) attach(c *conversation.Customer, key string, at time.Time) error {
	var a alias
	known, err := u.Load(kindAlias, key, &a)
	if err != nil || known && a.Customer == c.ID {
		return err
	}
	if !slices.Contains(c.Aliases, key) {
		c.Aliases = append(c.Aliases, key)
	}
	return u.Save(kindAlias, key, c.ID, 0, alias{Customer: c.ID, At: times.Latest(a.At, at)})
}

// attachPhone gives the phone number to c unless it was seen later with somebody else.
func (u *unit) attachPhone(c *conversation.Customer, key string, at time.Time) error {
	var a alias
	known, err := u.Load(kindAlias, key, &a)
	if err != nil {
		return err
	}
	if known && a.Customer != c.ID {
		owner, err := u.customer(a.Customer)
		if err != nil {
			return err
		}
		// The alias is not written with every message; the owner's own record is.
		if owner != nil && owner.ID != c.ID {
			seen := a.At
			if aliasPhone(u.number(c.Channel), owner.Phone) == key {
				seen = times.Latest(seen, owner.Times.Phone)
			}
			if !at.After(seen) {
				u.losePhone(c, key)
				return nil
			}
			u.losePhone(owner, key)
			if err := u.saveCustomer(owner); err != nil {
				return err
			}
		}
	}
	if known && a.Customer == c.ID && (at.Sub(a.At) < time.Hour || !a.Until.IsZero() && !at.After(a.Until)) {
		return nil // not worth a write with every message
	}
	if !slices.Contains(c.Aliases, key) {
		c.Aliases = append(c.Aliases, key)
	}
	return u.Save(kindAlias, key, c.ID, 0, alias{Customer: c.ID, At: times.Latest(a.At, at)})
}

// losePhone takes a phone number from a customer's record: it is somebody else's now. That it
// was this customer's at the time at which it was said stays known, so that the order in which
// the two events come does not matter.
func (u *unit) losePhone(c *conversation.Customer, key string) {
	c.Aliases = slices.DeleteFunc(slices.Clone(c.Aliases), func(k string) bool { return k == key })
	if aliasPhone(u.number(c.Channel), c.Phone) == key {
		c.Phone = ""
	}
}

// giveUp notes that the customer left a phone number.
func (u *unit) giveUp(c *conversation.Customer, key string, at time.Time) error {
	var a alias
	ok, err := u.Load(kindAlias, key, &a)
	if err != nil || !ok || a.Customer != c.ID || a.At.After(at) {
		return err
	}
	a.Until = times.Latest(a.Until, at)
	return u.Save(kindAlias, key, c.ID, 0, a)
}
