package channel

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/webhook"
)

// ErrUnusable says that a key, name, reason or reference is longer than the hub keeps it, not
// valid UTF-8, or has a NUL in it.
var ErrUnusable = errors.New("channel: too long, not valid UTF-8, or has a NUL in it")

// What the hub keeps of texts that come from outside, in bytes.
const (
	maxKey   = 255 // keys, agents and tickets of the host
	maxWAMID = 512 // identifiers of WhatsApp's; they have below 200
)

// CheckText returns an error that matches ErrUnusable and names the text, if it has more than most
// bytes, is no UTF-8 or has a NUL in it.
func CheckText(what, s string, most int) error { return usable(what, s, most) }

// usable returns an error that matches ErrUnusable and names the text, if it is not.
func usable(what, s string, most int) error {
	if len(s) <= most && !strings.ContainsRune(s, 0) && utf8.ValidString(s) {
		return nil
	}
	return fmt.Errorf("channel: %s of %d bytes, want at most %d: %w", what, len(s), most, ErrUnusable)
}

// errLongID is the cause of dead letters whose identifier is no identifier.
var errLongID = errors.New("channel: the item's identifier is longer than any of WhatsApp's")

// longID says whether an item is identified by more than an identifier.
func longID(p webhook.Payload) bool {
	id := ""
	switch p := p.(type) {
	case *webhook.Message:
		id = p.ID
	case *webhook.StandbyMessage:
		id = p.Message.ID
	case *webhook.Status:
		id = p.ID
	case *webhook.Echo:
		id = p.ID
	case *webhook.HistoryMessage:
		id = p.ID
	case *webhook.Call:
		id = p.ID
	case *webhook.CallStatus:
		id = p.ID
	default: // identified by all of it
	}
	return len(id) > maxWAMID
}
