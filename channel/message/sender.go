package message

import (
	"context"
	"iter"
	"time"

	"github.com/kanava-go/kanava/template"
)

// A Sender puts messages on the wire for one number. Package cloudapi's Number is one, with all its
// options below.
//
// An error that implements [Failer] says what went wrong and whether trying again helps; any
// other, like [ErrOutcomeUnknown], is an unknown outcome: a message sent twice is worse than
// one that is held.
type Sender interface {
	// Send sends one message and returns when WhatsApp has accepted or refused it.
	Send(ctx context.Context, out Outbound) (Receipt, error)
	// MarkRead shows the customer that a message was read, with all before it, and, if typing is
	// true, that somebody is writing.
	MarkRead(ctx context.Context, wamid string, typing bool) error
}

// Media moves files between the host and WhatsApp for one number. Package cloudapi's Number is one.
type Media interface {
	// Upload stores a file with WhatsApp and returns its media ID.
	Upload(ctx context.Context, in Upload) (id string, err error)
	// Download opens a file that a customer sent. The caller closes the body.
	Download(ctx context.Context, id string) (Download, error)
}

// A Prober is a [Sender] that can ask, without doing anything, whether WhatsApp answers: while a
// number is out the hub risks a message only when that went well.
type Prober interface {
	// Probe returns nil, or an error as Send does.
	Probe(ctx context.Context) error
}

// A Blocker is a [Sender] that can keep a person from writing to the number. It is looked for when
// somebody is blocked. Package cloudapi's Number is one.
type Blocker interface {
	// BlockUser puts a person on WhatsApp's block list of the number, or takes them off. What is so
	// already is no error. It may be called from several goroutines.
	BlockUser(ctx context.Context, to Recipient, blocked bool) error
}

// An InboundCounter is a [Sender] whose number may send less while it receives, as WhatsApp's
// throughput is for both. The hub tells it of messages that it has accepted.
type InboundCounter interface {
	// CountInbound must be quick.
	CountInbound(ctx context.Context, messages int)
}

// A Checker is a [Sender] that takes less than WhatsApp does, such as package twilio's.
type Checker interface {
	// Check returns the error with which Send would refuse out without asking anybody, or nil. It
	// must be quick: a transaction may wait for it. Of a text that is too long it says so in an
	// *InvalidError, at "text.body" with [RuleTooLong] and its Limit: Hub.Split goes by that.
	Check(out Outbound) error
}

// The interfaces below are what a [Sender] can tell beside sending. Hub.Run looks for them and asks by
// itself: at the start, again and again, and soon after a webhook about the same. What fails is tried
// again and shown in Hub.Health; nothing waits for it. Package cloudapi's Number is all of them. They
// may be called from several goroutines.

// A LimitTeller is a [Sender] that can say how many people its number may write to first within 24
// hours, such as "TIER_2K". The hub asks when it starts and once a day; see also
// Hub.ReportStanding.
type LimitTeller interface {
	MessagingLimit(ctx context.Context) (string, error)
}

// A MarketingTeller is a [Sender] that can say whether an account has the endpoint of
// settings.MarketingRoute. The hub asks when it starts and once a day.
type MarketingTeller interface {
	MarketingReady(ctx context.Context, account string) (bool, error)
}

// A TemplateLister lists the templates of an account, by its ID: every 6 hours, for channels with an
// Account and Templates. All processes have what one of them was told, also after a restart while
// WhatsApp is out of reach.
type TemplateLister interface {
	ListTemplates(ctx context.Context, account string) iter.Seq2[template.Definition, error]
}

// A NumberTeller tells the quality and the state of the display name of its number, as in
// health.Standing: every day.
type NumberTeller interface {
	NumberState(ctx context.Context) (quality, nameStatus string, err error)
}

// A TokenTeller tells when its token expires, zero if it never does: every day.
type TokenTeller interface {
	TokenExpires(ctx context.Context) (time.Time, error)
}
