package channel

import (
	"context"
	"io"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// Ticketing is the host's ticket system, as far as the hub talks to it. Everything
// else a host wants to know it asks the hub.
//
// Both methods may be called for different conversations at the same time; the calls
// for one conversation come one after the other, in order. A call is repeated after
// an error, a crash or a timeout, with the same ID, until it succeeds or is given up
// as a dead letter (Config.HostTries). Implementations must therefore be idempotent on
// the ID. An error that matches [ErrPermanent] makes it a dead letter at once. The
// context ends when the lease of the work does.
type Ticketing interface {
	// Receive files what a customer wrote and returns the host's reference to the
	// ticket, at most 255 bytes of UTF-8, which the hub keeps with the conversation and passes along from then on;
	// an empty one leaves it as it is.
	Receive(ctx context.Context, in *conversation.Received) (ticket string, err error)
	// Changed tells that something about a conversation or one of its messages changed.
	Changed(ctx context.Context, c *conversation.Change) error
}

// Sender puts messages on the wire for one number. Package cloudapi's Number is one.
//
// An error that implements [message.Failer] says what went wrong and whether trying
// again helps; one that matches [message.ErrOutcomeUnknown] says that the message may
// have been accepted; any other error is taken as an unknown outcome too, because a
// message sent twice is worse than one that is held.
type Sender interface {
	// Send sends one message and returns when WhatsApp has accepted or refused it.
	Send(ctx context.Context, out message.Outbound) (message.Receipt, error)
	// MarkRead shows the customer that a message was read, with all before it, and,
	// if typing is true, that somebody is writing an answer.
	MarkRead(ctx context.Context, wamid string, typing bool) error
}

// A LimitTeller is a [Sender] that can say how many people its number may write to first
// within 24 hours, such as "TIER_2K". Package cloudapi's Number is one. The hub asks it when
// it starts and once a day from then on; otherwise it knows what webhooks and the host say,
// see [Hub.ReportStanding].
type LimitTeller interface {
	MessagingLimit(ctx context.Context) (string, error)
}

// A MarketingTeller is a [Sender] that can say whether the marketing of an account, by its ID, goes to
// an endpoint of its own; see [MarketingRoute]. Package cloudapi's Number is one. The hub asks it
// when it starts and once a day from then on.
type MarketingTeller interface {
	MarketingReady(ctx context.Context, account string) (bool, error)
}

// A Checker is a [Sender] that takes less than WhatsApp does. Package twilio's Number is one. The hub
// asks it before it stores a message, so that whoever writes it hears what is wrong with it.
type Checker interface {
	// Check returns the error with which Send would refuse out without asking anybody, or nil. It
	// must be quick: a store's transaction may wait for it.
	Check(out message.Outbound) error
}

// Media moves files between the host and WhatsApp for one number. Package cloudapi's
// Number is one.
type Media interface {
	// Upload stores a file with WhatsApp and returns its media ID.
	Upload(ctx context.Context, in message.Upload) (id string, err error)
	// Download opens a file that a customer sent. The caller closes the body.
	Download(ctx context.Context, id string) (message.Download, error)
}

// Attachments is where the host keeps files that customers send.
type Attachments interface {
	// Save stores one file and returns the host's reference to it. It is called again
	// with the same ID after an error or a crash and must then return a reference to
	// the same or an equal file. Reading from body may fail with the error of the
	// download or of the file policy; nothing of the file may be kept then.
	Save(ctx context.Context, f File, body io.Reader) (ref string, err error)
}

// A Remover is an [Attachments] that the hub asks to remove files whose time is over:
// those of an erased customer, those of messages that the customer deleted, and those older
// than the channel's [Retention]. It is looked for when that happens. Without it files are
// the host's to remove.
type Remover interface {
	// Remove removes the file behind a reference that Save returned. It is called again
	// after an error or a crash; a file that is gone already is no error.
	Remove(ctx context.Context, ref string) error
}

// File describes an inbound file to an Attachments.
type File struct {
	// ID is the same each time the file is offered.
	ID           string
	Channel      string
	Conversation string
	Message      string
	Name         string // as the customer's phone named it, "" if not given; not safe as a path
	// SafeName is a name under which the file can be stored and offered: without path, control
	// and direction characters, with an extension that fits MIME. It is not unique.
	SafeName string
	// MIME is what the content is. Only a channel that takes everything ("*/*"), or this very
	// type, gets a declared type where the content tells nothing.
	MIME string
	Size int64 // bytes, 0 if unknown
}
