package channel

import (
	"errors"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// Meta's codes for what the hub finds out by itself; their hints fit as well.
const (
	codeWindowClosed = 131047
	codeBlocked      = 130403
	codeOptedOut     = 131050
	codeNoTemplate   = 132001
)

// refusedLike is a failure in the words of one of Meta's, but of our own.
func refusedLike(code int) message.Failure {
	f := message.Classify(code, 0, 0, false)
	f.Code = 0
	return f
}

// windowFailure is the failure of a message that waited until its window closed, or the customer was
// blocked.
func windowFailure(err error) message.Failure {
	if errors.Is(err, ErrBlocked) {
		return refusedLike(codeBlocked)
	}
	f := refusedLike(codeWindowClosed)
	if c, ok := errors.AsType[*window.ClosedError](err); ok && c.LastInbound.IsZero() {
		f.Title = "Never written to"
	}
	return f
}
