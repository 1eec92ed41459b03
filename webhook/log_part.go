package webhook

import "log/slog"

// The parts of payloads and contents.

// LogValue shows counts.
func (c Card) LogValue() slog.Value {
	return brief("card", count("phones", c.Phones), count("emails", c.Emails))
}

// LogValue shows the kind only.
func (n CardName) LogValue() slog.Value {
	return brief("card name")
}

// LogValue shows whether the number is on WhatsApp.
func (p CardPhone) LogValue() slog.Value {
	return brief("card phone", slog.Bool("whatsapp", p.WAID != ""))
}

// LogValue shows the kind only.
func (e CardEntry) LogValue() slog.Value {
	return brief("card entry")
}

// LogValue shows the kind only.
func (a CardAddress) LogValue() slog.Value {
	return brief("card address")
}

// LogValue shows a hash of the product.
func (i OrderItem) LogValue() slog.Value {
	return brief("order item", hashed("product", i.RetailerID))
}

// LogValue shows a hash of the product.
func (p Product) LogValue() slog.Value {
	return brief("product", hashed("product", p.RetailerID))
}

// LogValue shows hashes and codes.
func (p Participant) LogValue() slog.Value {
	return brief("participant", slog.Any("user", p.User), codes(p.Errors))
}

// LogValue shows a hash of the message.
func (c Context) LogValue() slog.Value {
	return brief("context", hashed("of", c.ID), slog.Bool("forwarded", c.Forwarded))
}

// LogValue shows the kind and a hash.
func (r Referral) LogValue() slog.Value {
	return brief("referral", word("source", r.SourceType), hashed("id", r.SourceID))
}

// LogValue shows the length.
func (s CallSession) LogValue() slog.Value {
	return brief("call session", length("len", s.SDP))
}

// LogValue shows the kind only.
func (a Amount) LogValue() slog.Value {
	return brief("amount")
}

// LogValue shows the kind only.
func (t Transaction) LogValue() slog.Value {
	return brief("transaction")
}

// LogValue shows the kind only.
func (r Refund) LogValue() slog.Value {
	return brief("refund")
}

// LogValue shows the words.
func (p Pricing) LogValue() slog.Value {
	return brief("pricing", word("category", p.Category), word("type", p.Type))
}

// LogValue shows a hash.
func (c Conversation) LogValue() slog.Value {
	return brief("conversation", hashed("id", c.ID))
}

// LogValue names the template by id and language.
func (t Template) LogValue() slog.Value {
	return slog.GroupValue(t.attr())
}

// LogValue shows the kind only.
func (b TemplateButton) LogValue() slog.Value {
	return brief("template button")
}

// LogValue shows the kind only.
func (v Violation) LogValue() slog.Value {
	return brief("violation")
}

// LogValue shows the kind only.
func (r Restriction) LogValue() slog.Value {
	return brief("restriction")
}

// LogValue shows the kind only.
func (b Ban) LogValue() slog.Value {
	return brief("ban")
}

// LogValue shows the kind only.
func (w WABAInfo) LogValue() slog.Value {
	return brief("wabainfo")
}

// LogValue shows the kind only.
func (d Disconnection) LogValue() slog.Value {
	return brief("disconnection")
}

// LogValue shows the kind only.
func (c Certification) LogValue() slog.Value {
	return brief("certification")
}

// LogValue shows the kind only.
func (a AuthRates) LogValue() slog.Value {
	return brief("auth rates")
}

// LogValue shows the kind only.
func (v VolumeTier) LogValue() slog.Value {
	return brief("volume tier")
}

// LogValue shows the kind only.
func (f FlowError) LogValue() slog.Value {
	return brief("flow error")
}

// LogValue shows the kind only.
func (g GroupSetting) LogValue() slog.Value {
	return brief("group setting")
}

// LogValue shows the kind only.
func (c CallHours) LogValue() slog.Value {
	return brief("call hours")
}

// LogValue shows the kind only.
func (o OpenHours) LogValue() slog.Value {
	return brief("open hours")
}
