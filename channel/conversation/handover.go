package conversation

import (
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Handover is why people get a conversation that a bot has; see channel.Hub.HandOver.
type Handover struct {
	// Cause is CauseAskedFor, CauseMisses, CauseOutOfDepth or CauseByHand; "" is the last.
	Cause Cause
	// Reason is a sentence for whoever takes it on, at most 500 bytes, with card numbers masked; "" for
	// none.
	Reason string
}

// LogValue shows the cause, if it is one.
func (h Handover) LogValue() slog.Value {
	cause := "unknown"
	if h.Cause == "" || h.Cause.HandsOver() {
		cause = string(h.Cause)
	}
	return slog.GroupValue(slog.String("cause", cause), slog.Int("reason_bytes", len(h.Reason)))
}

// Format implements [fmt.Formatter] with what LogValue shows.
func (h Handover) Format(f fmt.State, _ rune) { discreet.Format(f, h) }
