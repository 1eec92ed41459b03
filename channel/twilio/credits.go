package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// ErrNoCredit says that the balance of the account is used up. Nothing was sent.
var ErrNoCredit = errors.New("twilio: the account has no credit left")

// Balance is what is left on an account.
type Balance struct {
	// Amount is in millionths of Currency; negative if the account is overdrawn.
	Amount int64
	// Currency is an ISO 4217 code, such as "USD".
	Currency string
}

// Messages is how many messages of a price, in millionths of the currency, the balance pays
// for: 0 if there is no balance, or no price. What a channel sells beyond that nobody pays for:
// it is the Limit of a pricing.Budget of the unit BudgetEvery, added to what is used already.
func (b Balance) Messages(price int64) int64 {
	if price <= 0 || b.Amount <= 0 {
		return 0
	}
	return b.Amount / price
}

// Balance asks what is left on the account.
//
// https://www.twilio.com/docs/usage/api/balance (as known in November 2026)
func (c *Client) Balance(ctx context.Context) (Balance, error) {
	var w struct {
		Balance  json.RawMessage `json:"balance"` // a decimal number, as text
		Currency string          `json:"currency"`
	}
	err := c.do(ctx, &call{op: "ask balance", method: http.MethodGet, url: c.resource("/Balance.json"), repeat: true}, &w)
	if err != nil {
		return Balance{}, err
	}
	amount, ok := micros(strings.Trim(string(w.Balance), `"`))
	if !ok {
		return Balance{}, &TransportError{Op: "ask balance", Sent: true, cause: errUnexpected}
	}
	return Balance{Amount: amount, Currency: w.Currency}, nil
}

// micros reads a decimal number in millionths; digits beyond these are cut off.
func micros(s string) (int64, bool) {
	sign := int64(1)
	if rest, minus := strings.CutPrefix(s, "-"); minus {
		s, sign = rest, -1
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" || strings.ContainsFunc(whole+fraction, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	fraction = (fraction + "000000")[:6]
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	return sign * n, err == nil
}

// CreditsConfig says how [Credits] works. Low is required.
type CreditsConfig struct {
	// Low is the balance, in millionths of the account's currency, at or below which it is time
	// for a top-up.
	Low int64
	// Reserve is the balance at or below which nothing goes out any more; 0 lets the account
	// be used up.
	Reserve int64
	// Every is how often Run asks; 0 means a minute.
	Every time.Duration

	// OnBalance, if not nil, hears every balance: to keep the budget of the channel that counts
	// every message in step with it (Balance.Messages, Hub.UpdateSettings).
	OnBalance func(ctx context.Context, b Balance)
	// OnLow, if not nil, is called once when the balance comes to or below Low, and again only
	// after it was above.
	OnLow func(ctx context.Context, b Balance)
	// TopUp, if not nil, is called then as well, to buy credit: by the host's own contract with
	// Twilio, whose API does not sell any. The balance is asked again right after it. An error
	// is reported to OnError, and TopUp is called again at the next balance that is still low.
	TopUp func(ctx context.Context, b Balance) error
	// OnError, if not nil, hears that the balance could not be asked, or the top-up failed.
	OnError func(ctx context.Context, err error)
}

// Credits watches the balance of an account: no credit, no message. Give it to the [Config] of
// the client that sends. Until the first balance is known everything goes out; a balance that
// cannot be asked for leaves things as they were. It starts nothing by itself; safe for
// concurrent use.
type Credits struct {
	cfg CreditsConfig

	mu      sync.Mutex
	known   bool
	balance Balance
	low     bool // OnLow was called
	topped  bool // TopUp was called, without an error
}

// NewCredits checks cfg and reports everything wrong with it at once.
func NewCredits(cfg CreditsConfig) (*Credits, error) {
	var problems []error
	if cfg.Low <= 0 {
		problems = append(problems, errors.New("twilio: credits: Low must be above 0"))
	}
	if cfg.Reserve < 0 {
		problems = append(problems, errors.New("twilio: credits: Reserve is negative"))
	}
	if cfg.Reserve > cfg.Low && cfg.Low > 0 {
		problems = append(problems, errors.New("twilio: credits: Reserve is above Low"))
	}
	if cfg.Every < 0 {
		problems = append(problems, errors.New("twilio: credits: Every is negative"))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if cfg.Every == 0 {
		cfg.Every = time.Minute
	}
	return &Credits{cfg: cfg}, nil
}

// Run asks for the balance again and again until ctx ends.
func (cr *Credits) Run(ctx context.Context, c *Client) {
	t := time.NewTicker(cr.cfg.Every)
	defer t.Stop()
	for {
		if err := cr.Refresh(ctx, c); err != nil && ctx.Err() == nil && cr.cfg.OnError != nil {
			cr.cfg.OnError(ctx, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Refresh asks for the balance once, and does what follows from it.
func (cr *Credits) Refresh(ctx context.Context, c *Client) error {
	b, err := c.Balance(ctx)
	if err != nil {
		return err
	}
	isLow, topUp := cr.note(b)
	if cr.cfg.OnBalance != nil {
		cr.cfg.OnBalance(ctx, b)
	}
	if isLow && cr.cfg.OnLow != nil {
		cr.cfg.OnLow(ctx, b)
	}
	if !topUp || cr.cfg.TopUp == nil {
		return nil
	}
	if err := cr.cfg.TopUp(ctx, b); err != nil {
		cr.mu.Lock()
		cr.topped = false
		cr.mu.Unlock()
		return fmt.Errorf("twilio: top up: %w", err)
	}
	if b, err = c.Balance(ctx); err != nil {
		return err
	}
	cr.note(b)
	if cr.cfg.OnBalance != nil {
		cr.cfg.OnBalance(ctx, b)
	}
	return nil
}

// note keeps a balance and says what it calls for. What it calls for is taken: two that
// refresh at the same moment do not buy twice.
func (cr *Credits) note(b Balance) (isLow, topUp bool) {
	cr.mu.Lock()
	defer cr.mu.Unlock()
	cr.known, cr.balance = true, b
	if b.Amount > cr.cfg.Low {
		cr.low, cr.topped = false, false
		return false, false
	}
	isLow, topUp = !cr.low, !cr.topped
	cr.low, cr.topped = true, true
	return isLow, topUp
}

// Last returns the last balance known; ok is false if none is.
func (cr *Credits) Last() (b Balance, ok bool) {
	cr.mu.Lock()
	defer cr.mu.Unlock()
	return cr.balance, cr.known
}

// admit refuses a message that nobody pays for.
func (cr *Credits) admit() error {
	cr.mu.Lock()
	defer cr.mu.Unlock()
	if !cr.known || cr.balance.Amount > cr.cfg.Reserve {
		return nil
	}
	f := message.Classify(131042, 0, 0, false)
	f.Title, f.Hint = "No credit", "The message credit is used up. Ask an administrator to top it up, then send again."
	return &refusal{text: "no credit left", is: ErrNoCredit, failure: f}
}

// LogValue shows the figures: a balance is the business's own.
func (b Balance) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("micros", b.Amount), slog.String("currency", b.Currency))
}
