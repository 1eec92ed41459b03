package conversation

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// NewsKind says what some news is about.
type NewsKind string

// The kinds of news.
const (
	NewsConversation NewsKind = "conversation"
	NewsMessage      NewsKind = "message"
	NewsCustomer     NewsKind = "customer"
)

// News is something that changed, as it is now.
type News struct {
	// Cursor is where to go on behind this news, in any process, also after a restart.
	Cursor string `json:"cursor"`
	// Kind and ID say what changed; Kind is "" for news that only move the cursor.
	Kind    NewsKind `json:"kind,omitempty"`
	ID      string   `json:"id,omitempty"`
	Channel string   `json:"channel,omitempty"`
	// One of these is set; none if it was erased: whoever keeps a copy removes it.
	Conversation *Conversation `json:"conversation,omitempty"`
	Message      *Message      `json:"message,omitempty"`
	Customer     *Customer     `json:"customer,omitempty"`
}

// LogValue shows what it is about, by IDs.
func (n News) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(n.Kind)), slog.String("id", n.ID), slog.String("channel", n.Channel))
}

// Format implements [fmt.Formatter].
func (n News) Format(f fmt.State, _ rune) { discreet.Format(f, n) }
