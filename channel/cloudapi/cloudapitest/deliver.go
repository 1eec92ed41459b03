package cloudapitest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ErrEndpoint is the error of Subscribe when the receiver does not prove that it
// owns the callback URL.
var ErrEndpoint = errors.New("cloudapitest: callback URL did not pass the verification handshake")

// Mount makes a handler reachable under a callback URL, in process and without
// sockets. A nil handler makes it unreachable again.
func (w *World) Mount(callback string, h http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h == nil {
		delete(w.mounts, callback)
		return
	}
	w.mounts[callback] = h
}

// Subscribe makes h the receiver of the app's webhooks and subscribes the app to
// the account: it mounts h under a callback URL of its own, performs the
// verification handshake as the dashboard does when the URL is saved, and fails
// with an error matching ErrEndpoint if h does not answer it.
func (w *World) Subscribe(app *App, account *Account, h http.Handler) error {
	callback := "https://app-" + app.ID + ".callback.test/webhook"
	w.Mount(callback, h)
	return w.SubscribeURL(app, account, callback)
}

// SubscribeURL is Subscribe for a receiver that is mounted already or is reached
// over the network through Config.Transport.
func (w *World) SubscribeURL(app *App, account *Account, callback string) error {
	if err := w.handshake(context.Background(), callback, app.VerifyToken); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	app.callback = callback
	account.subscribe(app)
	return nil
}

// subscribe returns the app's subscription, a new one if there was none.
func (a *Account) subscribe(app *App) *subscription {
	for _, s := range a.subs {
		if s.app == app {
			return s
		}
	}
	s := &subscription{app: app, account: a}
	a.subs = append(a.subs, s)
	return s
}

// Unsubscribe ends the app's webhooks for the account.
func (w *World) Unsubscribe(app *App, account *Account) {
	w.mu.Lock()
	defer w.mu.Unlock()
	account.subs = slices.DeleteFunc(account.subs, func(s *subscription) bool { return s.app == app })
}

// handshake performs the GET with hub.challenge.
func (w *World) handshake(ctx context.Context, callback, verify string) error {
	_, err := w.shake(ctx, callback, verify)
	return err
}

// shake is handshake with the status that was answered, 0 if nothing was.
func (w *World) shake(ctx context.Context, callback, verify string) (int, error) {
	w.mu.Lock()
	challenge := w.randomHex("challenge", 10)
	w.mu.Unlock()
	q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {verify}, "hub.challenge": {challenge}}
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" {
		return 0, fmt.Errorf("%w: not an absolute URL", ErrEndpoint)
	}
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, fmt.Errorf("%w: not an absolute URL", ErrEndpoint)
	}
	status, body, err := w.call(req, callback)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: no answer", ErrEndpoint)
	case status != http.StatusOK:
		return status, fmt.Errorf("%w: status %d", ErrEndpoint, status)
	case string(body) != challenge:
		return status, fmt.Errorf("%w: the challenge was not returned as it was sent", ErrEndpoint)
	}
	return status, nil
}

// An Attack is one attempt of Probe.
type Attack struct {
	How    string // "a body signed with another secret"
	Status int    // what the receiver answered; 0 = nothing
	LetIn  bool   // it was taken for Meta
}

// Probe attacks the app's callback URL as a stranger would: a handshake with a
// wrong verify token, and POSTs without signature, with one made with another
// secret, and with that of another body. It returns the attacks in a fixed order; what
// is let in is noted for Audit too.
func (w *World) Probe(app *App) (attacks []Attack) {
	w.mu.Lock()
	callback := app.callback
	w.mu.Unlock()
	where, _, _ := strings.Cut(callback, "?")
	ctx := context.Background()
	status, err := w.shake(ctx, callback, app.VerifyToken+"x")
	attacks = append(attacks, Attack{"a handshake with a wrong verify token", status, err == nil})
	if err == nil {
		w.note(RuleOpenHandshake, "the handshake was answered with a wrong verify token", Case{Where: "GET " + where})
	}
	// What a stranger would want: a message that nobody wrote.
	body := w.fakeMessage(app)
	for _, attack := range [][2]string{
		{"without a signature", ""},
		{"signed with another secret", Sign(app.Secret+"x", body)},
		{"signed for another body", Sign(app.Secret, body[1:])},
		{"with an empty signature", "sha256="},
		{"with a signature of another kind", "sha1=" + strings.TrimPrefix(Sign(app.Secret, body), "sha256=")},
	} {
		how, signature := attack[0], attack[1]
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, callback, bytes.NewReader(body))
		if err != nil {
			return attacks
		}
		req.Header.Set("Content-Type", "application/json")
		if signature != "" {
			req.Header.Set("X-Hub-Signature-256", signature)
		}
		status, _, err := w.call(req, callback)
		let := err == nil && status == http.StatusOK
		attacks = append(attacks, Attack{"a body " + how, status, let})
		if let {
			w.note(RuleForgedAccepted, "a body "+how+" was answered 200", Case{Where: "POST " + where})
		}
	}
	return attacks
}

// fakeMessage is a webhook as a stranger would make it up, for the app's first account.
func (w *World) fakeMessage(app *App) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.accountsInOrder() {
		for _, s := range a.subs {
			if s.app != app || len(a.numbers) == 0 {
				continue
			}
			return buildBody([]*item{{
				account: a, number: a.numbers[0], field: "messages", list: "messages",
				elem: members(func(e *enc) {
					e.obj(func() {
						e.key("from").str("15550100999")
						e.key("id").str("wamid.Zm9yZ2VkIGJ5IHRoZSBwcm9iZQ==")
						e.key("timestamp").secs(w.now())
						e.key("type").str("text")
						e.key("text").obj(func() { e.key("body").str("Forged by the probe of the simulator.") })
					})
				}),
			}})
		}
	}
	return []byte(`{"object":"whatsapp_business_account","entry":[]}`)
}

// Sign returns the value of the X-Hub-Signature-256 header for a body, computed
// over exactly those bytes.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// sign is Sign with the app's secret. It keeps the keyed hashes: setting one up
// costs more than hashing a webhook.
func (a *App) sign(body []byte) string {
	mac, _ := a.macs.Get().(hash.Hash)
	if mac == nil {
		mac = hmac.New(sha256.New, []byte(a.Secret))
	}
	mac.Reset()
	mac.Write(body)
	var buf [7 + 2*sha256.Size]byte
	var sum [sha256.Size]byte
	signature := hex.AppendEncode(append(buf[:0], "sha256="...), mac.Sum(sum[:0]))
	a.macs.Put(mac)
	return string(signature)
}

// perform makes one attempt at a POST. It holds no lock.
func (w *World) perform(ctx context.Context, p *post) {
	status := statusNone
	if !p.lost {
		status = w.attempt(ctx, p)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.book(p, status)
}

// attempt makes the request of one attempt and returns the HTTP status, or one of the
// outcomes below zero.
func (w *World) attempt(ctx context.Context, p *post) int {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.WebhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return statusNone
	}
	signature := p.app.sign(p.body)
	if p.forged {
		signature = Sign(p.app.Secret+"?", p.body)
	}
	req.Header = headers("Content-Type", "application/json", "User-Agent", "facebookexternalua",
		"Accept", "*/*", "X-Hub-Signature-256", signature)
	status, _, err := w.call(req, p.url)
	switch {
	case errors.Is(err, errPanicked):
		return statusPanicked
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return statusTimedOut
	case err != nil:
		return statusNone
	}
	return status
}

// headers makes a header from canonical keys and values in turn, with one array for
// all the values: a storm consists of little else than headers.
func headers(pairs ...string) http.Header {
	h := make(http.Header, len(pairs)/2)
	values := make([]string, len(pairs)/2)
	for i := range values {
		values[i] = pairs[2*i+1]
		h[pairs[2*i]] = values[i : i+1 : i+1]
	}
	return h
}

// Outcomes of an attempt that are no HTTP status.
const (
	statusNone     = 0 // never arrived, or no answer
	statusPanicked = -1
	statusTimedOut = -2
)

var errUnreachable = errors.New("cloudapitest: no handler is mounted for the URL and Config.Transport is nil")

// maxAnswer is how much of a receiver's answer is read.
const maxAnswer = 64 << 10

// call sends a request to a receiver: a mounted handler, or over Transport.
func (w *World) call(req *http.Request, callback string) (int, []byte, error) {
	base, _, _ := strings.Cut(callback, "?")
	w.mu.Lock()
	h := w.mounts[base]
	w.mu.Unlock()
	if h != nil {
		var rec recorder
		if err := rec.serve(h, req); err != nil {
			return 0, nil, err
		}
		return rec.code(), rec.body.Bytes(), nil
	}
	if w.cfg.Transport == nil {
		return 0, nil, errUnreachable
	}
	resp, err := w.cfg.Transport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, body, err
}

// recorder is a ResponseWriter in memory.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header {
	if r.header == nil {
		r.header = make(http.Header, 4)
	}
	return r.header
}

// WriteHeader implements http.ResponseWriter; as on a connection, the first call wins.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// code is the status; a handler that wrote nothing answered 200.
func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// errAborted is what the caller sees when a handler breaks the connection.
var errAborted = fmt.Errorf("cloudapitest: connection closed before an answer: %w", io.ErrUnexpectedEOF)

var errPanicked = fmt.Errorf("cloudapitest: handler panicked: %w", io.ErrUnexpectedEOF)

// serve runs a handler as net/http would: a panic ends the connection, not the
// process.
func (r *recorder) serve(h http.Handler, req *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = errAborted
		default:
			err = errPanicked
		}
	}()
	h.ServeHTTP(r, req)
	return nil
}

// Callback returns the URL that receives the app's webhooks, "" before Subscribe.
func (a *App) Callback() string {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.callback
}
