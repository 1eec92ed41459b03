package channel

import (
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/webhook"
)

// What the hub keeps of texts that come from outside, in bytes.
const (
	maxKey   = 255 // keys, agents and tickets of the host
	maxWAMID = 512 // identifiers of WhatsApp's; they have below 200
)

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

func notDigit(r rune) bool { return r < '0' || r > '9' }

// identityOf is an identity in the words of agents.
func identityOf(id webhook.Identity) conversation.Identity {
	return conversation.Identity{BSUID: id.BSUID, ParentBSUID: id.ParentBSUID, Phone: id.Phone, Username: id.Username, Name: id.Name}
}

// word makes a name from outside fit for a reason, a counter or a metric: it may be anything,
// a card number too.
func word(s string) string {
	many := len(digits(s)) > maxWordDigits
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' && !many || r == '_' || r == '.' {
			return r
		}
		return '?'
	}, s)
	return s[:min(len(s), 64)]
}

// maxWordDigits is how many digits a word of the protocol may have.
const maxWordDigits = 4

// invalidAt is the refusal of a message for what stands in one place of it.
func invalidAt(path string, rule message.Rule) error {
	return &message.InvalidError{Problems: []message.Problem{{Path: path, Rule: rule, Severity: message.SeverityError}}}
}

func nonEmptyList(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
