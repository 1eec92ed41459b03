// Package opaque makes IDs that show nothing of what they name.
package opaque

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID makes an ID out of what identifies a thing, so that doing the same work twice names
// the same thing. It is the prefix and 24 characters.
func ID(prefix string, parts ...string) string {
	var room [256]byte // for most
	text := room[:0]
	for i, part := range parts {
		if i > 0 {
			text = append(text, 0)
		}
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return name(prefix, sum[:15])
}

// Random makes an ID that nobody can guess: the prefix and 24 characters.
func Random(prefix string) string {
	var b [15]byte
	rand.Read(b[:]) // never fails
	return name(prefix, b[:])
}

func name(prefix string, b []byte) string {
	var room [64]byte
	return string(encoding.AppendEncode(append(room[:0], prefix...), b))
}
