package conversation

import (
	"cmp"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// LogValue shows a hash of the most lasting identifier, and which others there are.
func (id Identity) LogValue() slog.Value {
	return slog.GroupValue(discreet.Hashed("id", cmp.Or(id.BSUID, id.Phone)), slog.Bool("phone", id.Phone != ""), slog.Bool("username", id.Username != ""))
}

// LogValue shows the kind and a hash: hosts use e-mail addresses as IDs.
func (a Author) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", a.Kind), discreet.Hashed("id", a.ID))
}

// LogValue shows the size and whether the host has it.
func (a Attachment) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("size", a.Size), slog.Bool("voice", a.Voice), slog.Bool("stored", a.Ref != ""))
}

// LogValue shows the kind only.
func (l Location) LogValue() slog.Value {
	return slog.StringValue("location")
}

// LogValue shows counts.
func (c Contact) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("phones", len(c.Phones)), slog.Int("emails", len(c.Emails)))
}

// LogValue shows the number of lines.
func (o Order) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("items", len(o.Items)))
}

// LogValue shows the kind only.
func (i OrderItem) LogValue() slog.Value {
	return slog.StringValue("order item")
}

// LogValue shows the time.
func (r Reaction) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", r.At), slog.Bool("removed", r.Emoji == ""))
}

// LogValue shows a hash.
func (r Referral) LogValue() slog.Value {
	return slog.GroupValue(discreet.Hashed("id", r.ID))
}

// LogValue shows the times.
func (c Consent) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", c.At), slog.Bool("revoked", !c.Revoked.IsZero()))
}

// LogValue shows IDs, kind and sizes.
func (r Received) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", r.ID), slog.Any("message", r.Message))
}

// LogValue shows IDs and kinds.
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("kind", string(c.Kind)), slog.String("conversation", c.Conversation.ID), slog.String("delivery", string(c.Delivery)))
}

// LogValue shows the time and the size.
func (v Version) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", v.At), slog.Int("text_bytes", len(v.Text)))
}

// LogValue shows IDs and kinds.
func (e LogEntry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", e.Conversation), slog.Time("at", e.At), slog.String("kind", string(e.Kind)), slog.String("message", e.Message))
}

// Format implements [fmt.Formatter].
func (c Customer) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (c Conversation) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (m Message) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (id Identity) Format(f fmt.State, _ rune) { discreet.Format(f, id) }

// Format implements [fmt.Formatter].
func (a Author) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (a Attachment) Format(f fmt.State, _ rune) { discreet.Format(f, a) }

// Format implements [fmt.Formatter].
func (l Location) Format(f fmt.State, _ rune) { discreet.Format(f, l) }

// Format implements [fmt.Formatter].
func (c Contact) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (o Order) Format(f fmt.State, _ rune) { discreet.Format(f, o) }

// Format implements [fmt.Formatter].
func (i OrderItem) Format(f fmt.State, _ rune) { discreet.Format(f, i) }

// Format implements [fmt.Formatter].
func (r Reaction) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (r Referral) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (c Consent) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (r Received) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (c Change) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (v Version) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// Format implements [fmt.Formatter].
func (e LogEntry) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// LogValue shows how much is known.
func (p Profile) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("name_bytes", len(p.Name)), slog.Int("email_bytes", len(p.Email)))
}

// Format implements [fmt.Formatter].
func (p Profile) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows what is amended.
func (a Amendment) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("edited", !a.Edited.IsZero()), slog.Bool("deleted", !a.Deleted.IsZero()), slog.Int("reactions", len(a.Reactions)))
}

// Format implements [fmt.Formatter].
func (a Amendment) Format(f fmt.State, _ rune) { discreet.Format(f, a) }
