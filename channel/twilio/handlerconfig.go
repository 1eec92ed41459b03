package twilio

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// HandlerConfig says how a [Handler] works. PublicURL, Sink and one of AuthTokens, Secrets and
// SecretsFor are required. Printing or encoding one shows no secret.
type HandlerConfig struct {
	// PublicURL is the address that Twilio posts to, exactly as it was entered there, without
	// a query: Twilio signs it, and behind a proxy the request shows another one. The query of
	// each request is taken from the request. A fragment is no part of a request; whether it is
	// signed, Twilio does not say: both pass.
	PublicURL string

	// AuthTokens are auth tokens of accounts, or shared keys of webhook rules, that may speak
	// for every account and number behind this handler: one, or several while one is rotated.
	AuthTokens []string
	// Secrets are tokens that speak for some accounts and numbers only, as webhook.Config has
	// it. Scopes name accounts and numbers as the events do, see Numbers.
	Secrets []webhook.Secret
	// SecretsFor says, per request, who may speak for what, instead of AuthTokens and Secrets.
	SecretsFor func(*http.Request) ([]webhook.Secret, error)

	// Numbers says what the numbers are called elsewhere. A number that is not listed has its
	// digits for an id, and Twilio's AccountSid for an account.
	Numbers []NumberID

	// Sink takes the deliveries.
	Sink webhook.Sink

	// MaxBody is the largest body accepted, in bytes; 0 means 1 MiB.
	MaxBody int64
	// BodyTimeout is how long a client may take to send the body, Timeout when the context of
	// the sink ends; 0 means webhook's defaults. Twilio waits 15 seconds.
	BodyTimeout, Timeout time.Duration
	// Logger receives warnings about refused requests and errors about the sink (when they begin, every
	// ten minutes with how many times, and when they are over), without anything of bodies and headers. nil
	// means silence.
	Logger *slog.Logger
	// Now is the clock that dates what comes in, because Twilio's webhooks do not say when it
	// happened; nil means time.Now.
	Now func() time.Time

	// InsecureSkipSignature accepts requests from anyone. Only for replaying recorded ones on a
	// private machine.
	InsecureSkipSignature bool
	// InsecureHTTP allows http:// in PublicURL: for a simulator on the same machine.
	InsecureHTTP bool
}

// NumberID says what a number is called where it is not called by its digits: in the settings
// of a channel that was, or will be, connected to the Cloud API. With the same names a
// conversation goes on when the transport of its channel is changed.
type NumberID struct {
	Phone   string // E.164, with or without the plus
	ID      string // phone_number_id, settings.Settings.Number; "" means the digits of Phone
	Account string // WABA, settings.Settings.Account; "" means Twilio's AccountSid
}

const defaultMaxBody = 1 << 20

// check returns everything that is wrong with c.
func (c *HandlerConfig) check() error {
	var errs []error
	refuse := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("twilio: handler: "+format, args...))
	}
	at := Config{InsecureHTTP: c.InsecureHTTP}
	if public, _, _ := strings.Cut(c.PublicURL, "#"); !at.address(public) {
		refuse("PublicURL must be the https address that Twilio posts to, without a query")
	}
	listed := len(c.AuthTokens) + len(c.Secrets)
	switch {
	case c.InsecureSkipSignature:
	case c.SecretsFor != nil && listed > 0:
		refuse("AuthTokens or Secrets, and SecretsFor, exclude each other")
	case c.SecretsFor == nil && listed == 0:
		refuse("AuthTokens is empty, and so is Secrets")
	}
	for i := range c.secrets() {
		where := fmt.Sprintf("AuthTokens[%d]", i)
		if i >= len(c.AuthTokens) {
			where = fmt.Sprintf("Secrets[%d]", i-len(c.AuthTokens))
		}
		if err := checkSecret(c.secrets(), i); err != nil {
			refuse("%s %w", where, err)
		}
	}
	phones := map[string]bool{}
	for i, n := range c.Numbers {
		switch d := digits(n.Phone); {
		case d == "":
			refuse("Numbers[%d].Phone is no phone number", i)
		case phones[d]:
			refuse("Numbers[%d].Phone is there twice", i)
		default:
			phones[d] = true
		}
	}
	if c.Sink == nil {
		refuse("Sink is nil")
	}
	if c.MaxBody < 0 || c.BodyTimeout < 0 || c.Timeout < 0 {
		refuse("MaxBody, BodyTimeout or Timeout is negative")
	}
	return errors.Join(errs...)
}

var (
	errEmptyToken = errors.New("is empty")
	errNoScope    = errors.New("covers nothing: set Scope.All, or list accounts and numbers")
	errTwice      = errors.New("is there twice, with scopes of different kinds: list all that it covers in one place")
)

// checkSecret returns what is wrong with one of secrets.
func checkSecret(secrets []webhook.Secret, i int) error {
	var errs []error
	s := secrets[i]
	if strings.TrimSpace(s.Value) == "" {
		errs = append(errs, errEmptyToken)
	}
	if s.Scope.IsZero() {
		errs = append(errs, errNoScope)
	}
	if _, ok := webhook.ScopeOf(s.Value, secrets[:i+1]); !ok {
		errs = append(errs, errTwice)
	}
	return errors.Join(errs...)
}

// secrets returns AuthTokens and Secrets, in this order.
func (c *HandlerConfig) secrets() []webhook.Secret {
	all := make([]webhook.Secret, 0, len(c.AuthTokens)+len(c.Secrets))
	for _, s := range c.AuthTokens {
		all = append(all, webhook.Secret{Value: s, Scope: webhook.Scope{All: true}})
	}
	return append(all, c.Secrets...)
}

// String shows the settings that are no secrets.
func (c HandlerConfig) String() string {
	return fmt.Sprintf("twilio.HandlerConfig{PublicURL:%s AuthTokens:[%d redacted] Secrets:%v Numbers:%d MaxBody:%d InsecureSkipSignature:%t}",
		c.PublicURL, len(c.AuthTokens), c.Secrets, len(c.Numbers), c.MaxBody, c.InsecureSkipSignature)
}

// GoString is String, for %#v.
func (c HandlerConfig) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c HandlerConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, for encoding/json and others.
func (c HandlerConfig) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
