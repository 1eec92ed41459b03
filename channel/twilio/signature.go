package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's algorithm
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// The headers of a signed request.
const (
	SignatureHeader = "X-Twilio-Signature"
	// SettingsHeader names the algorithm, where one was chosen by a rule of the account.
	SettingsHeader = "X-Twilio-Webhooks-Signature-Settings"
)

// ErrSignature says that a request is not signed with the token.
var ErrSignature = errors.New("twilio: verify: the signature does not fit")

// Sign returns the signature of a form that is posted to an address: the base64 of the
// HMAC-SHA1, under the account's auth token, of the whole address with its query, followed by
// the names and values of the form in the order of the names. A name with several values
// stands once before each of them, sorted, equal ones once.
//
// A request with another body has no form; its address carries the body's hash, see
// [SignBody].
//
// https://www.twilio.com/docs/usage/webhooks/webhooks-security (checked 2026-11-29)
func Sign(token, address string, form url.Values) string {
	return base64.StdEncoding.EncodeToString(mac(sha1.New, token, address, form))
}

// SignBody returns the address, with the hash of the body in its query, to which the body is
// posted, and the signature.
func SignBody(token, address string, body []byte) (signed, signature string) {
	sum := sha256.Sum256(body)
	mark := "?"
	if strings.Contains(address, "?") {
		mark = "&"
	}
	signed = address + mark + bodyHash + "=" + hex.EncodeToString(sum[:])
	return signed, Sign(token, signed, nil)
}

// bodyHash is the parameter of the address with the hash of a body that is no form.
const bodyHash = "bodySHA256"

func mac(algorithm func() hash.Hash, token, address string, form url.Values) []byte {
	m := hmac.New(algorithm, []byte(token))
	m.Write([]byte(address)) // a hash takes everything
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			m.Write([]byte(name + v))
		}
	}
	return m.Sum(nil)
}

// Verify reports whether the signature of a posted form fits, as nil or [ErrSignature]. Twilio
// signs some addresses with their standard port and some without: both pass.
func Verify(token, address string, form url.Values, signature string) error {
	return verify(sha1.New, token, address, form, signature)
}

// VerifyBody is Verify for a body that is no form, as JSON: the address carries its hash.
func VerifyBody(token, address string, body []byte, signature string) error {
	return verifyBody(sha1.New, token, address, body, signature)
}

func verify(algorithm func() hash.Hash, token, address string, form url.Values, signature string) error {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || strings.TrimSpace(token) == "" {
		return ErrSignature
	}
	fits := 0
	for _, a := range withPorts(address) {
		fits |= subtle.ConstantTimeCompare(given, mac(algorithm, token, a, form))
	}
	if fits != 1 {
		return ErrSignature
	}
	return nil
}

func verifyBody(algorithm func() hash.Hash, token, address string, body []byte, signature string) error {
	u, err := url.Parse(address)
	if err != nil {
		return ErrSignature
	}
	given, err := hex.DecodeString(u.Query().Get(bodyHash))
	sum := sha256.Sum256(body)
	if err != nil || subtle.ConstantTimeCompare(given, sum[:]) != 1 {
		return ErrSignature
	}
	return verify(algorithm, token, address, nil, signature)
}

// withPorts returns an address with and without the standard port of its scheme; with another
// port, or one that cannot be read, as it is.
func withPorts(address string) []string {
	scheme, rest, ok := strings.Cut(address, "://")
	port := map[string]string{"https": ":443", "http": ":80"}[scheme]
	if !ok || port == "" {
		return []string{address}
	}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		end = i
	}
	host, path := rest[:end], rest[end:]
	bare := strings.TrimSuffix(host, port)
	if bare == host && strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		return []string{address}
	}
	return []string{scheme + "://" + bare + path, scheme + "://" + bare + port + path}
}

// algorithmOf reads which algorithm a request was signed with; nil for one that is not known.
//
// https://github.com/twilio/twilio-node (examples/WebhookSignatureValidation.md, checked
// 2026-11-29)
func algorithmOf(settings string) func() hash.Hash {
	if settings == "" {
		return sha1.New
	}
	for part := range strings.SplitSeq(settings, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name != "algorithm" {
			continue
		}
		switch value {
		case "HMAC_SHA1":
			return sha1.New
		case "HMAC_SHA256":
			return sha256.New
		}
	}
	return nil
}
