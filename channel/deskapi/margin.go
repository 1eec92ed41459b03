package deskapi

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/internal/discreet"
)

// MarginKind says what stands in the margins of conversations; see Hub.SetMargin.
type MarginKind string

// The kinds.
const (
	MarginSeen     MarginKind = "seen"     // how far agents have read
	MarginPresence MarginKind = "presence" // who is there at the moment
)

// Margin is what stands in the margin of a conversation.
type Margin struct {
	Conversation string
	At           time.Time // when it was written
	Body         json.RawMessage
}

// LogValue shows where it stands.
func (m Margin) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", m.Conversation))
}

// Format implements [fmt.Formatter].
func (m Margin) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// Counter is one number of one day of a channel; see Hub.Counters.
type Counter struct {
	Day  time.Time // 00:00 UTC
	Name string    // see desk.Day
	N    int64
}
