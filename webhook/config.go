package webhook

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Defaults of [Config].
const (
	// DefaultMaxBody leaves room above the 3 MB that Meta documents as the
	// largest payload.
	DefaultMaxBody = 4 << 20

	// DefaultBodyTimeout and DefaultTimeout bound what one delivery may take.
	// Meta states no limit of its own, only that it wants answers within 250 ms.
	DefaultBodyTimeout = 10 * time.Second
	DefaultTimeout     = 10 * time.Second
)

// Config says how a [Handler] works. Sink, VerifyToken and one of AppSecrets, Secrets and
// SecretsFor are required. Printing or encoding a Config shows no secret.
type Config struct {
	// AppSecrets are app secrets that may speak for every account and number behind
	// this handler: one, or several while a secret is rotated or when several apps of
	// one owner share the URL. Whoever has one of them can speak for all; where
	// tenants bring apps of their own, use Secrets or SecretsFor.
	AppSecrets []string

	// Secrets are app secrets that speak for some accounts and numbers only.
	// Delivery.Scope tells the sink what the one that fitted covers, and
	// Delivery.Secret which it was, counted over AppSecrets and then Secrets.
	Secrets []Secret

	// SecretsFor says, per request, who may speak for which accounts and numbers: each
	// secret that it returns covers what its Scope says and nothing else, because the
	// host or path of a request proves nothing about what its body names. It stands
	// instead of AppSecrets and Secrets, for hosts that look tenants up by host or path,
	// and is called for every POST, before the body is read. No secrets, or one that
	// covers nothing, mean 401, an error means 503, and Meta tries again. The error
	// text is logged. An entry for each number will do where an app has several: see [Secret].
	SecretsFor func(*http.Request) ([]Secret, error)

	// VerifyToken is the token Meta must show in the handshake that subscribes
	// the URL; the one entered in the App Dashboard.
	VerifyToken string

	// Sink takes the deliveries that have events. One without (a body about
	// another object than WhatsApp, an empty list) is answered 200 and dropped.
	Sink Sink

	// MaxBody is the largest body accepted, in bytes; larger ones are answered
	// 413. 0 means DefaultMaxBody. Less than Meta's 3 MB loses events.
	MaxBody int64

	// BodyTimeout is how long a client may take to send the body; slower ones
	// are answered 408. 0 means DefaultBodyTimeout. It needs a ResponseWriter
	// that can set deadlines, as net/http's can; behind one that cannot, set
	// http.Server.ReadTimeout.
	BodyTimeout time.Duration

	// Timeout is when the context of Sink.Accept ends. 0 means DefaultTimeout.
	Timeout time.Duration

	// AcceptMalformed answers 200 to a signed body that is not JSON, once Sink
	// has taken it. By default such a body is answered 400 and Meta repeats it,
	// which heals if the body was damaged on the way or this package was wrong
	// to refuse it. Sink gets it in either case, as a delivery whose only event
	// is an *[Unknown] with the whole body, so that it is not lost when Meta
	// gives up; its Key is the same every time. Set AcceptMalformed if the sink
	// keeps such events where somebody sees them.
	AcceptMalformed bool

	// Logger receives warnings about refused and malformed requests and errors
	// about the sink, which are told when they begin, every ten minutes with how many
	// times, and when they are over. Records hold sizes, reasons and status codes, and
	// nothing of bodies or headers. Nil means silence.
	Logger *slog.Logger

	// InsecureSkipSignature accepts bodies from anyone. Only for replaying
	// recorded bodies on a private machine.
	InsecureSkipSignature bool
}

// check returns all that is wrong with c.
func (c *Config) check() error {
	var errs []error
	refuse := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("webhook: config: "+format, args...))
	}
	switch {
	case c.InsecureSkipSignature:
	case c.SecretsFor != nil && len(c.AppSecrets)+len(c.Secrets) > 0:
		refuse("AppSecrets or Secrets, and SecretsFor, exclude each other")
	case c.SecretsFor == nil && len(c.AppSecrets)+len(c.Secrets) == 0:
		refuse("AppSecrets is empty, and so is Secrets")
	}
	checkSecrets(c.secrets(), func(i int, err error) {
		if i < len(c.AppSecrets) {
			refuse("AppSecrets[%d] %w", i, err)
		} else {
			refuse("Secrets[%d] %w", i-len(c.AppSecrets), err)
		}
	})
	if isBlank(c.VerifyToken) {
		refuse("VerifyToken is empty")
	}
	if c.Sink == nil {
		refuse("Sink is nil")
	}
	if c.MaxBody < 0 {
		refuse("MaxBody is negative")
	}
	if c.BodyTimeout < 0 {
		refuse("BodyTimeout is negative")
	}
	if c.Timeout < 0 {
		refuse("Timeout is negative")
	}
	return errors.Join(errs...)
}

// secrets returns AppSecrets and Secrets, in this order.
func (c *Config) secrets() []Secret {
	all := make([]Secret, 0, len(c.AppSecrets)+len(c.Secrets))
	for _, s := range c.AppSecrets {
		all = append(all, Secret{Value: s, Scope: Scope{All: true}})
	}
	return append(all, c.Secrets...)
}

// String shows the settings that are no secrets.
func (c Config) String() string {
	return fmt.Sprintf("webhook.Config{AppSecrets:[%d redacted] Secrets:%v VerifyToken:[redacted] MaxBody:%d BodyTimeout:%s Timeout:%s"+
		" AcceptMalformed:%t InsecureSkipSignature:%t}",
		len(c.AppSecrets), c.Secrets, c.MaxBody, c.BodyTimeout, c.Timeout, c.AcceptMalformed, c.InsecureSkipSignature)
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, for encoding/json and others.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
