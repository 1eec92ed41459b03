// Package opaque makes IDs that show nothing of what they name.
package opaque

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID makes an ID out of what identifies a thing, so that doing the same work twice names
// the same thing. It is the prefix and 24 characters.
func ID(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return prefix + encoding.EncodeToString(sum[:15])
}

// Random makes an ID that nobody can guess: the prefix and 24 characters.
func Random(prefix string) string {
	var b [15]byte
	rand.Read(b[:]) // never fails
	return prefix + encoding.EncodeToString(b[:])
}
