package template

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Values and what is made of them hold what is said to one customer. However they are
// printed, by themselves, behind a pointer or inside of something else, they show what
// their LogValue shows. Definitions are the business's own words and are printed as usual.

// Format implements [fmt.Formatter].
func (v Values) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// Format implements [fmt.Formatter].
func (v Value) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// Format implements [fmt.Formatter].
func (p Parameter) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (p Preview) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (m Message) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// String names the template's length and counts, none of the values. It stands in for a
// Format, a name that is taken.
func (s Shorthand) String() string { return s.LogValue().String() }

// GoString is String.
func (s Shorthand) GoString() string { return s.String() }

// LogValue shows the kind only.
func (v HeaderValue) LogValue() slog.Value { return slog.StringValue("header value") }

// Format implements [fmt.Formatter].
func (v HeaderValue) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// LogValue shows the kind only.
func (m Media) LogValue() slog.Value { return slog.StringValue("media") }

// Format implements [fmt.Formatter].
func (m Media) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// LogValue shows the kind only.
func (l Location) LogValue() slog.Value { return slog.StringValue("location") }

// Format implements [fmt.Formatter].
func (l Location) Format(f fmt.State, _ rune) { discreet.Format(f, l) }

// LogValue shows the kind only.
func (p Product) LogValue() slog.Value { return slog.StringValue("product") }

// Format implements [fmt.Formatter].
func (p Product) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows the kind only.
func (v ButtonValue) LogValue() slog.Value { return slog.StringValue("button value") }

// Format implements [fmt.Formatter].
func (v ButtonValue) Format(f fmt.State, _ rune) { discreet.Format(f, v) }

// LogValue shows the kind only.
func (s Section) LogValue() slog.Value { return slog.StringValue("section") }

// Format implements [fmt.Formatter].
func (s Section) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// LogValue shows the kind only.
func (c CardValues) LogValue() slog.Value { return slog.StringValue("card values") }

// Format implements [fmt.Formatter].
func (c CardValues) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// LogValue shows the kind only.
func (o OrderStatus) LogValue() slog.Value { return slog.StringValue("order status") }

// Format implements [fmt.Formatter].
func (o OrderStatus) Format(f fmt.State, _ rune) { discreet.Format(f, o) }

// LogValue shows the kind only.
func (t TapTarget) LogValue() slog.Value { return slog.StringValue("tap target") }

// Format implements [fmt.Formatter].
func (t TapTarget) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// LogValue shows the kind only.
func (h PreviewHeader) LogValue() slog.Value { return slog.StringValue("preview header") }

// String shows the kind only. It stands in for a Format, the name of a field.
func (h PreviewHeader) String() string { return h.LogValue().String() }

// GoString is String.
func (h PreviewHeader) GoString() string { return h.String() }

// LogValue shows the kind only.
func (p PreviewOffer) LogValue() slog.Value { return slog.StringValue("preview offer") }

// Format implements [fmt.Formatter].
func (p PreviewOffer) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows the kind only.
func (b PreviewButton) LogValue() slog.Value { return slog.StringValue("preview button") }

// Format implements [fmt.Formatter].
func (b PreviewButton) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// LogValue shows the kind only.
func (p PreviewCard) LogValue() slog.Value { return slog.StringValue("preview card") }

// Format implements [fmt.Formatter].
func (p PreviewCard) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows the kind only.
func (s ShorthandButton) LogValue() slog.Value { return slog.StringValue("shorthand button") }

// Format implements [fmt.Formatter].
func (s ShorthandButton) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// LogValue shows the kind only.
func (p Pair) LogValue() slog.Value { return slog.StringValue("pair") }

// Format implements [fmt.Formatter].
func (p Pair) Format(f fmt.State, _ rune) { discreet.Format(f, p) }
