package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"
)

// SignatureHeader is the HTTP header that carries the signature of a body.
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// Reasons to refuse a signature.
var (
	// ErrSignature is matched by all of them.
	ErrSignature = errors.New("webhook: signature refused")

	errNoSecret     = fmt.Errorf("%w: no app secret to check it with", ErrSignature)
	errNoSignature  = fmt.Errorf("%w: header missing", ErrSignature)
	errBadSignature = fmt.Errorf("%w: header malformed", ErrSignature)
	errWrong        = fmt.Errorf("%w: body not signed with any of the app secrets", ErrSignature)
)

// Sign returns the header value with which Meta would sign body: "sha256=" and
// the HMAC-SHA256 of exactly these bytes in lower-case hex, keyed with the app
// secret. For tests, simulators and replays.
func Sign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return signaturePrefix + hex.EncodeToString(m.Sum(nil))
}

// Verify checks header, the value of [SignatureHeader], against body as it was
// read from the wire: a body that was decoded and encoded again verifies only by
// luck. Several secrets may be valid at once (rotation, several apps on one URL);
// Verify returns the index of the one that fits. The comparison takes constant
// time. Errors match [ErrSignature]; without a secret, or with an empty one, the
// answer is always an error.
//
// For more than a few calls use a [Verifier].
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
// (checked 2026-10-06).
func Verify(body []byte, header string, secrets ...string) (secret int, err error) {
	v, err := NewVerifier(secrets...)
	if err != nil {
		return -1, err
	}
	return v.Verify(body, header)
}

// Verifier checks signatures against a fixed list of app secrets, without
// allocating. It is safe for concurrent use. The zero Verifier refuses
// everything. Printing one shows no secret.
type Verifier struct{ macs []*macs }

// NewVerifier returns a Verifier for one or more app secrets, none of them empty or white space.
// Errors match [ErrSignature].
func NewVerifier(secrets ...string) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, errNoSecret
	}
	if slices.ContainsFunc(secrets, isBlank) {
		return nil, errNoSecret
	}
	return newVerifier(secrets), nil
}

// newVerifier is NewVerifier for secrets that were checked.
func newVerifier(secrets []string) *Verifier {
	v := &Verifier{macs: make([]*macs, len(secrets))}
	for i, s := range secrets {
		v.macs[i] = newMACs(s)
	}
	return v
}

// Verify is like the function [Verify].
func (v *Verifier) Verify(body []byte, header string) (secret int, err error) {
	if len(v.macs) == 0 {
		return -1, errNoSecret
	}
	want, err := parseSignature(header)
	if err != nil {
		return -1, err
	}
	for i, m := range v.macs {
		if m.matches(body, &want) {
			return i, nil
		}
	}
	return -1, errWrong
}

// parseSignature decodes a signature header. Hex digits may be of either case:
// they mean the same bytes.
func parseSignature(header string) (mac [sha256.Size]byte, err error) {
	if header == "" {
		return mac, errNoSignature
	}
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok || len(digits) != hex.EncodedLen(len(mac)) {
		return mac, errBadSignature
	}
	for i := range mac {
		hi, lo := hexValue(digits[2*i]), hexValue(digits[2*i+1])
		if hi > 15 || lo > 15 {
			return mac, errBadSignature
		}
		mac[i] = hi<<4 | lo
	}
	return mac, nil
}

// hexValue returns the value of a hex digit, more than 15 if c is none.
func hexValue(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	default:
		return 0xff
	}
}

// macs is a pool of keyed HMAC states for one secret. Keying costs more than
// hashing a short body, and a state in the pool has done it.
type macs struct{ pool sync.Pool }

type mac struct {
	hash.Hash
	sum [sha256.Size]byte // here, because a local array would escape
}

// newMACs returns a pool for one secret.
func newMACs(secret string) *macs {
	return &macs{pool: sync.Pool{New: func() any {
		return &mac{Hash: hmac.New(sha256.New, []byte(secret))}
	}}}
}

// matches reports, in time that does not depend on where they differ, whether
// want is the MAC of body.
func (m *macs) matches(body []byte, want *[sha256.Size]byte) bool {
	h := m.pool.Get().(*mac)
	defer m.pool.Put(h)
	h.Reset()
	h.Write(body)
	return hmac.Equal(h.Sum(h.sum[:0]), want[:])
}
