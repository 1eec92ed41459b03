package conversation

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Found is a page of what channel.Hub.Search found, what was filed last first.
type Found struct {
	Customers     []*Customer     `json:"customers,omitempty"`
	Conversations []*Conversation `json:"conversations,omitempty"`
	Messages      []*Message      `json:"messages,omitempty"`
	// Next continues, "" if there is no more.
	Next string `json:"next,omitempty"`
}

// LogValue shows how much it is.
func (r Found) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("customers", len(r.Customers)), slog.Int("conversations", len(r.Conversations)), slog.Int("messages", len(r.Messages)))
}

// Format implements [fmt.Formatter].
func (r Found) Format(f fmt.State, _ rune) { discreet.Format(f, r) }
