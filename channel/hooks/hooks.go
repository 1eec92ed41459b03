// Package hooks is how to observe what package channel does, for metrics and traces. Package otelhooks
// does it with OpenTelemetry; for anything else fill in the functions that you need:
//
//	cfg.Hooks = hooks.Hooks{
//		AcceptDone: func(_ context.Context, i hooks.AcceptInfo, err error) { accepted.Add(i.Fresh) },
//		SendDone:   func(_ context.Context, i hooks.SendInfo, err error) { sent.Observe(err) },
//		DeadLetter: func(context.Context, hooks.DeadLetterInfo) { dead.Add(1) },
//	}
//
// They run where the work is done and must be quick. What they are given names nobody.
package hooks

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/pricing"
)

// Hooks observe a channel.Hub, for metrics and traces. Any field may be nil. Hooks run
// inline, may be called concurrently, and must not block. What they are given holds
// IDs, kinds, counts and durations, never content.
type Hooks struct {
	// AcceptDone runs after each Accept; after one in a transaction of the host's once that is committed.
	AcceptDone func(ctx context.Context, i AcceptInfo, err error)
	// ApplyDone runs after each accepted item was applied to the conversations.
	ApplyDone func(ctx context.Context, i ApplyInfo, err error)
	// HostStart runs before each call of the host's Ticketing; the context it returns
	// is the one that the call gets. HostDone runs after it.
	HostStart func(ctx context.Context, i HostInfo) context.Context
	HostDone  func(ctx context.Context, i HostInfo, err error)
	// SendStart runs before each attempt to send; the context it returns is the one
	// that the Sender gets. SendDone runs after it.
	SendStart func(ctx context.Context, i SendInfo) context.Context
	SendDone  func(ctx context.Context, i SendInfo, err error)
	// DeadLetter runs when work became a dead letter: somebody should look.
	DeadLetter func(ctx context.Context, i DeadLetterInfo)
	// Outage runs when an outage has begun and when it is over: once for each channel, and
	// once for the ticketing.
	Outage func(ctx context.Context, i OutageInfo)
	// Notice runs when WhatsApp has news about the account, the number or a template of a
	// channel, once for each channel.
	Notice func(ctx context.Context, i NoticeInfo)
	// BudgetLow runs when the rest of a channel's budget has come to its low-water mark:
	// once in each process, and again after a top-up or in another month.
	BudgetLow func(ctx context.Context, i BudgetInfo)

	// Carry returns what of a context is to be stored with the work that it causes, such as
	// the headers of a trace: small, and free of personal data. It runs for Accept and for whatever
	// makes a message or a call of the ticketing. Resume puts it into the context in which
	// that work is done, later and perhaps in another process; carried is never empty.
	// HostStart, SendStart, ApplyDone and the ticketing itself get that context. Set both or
	// neither.
	Carry  func(ctx context.Context) map[string]string
	Resume func(ctx context.Context, carried map[string]string) context.Context
}

// AcceptInfo describes one Accept.
type AcceptInfo struct {
	Events   int // items in the delivery
	Fresh    int // items not seen before
	Redacted int // items in which a card number was masked
	Took     time.Duration
}

// ApplyInfo describes one applied item.
type ApplyInfo struct {
	Channel string
	Field   string // webhook field
	Age     time.Duration
}

// HostInfo describes one call of the host's Ticketing.
type HostInfo struct {
	Channel      string
	Conversation string
	Kind         conversation.ChangeKind // empty for a received message
	Try          int                     // 1 for the first
}

// SendInfo describes one attempt to send.
type SendInfo struct {
	Channel string
	Message string
	Kind    string
	Try     int           // 1 for the first
	Waited  time.Duration // since the message was queued
}

// DeadLetterInfo describes work that was buried.
type DeadLetterInfo struct {
	Work, ID, Channel, Reason string
}

// BudgetInfo describes a budget that is running low.
type BudgetInfo struct {
	Channel string
	// Balance is the standing of the budget with the message that is about to be sent.
	Balance pricing.Balance
}

// OutageInfo describes the beginning or the end of an outage.
type OutageInfo struct {
	health.Outage
	// Channel is the ID of the channel; "" if all of them are concerned.
	Channel string
	// Over says that it has ended; it took Took.
	Over bool
	Took time.Duration
}

// NoticeInfo describes a notice to the hook.
type NoticeInfo struct {
	conversation.Notice
	// Channel is the ID of the channel that it concerns; each one is told.
	Channel string
}
