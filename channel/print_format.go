package channel

import (
	"fmt"

	"github.com/kanava-go/kanava/internal/discreet"
)

// See print.go.

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
func (d DeadLetter) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// Format implements [fmt.Formatter].
func (f File) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (q ConversationQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (q MessageQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (q DeadLetterQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (c Channel) Format(f fmt.State, _ rune) { discreet.Format(f, c) }
