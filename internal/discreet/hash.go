package discreet

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
)

// Hash names an ID in a log line without showing it.
func Hash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:4])
}

// Hashed is an attribute with the hash of an ID, "" if there is none.
func Hashed(key, id string) slog.Attr {
	if id == "" {
		return slog.String(key, "")
	}
	return slog.String(key, Hash(id))
}
