package channel

import (
	"cmp"
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

const (
	// vouchedByNobody: the secret covers something else. The zero value.
	vouchedByNobody voucher = ""
	// vouchedForAll: the secret covers everything.
	vouchedForAll voucher = "all"
	// vouchedForNumber: the secret covers the item as it stands.
	vouchedForNumber voucher = "number"
	// vouchedForAccount: the secret covers the account. That the number is one of it, only
	// the item says.
	vouchedForAccount voucher = "account"
)

func voucherOf(s webhook.Scope, ev *webhook.Event) voucher {
	switch {
	case !s.Covers(ev.Account, ev.Number.ID):
		return vouchedByNobody
	case s.All:
		return vouchedForAll
	case s.ByAccount() && ev.Number.ID != "":
		return vouchedForAccount
	}
	return vouchedForNumber
}

// covers says whether an item of an account that concerns a channel may be applied to it: its
// account must be the channel's, if that is known, and it must be known if it is all that
// vouches for the number.
func (v voucher) covers(ch *Channel, account string) bool {
	switch {
	case v == vouchedByNobody:
		return false
	case ch.Account == "":
		return v != vouchedForAccount
	}
	return ch.Account == account
}

// notCovered makes a dead letter of an item that came from somebody who may not speak for it,
// and counts it. channel is the one that it named, "" if it named none.
func (it *intake) notCovered(ctx context.Context, w *worker.Job, channel string) error {
	return it.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		u.Add(store.Record{Kind: kindNotCovered, Key: cmp.Or(channel, noChannel), N: 1})
		return buried(errNotCovered), nil
	})
}

// noChannel is where items that name no channel are counted; no channel can have this ID.
const noChannel = "*"

// countNotCovered reads the counts for channels, and for no channel.
func (it *intake) countNotCovered(ctx context.Context, ids []string) (map[string]int, error) {
	records, err := it.store.Get(ctx, kindNotCovered, append([]string{noChannel}, ids...)...)
	if err != nil {
		return nil, fmt.Errorf("channel: read counts: %w", err)
	}
	counts := map[string]int{}
	for _, r := range records {
		counts[r.Key] = int(r.N)
	}
	return counts, nil
}
