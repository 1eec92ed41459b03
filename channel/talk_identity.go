package channel

import (
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
		u.Suppose(kindCustomer, c.ID)
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
