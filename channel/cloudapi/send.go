package cloudapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/kanava-go/kanava/channel/message"
)

const opSend, opRead = "send message", "mark read"

// Send sends one message and returns what the platform says about its
// acceptance. It checks the message first ([message.Outbound.Validate]), waits
// for its turn under the rate limits, and repeats only what is known not to have
// been accepted.
//
// The error is one of: *message.InvalidError (nothing was sent), *LimitError
// (nothing was sent, with the time to wait), *[Error] (Meta refused), or
// *[TransportError]. If errors.Is(err, message.ErrOutcomeUnknown) the message may
// arrive all the same: wait for a status webhook with its OpaqueID before
// sending it again. All of them implement message.Failer.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
// (checked September 2026)
func (n *Number) Send(ctx context.Context, out message.Outbound) (message.Receipt, error) {
	if n.err != nil {
		return message.Receipt{}, n.err
	}
	if err := out.Validate(); err != nil {
		return message.Receipt{}, err
	}
	body, err := out.AppendJSON(make([]byte, 0, 256))
	if err != nil {
		return message.Receipt{}, &invalidError{op: opSend, cause: err}
	}
	var receipt message.Receipt
	cl := call{
		op: opSend, object: n.id, method: http.MethodPost, url: n.messages, content: contentJSON, body: body,
		permit: Permit{Number: n.id, Recipient: recipientKey(out.To), Lane: out.Lane},
		decode: func(_ int, answer []byte) error { return decodeReceipt(answer, &receipt) },
	}
	if out.Marketing != nil {
		cl.url = n.market
	}
	if err := n.client.do(ctx, &cl); err != nil {
		return message.Receipt{}, err
	}
	return receipt, nil
}

// recipientKey names the other half of the pair. Groups have no documented pair
// limit, and one of them stands for many users: they get a bucket each, too.
func recipientKey(to message.Recipient) string {
	switch {
	case to.Group != "":
		return to.Group
	case to.Phone != "":
		if to.Phone[0] == '+' {
			return to.Phone[1:]
		}
		return to.Phone
	default:
		return to.BSUID
	}
}

type wireSent struct {
	Contacts []struct {
		WAID   string `json:"wa_id"`
		UserID string `json:"user_id"`
	} `json:"contacts"`
	Messages []struct {
		ID      string               `json:"id"`
		GroupID string               `json:"group_id"`
		Status  message.AcceptStatus `json:"message_status"`
	} `json:"messages"`
}

func decodeReceipt(answer []byte, r *message.Receipt) error {
	var w wireSent
	// A field of the wrong type leaves the others in place: what has an id was accepted.
	_ = json.Unmarshal(answer, &w)
	if len(w.Messages) == 0 || w.Messages[0].ID == "" {
		return errUnexpected
	}
	m := w.Messages[0]
	r.ID, r.Group, r.Status = m.ID, m.GroupID, m.Status
	if len(w.Contacts) > 0 && m.GroupID == "" {
		r.WAID, r.BSUID = w.Contacts[0].WAID, w.Contacts[0].UserID
	}
	return nil
}

type wireRead struct {
	MessagingProduct string      `json:"messaging_product"`
	Status           string      `json:"status"`
	MessageID        string      `json:"message_id"`
	Typing           *wireTyping `json:"typing_indicator,omitempty"`
}

type wireTyping struct {
	Type string `json:"type"`
}

// MarkRead shows the message with this wamid, and all before it in the
// conversation, as read. typing also shows that an answer is being written; that
// ends with the answer or after 25 seconds, and cannot be shown without marking
// as read. Not possible in groups. It is safe to repeat.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators
// (checked September 2026)
func (n *Number) MarkRead(ctx context.Context, wamid string, typing bool) error {
	if n.err != nil {
		return n.err
	}
	if wamid == "" {
		return invalid(opRead, "the id of a message is needed")
	}
	w := wireRead{MessagingProduct: product, Status: "read", MessageID: wamid}
	if typing {
		w.Typing = &wireTyping{Type: "text"}
	}
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return n.client.do(ctx, &call{
		op: opRead, object: n.id, method: http.MethodPost, url: n.messages, content: contentJSON, body: body,
		repeat: true, decode: decodeSuccess,
	})
}

// product is the value of messaging_product, required nearly everywhere.
const product = "whatsapp"
