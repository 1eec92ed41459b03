package channel

import (
	"log/slog"
)

// However a value of this package is printed, by itself, behind a pointer or inside of
// something else, it shows what its LogValue shows: no text, name, phone number or wamid.
// Encoding it as JSON shows everything, because that is how it is stored and handed on;
// slog's JSON handler does so to values inside of slices, maps and other structs.

// LogValue shows where the answer goes, and sizes.
func (r Reply) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", r.Conversation), slog.Any("content", r.Content), slog.Bool("template", r.Template != nil))
}

// LogValue shows which template is sent, and a hash of the recipient.
func (n Notification) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", n.Channel), slog.Any("to", n.To), slog.Any("template", n.Template))
}

// LogValue names the template.
func (t Template) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", t.Name), slog.String("language", t.Language))
}

// LogValue shows where the answer goes, and the size.
func (m Macro) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", m.Conversation), slog.Int("text_bytes", len(m.Text)))
}

// LogValue shows the size.
func (p MacroPreview) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("template", p.Template), slog.Int("text_bytes", len(p.Text)))
}

// LogValue shows the ID and the size.
func (f File) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", f.ID), slog.Int64("size", f.Size))
}

// LogValue shows what is asked for, without where it goes on.
func (q ConversationQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", q.Channel), slog.Int("limit", q.Limit))
}

// LogValue shows what is asked for, without where it goes on.
func (q MessageQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", q.Conversation), slog.Int("limit", q.Limit))
}

// LogValue shows the ID: the Sender may hold a token.
func (c Channel) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.Bool("enabled", c.Enabled))
}
