package channel

import (
	"fmt"

	"github.com/kanava-go/kanava/internal/discreet"
)

// See hub_print.go.

// Format implements [fmt.Formatter].
func (r Reply) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (n Notification) Format(f fmt.State, _ rune) { discreet.Format(f, n) }

// Format implements [fmt.Formatter].
func (t Template) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// Format implements [fmt.Formatter].
func (m Macro) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Format implements [fmt.Formatter].
func (p MacroPreview) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// Format implements [fmt.Formatter].
func (f File) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (c Channel) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (q SearchQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (q ConversationQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }
