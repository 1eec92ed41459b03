package conversation

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/redact"
)

// Amendment is what later events say about a message that may not be known yet: they
// can overtake it. It is kept under the message's ID until the message comes.
type Amendment struct {
	// Customer is who wrote it, while it waits, and Sender the member of a group.
	Customer string `json:"customer,omitempty"`
	Sender   string `json:"sender,omitempty"`
	// WAMID is by which the message was named, the lesser one if both were used.
	WAMID string `json:"wamid,omitempty"`
	// Message is the newest content, Edited its time and First that of the first edit.
	Message *Message  `json:"message,omitempty"`
	Edited  time.Time `json:"edited,omitzero"`
	First   time.Time `json:"first,omitzero"`
	// Earlier are the contents before Message; HadCard says that something was masked in one.
	Earlier []Version `json:"earlier,omitempty"`
	HadCard bool      `json:"had_card,omitempty"`
	// Deleted is when the customer deleted the message; it wins over any edit.
	Deleted   time.Time  `json:"deleted,omitzero"`
	Reactions []Reaction `json:"reactions,omitempty"`
}

// Merge adds what b says. The order in which amendments are merged does not matter, nor how often.
func (a *Amendment) Merge(b Amendment) {
	all := [][]Version{a.Earlier, a.version(), b.Earlier, b.version()}
	a.HadCard = a.HadCard || b.HadCard || a.masked() || b.masked()
	if b.newerThan(a.Edited, a.Message) {
		a.Edited, a.Message = b.Edited, b.Message
	}
	if a.Earlier = earlierThan(a.Edited, all...); a.HadCard {
		a.Earlier = withoutDigits(a.Earlier)
	}
	a.First = times.Earliest(a.First, b.First)
	if a.WAMID == "" || b.WAMID != "" && b.WAMID < a.WAMID {
		a.WAMID = b.WAMID
	}
	if a.Deleted = times.Earliest(a.Deleted, b.Deleted); !a.Deleted.IsZero() {
		a.Earlier = nil
	}
	for _, r := range b.Reactions {
		a.Reactions = withReaction(a.Reactions, r)
	}
}

// version is the newest content as one of several, none if there is none.
func (a *Amendment) version() []Version {
	if a.Message == nil {
		return nil
	}
	return []Version{{At: a.Edited, Text: a.Message.Text}}
}

func (a *Amendment) masked() bool { return a.Message != nil && a.Message.Redacted }

// newerThan orders edits by time and, within a second, by text, so that the order in which
// they are learned does not matter.
func (a *Amendment) newerThan(edited time.Time, m *Message) bool {
	if a.Message == nil {
		return false
	}
	return m == nil || a.Edited.After(edited) || a.Edited.Equal(edited) && !edited.IsZero() && a.Message.Text > m.Text
}

// Amend changes a message and reports whether anything changed. A deleted message loses
// its content: the customer wanted it gone.
func (m *Message) Amend(a Amendment) bool {
	changed := false
	for _, r := range a.Reactions {
		list := withReaction(m.Reactions, r)
		changed = changed || !slices.Equal(list, m.Reactions)
		m.Reactions = list
	}
	if !a.Deleted.IsZero() && m.Deleted.IsZero() {
		m.Deleted, changed = a.Deleted, true
		m.HadCard, m.Redacted = m.HadCard || m.Redacted, false // nothing is left that is masked
		m.Text, m.Choice, m.FlowToken, m.Options, m.Attachments, m.Raw = "", "", "", nil, nil, nil
		m.Location, m.Contacts, m.Order, m.Earlier = nil, nil, nil, nil
	}
	if a.Deleted.Before(m.Deleted) && !a.Deleted.IsZero() {
		m.Deleted, changed = a.Deleted, true
	}
	if !m.HadCard && (a.HadCard || a.Message != nil && (m.Redacted || a.masked())) {
		m.HadCard, changed = true, true
	}
	if !m.Deleted.IsZero() {
		if a.Message != nil && a.Edited.After(m.Edited) {
			m.Edited, changed = a.Edited, true
		}
		return changed
	}
	before := []Version{{At: m.Edited, Text: m.Text}}
	if a.newerThan(m.Edited, m) {
		m.Edited, changed = a.Edited, true
		m.Text, m.Redacted = a.Message.Text, a.Message.Redacted
		for i := range min(len(m.Attachments), len(a.Message.Attachments)) {
			if id := a.Message.Attachments[i].MediaID; id != "" {
				m.Attachments[i].MediaID = id
			}
		}
	}
	known := m.Earlier
	m.Earlier = earlierThan(m.Edited, known, before, a.Earlier, a.version())
	m.MaskEarlier()
	changed = changed || !sameVersions(known, m.Earlier)
	return changed
}

// withReaction keeps the newest reaction of each side. Removal is a reaction too, so
// that a late older one does not bring the emoji back.
func withReaction(list []Reaction, r Reaction) []Reaction {
	list = slices.Clone(list)
	for i, old := range list {
		if old.By != r.By {
			continue
		}
		if r.At.After(old.At) || r.At.Equal(old.At) && strings.Compare(r.Emoji, old.Emoji) > 0 {
			list[i] = r
		}
		return list
	}
	return append(list, r)
}

// Version is a text that a message had before it was edited.
type Version struct {
	// At is when it was written, by WhatsApp's clock; zero for the text that the message was
	// sent with.
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text"`
}

// maxVersions bounds how many earlier texts of a message are kept, the newest ones. WhatsApp lets
// people edit for a quarter of an hour.
const maxVersions = 20

// earlierThan returns the versions that are older than the one of a time, in order: one of each
// time, of two of the same time the one with the greater text. The order in which they are
// learned does not matter, nor how often.
func earlierThan(current time.Time, lists ...[]Version) []Version {
	all := slices.Concat(lists...)
	all = slices.DeleteFunc(all, func(v Version) bool { return v.Text == "" || !v.At.Before(current) })
	slices.SortFunc(all, func(a, b Version) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(b.Text, a.Text)
	})
	all = slices.CompactFunc(all, func(a, b Version) bool { return a.At.Equal(b.At) })
	if len(all) == 0 {
		return nil
	}
	return all[max(0, len(all)-maxVersions):]
}

func sameVersions(a, b []Version) bool {
	return slices.EqualFunc(a, b, func(a, b Version) bool { return a.At.Equal(b.At) && a.Text == b.Text })
}

// MaskEarlier leaves no digit in the earlier texts of a message of which one text showed a card
// number: they may be its beginning. It reports whether there were any.
func (m *Message) MaskEarlier() bool {
	if !m.Redacted && !m.HadCard || !slices.ContainsFunc(m.Earlier, func(v Version) bool { return strings.ContainsFunc(v.Text, unicode.IsDigit) }) {
		return false
	}
	m.Earlier = withoutDigits(m.Earlier)
	return true
}

func withoutDigits(list []Version) []Version {
	list = slices.Clone(list)
	for i := range list {
		list[i].Text = strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return rune(redact.DefaultMask)
			}
			return r
		}, list[i].Text)
	}
	return list
}
