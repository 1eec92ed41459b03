package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// observe adds an event to the customer's window, unless it happened before the
// customer's number changed.
func (u *unit) observe(ch *Channel, c *conversation.Customer, e window.Event) {
	before := !e.At.After(c.NumberChanged) && !c.NumberChanged.IsZero() && !ch.Window.NumberChangeKeepsWindow
	if e.Kind == "" || before {
		return
	}
	if !u.windowSeen {
		u.windowBefore, u.windowSeen = c.Window, true
	}
	c.Window = ch.Window.Observe(c.Window, e, u.now)
}

// WindowKind is what a content is to the customer service window, for hosts that keep windows of
// their own with package window; "" opens nothing.
func WindowKind(c webhook.Content) window.Kind {
	switch c.(type) {
	case *webhook.Text, *webhook.Media, *webhook.Location:
		return window.KindMessage
	case *webhook.Contacts:
		return window.KindContacts
	case *webhook.QuickReply, *webhook.ButtonReply, *webhook.ListReply, *webhook.FlowReply,
		*webhook.PaymentMethod, *webhook.ProductReply:
		return window.KindReply
	case *webhook.Order:
		return window.KindOrder
	case *webhook.Welcome:
		return window.KindRequestWelcome
	case *webhook.CallPermission:
		return window.KindCallPermissionReply
	case *webhook.Reaction:
		return window.KindReaction
	case *webhook.Edit:
		return window.KindEdit
	case *webhook.Revoke:
		return window.KindRevoke
	case *webhook.Unsupported, *webhook.Unknown:
		return window.KindUnsupported
	case *webhook.System:
		return window.KindSystem
	default: // a placeholder of the history, or of a later version
		return ""
	}
}
