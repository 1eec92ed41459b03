package webhook

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/kanava-go/kanava/internal/quiet"
)

// Handler is the HTTP endpoint of a webhook URL. It depends on nothing but the
// method, headers and query of the request, so it works behind any router and
// prefix. Bodies of its answers are empty, the handshake apart.
//
//	GET   200 with the challenge, 403 if the verify token is wrong
//	POST  200 recorded · 400 not JSON · 401 signature missing or wrong ·
//	      408 too slow · 413 too large · 500 the sink failed · 503 the sink ran
//	      out of time, or no secret could be looked up
//	else  405
//
// A Handler is safe for concurrent use and starts nothing: http.Server.Shutdown
// waits for the deliveries in hand. The zero Handler refuses every request.
type Handler struct {
	keys       *keyring
	secretsFor func(*http.Request) ([]Secret, error)
	token      *[sha256.Size]byte // hash of the verify token; a pointer, so that %+v does not show it
	sink       Sink
	log        *slog.Logger

	maxBody              int64
	bodyTimeout, timeout time.Duration
	malformed            int // status for a body that is not JSON
	skipSignature        bool

	failing, panicking quiet.Row // of the sink
}

// NewHandler returns a Handler, or an error that joins everything wrong with cfg.
func NewHandler(cfg Config) (*Handler, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	h := &Handler{
		secretsFor:    cfg.SecretsFor,
		token:         new(sha256.Sum256([]byte(cfg.VerifyToken))),
		sink:          cfg.Sink,
		log:           cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)),
		maxBody:       cmp.Or(cfg.MaxBody, DefaultMaxBody),
		bodyTimeout:   cmp.Or(cfg.BodyTimeout, DefaultBodyTimeout),
		timeout:       cmp.Or(cfg.Timeout, DefaultTimeout),
		malformed:     http.StatusBadRequest,
		skipSignature: cfg.InsecureSkipSignature,
	}
	if cfg.AcceptMalformed {
		h.malformed = http.StatusOK
	}
	if all := cfg.secrets(); len(all) > 0 {
		h.keys = newKeyring(all)
	}
	return h, nil
}

// ServeHTTP answers the handshake and takes deliveries.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		h.handshake(w, r)
	case http.MethodPost:
		w.WriteHeader(h.receive(w, r))
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// handshake proves to Meta that the URL is ours by echoing its challenge.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
// (checked 2026-10-06).
func (h *Handler) handshake(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	// Hashes have one length, so the comparison does not tell the token's.
	token := sha256.Sum256([]byte(q.Get("hub.verify_token")))
	if h.token == nil || subtle.ConstantTimeCompare(token[:], h.token[:]) != 1 || q.Get("hub.mode") != "subscribe" {
		h.warn(r, "webhook: handshake refused", http.StatusForbidden, nil)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	// The challenge is input: keep browsers from taking it for a page.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, q.Get("hub.challenge")) // a client that is gone will ask again
}

// receive takes a delivery and returns the status to answer with.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) int {
	// The deadline holds for refused requests, too: net/http reads on to the end
	// of a body that a handler did not want.
	setReadDeadline(w, time.Now().Add(h.bodyTimeout))
	check, status, err := h.authenticate(r)
	if err != nil {
		h.warn(r, "webhook: request refused", status, err)
		return status
	}
	if r.ContentLength > h.maxBody {
		h.warn(r, "webhook: body too large", http.StatusRequestEntityTooLarge, nil)
		return http.StatusRequestEntityTooLarge
	}
	body, status, err := h.read(w, r)
	if err != nil {
		h.warn(r, "webhook: body not read", status, err)
		return status
	}
	setReadDeadline(w, time.Time{})       // the sink has a deadline of its own
	secret, scope := -1, Scope{All: true} // unchecked, as InsecureSkipSignature asks
	if check != nil {
		if secret, err = check.Verify(body, r.Header.Get(SignatureHeader)); err != nil {
			h.warn(r, "webhook: request refused", http.StatusUnauthorized, err)
			return http.StatusUnauthorized
		}
		scope = check.scopes[secret]
	}
	d, err := Parse(body)
	d.Secret, d.Scope = secret, scope
	good := http.StatusOK
	if err != nil {
		h.warn(r, "webhook: signed body is not JSON", h.malformed, err)
		good = h.malformed
	}
	if d.Len() == 0 || len(body) == 0 {
		return good
	}
	return h.deliver(r, d, good)
}

// authenticate returns what to check the signature with, nil for nothing. It
// refuses what can be refused before the body is read.
func (h *Handler) authenticate(r *http.Request) (check *keyring, status int, err error) {
	if h.skipSignature {
		return nil, 0, nil
	}
	if _, err := parseSignature(r.Header.Get(SignatureHeader)); err != nil {
		return nil, http.StatusUnauthorized, err
	}
	if h.secretsFor == nil {
		if h.keys == nil {
			return nil, http.StatusUnauthorized, errNoSecret
		}
		return h.keys, 0, nil
	}
	secrets, err := h.secretsFor(r)
	if err != nil {
		return nil, http.StatusServiceUnavailable, err
	}
	if len(secrets) == 0 {
		return nil, http.StatusUnauthorized, errNoSecret
	}
	checkSecrets(secrets, func(i int, problem error) {
		err = cmp.Or(err, fmt.Errorf("%w: app secret %d %w", ErrSignature, i, problem))
	})
	if err != nil {
		return nil, http.StatusUnauthorized, err
	}
	return newKeyring(secrets), 0, nil
}

// firstRead is the largest buffer allocated on the word of a client alone.
const firstRead = 64 << 10

// read reads the body, at most maxBody bytes.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, status int, err error) {
	if r.Body == nil { // from an adapter; net/http always sets one
		return nil, 0, nil
	}
	in := http.MaxBytesReader(w, r.Body, h.maxBody)
	// One byte more than announced, so that the end is found without growing.
	body = make([]byte, 0, min(max(r.ContentLength, 511), firstRead)+1)
	for {
		n, err := in.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return body, 0, nil
		case isTooLarge(err):
			return nil, http.StatusRequestEntityTooLarge, err
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, http.StatusRequestTimeout, errTooSlow
		default:
			return nil, http.StatusBadRequest, errCutOff
		}
		if len(body) == cap(body) {
			// Grow by what is still announced, but by no more than three times what
			// the client has sent already. If nothing is announced, double.
			sent := int64(len(body))
			more := r.ContentLength + 1 - sent
			if more <= 0 {
				more = sent
			}
			body = slices.Grow(body, int(min(more, 3*sent)))
		}
	}
}

// These stand for errors of the connection, which name addresses.
var (
	errTooSlow = errors.New("webhook: read body: out of time")
	errCutOff  = errors.New("webhook: read body: connection ended early")
)

// isTooLarge reports whether reading stopped at MaxBody.
func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// setReadDeadline sets the deadline for reading the body, where the writer, or
// one it wraps, can. http.ResponseController does the same and allocates an error
// where it cannot.
func setReadDeadline(w http.ResponseWriter, t time.Time) {
	for {
		switch rw := w.(type) {
		case interface{ SetReadDeadline(time.Time) error }:
			_ = rw.SetReadDeadline(t) // without it the server's own timeout holds
			return
		case interface{ Unwrap() http.ResponseWriter }:
			w = rw.Unwrap()
		default:
			return
		}
	}
}

// deliver hands d to the sink and returns good if the sink took it.
func (h *Handler) deliver(r *http.Request, d *Delivery, good int) int {
	// A client that hangs up must not undo the work, nor keep it going forever.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.timeout)
	defer cancel()
	err := accept(ctx, h.sink, d)
	if err == nil {
		h.works(r.Context())
		return good
	}
	status := http.StatusInternalServerError
	if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusServiceUnavailable
	}
	h.fails(r.Context(), d, status, err)
	return status
}

// fails logs that the sink has not taken d, unless it fails all the time.
func (h *Handler) fails(ctx context.Context, d *Delivery, status int, err error) {
	p, panicked := errors.AsType[*panicError](err)
	row := &h.failing
	if panicked {
		row = &h.panicking
	}
	tell, times := row.Failed(time.Now())
	if !tell {
		return
	}
	attrs := []slog.Attr{
		slog.Int("status", status), slog.Int("bytes", len(d.Body)), slog.Int("events", d.Len()),
		slog.Int("times", times), slog.Any("error", err),
	}
	if panicked {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	h.log.LogAttrs(ctx, slog.LevelError, "webhook: sink failed, Meta will send again", attrs...)
}

// works logs that the sink works again.
func (h *Handler) works(ctx context.Context) {
	for _, row := range []*quiet.Row{&h.failing, &h.panicking} {
		if over, times, since := row.Worked(time.Now()); over {
			h.log.LogAttrs(ctx, slog.LevelWarn, "webhook: sink works again", slog.Int("times", times), slog.Time("since", since))
		}
	}
}

// warn logs why a request was not taken.
func (h *Handler) warn(r *http.Request, msg string, status int, err error) {
	if h.log == nil { // the zero Handler
		return
	}
	attrs := []slog.Attr{slog.Int("status", status), slog.Int64("content_length", r.ContentLength)}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	h.log.LogAttrs(r.Context(), slog.LevelWarn, msg, attrs...)
}
