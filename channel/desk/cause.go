package desk

import (
	"errors"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// CauseDenied is the cause of what an actor may not do: access.ErrDenied.
const CauseDenied conversation.Cause = "denied"

// CauseOf is [channel.CauseOf] for calls of a desk, which refuse for one cause more: [CauseDenied].
func CauseOf(err error) conversation.Cause {
	if errors.Is(err, access.ErrDenied) {
		return CauseDenied
	}
	return channel.CauseOf(err)
}
