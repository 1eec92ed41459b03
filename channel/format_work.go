package channel

import (
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// outboundItem is the content of a piece of outbox work.
type outboundItem struct {
	Message  string           `json:"message"`
	Customer string           `json:"customer"`
	Outbound message.Outbound `json:"outbound"`
	// Resends counts how often it was sent again without knowing whether it had arrived.
	Resends int `json:"resends,omitempty"`
	// Held says that the wait for a status is over, and that the item is kept for an agent.
	Left bool `json:"left,omitempty"`
	// Tries counts attempts that are known not to have been accepted.
	Tries int `json:"tries,omitempty"`
	// Perhaps says that the same may have been sent before the store was restored.
	Perhaps bool `json:"perhaps,omitempty"`
	carried
}

// encode is the JSON of the item, with what a newer release wrote into the one that is stored, if any.
func (i *outboundItem) encode(stored []byte) ([]byte, error) {
	body, err := step.Encode(i)
	if err != nil {
		return nil, fmt.Errorf("channel: encode message: %w", err)
	}
	if stored != nil {
		body = step.Keep(body, stored, i)
	}
	return body, nil
}

// decoded is what decoding the JSON of a new item gives, nil if only decoding can tell: a text is as it was
// given, but the giver's.
func (i *outboundItem) decoded() any {
	text, ok := i.Outbound.Content.(*message.Text)
	if !ok || !utf8.ValidString(text.Body) || i.Outbound.TTL != 0 || i.Outbound.Marketing != nil {
		return nil
	}
	item, own := *i, *text
	item.Outbound.Content = &own
	return &item
}

// carried is what [Hooks.Carry] gave along with work.
type carried struct {
	Carried map[string]string `json:"carried,omitempty"`
}

// hostItem is the content of work in the host queue: references only, so that an
// erased or edited message is not kept alive here.
type hostItem struct {
	Kind         conversation.ChangeKind    `json:"kind,omitempty"` // empty: received
	Conversation string                     `json:"conversation"`
	Message      string                     `json:"message,omitempty"`
	At           time.Time                  `json:"at,omitzero"`
	Author       conversation.Author        `json:"author,omitzero"`
	From         string                     `json:"from,omitempty"`
	To           string                     `json:"to,omitempty"`
	Absorbed     string                     `json:"absorbed,omitempty"`
	Reason       string                     `json:"reason,omitempty"`
	Cause        conversation.Cause         `json:"cause,omitempty"`
	Delivery     conversation.DeliveryState `json:"delivery,omitempty"`
	Failure      *conversation.Failure      `json:"failure,omitempty"`
	Notice       *conversation.Notice       `json:"notice,omitempty"`
	attempts
	carried

	due time.Time // when it may be told; zero: at once
}

// fetchItem is the content of work in the media queue.
type fetchItem struct {
	Message string `json:"message,omitempty"`
	Index   int    `json:"index,omitempty"`
	// Remove are references to files that are to be removed; nothing is fetched then.
	Remove []string `json:"remove,omitempty"`
	attempts
}

// upkeepItem is the content of a channel's upkeep work: where a round of pruning has come to.
type upkeepItem struct {
	Queue int             `json:"queue,omitempty"` // index into prunedShelves; behind them: the customers
	After *store.Position `json:"after,omitempty"`
}

// inItem is the content of work to apply.
type inItem struct {
	// Body is a webhook body with one item, card numbers masked.
	Body json.RawMessage `json:"body,omitempty"`
	// Voucher is how far whoever signed the item may speak for what it names.
	Voucher voucher `json:"voucher,omitempty"`
	// Masked says that a card number was in it.
	Masked bool `json:"masked,omitempty"`
	// Unreadable is a body that is not JSON, which cannot be cut into items.
	Unreadable string `json:"unreadable,omitempty"`
	carried
}

// attempts are the failures of a piece of work that say something about itself.
type attempts struct {
	Tries   int       `json:"tries,omitempty"`
	Failing time.Time `json:"failing,omitzero"` // since the first of them
}

// A voucher says how far whoever signed an item may speak for the account and the number that
// it names. It is decided when the item is accepted and checked against the channel when it
// is applied. Vouchers are part of the stored format.
type voucher string
