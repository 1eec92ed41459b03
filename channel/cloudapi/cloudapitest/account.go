package cloudapitest

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"sync"
	"time"
)

// PortfolioConfig describes a business portfolio.
type PortfolioConfig struct {
	ID   string // "" = generated
	Name string

	// Limit is the number of different users that the portfolio's numbers may
	// message outside a service window in moving 24 hours. 0 means 250, the tier
	// of a new portfolio; negative means unlimited.
	Limit int

	// Unverified businesses have not proved who they are: an account of theirs may
	// have two numbers instead of 20, until the limit reaches 2,000 users.
	Unverified bool
}

// A Portfolio is a business with its messaging limit; BSUIDs belong to it.
type Portfolio struct {
	ID   string
	Name string

	w        *World
	limit    int    // < 0 = unlimited
	proven   bool   // business verification is done
	verified string // the word for how far it is, "" = as proven says
	credit   []*creditLine
	made     int64
	reached  map[string]int64 // user → last time reached outside a window
}

// AddPortfolio adds a portfolio. An ID that is already taken returns the
// portfolio that has it, unchanged; so do the other Add methods.
func (w *World) AddPortfolio(cfg PortfolioConfig) *Portfolio {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.addPortfolio(cfg)
}

// addPortfolio is AddPortfolio with mu held; accounts without one bring their own.
func (w *World) addPortfolio(cfg PortfolioConfig) *Portfolio {
	for _, p := range w.portfolios {
		if p.ID == cfg.ID {
			return p
		}
	}
	if cfg.ID == "" {
		cfg.ID = w.newID()
	}
	if cfg.Limit == 0 {
		cfg.Limit = 250
	}
	p := &Portfolio{ID: cfg.ID, Name: cfg.Name, w: w, limit: cfg.Limit, proven: !cfg.Unverified, made: w.now(), reached: make(map[string]int64)}
	w.portfolios = append(w.portfolios, p)
	return p
}

// verification is the API's word for whether the business has proved who it is.
func (p *Portfolio) verification() string {
	switch {
	case p.verified != "":
		return p.verified
	case p.proven:
		return "verified"
	}
	return "not_verified"
}

// numberLimit is how many numbers an account of the portfolio may have.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
// (checked 2026-09-11)
func (p *Portfolio) numberLimit() int {
	if p.proven || p.limit < 0 || p.limit >= 2000 {
		return 20
	}
	return 2
}

// AppConfig describes a Meta app.
type AppConfig struct {
	ID          string // "" = generated
	Name        string
	Secret      string // signs webhooks and proofs; "" = generated
	VerifyToken string // sent in the handshake of its callback URL; "" = generated

	// RequireProof refuses calls without appsecret_proof, the dashboard's
	// "Require App Secret".
	RequireProof bool
}

// An App holds the secret that signs webhooks and owns access tokens.
type App struct {
	ID          string
	Name        string
	Secret      string
	VerifyToken string

	w            *World
	requireProof bool
	callback     string // URL; "" = none
	macs         sync.Pool
	pending      map[string]*batch // by callback URL
	fields       []string
	calls        map[string]*hourly // management calls by account
}

// AddApp adds an app. It receives nothing until Subscribe.
func (w *World) AddApp(cfg AppConfig) *App {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.apps[cfg.ID]; a != nil {
		return a
	}
	if cfg.ID == "" {
		cfg.ID = w.newID()
	}
	if cfg.Secret == "" {
		cfg.Secret = w.randomHex("secret", 32)
	}
	if cfg.VerifyToken == "" {
		cfg.VerifyToken = w.randomHex("verify", 16)
	}
	a := &App{
		ID: cfg.ID, Name: cfg.Name, Secret: cfg.Secret, VerifyToken: cfg.VerifyToken,
		w: w, requireProof: cfg.RequireProof, calls: make(map[string]*hourly), pending: make(map[string]*batch),
	}
	w.apps[a.ID] = a
	return a
}

// randomHex derives n hexadecimal digits from the seed.
func (w *World) randomHex(purpose string, n int) string {
	w.ids++
	sum := sha256.Sum256([]byte(purpose + itoa(int(w.ids)) + "/" + itoa(int(w.cfg.Seed))))
	return hex.EncodeToString(sum[:])[:n]
}

// token is an access token.
type token struct {
	value    string
	app      *App
	accounts []*Account
	scopes   []string
	expires  int64 // 0 = never
	revoked  bool
	refused  int // calls made with it after it stopped working
}

// Token issues a system user token of the app that never expires, with both
// WhatsApp scopes and access to the accounts given. Without accounts it reaches
// no account.
func (a *App) Token(accounts ...*Account) string {
	return a.TokenFor(0, nil, accounts...)
}

// TokenFor issues a token that expires after life (0 = never) and has the scopes
// given (nil = whatsapp_business_messaging and whatsapp_business_management).
func (a *App) TokenFor(life time.Duration, scopes []string, accounts ...*Account) string {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.issue(a, life, scopes, accounts).value
}

// AddToken is Token with a value of one's own choice, so that a program that stands
// outside need not be told a new one each time. The value must not be empty.
func (a *App) AddToken(value string, accounts ...*Account) {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.issue(a, 0, nil, accounts)
	delete(w.tokens, t.value)
	t.value = value
	if value != "" {
		w.tokens[value] = t
	}
}

// issue makes a token and remembers it; mu is held.
func (w *World) issue(a *App, life time.Duration, scopes []string, accounts []*Account) *token {
	if scopes == nil {
		scopes = []string{scopeMessaging, scopeManagement}
	}
	t := &token{value: "EAA" + w.randomHex("token", 60), app: a, accounts: slices.Clone(accounts), scopes: slices.Clone(scopes)}
	if life > 0 {
		t.expires = w.now() + int64(life)
	}
	w.tokens[t.value] = t
	return t
}

// Revoke makes a token fail with error 190 from now on.
func (w *World) Revoke(value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.tokens[value]; t != nil {
		t.revoked = true
	}
}

const (
	scopeMessaging  = "whatsapp_business_messaging"
	scopeManagement = "whatsapp_business_management"
)

// AccountConfig describes a WhatsApp Business account (WABA).
type AccountConfig struct {
	ID        string     // "" = generated
	Name      string     // "" = "Test account"
	Portfolio *Portfolio // nil = the world's first, made if there is none
	Currency  string     // "" = "USD"

	// Location is the account's time zone; nil = UTC. The free service messages
	// of a number are counted by its calendar month.
	Location *time.Location

	// DirectSend admits the account to sends with a category instead of a
	// template.
	DirectSend bool
}

// An Account is a WABA: numbers, templates and webhook subscriptions.
type Account struct {
	ID        string
	Name      string
	Portfolio *Portfolio

	w          *World
	currency   string
	location   *time.Location
	numbers    []*Number
	templates  []*Template
	subs       []*subscription
	blocked    int // error code every send gets, 0 = none
	created    templateLog
	insights   bool
	directSend bool
	unpaid     bool // no payment method
	// marketingElsewhere closes /messages to marketing.
	marketingElsewhere bool
	restricted         int64  // templates fail until then
	reviewed           string // decision of the last policy review; "" = APPROVED
	made               int64
	catalogs           []*catalog
	flows              []*Flow
	assigned           []assignedUser
	tallies            map[int64]*tally // by day
	turns              uint64           // changes after which a refused send may be tried again

	reviewAfter time.Duration // < 0 = by hand
}

// AddAccount adds a WABA.
func (w *World) AddAccount(cfg AccountConfig) *Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.accounts[cfg.ID]; a != nil {
		return a
	}
	if cfg.ID == "" {
		cfg.ID = w.newID()
	}
	if cfg.Name == "" {
		cfg.Name = "Test account"
	}
	if cfg.Currency == "" {
		cfg.Currency = "USD"
	}
	if cfg.Location == nil {
		cfg.Location = time.UTC
	}
	if cfg.Portfolio == nil {
		if len(w.portfolios) == 0 {
			w.addPortfolio(PortfolioConfig{Name: "Test business"})
		}
		cfg.Portfolio = w.portfolios[0]
	}
	a := &Account{
		ID: cfg.ID, Name: cfg.Name, Portfolio: cfg.Portfolio,
		w: w, currency: cfg.Currency, location: cfg.Location, directSend: cfg.DirectSend, reviewAfter: time.Minute,
		made: w.now(),
	}
	w.accounts[a.ID] = a
	return a
}

// Restrict makes every send of the account fail with an error code, 368 (policy),
// 131031 (locked) or 131042 (payment) for instance; 0 lifts it.
func (a *Account) Restrict(code int) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.blocked = code
	a.turns++
}

// SetLocation changes the account's time zone; nil is UTC.
func (a *Account) SetLocation(location *time.Location) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	if location == nil {
		location = time.UTC
	}
	a.location = location
}

// Numbers yields the account's numbers, oldest first.
func (a *Account) Numbers() iter.Seq[*Number] {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return slices.Values(slices.Clone(a.numbers))
}

// Templates yields the account's templates that were not deleted, oldest first.
func (a *Account) Templates() iter.Seq[*Template] {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	live := slices.DeleteFunc(slices.Clone(a.templates), func(t *Template) bool { return t.gone })
	return slices.Values(live)
}
