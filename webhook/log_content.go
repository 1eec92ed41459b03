package webhook

import "log/slog"

// LogValue shows the length.
func (t Text) LogValue() slog.Value { return brief("text", length("len", t.Body)) }

// LogValue shows the kind, a hash and the length of the caption.
func (m Media) LogValue() slog.Value {
	return brief("media", word("type", string(m.Kind)), hashed("id", m.ID), length("caption_len", m.Caption))
}

// LogValue shows the kind only.
func (l Location) LogValue() slog.Value { return brief("location") }

// LogValue shows the number of cards.
func (c Contacts) LogValue() slog.Value { return brief("contacts", count("cards", c.Cards)) }

// LogValue shows a hash of the message.
func (r Reaction) LogValue() slog.Value {
	return brief("reaction", hashed("to", r.MessageID), slog.Bool("removed", r.Removed()))
}

// LogValue shows the number of lines.
func (o Order) LogValue() slog.Value { return brief("order", count("items", o.Items)) }

// LogValue shows the kind only.
func (w Welcome) LogValue() slog.Value { return brief("welcome") }

// LogValue shows a hash of the message and the kind of the new content.
func (e Edit) LogValue() slog.Value {
	return brief("edit", hashed("of", e.OriginalID), slog.Any("content", e.Content))
}

// LogValue shows a hash of the message.
func (r Revoke) LogValue() slog.Value { return brief("revoke", hashed("of", r.OriginalID)) }

// LogValue shows the kind of what is missing.
func (u Unsupported) LogValue() slog.Value { return brief("unsupported", word("type", u.Type)) }

// LogValue shows the kind only.
func (m MediaPlaceholder) LogValue() slog.Value { return brief("media placeholder") }

// LogValue shows the kind and the size.
func (c PastContent) LogValue() slog.Value {
	return brief("past content", word("kind", string(c.Kind)), slog.Int("bytes", len(c.Raw)))
}

// LogValue shows lengths.
func (r QuickReply) LogValue() slog.Value {
	return brief("quick reply", length("text_len", r.Text), hashed("payload", r.Payload))
}

// LogValue shows a hash of the id.
func (r ButtonReply) LogValue() slog.Value { return brief("button reply", hashed("id", r.ID)) }

// LogValue shows a hash of the id.
func (r ListReply) LogValue() slog.Value { return brief("list reply", hashed("id", r.ID)) }

// LogValue shows the length of the answers.
func (r FlowReply) LogValue() slog.Value { return brief("flow reply", length("len", r.Response)) }

// LogValue shows the answer.
func (c CallPermission) LogValue() slog.Value {
	return brief("call permission", slog.Bool("accepted", c.Accepted), slog.Bool("permanent", c.Permanent))
}

// LogValue shows a hash of the order.
func (m PaymentMethod) LogValue() slog.Value {
	return brief("payment method", hashed("reference", m.ReferenceID))
}

// LogValue shows a hash of the product.
func (r ProductReply) LogValue() slog.Value {
	return brief("product", hashed("product", r.Product.RetailerID))
}

// LogValue shows the kind and hashes.
func (s System) LogValue() slog.Value {
	return brief("system", word("type", string(s.Kind)), slog.Any("previous", s.Previous), slog.Any("current", s.Current))
}
