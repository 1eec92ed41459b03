package twilio

import (
	"cmp"
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
	"unicode/utf8"
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
	return base64.StdEncoding.EncodeToString(mac(sha1.New, token, address, parameters(form)))
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

// parameters is what is signed of a form, behind the address.
func parameters(form url.Values) (text []byte) {
	for _, name := range slices.SortedFunc(maps.Keys(form), byUTF16) {
		for _, v := range slices.Compact(slices.SortedFunc(slices.Values(form[name]), byUTF16)) {
			text = append(append(text, name...), v...)
		}
	}
	return text
}

func mac(algorithm func() hash.Hash, token, address string, parameters []byte) []byte {
	m := hmac.New(algorithm, []byte(token))
	m.Write([]byte(address)) // a hash takes everything
	m.Write(parameters)
	return m.Sum(nil)
}

// Verify reports whether the signature of a posted form fits, as nil or [ErrSignature]. Twilio
// signs some addresses with their port and some without, and some with a query that is escaped
// in another way: they all pass.
func Verify(token, address string, form url.Values, signature string) error {
	return verify(sha1.New, token, address, parameters(form), signature)
}

// VerifyBody is Verify for a body that is no form, as JSON: the address carries its hash.
func VerifyBody(token, address string, body []byte, signature string) error {
	return verifyBody(sha1.New, token, address, body, signature)
}

func verify(algorithm func() hash.Hash, token, address string, parameters []byte, signature string) error {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || strings.TrimSpace(token) == "" {
		return ErrSignature
	}
	for _, a := range spellings(address) {
		if subtle.ConstantTimeCompare(given, mac(algorithm, token, a, parameters)) == 1 {
			return nil
		}
	}
	return ErrSignature
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

// spellings returns the ways in which an address may have been written where it was signed:
// without a port and with it, and with a query that was escaped anew. They all name the same
// host and say the same, so that what passes is Twilio's; its own libraries take them all.
//
// https://github.com/twilio/twilio-node (src/webhooks/webhooks.ts, checked 2026-11-29)
func spellings(address string) []string {
	all := []string{address} // as it is: nearly always that is it
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return all
	}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	host, path := rest[:end], rest[end:]
	bare := host
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') && colon > strings.LastIndexByte(host, '@') {
		if port := host[colon+1:]; digits(port) == port {
			bare = host[:colon]
		}
	}
	hosts := []string{host, bare}
	if standard := map[string]string{"https": ":443", "http": ":80"}[strings.ToLower(scheme)]; bare == host && standard != "" {
		hosts = append(hosts, host+standard)
	}
	before, query, asks := strings.Cut(path, "?")
	queries := []string{path}
	if asks {
		queries = append(queries, before+"?"+strings.ReplaceAll(query, "'", "%27"), before+"?"+escapedAnew(query))
	}
	for _, q := range queries {
		for _, h := range hosts {
			if a := scheme + "://" + h + q; !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// escapedAnew writes a query as encoders do that escape blanks as %20 and leave !'()*~ as
// they are.
func escapedAnew(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return query
		}
		pairs[i] = escapeLess.Replace(url.QueryEscape(n)) + "=" + escapeLess.Replace(url.QueryEscape(v))
	}
	return strings.Join(pairs, "&")
}

var escapeLess = strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")

// byUTF16 orders texts as Java and JavaScript do, by their UTF-16 code units: where it matters,
// characters beyond the first plane come before those at its end. What is no text goes by bytes.
func byUTF16(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		r, n := utf8.DecodeRuneInString(x)
		q, m := utf8.DecodeRuneInString(y)
		if r != q {
			return cmp.Compare(behind(r), behind(q))
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// behind moves the end of the first plane behind the others.
func behind(r rune) rune {
	if r >= 0xe000 && r <= 0xffff {
		return r + utf8.MaxRune
	}
	return r
}

// algorithmOf reads which algorithm a request was signed with: HMAC-SHA1 if nothing is said,
// nil for one that is not known.
//
// https://github.com/twilio/twilio-node (examples/WebhookSignatureValidation.md, checked
// 2026-11-29)
func algorithmOf(settings string) func() hash.Hash {
	for part := range strings.SplitSeq(settings, ",") {
		name, value, _ := strings.Cut(part, "=")
		if value = strings.TrimSpace(value); strings.TrimSpace(name) != "algorithm" || value == "" {
			continue
		}
		switch strings.ToUpper(value) {
		case "HMAC_SHA1":
			return sha1.New
		case "HMAC_SHA256":
			return sha256.New
		}
		return nil
	}
	return sha1.New
}
