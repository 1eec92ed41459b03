package cloudapitest

import (
	"encoding/base64"
	"strings"
)

// Identity is how the platform writes who somebody is and which message is meant. Both
// habits were seen in traffic and are documented nowhere, so that a receiver must live
// with and without them. The zero Identity has neither.
type Identity struct {
	// ScopedWamids gives messages two wamids, one made from the phone number and one
	// from the BSUID, which end in the same token. A quote, an edit, a deletion and a
	// reaction name the other one than was told first; a person who hides their phone
	// number has only the one made from the BSUID. The Graph API takes both.
	ScopedWamids bool

	// BSUIDInFrom puts the BSUID where a phone number is expected, in from, wa_id and
	// recipient_id, when the number may not be shown; and to takes it too.
	BSUIDInFrom bool
}

// SetIdentity changes the habits from now on.
func (w *World) SetIdentity(id Identity) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.identity = id
}

// scoped is a wamid made from a phone number, made from a BSUID instead: the token at
// its end is the same.
func scoped(wamid, bsuid string) string {
	text, ok := strings.CutPrefix(wamid, "wamid.")
	b, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(b) < 3 || len(b) < 3+int(b[2]) || len(bsuid) > 255 {
		return wamid
	}
	rest := b[3+int(b[2]):]
	out := append([]byte{b[0], b[1], byte(len(bsuid))}, bsuid...)
	return "wamid." + base64.StdEncoding.EncodeToString(append(out, rest...))
}

// nameTwice gives a message of a chat its second wamid, if messages have two.
func (w *World) nameTwice(m *message, u *User, hidden bool) {
	if !w.identity.ScopedWamids || m.number == nil {
		return
	}
	other := scoped(m.id, u.bsuid(m.number.account.Portfolio))
	if hidden {
		m.id = other
		return
	}
	m.alias = other
}

// otherName is the wamid that refers to a message: the second one, if it has two.
func (m *message) otherName() string {
	if m.alias != "" {
		return m.alias
	}
	return m.id
}

// refer is the wamid that names a message in a gesture of a phone.
func (w *World) refer(wamid string) string {
	if m := w.messages[wamid]; m != nil {
		return m.otherName()
	}
	return wamid
}

// looksLikeBSUID reports whether a recipient is written as a BSUID: US.123 or
// US.ENT.123.
func looksLikeBSUID(s string) bool {
	country, rest, ok := strings.Cut(s, ".")
	rest = strings.TrimPrefix(rest, "ENT.")
	return ok && len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && rest != "" &&
		strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// GiveUpNumber ends the person's WhatsApp: nobody is told, messages to their BSUID fail
// with 131026, and AddUser may give the phone number to somebody else, as telephone
// companies do.
func (u *User) GiveUpNumber() {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phones[u.phone] == u {
		delete(w.phones, u.phone)
	}
	u.quit = true
}
