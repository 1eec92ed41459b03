package channel

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// derivedID makes an ID out of what identifies a thing, so that doing the same work
// twice names the same thing. It shows nothing of its parts.
func derivedID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return prefix + idEncoding.EncodeToString(sum[:15])
}

// randomID makes an ID that nobody can guess.
func randomID(prefix string) string {
	var b [15]byte
	rand.Read(b[:]) // never fails
	return prefix + idEncoding.EncodeToString(b[:])
}

// isMessageID says whether an opaque ID that came back in a status can be ours.
func isMessageID(s string) bool {
	return len(s) == len("m_")+24 && strings.HasPrefix(s, "m_")
}

// inboundMessageID names the message with a wamid on a channel.
func inboundMessageID(channel, wamid string) string { return derivedID("m_", channel, wamid) }
