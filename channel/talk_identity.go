package channel

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/webhook"
)

// who is an identity as one event shows it.
type who struct {
	webhook.Identity
	Group string
	At    time.Time
	// Event makes the ID of a new customer.
	Event string
}

// strong lists the aliases that name one person for certain.
func (w who) strong(number string) []string {
	if w.Group != "" {
		return []string{aliasGroup(number, w.Group)}
	}
	var keys []string
	if w.BSUID != "" {
		keys = append(keys, aliasBSUID(number, w.BSUID))
	}
	if w.ParentBSUID != "" {
		keys = append(keys, aliasParent(number, w.ParentBSUID))
	}
	return keys
}

func (w who) phone(number string) string {
	if w.Phone == "" || w.Group != "" {
		return ""
	}
	return aliasPhone(number, w.Phone)
}

// maxPersonName bounds, in characters, the names that are kept of a person. WhatsApp's have at most
// 25 and usernames 35.
const maxPersonName = 256

// tidy drops what is no phone number, and cuts names that are none.
func (w *who) tidy() {
	if strings.ContainsFunc(w.Phone, notDigit) {
		w.Phone = ""
	}
	w.Name, w.Username = clip(w.Name, maxPersonName), clip(w.Username, maxPersonName)
}

// resolve finds the customer that an identity belongs to, joins customers that turn
// out to be one person, and creates one for a stranger. It returns nil for an identity
// without any name.
func (u *unit) resolve(ch *Channel, w who) (*conversation.Customer, error) {
	w.tidy()
	strong, phone := w.strong(ch.Number), w.phone(ch.Number)
	if len(strong) == 0 && phone == "" {
		return nil, nil
	}
	c, err := u.byAliases(strong)
	if err != nil {
		return nil, err
	}
	if phone != "" {
		if c, err = u.byPhone(c, phone, w); err != nil {
			return nil, err
		}
	}
	if c == nil {
		c = &conversation.Customer{ID: opaque.ID("c_", ch.ID, w.Event), Channel: ch.ID, Created: w.At}
		if w.At.IsZero() {
			c.Created = u.now.UTC()
		}
		if _, err := u.Load(kindCustomer, c.ID, c); err != nil {
			return nil, err
		}
	}
	before := *c
	if w.Group != "" {
		c.Created, c.Group = times.Earliest(c.Created, w.At), w.Group
	} else {
		c.Learn(identityOf(w.Identity), w.At)
	}
	if err := u.tellRenamed(c, &before, w); err != nil {
		return nil, err
	}
	for _, key := range strong {
		if err := u.attach(c, key, w.At); err != nil {
			return nil, err
		}
	}
	if phone != "" {
		if err := u.attachPhone(c, phone, w.At); err != nil {
			return nil, err
		}
	}
	if differs(c, &before) {
		if err := u.saveCustomer(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// tellRenamed tells the host that WhatsApp shows another name or username of a customer.
func (u *unit) tellRenamed(c, before *conversation.Customer, w who) error {
	if c.Conversation == "" || w.At.IsZero() || c.Name == before.Name && c.Username == before.Username {
		return nil
	}
	id := "renamed|" + w.Event
	if u.Enqueues(workHost, id) {
		return nil
	}
	return u.tellHost(c.Channel, id, hostItem{Kind: conversation.CustomerChanged, Conversation: c.Conversation, At: w.At.UTC()})
}

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
	stranger := p.BSUID != "" && w.BSUID != "" && p.BSUID != w.BSUID
	switch {
	case c != nil && c.ID == p.ID, stranger:
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

// customer loads a customer, following merges; nil if there is none.
func (u *unit) customer(id string) (*conversation.Customer, error) {
	return living(id, func(id string) (*conversation.Customer, error) {
		c := new(conversation.Customer)
		if ok, err := u.Load(kindCustomer, id, c); err != nil || !ok {
			return nil, err
		}
		return c, nil
	})
}

// join makes one customer of two. The older one lives on, so that the order in which
// links become known does not matter.
func (u *unit) join(a, b *conversation.Customer) (*conversation.Customer, error) {
	if a == nil || b == nil || a.ID == b.ID {
		if a == nil {
			return b, nil
		}
		return a, nil
	}
	if b.Older(a) {
		a, b = b, a
	}
	a.Absorb(b, u.windowMoves(a.Channel))
	known := a.Conversation != ""
	if err := u.joinConversations(a, b); err != nil {
		return nil, err
	}
	if !known && a.Conversation != "" { // b's conversation is a's now
		if err := u.tellHost(a.Channel, "joined|"+b.ID, hostItem{
			Kind: conversation.CustomerChanged, Conversation: a.Conversation, At: u.now.UTC(), Absorbed: b.ID,
		}); err != nil {
			return nil, err
		}
	}
	for _, key := range b.Aliases {
		var al alias
		if _, err := u.Load(kindAlias, key, &al); err != nil {
			return nil, err
		}
		if al.Customer != b.ID {
			continue // a phone number that meanwhile belongs to somebody else
		}
		al.Customer = a.ID
		if err := u.Save(kindAlias, key, a.ID, 0, al); err != nil {
			return nil, err
		}
		a.Aliases = append(a.Aliases, key)
	}
	b.MergedInto, b.Aliases, b.Merged = a.ID, nil, nil
	if err := u.saveCustomer(b); err != nil {
		return nil, err
	}
	return a, u.saveCustomer(a)
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

// number is the phone_number_id of a channel, "" if it is gone.
func (u *unit) number(channel string) string {
	if ch, ok := u.core.channels.get(channel); ok {
		return ch.Number
	}
	return ""
}

// windowMoves says whether a window moves along when a customer of the channel changes the number.
func (u *unit) windowMoves(channel string) bool {
	return u.windowOptions(channel).NumberChangeKeepsWindow
}

// differs says whether a write is worth it.
func differs(c, o *conversation.Customer) bool {
	return c.Identity != o.Identity || c.Group != o.Group || !c.Created.Equal(o.Created) || len(c.Aliases) != len(o.Aliases)
}

// clip cuts s after n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n {
			return strings.Clone(s[:i])
		}
		count++
	}
	return s
}
