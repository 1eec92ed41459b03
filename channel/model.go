package channel

import (
	"github.com/kanava-go/kanava/channel/message"
)

// outboundItem is the content of a piece of outbox work.
type outboundItem struct {
	Message  string           `json:"message"`
	Customer string           `json:"customer"`
	Outbound message.Outbound `json:"outbound"`
	// Resends counts how often it was sent again without knowing whether it had arrived.
	Resends int `json:"resends,omitempty"`
	// Held says that the wait for a status is over, and that the item is kept for an agent.
	Held bool `json:"held,omitempty"`
	// Tries counts attempts that are known not to have been accepted.
	Tries int `json:"tries,omitempty"`
	// Perhaps says that the same may have been sent before the store was restored.
	Perhaps bool `json:"perhaps,omitempty"`
}
