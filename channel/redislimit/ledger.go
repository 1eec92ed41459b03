package redislimit

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/sharelimit"
)

//go:embed limits.lua
var source string

// ledger is what is shared, in Redis.
type ledger struct {
	client rueidis.Client
	prefix string
	script *rueidis.Lua
}

// key is the name of the limits of a number or account. What belongs to it begins with it, so
// that it is in the same place of a cluster.
func (l *ledger) key(name string) string { return l.prefix + ":{" + name + "}" }

// exec runs the script; args are numbers, durations in microseconds.
func (l *ledger) exec(ctx context.Context, op string, r *sharelimit.Rules, keys []string, args ...int64) (rueidis.RedisMessage, error) {
	texts := make([]string, 0, len(args)+4)
	texts = append(texts, op, strconv.FormatInt(r.PairInterval.Microseconds(), 10), strconv.Itoa(r.PairBurst),
		strconv.FormatFloat(r.Part, 'f', 4, 64))
	for _, a := range args {
		texts = append(texts, strconv.FormatInt(a, 10))
	}
	m, err := l.script.Exec(ctx, l.client, keys, texts).ToMessage()
	if err != nil {
		return m, fmt.Errorf("redislimit: %s: %w", op, err)
	}
	return m, nil
}

// Take implements [sharelimit.Ledger].
func (l *ledger) Take(ctx context.Context, r *sharelimit.Rules, lot *sharelimit.Lot) ([]sharelimit.Answer, error) {
	key := l.key(lot.Number)
	keys := []string{key}
	args := []int64{int64(r.Throughput), int64(r.Reserve), lot.Horizon.Microseconds(), int64(lot.Received), int64(len(lot.Waiting)), int64(lot.Learned)}
	for _, w := range lot.Waiting {
		pair := key // which stands for none
		if w.Pair != "" {
			pair += w.Pair
		}
		keys, args = append(keys, pair), append(args, w.Most.Microseconds())
	}
	for pair, count := range lot.Back {
		keys, args = append(keys, key+pair), append(args, int64(count))
	}
	m, err := l.exec(ctx, "take", r, keys, args...)
	if err != nil {
		return nil, err
	}
	said, err := m.ToArray()
	if err != nil {
		return nil, fmt.Errorf("redislimit: take: %w", err)
	}
	answers := make([]sharelimit.Answer, len(said))
	for i := range said {
		if answers[i], err = read(said[i]); err != nil {
			return nil, fmt.Errorf("redislimit: take: %w", err)
		}
	}
	return answers, nil
}

// read reads what the script says about one message.
func read(m rueidis.RedisMessage) (a sharelimit.Answer, err error) {
	said, err := m.ToArray()
	if err != nil || len(said) != 2 {
		return a, fmt.Errorf("an answer of %d parts: %w", len(said), err)
	}
	word, err := said[0].ToString()
	if err != nil {
		return a, err
	}
	wait, err := said[1].AsInt64()
	if word != "go" {
		a.Scope = cloudapi.LimitScope(word)
	}
	a.Wait = time.Duration(wait) * time.Microsecond
	return a, err
}

// Learn implements [sharelimit.Ledger].
func (l *ledger) Learn(ctx context.Context, r *sharelimit.Rules, n sharelimit.News) error {
	keys := []string{l.key(n.Number)}
	if n.Pair != "" {
		keys = append(keys, keys[0]+n.Pair)
	} else {
		n.PairPause = 0
	}
	_, err := l.exec(ctx, "observe", r, keys, int64(r.Throughput), int64(r.Reserve), int64(n.Learned),
		n.Pause.Microseconds(), n.PairPause.Microseconds(), int64(n.Received))
	return err
}

// Account implements [sharelimit.Ledger].
func (l *ledger) Account(ctx context.Context, r *sharelimit.Rules, account string, counts bool) (time.Duration, error) {
	counted := int64(0)
	if counts {
		counted = 1
	}
	m, err := l.exec(ctx, "account", r, []string{l.key(account)}, int64(r.AccountPerHour), counted)
	if err != nil {
		return 0, err
	}
	micro, err := m.AsInt64()
	if err != nil {
		return 0, fmt.Errorf("redislimit: account: %w", err)
	}
	return time.Duration(micro) * time.Microsecond, nil
}

// Warn implements [sharelimit.Ledger].
func (l *ledger) Warn(ctx context.Context, account string, pause time.Duration, share int) error {
	_, err := l.exec(ctx, "warn", &sharelimit.Rules{}, []string{l.key(account)}, pause.Microseconds(), int64(share))
	return err
}
