package cloudapi_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
)

func proofOf(token, secret string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

func rawMap(key, value string) map[string]json.RawMessage {
	return map[string]json.RawMessage{key: json.RawMessage(value)}
}

func numbers(key, value string) map[string]json.Number {
	return map[string]json.Number{key: json.Number(value)}
}

// noTest lets examples use what tests use.
type noTest struct{ testing.TB }

func (noTest) Helper() {}
