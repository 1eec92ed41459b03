package channel

import (
	"strings"

	"github.com/kanava-go/kanava/internal/opaque"
)

// isMessageID says whether an opaque ID that came back in a status can be ours.
func isMessageID(s string) bool {
	return len(s) == len("m_")+24 && strings.HasPrefix(s, "m_")
}

// inboundMessageID names the message with a wamid on a channel.
func inboundMessageID(channel, wamid string) string { return opaque.ID("m_", channel, wamid) }
