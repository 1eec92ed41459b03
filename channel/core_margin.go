package channel

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// MarginKind says what stands in the margins of conversations; see [Hub.SetMargin].
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

// margin is how it is stored.
type margin struct {
	Conversation string          `json:"conversation"`
	Body         json.RawMessage `json:"body"`
}

func marginKey(kind MarginKind, conversationID string) string {
	return string(kind) + "|" + conversationID
}

// marginRecords are those of a conversation.
func marginRecords(conversationID string) (keys []store.RecordKey) {
	for _, kind := range []MarginKind{MarginSeen, MarginPresence} {
		keys = append(keys, store.RecordKey{Kind: kindMargin, Key: marginKey(kind, conversationID)})
	}
	return keys
}
