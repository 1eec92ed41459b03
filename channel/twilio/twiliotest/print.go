package twiliotest

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// LogValue shows how many people and messages there are.
func (s *Sim) LogValue() slog.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slog.GroupValue(slog.Int("senders", len(s.senders)), slog.Int("sent", len(s.messages)))
}

// Format implements [fmt.Formatter]: it shows what LogValue shows.
func (s *Sim) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// MarshalJSON shows what LogValue shows.
func (s *Sim) MarshalJSON() ([]byte, error) { return discreet.JSON(s) }

// LogValue shows that there is a person, not who.
func (u *User) LogValue() slog.Value { return slog.StringValue("user") }

// Format implements [fmt.Formatter].
func (u *User) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// MarshalJSON shows what LogValue shows.
func (u *User) MarshalJSON() ([]byte, error) { return discreet.JSON(u) }

// LogValue shows whether the person hides the number.
func (c UserConfig) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("hidden", c.Hidden), slog.Int("fails", c.Fails))
}

// Format implements [fmt.Formatter].
func (c UserConfig) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// LogValue shows what a message is made of, not what it says.
func (b Bubble) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("characters", len(b.Text)), slog.Int("buttons", len(b.Buttons)), slog.Int("rows", len(b.Rows)), slog.Int("code", b.Code))
}

// Format implements [fmt.Formatter].
func (b Bubble) Format(f fmt.State, _ rune) { discreet.Format(f, b) }

// LogValue shows that there is a choice.
func (c Choice) LogValue() slog.Value { return slog.StringValue("choice") }

// Format implements [fmt.Formatter].
func (c Choice) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// LogValue shows the size of a file.
func (m Media) LogValue() slog.Value { return slog.GroupValue(slog.Int("bytes", len(m.Data))) }

// Format implements [fmt.Formatter].
func (m Media) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// LogValue shows the account, without its token.
func (c Config) LogValue() slog.Value { return slog.GroupValue(slog.String("account", c.AccountSID)) }

// Format implements [fmt.Formatter].
func (c Config) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// MarshalJSON shows what LogValue shows.
func (c Config) MarshalJSON() ([]byte, error) { return discreet.JSON(c) }
