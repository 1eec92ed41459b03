package message

import "log/slog"

// The parts of contents: a log shows that they are there, and nothing of what they say.

// LogValue shows the kind only.
func (ProductSection) LogValue() slog.Value { return slog.StringValue("product section") }

// LogValue shows the kind only.
func (Card) LogValue() slog.Value { return slog.StringValue("card") }

// LogValue shows the kind only.
func (Header) LogValue() slog.Value { return slog.StringValue("header") }

// LogValue shows the kind only.
func (Button) LogValue() slog.Value { return slog.StringValue("button") }

// LogValue shows the kind only.
func (Section) LogValue() slog.Value { return slog.StringValue("section") }

// LogValue shows the kind only.
func (Row) LogValue() slog.Value { return slog.StringValue("row") }

// LogValue shows the kind only.
func (Marketing) LogValue() slog.Value { return slog.StringValue("marketing") }

// LogValue shows the kind only.
func (ContactName) LogValue() slog.Value { return slog.StringValue("contact name") }

// LogValue shows the kind only.
func (ContactPhone) LogValue() slog.Value { return slog.StringValue("contact phone") }

// LogValue shows the kind only.
func (ContactEmail) LogValue() slog.Value { return slog.StringValue("contact email") }

// LogValue shows the kind only.
func (ContactURL) LogValue() slog.Value { return slog.StringValue("contact url") }

// LogValue shows the kind only.
func (ContactAddress) LogValue() slog.Value { return slog.StringValue("contact address") }

// LogValue shows the kind only.
func (ContactOrg) LogValue() slog.Value { return slog.StringValue("contact org") }

// LogValue shows the kind only.
func (SavedAddress) LogValue() slog.Value { return slog.StringValue("saved address") }

// LogValue shows the size of the order.
func (o Order) LogValue() slog.Value { return slog.GroupValue(slog.Int("items", len(o.Items))) }

// LogValue shows the kind only.
func (OrderItem) LogValue() slog.Value { return slog.StringValue("order item") }

// LogValue shows the kind only.
func (Payment) LogValue() slog.Value { return slog.StringValue("payment") }

// LogValue shows the kind only.
func (Pix) LogValue() slog.Value { return slog.StringValue("pix") }
