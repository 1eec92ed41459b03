package conversation

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// Customer is a person (or a group) that a channel talks with. One person who
// writes to two channels is two customers, because windows, consent and a brand's
// knowledge of people do not cross channels.
type Customer struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	Identity
	// Profile is what the host says of the customer: it wins over what WhatsApp says.
	Profile Profile `json:"profile,omitzero"`
	// Group is the ID of a group; the identity is then empty.
	Group string `json:"group,omitempty"`
	// Window is the customer service window with this customer.
	Window window.State `json:"window"`
	// WindowRefused is when the latest message was queued of which WhatsApp said that the window is
	// closed; zero if it never did. See [Customer.WindowDenied].
	WindowRefused time.Time `json:"window_refused,omitzero"`
	// Conversation is the current or last conversation.
	Conversation string `json:"conversation,omitempty"`
	// MarketingStopped is when the customer stopped marketing messages; zero if not,
	// or if they resumed.
	MarketingStopped time.Time `json:"marketing_stopped,omitzero"`
	// Blocked is since when the customer is on the number's block list, as far as the hub put them
	// there; zero if they are not.
	Blocked time.Time `json:"blocked,omitzero"`
	// Preference is the time of the newest preference, so that older ones change nothing.
	Preference time.Time `json:"preference,omitzero"`
	// Consents is the evidence of the customer's opt-ins.
	Consents []Consent `json:"consents,omitempty"`
	// ConsentsRevoked is up to when every consent was withdrawn, also one of which the hub hears later;
	// zero if none was.
	ConsentsRevoked time.Time `json:"consents_revoked,omitzero"`
	// Created is the time of the first event.
	Created time.Time `json:"created,omitzero"`
	// NumberChanged is when the customer last moved to another phone number. Events up
	// to then do not count for the window: Meta does not say that an open window moves.
	NumberChanged time.Time `json:"number_changed,omitzero"`
	// Aliases are the keys under which the hub finds the customer.
	Aliases []string `json:"aliases,omitempty"`
	// Merged are the IDs of customers that turned out to be this one.
	Merged []string `json:"merged,omitempty"`
	// MergedInto is the customer that took this one over when WhatsApp revealed that
	// both are the same person; empty for a living customer.
	MergedInto string `json:"merged_into,omitempty"`
	// Metadata is what the host keeps with the customer, at most 4,096 bytes; nil: nothing.
	Metadata json.RawMessage `json:"metadata,omitempty"`
}

// Identity is what WhatsApp reported last about a person. A person may have no phone number
// (username users), and older data has no BSUID; at least one of both is set. The fields
// are promoted to [Customer].
type Identity struct {
	BSUID       string        `json:"bsuid,omitempty"`
	ParentBSUID string        `json:"parent_bsuid,omitempty"`
	Phone       string        `json:"phone,omitempty"` // E.164 digits without "+"
	Username    string        `json:"username,omitempty"`
	Name        string        `json:"name,omitempty"`
	Times       IdentityTimes `json:"times,omitzero"`
}

// IdentityTimes are the times, by WhatsApp's clock, at which the parts of an identity were
// reported. Zero means that the host said it, not WhatsApp.
type IdentityTimes struct {
	BSUID       time.Time `json:"bsuid,omitzero"`
	ParentBSUID time.Time `json:"parent_bsuid,omitzero"`
	Phone       time.Time `json:"phone,omitzero"`
	Username    time.Time `json:"username,omitzero"`
	Name        time.Time `json:"name,omitzero"`
}

// Profile is what a host knows of a customer, see channel.Hub.SetProfile; "" is what it does not know.
type Profile struct {
	Name      string `json:"name,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Email     string `json:"email,omitempty"`
	Company   string `json:"company,omitempty"`
}

// DisplayName is what to call the customer: the host's name for them, or WhatsApp's, or the username
// with its "@"; "" if none is known.
func (c *Customer) DisplayName() string {
	name := cmp.Or(c.Profile.Name, c.Name)
	if name == "" && c.Username != "" {
		return "@" + c.Username
	}
	return name
}

// FirstName is the host's first name for the customer, or the first word of the name; "" if none is
// known.
func (c *Customer) FirstName() string {
	first, _, _ := strings.Cut(strings.TrimSpace(cmp.Or(c.Profile.Name, c.Name)), " ")
	return cmp.Or(c.Profile.FirstName, first)
}

// LogValue shows the customer's own ID only.
func (c Customer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("channel", c.Channel))
}

// Consent is the evidence of an opt-in.
type Consent struct {
	// At is when it was given, Where in the host's words (form, call, counter), and
	// Wording the version of the text that was shown.
	At      time.Time `json:"at"`
	Where   string    `json:"where"`
	Wording string    `json:"wording"`
	// Categories are the template categories it covers, lower case; empty means all.
	Categories []string `json:"categories,omitempty"`
	// Revoked is when it was withdrawn; zero while it holds.
	Revoked time.Time `json:"revoked,omitzero"`
}

const historyPrefix = "h_"

// HistoryID is where past messages of the customer are filed, those from before the number came to
// the hub: under an ID of their own, beside the customer's conversations.
func (c *Customer) HistoryID() string { return historyID(c.ID) }

func historyID(customer string) string { return opaque.ID(historyPrefix, customer) }

// History returns the IDs under which channel.Hub.Messages lists what was said before the number
// came to the hub: that of the customer, and those of customers that turned out to be this one. An
// ID under which nothing was imported is not found.
func (c *Customer) History() []string {
	ids := []string{c.HistoryID()}
	for _, id := range c.Merged {
		ids = append(ids, historyID(id))
	}
	return ids
}

// IsHistory says that the ID of a conversation is one of [Customer.History].
func IsHistory(id string) bool { return strings.HasPrefix(id, historyPrefix) }

// Covers reports whether the consent holds for templates of a category.
func (c *Consent) Covers(category template.Category) bool {
	if !c.Revoked.IsZero() {
		return false
	}
	return len(c.Categories) == 0 || slices.ContainsFunc(c.Categories, func(s string) bool {
		return strings.EqualFold(s, string(category))
	})
}

// RevokeConsents withdraws every consent from before at, also one that is known later.
func (c *Customer) RevokeConsents(at time.Time) {
	c.ConsentsRevoked = times.Latest(c.ConsentsRevoked, at)
	for i := range c.Consents {
		if one := &c.Consents[i]; one.Revoked.IsZero() && one.At.Before(c.ConsentsRevoked) {
			one.Revoked = c.ConsentsRevoked
		}
	}
}

// ResumeMarketing notes that the customer wants marketing messages again, and reports whether
// that is news. Of a wish to stop and one to resume in the same second that to stop holds.
func (c *Customer) ResumeMarketing(at time.Time) bool {
	if at = wished(at); !at.After(wished(c.Preference)) {
		return false
	}
	stopped := !c.MarketingStopped.IsZero()
	c.Preference, c.MarketingStopped = at, time.Time{}
	return stopped
}

// StopMarketing notes the wish and reports whether it is news.
func (c *Customer) StopMarketing(at time.Time) bool {
	at = wished(at)
	if known := wished(c.Preference); at.Before(known) || at.Equal(known) && !c.MarketingStopped.IsZero() {
		return false
	}
	c.Preference, c.MarketingStopped = at, at
	return true
}

// wished is when a wish counts as said: WhatsApp tells whole seconds, and what a host says to fractions of
// one must not seem to be later than a stop that came behind it.
func wished(at time.Time) time.Time { return at.Truncate(time.Second) }

// LaterOwner says that a customer found by a phone number is not who gave it up at a time:
// a BSUID that was seen later, and of which the notice does not speak, is that of the
// number's next owner.
func (c *Customer) LaterOwner(previous, current Identity, at time.Time) bool {
	return previous.BSUID == "" && c.BSUID != "" && c.BSUID != current.BSUID && c.Times.BSUID.After(at)
}

// Learn takes over what was said at a time about the person, part by part: of each, what was
// said last counts, and of two things said in the same second always the same one. The Times of
// what is said do not matter.
func (c *Customer) Learn(said Identity, at time.Time) {
	c.Created = times.Earliest(c.Created, at)
	when := func(v string) time.Time {
		if v == "" {
			return time.Time{}
		}
		return at
	}
	said.Times = IdentityTimes{
		BSUID: when(said.BSUID), ParentBSUID: when(said.ParentBSUID), Phone: when(said.Phone),
		Username: when(said.Username), Name: when(said.Name),
	}
	c.Identity = c.Identity.Merge(said)
}

// Move takes over the identity after a change of number at a time: what it does not show is not
// known any more, whatever older events say.
func (c *Customer) Move(current Identity, at time.Time) {
	gone := current
	gone.Times = IdentityTimes{BSUID: at, ParentBSUID: at, Phone: at}
	c.Identity = c.Identity.Merge(gone)
	c.Learn(current, at)
}

// Older says which of two customers lives on when they turn out to be one person, so that the order
// in which that becomes known does not matter.
func (c *Customer) Older(o *Customer) bool {
	return c.Created.Before(o.Created) || c.Created.Equal(o.Created) && c.ID < o.ID
}

// WindowSince is the customer's window without what happened before the last change of the number,
// unless it moves along: Meta does not say that it does.
func (c *Customer) WindowSince(moves bool) window.State {
	if moves || c.NumberChanged.IsZero() {
		return c.Window
	}
	return c.Window.Since(c.NumberChanged)
}

// WindowDenied says that WhatsApp said last that the window is closed, and that the customer has not
// written since then: whatever Window says, free text does not go.
func (c *Customer) WindowDenied() bool {
	last, ok := c.Window.LastInbound()
	return !c.WindowRefused.IsZero() && !(ok && !last.Before(c.WindowRefused.Truncate(time.Second)))
}

// WindowBelieved is the customer's window without what WhatsApp denies.
func (c *Customer) WindowBelieved() window.State {
	if c.WindowDenied() {
		return c.Window.Since(c.WindowRefused)
	}
	return c.Window
}

// WindowOpenAt says whether the customer service window is open, as far as anybody knows: free text goes.
func (c *Customer) WindowOpenAt(now time.Time) bool { return c.Window.OpenAt(now) && !c.WindowDenied() }

// Absorb takes over what is known of a customer who turned out to be this one. moves says whether a
// window moves along with a change of number. The aliases and conversations of the two are left to
// the caller.
func (c *Customer) Absorb(o *Customer, moves bool) {
	changed := times.Latest(c.NumberChanged, o.NumberChanged)
	c.NumberChanged, o.NumberChanged = changed, changed
	c.Window = c.WindowSince(moves).Merge(o.WindowSince(moves))
	c.Identity = c.Identity.Merge(o.Identity)
	c.Profile = Profile{
		cmp.Or(c.Profile.Name, o.Profile.Name), cmp.Or(c.Profile.FirstName, o.Profile.FirstName),
		cmp.Or(c.Profile.Email, o.Profile.Email), cmp.Or(c.Profile.Company, o.Profile.Company),
	}
	if his, own := wished(o.Preference), wished(c.Preference); his.After(own) || his.Equal(own) && c.MarketingStopped.IsZero() {
		c.Preference, c.MarketingStopped = o.Preference, o.MarketingStopped
	}
	if c.Metadata == nil {
		c.Metadata = o.Metadata
	}
	c.Consents = append(c.Consents, o.Consents...)
	c.RevokeConsents(times.Latest(c.ConsentsRevoked, o.ConsentsRevoked))
	c.Blocked = times.Latest(c.Blocked, o.Blocked)
	c.WindowRefused = times.Latest(c.WindowRefused, o.WindowRefused)
	c.Merged = append(append(c.Merged, o.Merged...), o.ID)
}

// Merge returns what both say, of each part what was said last. It is commutative, associative
// and idempotent.
func (id Identity) Merge(o Identity) Identity {
	newer(&id.BSUID, &id.Times.BSUID, o.BSUID, o.Times.BSUID)
	newer(&id.ParentBSUID, &id.Times.ParentBSUID, o.ParentBSUID, o.Times.ParentBSUID)
	newer(&id.Phone, &id.Times.Phone, o.Phone, o.Times.Phone)
	newer(&id.Username, &id.Times.Username, o.Username, o.Times.Username)
	newer(&id.Name, &id.Times.Name, o.Name, o.Times.Name)
	return id
}

// newer keeps the value that was said later, and of two in the same second always the same.
func newer(value *string, at *time.Time, v string, t time.Time) {
	if t.After(*at) || t.Equal(*at) && v > *value {
		*value, *at = v, t
	}
}

// Recipient is where messages to the customer go: to identities that are this customer's now.
// WhatsApp goes by the phone number where it is given both, and a number that a person does not
// show any more may have passed to somebody else, while the BSUID cannot. Without one, the
// number is all that there is.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids,
// checked 2026-11-29.
func (c *Customer) Recipient() message.Recipient {
	if c.Group != "" {
		return message.Recipient{Group: c.Group}
	}
	to := message.Recipient{Phone: c.Phone, BSUID: c.BSUID}
	seen := c.Times.BSUID
	if to.BSUID == "" {
		to.BSUID, seen = c.ParentBSUID, c.Times.ParentBSUID
	}
	if to.BSUID != "" && c.Times.Phone.Before(seen) {
		to.Phone = ""
	}
	return to
}
