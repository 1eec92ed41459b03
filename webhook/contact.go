package webhook

import (
	"strings"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// A contact is what a value tells about one of the people in it.
type contact struct {
	Identity
	keyHash string
	at      span
	value   value
	used    bool // an item is about this person
}

// readContacts takes in the contacts of a value.
func (p *parser) readContacts(v value) {
	l := v.Elements()
	for l.Next() {
		c := l.Value()
		if c.Kind() != jsonscan.Object {
			continue
		}
		p.contacts = append(p.contacts, p.contact(c))
	}
}

// contact reads one contact.
func (p *parser) contact(c value) contact {
	k := contact{at: at(c), value: c}
	it := c.Iter()
	for it.Next() {
		switch it.Key() {
		case "wa_id":
			p.person(&it, &k.Identity)
		case "user_id":
			p.userID(&it, &k.BSUID)
		case "parent_user_id":
			p.userID(&it, &k.ParentBSUID)
		case "identity_key_hash":
			p.userID(&it, &k.keyHash)
		case "profile":
			profile := p.object(&it)
			for profile.Next() {
				switch profile.Key() {
				case "name":
					k.Name = p.personName(&profile)
				case "username":
					k.Username = p.username(&profile)
				}
			}
		}
	}
	return k
}

// username reads the name a person adopted. Meta writes it with "@" and without.
func (p *parser) username(m member) string { return strings.TrimPrefix(p.personName(m), "@") }

// contactFor finds the contact of the person an item names: by BSUID, else by
// phone number, else the only contact there is, unless its BSUID says that it is
// somebody else. The phone number does not: Meta writes some countries' numbers
// in two ways.
func (p *parser) contactFor(id *Identity) *contact {
	if id.BSUID != "" {
		for i := range p.contacts {
			if p.contacts[i].BSUID == id.BSUID {
				return &p.contacts[i]
			}
		}
	}
	if id.Phone != "" {
		for i := range p.contacts {
			if c := &p.contacts[i]; c.Phone == id.Phone && (c.BSUID == "" || id.BSUID == "") {
				return c
			}
		}
	}
	if len(p.contacts) == 1 && (id.BSUID == "" || p.contacts[0].BSUID == "") {
		return &p.contacts[0]
	}
	return nil
}

// complete adds to id what the contact of that person tells, and returns where
// the contact stands and its identity key hash.
func (p *parser) complete(id *Identity) (at span, keyHash string) {
	if p.ours(id) {
		id.Phone = "" // the business is not the person
	}
	c := p.contactFor(id)
	if c == nil || p.ours(&c.Identity) {
		return span{}, ""
	}
	c.used = true
	id.merge(&c.Identity)
	return c.at, c.keyHash
}

// merge fills what is empty in id from other.
func (id *Identity) merge(other *Identity) {
	fill(&id.BSUID, other.BSUID)
	fill(&id.ParentBSUID, other.ParentBSUID)
	fill(&id.Phone, other.Phone)
	fill(&id.Username, other.Username)
	fill(&id.Name, other.Name)
}

// fill sets s to other if it is empty.
func fill(s *string, other string) {
	if *s == "" && other != "" {
		*s = other
	}
}

// or returns a, or b if a is empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
