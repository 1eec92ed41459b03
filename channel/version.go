package channel

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kanava-go/kanava/redact"
)

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

// maskEarlier leaves no digit in the earlier texts of a message of which one text showed a card
// number: they may be its beginning. It reports whether there were any.
func (m *Message) maskEarlier() bool {
	if !m.Redacted && !m.HadCard || !slices.ContainsFunc(m.Earlier, func(v Version) bool { return hasDigit(v.Text) }) {
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

// original adds the text that a message was sent with to one that is known by its edits only.
func (u *unit) original(in *incoming, known *Message, text string) error {
	if known.Edited.IsZero() || !known.amend(amendment{Earlier: []Version{{Text: text}}, HadCard: in.masked}) {
		return nil
	}
	if err := u.trail(in.ch, nil, known, in.at, in.id); err != nil {
		return err
	}
	if err := u.saveMessage(known); err != nil {
		return err
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: MessageEdited, Conversation: known.Conversation, Message: known.ID, At: known.Edited,
	})
}
