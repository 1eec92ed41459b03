package cloudapitest

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"time"
)

// UserConfig describes a person with a phone.
type UserConfig struct {
	Name  string // profile name; "" = a fictional one
	Phone string // "" = a generated 555 number

	// Username is the name the person adopted, without "@". HidePhone keeps the
	// phone number out of webhooks, which WhatsApp allows only with a username; it
	// is ignored without one. A number that was in touch by phone number in the
	// last 30 days still sees it.
	Username  string
	HidePhone bool

	// Country is the ISO 3166 code in the BSUID; "" = from the phone number.
	Country string

	// Offline phones receive nothing until ComeOnline. NoReceipts switches read
	// receipts off. OldClient cannot show messages from businesses: 131026.
	Offline    bool
	NoReceipts bool
	OldClient  bool

	// ReadAfter makes the person read each message so long after it was
	// delivered; 0 means only when Read is called.
	ReadAfter time.Duration

	// AtDesk keeps the chat open on screen: messages are read at once and
	// "delivered" is skipped, as the platform documents.
	AtDesk bool
}

// A User is a person with a phone. The methods named after what a person does
// are in effect at once; the webhooks they cause leave when time passes.
type User struct {
	w     *World
	seq   int
	cfg   UserConfig
	phone string // digits, the wa_id
	moves int    // changes of number, part of the BSUID
	chats map[*Number]*chat
	ids   map[*Portfolio]string
	hash  string // identity key hash
	quit  bool   // gave the phone number up
	turns uint64 // what this person did, see Account.turns
}

// chat is what one user and one business number have in common.
type chat struct {
	user   *User
	number *Number
	log    []*message // oldest first, both directions

	opened    int64 // last event that opened the service window, 0 = never
	freeEntry int64 // end of a free entry point window
	adUntil   int64 // an answer until then opens one
	contact   int64 // last contact by phone number: shows the phone for 30 days
	pair      gcra

	stopped    bool // marketing stopped by the user
	stopTold   int64
	blocked    bool // business blocked by the user
	blockedBiz bool // user blocked by the business
	muted      bool // part of a marketing experiment: 130472
	capped     bool // per-user marketing cap reached: 131049
	typing     int64
	lastSent   *message // by the business, for the oracle
	repeated   int64    // when a webhook of the user's messages was delivered again
	failTold   int64    // when a status told that the user cannot be reached
	calls      callPermission
	standby    bool // Meta's agent holds the conversation
}

// AddUser adds a person. A Phone that somebody has returns that person.
func (w *World) AddUser(cfg UserConfig) *User {
	w.mu.Lock()
	defer w.mu.Unlock()
	phone := digitsOnly(cfg.Phone)
	if u := w.phones[phone]; u != nil {
		return u
	}
	if phone == "" {
		phone = w.newPhone("1312555", func(p string) bool { return w.phones[p] != nil })
	}
	if cfg.Name == "" {
		cfg.Name = "Person " + itoa(len(w.users)+1)
	}
	if cfg.Country == "" {
		cfg.Country, _ = countryOf(phone)
	}
	cfg.Username = strings.TrimPrefix(cfg.Username, "@")
	u := &User{
		w: w, seq: len(w.users) + 1, cfg: cfg, phone: phone,
		chats: make(map[*Number]*chat, 1), ids: make(map[*Portfolio]string, 1),
	}
	w.users = append(w.users, u)
	w.phones[phone] = u
	return u
}

// Phone returns the phone number as WhatsApp writes it in wa_id: digits, no "+".
func (u *User) Phone() string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.phone
}

// Name returns the profile name.
func (u *User) Name() string { return u.cfg.Name }

// Username returns the name the person adopted, without "@"; "" = none.
func (u *User) Username() string { return u.cfg.Username }

// BSUID returns the person's business-scoped user id in the portfolio of n.
func (u *User) BSUID(n *Number) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.bsuid(n.account.Portfolio)
}

// bsuid derives the id from the portfolio, the person and the number of phone
// changes, so that it is stable for a seed and changes when it should.
func (u *User) bsuid(p *Portfolio) string {
	if id := u.ids[p]; id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(p.ID + "/" + itoa(u.seq) + "/" + itoa(u.moves) + "/" + itoa(int(u.w.cfg.Seed))))
	id := u.cfg.Country + ".9" + strconv.FormatUint(binary.BigEndian.Uint64(sum[:8]), 10)
	u.ids[p] = id
	u.w.bsuids[id] = u
	return id
}

// chat returns what user and number have in common, made on first use.
func (u *User) chat(n *Number) *chat {
	c := u.chats[n]
	if c == nil {
		c = &chat{user: u, number: n}
		u.chats[n] = c
	}
	return c
}

// showsPhone reports whether webhooks to the number may carry the phone.
func (c *chat) showsPhone(now int64) bool {
	return !c.user.cfg.HidePhone || c.user.cfg.Username == "" ||
		c.contact != 0 && now-c.contact <= int64(30*24*time.Hour)
}

// windowOpen reports whether free-form messages may be sent: strictly less than
// 24 hours since the last event that opens the window.
func (c *chat) windowOpen(now int64) bool { return c.opened != 0 && now < c.windowEnds() }

// windowEnds is the first instant outside the window.
func (c *chat) windowEnds() int64 { return c.opened + int64(24*time.Hour) }

// callingCodes are the prefixes the simulator knows, longest match first.
var callingCodes = [...]struct{ prefix, country string }{
	{"358", "FI"}, {"351", "PT"}, {"353", "IE"}, {"370", "LT"}, {"371", "LV"}, {"372", "EE"},
	{"420", "CZ"}, {"234", "NG"}, {"254", "KE"}, {"966", "SA"}, {"971", "AE"}, {"972", "IL"},
	{"31", "NL"}, {"32", "BE"}, {"33", "FR"}, {"34", "ES"}, {"39", "IT"}, {"41", "CH"}, {"43", "AT"},
	{"44", "GB"}, {"45", "DK"}, {"46", "SE"}, {"47", "NO"}, {"48", "PL"}, {"49", "DE"}, {"52", "MX"},
	{"54", "AR"}, {"55", "BR"}, {"56", "CL"}, {"57", "CO"}, {"61", "AU"}, {"62", "ID"}, {"65", "SG"},
	{"81", "JP"}, {"82", "KR"}, {"90", "TR"}, {"91", "IN"}, {"27", "ZA"}, {"20", "EG"}, {"1", "US"}, {"7", "RU"},
}

// countryOf returns country and calling code of a number; US and "1" for
// prefixes it does not know.
func countryOf(phone string) (country, code string) {
	for _, c := range callingCodes {
		if strings.HasPrefix(phone, c.prefix) {
			return c.country, c.prefix
		}
	}
	return "US", "1"
}
