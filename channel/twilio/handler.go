package twilio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/quiet"
	"github.com/kanava-go/kanava/webhook"
)

// Handler is the HTTP endpoint of both of Twilio's webhooks: incoming messages, and statuses of
// outgoing ones. It checks the signature and hands what came in to the sink as events of package
// webhook.
//
//	POST  200 recorded, with an empty TwiML answer · 400 not readable · 401 signature missing
//	      or wrong · 408 too slow · 413 too large · 500 the sink failed · 503 the sink ran out
//	      of time, or no secret could be looked up
//	else  405
//
// Twilio does not repeat what was not answered with 200, unless the address entered there asks
// for it in its fragment, as in https://…/twilio#rc=5&rp=all (up to five times, after any
// failure), or a fallback address is set: do both.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (checked
// 2026-11-29)
//
// A Handler is safe for concurrent use and starts nothing. The zero Handler refuses every
// request.
type Handler struct {
	cfg     HandlerConfig
	secrets []webhook.Secret
	numbers map[string]NumberID

	failing, panicking quiet.Row // of the sink
}

// NewHandler returns a Handler, or an error that joins everything wrong with cfg.
func NewHandler(cfg HandlerConfig) (*Handler, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.MaxBody = cmp.Or(cfg.MaxBody, defaultMaxBody)
	cfg.BodyTimeout = cmp.Or(cfg.BodyTimeout, webhook.DefaultBodyTimeout)
	cfg.Timeout = cmp.Or(cfg.Timeout, webhook.DefaultTimeout)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	h := &Handler{cfg: cfg, secrets: cfg.secrets(), numbers: map[string]NumberID{}}
	for _, n := range cfg.Numbers {
		h.numbers[digits(n.Phone)] = n
	}
	return h, nil
}

// Format shows the settings of the handler, and no secret, whatever the verb.
func (h *Handler) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, h.cfg.String()) }

// LogValue is what Format shows, for log/slog.
func (h *Handler) LogValue() slog.Value { return h.cfg.LogValue() }

// MarshalText is what Format shows, for encoding/json and others.
func (h *Handler) MarshalText() ([]byte, error) { return h.cfg.MarshalText() }

// ServeHTTP takes deliveries.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	status, err := h.receive(w, r)
	if err != nil && h.cfg.Logger != nil {
		h.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twilio: request not taken",
			slog.Int("status", status), slog.Int64("content_length", r.ContentLength), slog.Any("error", err))
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, "<Response></Response>") // a client that is gone does not need it
}

var (
	errTooSlow = errors.New("twilio: read body: out of time")
	errCutOff  = errors.New("twilio: read body: connection ended early")
	errTooBig  = errors.New("twilio: read body: too large")
	errForm    = errors.New("twilio: read body: not a form")
)

// receive takes a delivery and returns the status to answer with.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (status int, err error) {
	if h.cfg.Sink == nil { // the zero Handler
		return http.StatusUnauthorized, nil
	}
	// It holds for refused requests, too: net/http reads on in a body that a handler did not want.
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(h.cfg.BodyTimeout)) // without it the server's own timeout holds
	secrets, status, err := h.authenticate(r)
	if err != nil {
		return status, err
	}
	body, status, err := h.read(w, r)
	if err != nil {
		return status, err
	}
	_ = deadline.SetReadDeadline(time.Time{}) // the sink has a deadline of its own
	address, fragment, overrides := strings.Cut(h.cfg.PublicURL, "#")
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	in := request{addresses: []string{address}, query: r.URL.Query(), body: body}
	if overrides {
		in.addresses = append(in.addresses, address+"#"+fragment)
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		if in.form, err = url.ParseQuery(string(body)); err != nil {
			return http.StatusBadRequest, errForm // its text quotes the form
		}
	}
	secret, scope := -1, webhook.Scope{All: true} // unchecked, as InsecureSkipSignature asks
	if !h.cfg.InsecureSkipSignature {
		if secret = in.signedBy(secrets, r.Header); secret < 0 {
			return http.StatusUnauthorized, ErrSignature
		}
		scope, _ = webhook.ScopeOf(secrets[secret].Value, secrets) // what is of different kinds was refused
	}
	d, err := h.parse(&in)
	good := http.StatusOK
	if err != nil {
		good = http.StatusBadRequest // and kept all the same
	}
	d.Secret, d.Scope = secret, scope
	if d.Len() == 0 || len(body) == 0 {
		return good, err
	}
	if status := h.deliver(r, d); status != http.StatusOK {
		return status, nil // it is logged
	}
	return good, err
}

// request is what was posted.
type request struct {
	addresses []string // as Twilio may have signed it
	query     url.Values
	body      []byte
	form      url.Values // nil for another body
}

// signedBy returns the index of the secret that fits, -1 for none.
func (in *request) signedBy(secrets []webhook.Secret, h http.Header) int {
	algorithm := algorithmOf(h.Get(SettingsHeader))
	if algorithm == nil {
		return -1
	}
	signature, posted := h.Get(SignatureHeader), parameters(in.form)
	for i, s := range secrets {
		for _, address := range in.addresses {
			var err error
			if in.form != nil {
				err = verify(algorithm, s.Value, address, posted, signature)
			} else {
				err = verifyBody(algorithm, s.Value, address, in.body, signature)
			}
			if err == nil {
				return i
			}
		}
	}
	return -1
}

// authenticate returns the secrets to check the signature with. It refuses what can be refused
// before the body is read.
func (h *Handler) authenticate(r *http.Request) (secrets []webhook.Secret, status int, err error) {
	if h.cfg.InsecureSkipSignature {
		return nil, 0, nil
	}
	if r.Header.Get(SignatureHeader) == "" {
		return nil, http.StatusUnauthorized, ErrSignature
	}
	if h.cfg.SecretsFor == nil {
		return h.secrets, 0, nil
	}
	if secrets, err = h.cfg.SecretsFor(r); err != nil {
		return nil, http.StatusServiceUnavailable, err
	}
	for i := range secrets {
		if err := checkSecret(secrets, i); err != nil {
			return nil, http.StatusUnauthorized, fmt.Errorf("%w: secret %d %w", ErrSignature, i, err)
		}
	}
	return secrets, 0, nil
}

// read reads the body, at most MaxBody bytes.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, status int, err error) {
	if r.Body == nil { // from an adapter; net/http always sets one
		return nil, 0, nil
	}
	if r.ContentLength > h.cfg.MaxBody {
		return nil, http.StatusRequestEntityTooLarge, errTooBig
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.MaxBody))
	if err == nil {
		return body, 0, nil
	}
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return nil, http.StatusRequestEntityTooLarge, errTooBig
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, http.StatusRequestTimeout, errTooSlow
	}
	return nil, http.StatusBadRequest, errCutOff // errors of the connection name addresses
}

// deliver hands d to the sink, and says what becomes of it.
func (h *Handler) deliver(r *http.Request, d *webhook.Delivery) (status int) {
	// A client that hangs up must not undo the work, nor keep it going forever.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.cfg.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			// The type of the panic's value, not the value, which could quote a message.
			if tell, times := h.panicking.Failed(time.Now()); tell {
				h.cfg.Logger.LogAttrs(ctx, slog.LevelError, "twilio: sink panicked",
					slog.Int("times", times), slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
			}
			status = http.StatusInternalServerError
		}
	}()
	err := h.cfg.Sink.Accept(ctx, d)
	if err == nil {
		h.works(ctx)
		return http.StatusOK
	}
	status = http.StatusInternalServerError
	if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusServiceUnavailable
	}
	if tell, times := h.failing.Failed(time.Now()); tell {
		h.cfg.Logger.LogAttrs(ctx, slog.LevelError, "twilio: sink failed",
			slog.Int("status", status), slog.Int("times", times), slog.Any("error", err))
	}
	return status
}

// works logs that the sink works again.
func (h *Handler) works(ctx context.Context) {
	for _, row := range []*quiet.Row{&h.failing, &h.panicking} {
		if over, times, since := row.Worked(time.Now()); over {
			h.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twilio: sink works again", slog.Int("times", times), slog.Time("since", since))
		}
	}
}
