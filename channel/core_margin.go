package channel

import (
	"encoding/json"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/store"
)

// margin is how it is stored.
type margin struct {
	Conversation string          `json:"conversation"`
	Body         json.RawMessage `json:"body"`
}

func marginKey(kind deskapi.MarginKind, conversationID string) string {
	return string(kind) + "|" + conversationID
}

// marginRecords are those of a conversation.
func marginRecords(conversationID string) (keys []store.RecordKey) {
	for _, kind := range []deskapi.MarginKind{deskapi.MarginSeen, deskapi.MarginPresence} {
		keys = append(keys, store.RecordKey{Kind: kindMargin, Key: marginKey(kind, conversationID)})
	}
	return keys
}
