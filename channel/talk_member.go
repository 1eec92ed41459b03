package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/opaque"
)

// keys are the aliases of a person, whether or not he wrote in a group; the first one names him.
func (w who) keys(number string) []string {
	w.Group = ""
	keys := w.strong(number)
	if phone := w.phone(number); phone != "" {
		keys = append(keys, phone)
	}
	return keys
}

// noteMember keeps where to find what somebody writes in a group, and returns the key that
// names him on his messages. A phone number leads to whom it was seen with last.
func (u *unit) noteMember(ch *Channel, group *conversation.Customer, w who) (string, error) {
	w.tidy()
	keys := w.keys(ch.Number)
	if len(keys) == 0 {
		return "", nil
	}
	now := member{Group: group.ID, Sender: keys[0]}
	for _, alias := range keys {
		id := opaque.ID("g_", alias, group.ID)
		var known member
		if ok, err := u.Load(kindMember, id, &known); err != nil || ok && known == now {
			if err != nil {
				return "", err
			}
			u.Expect(kindMember, id) // he may be erased just then
			continue
		}
		if err := u.Save(kindMember, id, alias, 0, now); err != nil {
			return "", err
		}
	}
	return keys[0], nil
}
