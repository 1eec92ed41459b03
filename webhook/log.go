package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
)

// What a record may show of an event: its kind, words of the protocol, lengths,
// codes, and hashes of identifiers that are long enough to follow one through a
// log and too short to be looked up.

// shortHash returns eight hex digits that stand for s, "" for "".
func shortHash(s string) string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// brief is the record of one kind of thing.
func brief(kind string, attrs ...slog.Attr) slog.Value {
	return slog.GroupValue(append([]slog.Attr{slog.String("kind", kind)}, attrs...)...)
}

// word shows a word of the protocol. Meta chooses these, but nothing stops a body
// from having something else in their place: what does not look like one is hashed.
func word(key, s string) slog.Attr {
	digits := 0
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c == '_':
		case '0' <= c && c <= '9':
			digits++
		default:
			digits = len(s) + 5
		}
	}
	if len(s) > 64 || digits > 4 {
		return slog.String(key, "#"+shortHash(s))
	}
	return slog.String(key, s)
}

func hashed(key, id string) slog.Attr        { return slog.String(key, shortHash(id)) }
func length(key, text string) slog.Attr      { return slog.Int(key, len(text)) }
func count[T any](k string, l []T) slog.Attr { return slog.Int(k, len(l)) }

// codes lists the codes of errors, of which the texts may quote messages.
func codes(errs []Error) slog.Attr {
	list := make([]int, len(errs))
	for i := range errs {
		list[i] = errs[i].Code
	}
	return slog.Any("errors", list)
}

// LogValue shows sizes.
func (d Delivery) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("bytes", len(d.Body)), slog.Int("events", d.Len()), slog.Int("secret", d.Secret))
}

// LogValue shows the envelope and the kind of the payload. The key stands for the
// event.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("key", e.Key()), slog.String("account", e.Account), slog.String("number", e.Number.ID),
		word("field", e.Field), slog.Time("time", e.Time), slog.Any("payload", e.Payload),
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	return slog.GroupValue(attrs...)
}

// LogValue shows the id and not the digits.
func (n Number) LogValue() slog.Value { return slog.GroupValue(slog.String("id", n.ID)) }

// LogValue shows a hash of the most lasting identifier, and which others there are.
func (id Identity) LogValue() slog.Value {
	return slog.GroupValue(hashed("id", or(id.BSUID, id.Phone)), slog.Bool("bsuid", id.BSUID != ""),
		slog.Bool("phone", id.Phone != ""), slog.Bool("username", id.Username != ""))
}

// LogValue shows the code: the texts may quote what was sent.
func (e Error) LogValue() slog.Value { return slog.GroupValue(slog.Int("code", e.Code)) }

// LogValue shows the type, the size and the reason.
func (u Unknown) LogValue() slog.Value {
	attrs := []slog.Attr{word("field", u.Field), word("type", u.Type), slog.Int("bytes", len(u.Raw))}
	if u.Err != nil {
		attrs = append(attrs, slog.Any("error", u.Err))
	}
	return brief("unknown", attrs...)
}
