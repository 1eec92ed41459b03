package webhook

import "strings"

// maxID is the longest identifier that is taken for one, in bytes. WhatsApp's are below
// 200; a longer one is damage or malice, and would be kept with everything it names.
const maxID = 512

// person reads a member that names a person in one value: the digits of a phone number or,
// of people who hide it, a BSUID. What is neither names nobody: digits picked out of it
// would be the number of somebody else.
//
// A member of its own for the BSUID wins over one that stands in the place of a number.
//
// Source: observed in recorded traffic; Meta documents phone numbers in these places
// (checked 2026-11-29).
func (p *parser) person(m member, id *Identity) {
	switch s := p.text(m); {
	case s == "":
	case isBSUID(s):
		if strings.HasPrefix(s[2:], ".ENT.") {
			fill(&id.ParentBSUID, s)
		} else {
			fill(&id.BSUID, s)
		}
	default:
		switch no := phoneDigits(s); {
		case no != "":
			id.Phone = no
		case len(s) > maxID || strings.ContainsAny(s, "0123456789"):
			p.fail(m, "phone number or user id")
		default:
			id.Phone = s // words: nobody takes them for a number
		}
	}
}

// author reads who wrote a quoted message: the digits of a phone number, or a BSUID as it is.
func (p *parser) author(m member) string {
	s := p.text(m)
	return or(phoneDigits(s), s)
}

// userID reads a member that holds a BSUID or the id of a group.
func (p *parser) userID(m member, id *string) {
	switch s := p.text(m); {
	case len(s) > maxID:
		p.fail(m, "identifier")
	case s != "":
		*id = s
	}
}

// isBSUID reports whether s has the form of a BSUID: a country, a dot, letters and digits;
// that of an enterprise has ENT in between.
//
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
// (checked 2026-11-29).
func isBSUID(s string) bool {
	if len(s) < 4 || len(s) > len("XX.ENT.")+128 || s[0]-'A' > 25 || s[1]-'A' > 25 || s[2] != '.' {
		return false
	}
	rest := strings.TrimPrefix(s[3:], "ENT.")
	for i := range len(rest) {
		if c := rest[i]; c-'0' > 9 && c-'A' > 25 && c-'a' > 25 {
			return false
		}
	}
	return rest != ""
}

// maxPhone is the most digits taken for a phone number. E.164 has 15; some accounts of
// Meta's own have more.
const maxPhone = 20

// phoneDigits returns the digits of a phone number, without what people and some of Meta's
// samples write around and between them. It returns "" for anything else.
func phoneDigits(s string) string {
	if len(s) > 4*maxPhone {
		return ""
	}
	digits, other := 0, false
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case strings.ContainsRune("+ -()./\u00a0", r):
			other = true
		default:
			return ""
		}
	}
	switch {
	case digits == 0 || digits > maxPhone:
		return ""
	case !other:
		return s
	}
	return digitsOf(s)
}

// digitsOf drops everything but digits.
func digitsOf(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i]-'0' <= 9 {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// ours reports whether the phone number is that of the business itself. In calls that the
// business began, and in some echoes, it stands where the person's number is documented.
func (p *parser) ours(id *Identity) bool {
	return id.Phone != "" && id.Phone == p.number.Display
}

// notOurs returns the person of an item with two sides: likely, unless that is the business.
func (p *parser) notOurs(likely, other Identity) Identity {
	if p.ours(&likely) && !p.ours(&other) && !other.IsZero() {
		return other
	}
	return likely
}
