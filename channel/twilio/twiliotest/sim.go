package twiliotest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Defaults of [Config].
const (
	DefaultAccountSID = "AC0123456789abcdef0123456789abcdef"
	DefaultAuthToken  = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

// Config describes a [Sim]. The zero Config is a good beginning.
type Config struct {
	AccountSID string // "" means DefaultAccountSID
	AuthToken  string // "" means DefaultAuthToken
	// BaseURL is where the API is served, for addresses in answers and webhooks; "" means
	// Twilio's own hosts, which Client understands.
	BaseURL string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Window is how long somebody who wrote may be answered freely; 0 means 24 hours.
	Window time.Duration
}

// Faults disturb the webhooks.
type Faults struct {
	Duplicate bool // everything arrives twice
	Reverse   bool // what waits arrives in the opposite order
	Lose      bool // the first attempt of each webhook does not arrive; see Settle
}

// Sim is one Twilio account. It is an http.Handler: the REST API. Safe for concurrent use.
type Sim struct {
	cfg Config

	mu       sync.Mutex
	seq      int
	senders  map[string]*sender
	users    map[string]*User // by phone and by BSUID
	contents []*content
	messages map[string]*sent
	media    map[string]Media // by path
	numbers  []owned
	balance  string
	keys     map[string]string
	hook     string
	receiver http.Handler
	queue    []post
	more     chan struct{} // something waits
	faults   Faults
	failures []failure
	lose     int
	findings []Finding
	requests []string
	byOwnID  map[string]string // status callback → message, to find double sends
}

type sender struct {
	phone  string
	status string
	limit  string
	waba   string
}

type owned struct {
	sid, phone, name string
	bought           time.Time
}

// Media is a file.
type Media struct {
	MIME string
	Data []byte
}

// failure is the answer that the next send gets.
type failure struct{ status, code int }

// sent is a message that the API took.
type sent struct {
	sid, from, callback string
	to                  *User
	bubble              Bubble
	state               string
}

// New makes a Sim with nobody in it, and a balance of 20 US dollars.
func New(cfg Config) *Sim {
	if cfg.AccountSID == "" {
		cfg.AccountSID = DefaultAccountSID
	}
	if cfg.AuthToken == "" {
		cfg.AuthToken = DefaultAuthToken
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Window == 0 {
		cfg.Window = 24 * time.Hour
	}
	return &Sim{
		cfg: cfg, more: make(chan struct{}, 1), balance: "20.00", senders: map[string]*sender{}, users: map[string]*User{},
		messages: map[string]*sent{}, media: map[string]Media{}, keys: map[string]string{}, byOwnID: map[string]string{},
	}
}

// id makes a SID.
func (s *Sim) id(kind string) string {
	s.seq++
	return fmt.Sprintf("%s%032x", kind, s.seq)
}

// AddSender registers a number with WhatsApp. The phone is E.164 with the plus.
func (s *Sim) AddSender(phone string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders[phone] = &sender{phone: phone, status: "ONLINE", limit: "10K Customers/24hr", waba: "102290129340398"}
	s.numbers = append(s.numbers, owned{sid: s.id("PN"), phone: phone, name: phone, bought: s.cfg.Now()})
}

// SetSenderStatus changes where a sender stands, such as "OFFLINE".
func (s *Sim) SetSenderStatus(phone, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders[phone].status = status
}

// AddKey makes an API key that is good beside the auth token.
func (s *Sim) AddKey(key, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key] = secret
}

// SetBalance sets what is left on the account, as a decimal number of US dollars. With nothing
// left the account is suspended, and the API refuses messages.
func (s *Sim) SetBalance(amount string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.balance = amount
}

// SetFaults disturbs the webhooks from now on.
func (s *Sim) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// FailNext lets the next send fail with an HTTP status and a code of Twilio's, before it is
// taken. Several calls line up.
func (s *Sim) FailNext(status, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, failure{status, code})
}

// LoseNext takes the next send and loses the answer.
func (s *Sim) LoseNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose++
}

// Sent counts the messages that the API took.
func (s *Sim) Sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.messages)
}

// Requests lists the requests of the API so far, such as "POST /v1/Content".
func (s *Sim) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Finding is a rule that the code under test broke.
type Finding struct {
	Rule   Rule
	Detail string // holds no text and no number
}

// Rule is something that no careful client does.
type Rule string

// The rules.
const (
	// RuleDoubleSend: one message, by the id in its status callback, was sent twice.
	RuleDoubleSend Rule = "double-send"
	// RuleWindow: free text went out after the customer service window had closed.
	RuleWindow Rule = "outside-window"
	// RuleWrongAck: a signed webhook was not answered with 200.
	RuleWrongAck Rule = "webhook-not-answered-with-200"
	// RuleForgedAccepted: a webhook that Twilio did not sign was answered with 200, see Sim.Probe.
	RuleForgedAccepted Rule = "forged-webhook-accepted"
	// RuleLeakedCredentials: the account's credentials went to another host than the API's.
	RuleLeakedCredentials Rule = "credentials-to-foreign-host"
	// RuleNoCallback: a message asks for no statuses, so that nobody learns what became of it.
	RuleNoCallback Rule = "no-status-callback"
)

// Audit lists what was found so far.
func (s *Sim) Audit() []Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Finding(nil), s.findings...)
}

func (s *Sim) find(r Rule, detail string) { s.findings = append(s.findings, Finding{r, detail}) }

// host is the beginning of addresses of one of Twilio's hosts.
func (s *Sim) host(name string) string {
	if s.cfg.BaseURL != "" {
		return strings.TrimRight(s.cfg.BaseURL, "/")
	}
	return "https://" + name + ".twilio.com"
}
