package cloudapitest

import (
	"fmt"
	"io"
	"log/slog"
)

// Printing or logging anything of the world shows neither secrets nor people: a
// test's output ends up in other people's build logs.

// Format hides the secrets.
func (c AppConfig) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "AppConfig("+c.ID+")") }

// LogValue hides the secrets.
func (c AppConfig) LogValue() slog.Value { return slog.StringValue("AppConfig(" + c.ID + ")") }

// Format hides the secrets.
func (a *App) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "App("+a.ID+")") }

// LogValue hides the secrets.
func (a *App) LogValue() slog.Value { return slog.StringValue("App(" + a.ID + ")") }

// Format hides who it is.
func (c UserConfig) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "UserConfig(name %d, phone %d characters)", runes(c.Name), runes(c.Phone))
}

// LogValue hides who it is.
func (c UserConfig) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("name", runes(c.Name)), slog.Int("phone", runes(c.Phone)))
}

// Format hides who it is.
func (u *User) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "User(%d)", u.seq) }

// LogValue hides who it is.
func (u *User) LogValue() slog.Value { return slog.IntValue(u.seq) }

// LogValue hides the number.
func (n *Number) LogValue() slog.Value { return slog.StringValue("Number(" + n.ID + ")") }

// Format hides what was written.
func (b Bubble) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Bubble(%s, %d characters)", b.Kind, runes(b.Text))
}

// LogValue hides what was written.
func (b Bubble) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", b.Kind), slog.Bool("mine", b.Mine), slog.Int("runes", runes(b.Text)))
}

// LogValue hides where somebody is.
func (Place) LogValue() slog.Value { return slog.StringValue("[place]") }

// LogValue shows the operation only.
func (r *Request) LogValue() slog.Value { return slog.StringValue(r.Operation) }
