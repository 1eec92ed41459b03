package channel

import (
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// However a value of this package is printed, by itself, behind a pointer or inside of
// something else, it shows what its LogValue shows: no text, name, phone number or wamid.
// Encoding it as JSON shows everything, because that is how it is stored and handed on;
// slog's JSON handler does so to values inside of slices, maps and other structs.

// LogValue shows a hash of the most lasting identifier, and which others there are.
func (id Identity) LogValue() slog.Value {
	return slog.GroupValue(discreet.Hashed("id", nonEmpty(id.BSUID, id.Phone)), slog.Bool("phone", id.Phone != ""), slog.Bool("username", id.Username != ""))
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

// LogValue shows who answers where, and sizes.
func (r Reply) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", r.Conversation), slog.Any("actor", r.Actor), slog.Any("content", r.Content), slog.Bool("template", r.Template != nil))
}

// LogValue shows who sends which template, and a hash of the recipient.
func (n Notification) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", n.Channel), slog.Any("actor", n.Actor), slog.Any("to", n.To), slog.Any("template", n.Template))
}

// LogValue names the template.
func (t Template) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", t.Name), slog.String("language", t.Language))
}

// LogValue shows who answers where, and the size.
func (m Macro) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", m.Conversation), slog.Any("actor", m.Actor), slog.Int("text_bytes", len(m.Text)))
}

// LogValue shows the size.
func (p MacroPreview) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("template", p.Template), slog.Int("text_bytes", len(p.Text)))
}

// LogValue shows why it is one, and its size.
func (d DeadLetter) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("key", d.Key), slog.String("channel", d.Channel), slog.String("reason", d.Reason), slog.Int("tries", d.Tries), slog.Int("bytes", len(d.Content)))
}

// LogValue shows the ID and the size.
func (f File) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", f.ID), slog.Int64("size", f.Size))
}

// LogValue shows who asks.
func (q ConversationQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("actor", q.Actor), slog.String("channel", q.Channel), slog.Int("limit", q.Limit))
}

// LogValue shows who asks.
func (q MessageQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("actor", q.Actor), slog.String("conversation", q.Conversation), slog.Int("limit", q.Limit))
}

// LogValue shows who asks.
func (q DeadLetterQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("actor", q.Actor), slog.String("queue", q.Queue), slog.Int("limit", q.Limit))
}

// LogValue shows the ID: the Sender may hold a token.
func (c Channel) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.Bool("enabled", c.Enabled))
}
