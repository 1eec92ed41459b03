package conversation

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Talk is a conversation with its customer.
type Talk struct {
	Conversation *Conversation `json:"conversation"`
	Customer     *Customer     `json:"customer"`
}

// LogValue shows the ID of the conversation.
func (t Talk) LogValue() slog.Value {
	id := ""
	if t.Conversation != nil {
		id = t.Conversation.ID
	}
	return slog.GroupValue(slog.String("conversation", id))
}

// Format implements [fmt.Formatter].
func (t Talk) Format(f fmt.State, _ rune) { discreet.Format(f, t) }
