package flowdata

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// Defaults of [Config].
const (
	DefaultMaxBody     = 1 << 20
	DefaultBodyTimeout = 5 * time.Second
	DefaultTimeout     = 9 * time.Second // phones wait ten seconds
)

// Statuses of Meta's own.
const (
	statusCannotOpen   = 421
	statusTokenExpired = 427
	statusNotSigned    = 432
)

// keyBits is the size of the keys that numbers take.
const keyBits = 2048

// Config configures a [Handler]. Printing one shows no secret.
type Config struct {
	// AppSecrets are the secrets of the apps that the flows are connected to; at least
	// one.
	AppSecrets []string
	// Keys are the private keys of the business, RSA with 2,048 bits, the newest first;
	// at least one. See the comment of the package about changing them.
	Keys []*rsa.PrivateKey

	// Answer says what comes next. It is called from many goroutines. Its error is
	// answered with 500, and so is a panic, also of what writes the data, a [TokenError] with
	// 427. ctx ends when the time is up.
	Answer func(ctx context.Context, r *Request) (Response, error)
	// ClientError, if not nil, is told what phones could not show: mostly a fault of a
	// response or of the flow's definition. A panic of it is logged.
	ClientError func(ctx context.Context, e ClientError)

	// MaxBody bounds a request in bytes; 0 means [DefaultMaxBody].
	MaxBody int64
	// BodyTimeout is how long a body may take to arrive, where the server can tell; 0
	// means [DefaultBodyTimeout].
	BodyTimeout time.Duration
	// Timeout bounds Answer; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Logger receives warnings: status and reason of refusals; nil is silent. It never
	// sees data, tokens or keys.
	Logger *slog.Logger
	// InsecureSkipSignature takes requests whoever signed them: for a trial without an
	// app.
	InsecureSkipSignature bool
}

// Handler is the HTTP endpoint of flows. Safe for concurrent use; it starts nothing. The
// zero Handler refuses everything.
type Handler struct {
	cfg      *Config
	verifier *webhook.Verifier
}

// NewHandler makes a Handler, or reports everything wrong with cfg at once.
func NewHandler(cfg Config) (*Handler, error) {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("flowdata: new handler: "+format, args...))
	}
	verifier := &webhook.Verifier{}
	if !cfg.InsecureSkipSignature {
		var err error
		if verifier, err = webhook.NewVerifier(cfg.AppSecrets...); err != nil {
			bad("AppSecrets needs at least one secret, and none that is empty")
		}
	}
	if len(cfg.Keys) == 0 {
		bad("Keys needs at least one key")
	}
	for i, key := range cfg.Keys {
		switch {
		case key == nil || key.N == nil:
			bad("Keys[%d] is empty", i)
		case key.N.BitLen() < keyBits:
			bad("Keys[%d] has %d bits, needed are %d", i, key.N.BitLen(), keyBits)
		case key.Validate() != nil:
			bad("Keys[%d] is not a valid key", i)
		}
	}
	if cfg.Answer == nil {
		bad("Answer is needed")
	}
	if cfg.MaxBody < 0 || cfg.BodyTimeout < 0 || cfg.Timeout < 0 {
		bad("MaxBody, BodyTimeout and Timeout must not be negative")
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	cfg.Keys = slices.Clone(cfg.Keys)
	cfg.MaxBody = cmp.Or(cfg.MaxBody, DefaultMaxBody)
	cfg.BodyTimeout = cmp.Or(cfg.BodyTimeout, DefaultBodyTimeout)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	return &Handler{cfg: &cfg, verifier: verifier}, nil
}

// ServeHTTP answers one request; see the comment of the package about statuses.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.cfg == nil {
		w.WriteHeader(statusNotSigned)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, status, err := h.read(w, r)
	if err != nil {
		h.refuse(w, r, status, err)
		return
	}
	if !h.cfg.InsecureSkipSignature {
		if _, err := h.verifier.Verify(body, r.Header.Get(webhook.SignatureHeader)); err != nil {
			h.refuse(w, r, statusNotSigned, err)
			return
		}
	}
	plain, s, err := open(body, h.cfg.Keys)
	if err != nil {
		h.refuse(w, r, statusCannotOpen, err)
		return
	}
	answer, status, err := h.answer(r.Context(), plain)
	if err != nil {
		h.refuse(w, r, status, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, s.seal(answer)) // a phone that is gone cannot be told
}

// read reads the body within its bounds.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, status int, err error) {
	// Not every server can set a deadline; those that cannot have one of their own.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.cfg.BodyTimeout))
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.MaxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge, errors.New("flowdata: the request is too large")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, http.StatusRequestTimeout, errors.New("flowdata: the request came too slowly")
	}
	if err != nil {
		return nil, http.StatusBadRequest, errors.New("flowdata: the request could not be read")
	}
	return body, 0, nil
}

// The answers that need no host.
const (
	pong         = `{"data":{"status":"active"}}`
	acknowledged = `{"data":{"acknowledged":true}}`
)

// answer finds out what an opened request is answered with.
func (h *Handler) answer(ctx context.Context, plain []byte) (answer []byte, status int, err error) {
	request, report, err := parse(plain)
	switch {
	case err != nil:
		return nil, http.StatusBadRequest, err
	case report != nil:
		h.tell(ctx, *report)
		return []byte(acknowledged), 0, nil
	case request.Action == ping:
		return []byte(pong), 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	answer, err = h.ask(ctx, request)
	if _, expired := errors.AsType[*TokenError](err); expired {
		return nil, statusTokenExpired, err
	}
	if err != nil && ctx.Err() != nil {
		return nil, http.StatusServiceUnavailable, err
	}
	return answer, http.StatusInternalServerError, err
}

// ask calls the host and writes what it answers, which calls its MarshalJSON. A panic is an
// error, and what it panicked with is shown nowhere: it may quote what people filled in.
func (h *Handler) ask(ctx context.Context, request *Request) (answer []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.cfg.Logger.LogAttrs(ctx, slog.LevelError, "flow answer panicked",
				slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
			answer, err = nil, errPanic
		}
	}()
	response, err := h.cfg.Answer(ctx, request)
	if err != nil {
		return nil, err
	}
	return response.encode()
}

// tell tells the host what a phone could not show. It is acknowledged also if the host panics: it
// would come no better a second time.
func (h *Handler) tell(ctx context.Context, report ClientError) {
	if h.cfg.ClientError == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			h.cfg.Logger.LogAttrs(ctx, slog.LevelError, "flow client error panicked",
				slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
		}
	}()
	h.cfg.ClientError(ctx, report)
}

var errPanic = errors.New("flowdata: answer: the host panicked")

// refuse answers with a status. Only the sentence for the person has a body, in the clear
// as Meta shows it.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	expired, isToken := errors.AsType[*TokenError](err)
	attrs := []slog.Attr{slog.Int("status", status)}
	if !isToken && status != http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		attrs = append(attrs, slog.String("reason", err.Error())) // ours; the host's may hold anything
	}
	h.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "flow request refused", attrs...)
	if isToken && expired.Message != "" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error_msg": expired.Message})
		return
	}
	w.WriteHeader(status)
}

// shown is what may be seen of a Config.
func (cfg Config) shown() string {
	return fmt.Sprintf("flowdata.Config(%d secrets, %d keys)", len(cfg.AppSecrets), len(cfg.Keys))
}

// Format shows how many secrets and keys there are, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, cfg.shown()) }

// LogValue shows how many secrets and keys there are.
func (cfg Config) LogValue() slog.Value { return slog.StringValue(cfg.shown()) }

// MarshalJSON shows how many secrets and keys there are. It is not meant to be read back.
func (cfg Config) MarshalJSON() ([]byte, error) { return json.Marshal(cfg.shown()) }
