package cloudapitest

import (
	"strings"
	"time"
)

// NumberConfig describes a business phone number.
type NumberConfig struct {
	ID    string // phone number id; "" = generated
	Phone string // "" = a generated 555 number
	Name  string // display name; "" = "Test business"

	// Throughput is messages per second, both directions. 0 means 80, or 20 for
	// a coexistence number.
	Throughput int

	// Coexistence marks a number that is also in use in the WhatsApp Business app.
	Coexistence bool

	// Unregistered numbers refuse to send until registered through the API;
	// Unverified ones must also prove ownership by code first. Without either the
	// number is ready.
	Unregistered bool
	Unverified   bool

	// PIN is the two-step verification PIN in force; "" = none yet.
	PIN string

	// Sandbox is a test number: it sends to the first five users it ever
	// addressed and to nobody else.
	Sandbox bool

	// OBA marks an official business account, which groups need.
	OBA bool
}

// A Number is a business phone number on Cloud API.
type Number struct {
	ID    string
	Phone string // digits

	w       *World
	account *Account
	orders  map[string]*order // by reference

	name        string // approved display name
	nameStatus  string
	newName     string // waiting for review
	status      string
	quality     string
	verified    bool
	registered  bool
	coexistence bool
	sandbox     bool
	oba         bool
	maintenance bool
	recipients  map[string]bool // of a sandbox number

	pin       string
	pinFails  int
	pinLocked int64 // guesses refused until then
	code      string
	codeEnds  int64
	codeTries int     // wrong ones
	codes     []int64 // times of request_code in an hour
	registers []int64 // calls of register and deregister in 72 h

	rate     int // messages per second
	bucket   gcra
	month    string // that free counts
	free     int    // service messages delivered in month
	callback string // phone number webhook override
	extra    numberExtra
	groups   []*Group
}

// AddNumber adds a number to the account.
func (a *Account) AddNumber(cfg NumberConfig) *Number {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	return a.addNumber(cfg)
}

// addNumber is AddNumber with mu held.
func (a *Account) addNumber(cfg NumberConfig) *Number {
	w := a.w
	if n := w.numbers[cfg.ID]; n != nil {
		return n
	}
	if cfg.ID == "" {
		cfg.ID = w.newID()
	}
	phone := digitsOnly(cfg.Phone)
	if phone == "" {
		phone = w.newPhone("1202555", func(p string) bool { return w.numberByPhone(p) != nil })
	}
	if cfg.Name == "" {
		cfg.Name = "Test business"
	}
	if cfg.Throughput <= 0 {
		cfg.Throughput = 80
		if cfg.Coexistence {
			cfg.Throughput = 20
		}
	}
	n := &Number{
		ID: cfg.ID, Phone: phone, w: w, account: a,
		name: cfg.Name, nameStatus: "APPROVED", status: "CONNECTED", quality: "GREEN",
		verified: !cfg.Unverified, registered: !cfg.Unregistered && !cfg.Unverified,
		coexistence: cfg.Coexistence, sandbox: cfg.Sandbox, oba: cfg.OBA,
		pin: cfg.PIN, rate: cfg.Throughput,
	}
	if n.extra.onboarded = w.now(); !n.registered {
		n.status = "PENDING"
	}
	a.numbers = append(a.numbers, n)
	w.numbers[n.ID] = n
	return n
}

// newPhone finds a number nobody has: fictional 555 numbers while they last.
func (w *World) newPhone(prefix string, taken func(string) bool) string {
	for {
		w.nextPhone++
		tail := itoa(99 + w.nextPhone)
		phone := prefix + strings.Repeat("0", max(0, 4-len(tail))) + tail
		if !taken(phone) {
			return phone
		}
	}
}

// numberByPhone finds the business number with these digits.
func (w *World) numberByPhone(phone string) *Number {
	for _, n := range w.numbers {
		if n.Phone == phone && n.status != "MIGRATED" {
			return n
		}
	}
	return nil
}

// SetStatus sets the number's status as read through the API, for instance
// "FLAGGED", "RESTRICTED" or "CONNECTED". Only CONNECTED numbers send.
func (n *Number) SetStatus(status string) {
	n.w.mu.Lock()
	defer n.w.mu.Unlock()
	n.status = status
}

// SetThroughput changes the number's messages per second. A rise to 1,000 or more
// is announced by a phone_number_quality_update webhook and preceded by a minute
// in which sends fail with 131057, as on the platform.
func (n *Number) SetThroughput(perSecond int) {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if perSecond <= 0 {
		return
	}
	if perSecond < 1000 || n.rate >= 1000 {
		n.rate = perSecond
		return
	}
	n.maintenance = true
	w.schedule(w.now()+int64(time.Minute), false, fireFunc(func(w *World) {
		n.maintenance, n.rate = false, perSecond
		w.emitThroughput(n)
	}))
}

// gcra is a token bucket as one number: the theoretical arrival time of the next
// message if all came evenly.
type gcra struct{ tat int64 }

// allows reports whether a message may pass at now with the given interval
// between messages and burst allowance, without counting it.
func (g *gcra) allows(now, interval, burst int64) bool {
	return g.tat-now <= interval*(burst-1)
}

// count records a message.
func (g *gcra) count(now, interval int64) { g.tat = max(g.tat, now) + interval }

const (
	// pairInterval and pairBurst are the limit between one business number and
	// one user: one message per 6 seconds, 45 may be borrowed.
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
	// (checked 2026-09-11)
	pairInterval = int64(6 * time.Second)
	pairBurst    = 45
)

// interval is the time between two messages of the number at full speed.
func (n *Number) interval() int64 { return int64(time.Second) / int64(n.rate) }
