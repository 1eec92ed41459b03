package channel

import (
	"context"
	"io"

	"github.com/kanava-go/kanava/channel/conversation"
)

// Ticketing is the host's ticket system, as far as the hub talks to it. Calls for one conversation
// come one after the other, in order; those for several at the same time. A call is repeated with
// the same ID after an error, a crash or a timeout, until it succeeds or is a dead letter
// (Config.HostTries; at once for [ErrPermanent]): implementations must be idempotent on the ID. The
// context ends when the lease does.
type Ticketing interface {
	// Receive files what a customer wrote and returns the host's reference to the ticket, at most
	// 255 bytes, which stays with the conversation; an empty one changes nothing.
	Receive(ctx context.Context, in *conversation.Received) (ticket string, err error)
	// Changed tells that something about a conversation or one of its messages changed.
	Changed(ctx context.Context, c *conversation.Change) error
}

// Attachments is where the host keeps files that customers send. An error that matches
// [ErrFileRefused] refuses the file for good.
type Attachments interface {
	// Save stores a file and returns the host's reference to it. Called again with the same ID, after an error or a
	// crash, it returns one to the same or an equal file. If reading fails nothing may be kept.
	Save(ctx context.Context, f File, body io.Reader) (ref string, err error)
}

// A Remover is an [Attachments] that removes files whose time is over, by erasure, deletion or
// settings.Retention. Without it that is the host's to do.
type Remover interface {
	// Remove removes what Save returned a reference to. What is gone already is no error.
	Remove(ctx context.Context, ref string) error
}

// A Forgetter is a [Remover] that can also be told of a file to which nobody has a reference: its message was erased
// or deleted while it was on its way, and the process that brought it was killed before it noted what Save
// returned. Without it such a file is the host's to find, by its File.ID.
type Forgetter interface {
	Remover
	// Forget removes what Save has stored under a File.ID. Mostly there is nothing, which is no error.
	Forget(ctx context.Context, fileID string) error
}

// An Opener is an [Attachments] that gives files out again; see [Hub.OpenFile].
type Opener interface {
	// Open opens what Save returned a reference to, or what message.Upload gave one for. The caller
	// closes it. What is not there matches fs.ErrNotExist.
	Open(ctx context.Context, ref string) (io.ReadCloser, error)
}

// File is an inbound file on its way to an [Attachments].
type File struct {
	// ID is the same each time the file is offered, and may be part of a file name: letters, digits,
	// "_" and "-".
	ID           string
	Channel      string
	Conversation string
	Message      string
	Name         string // as the customer's phone named it, "" if not given; not safe as a path
	// SafeName can be stored and offered: without path, control and direction characters, with an
	// extension that fits MIME. It is not unique.
	SafeName string
	// MIME is what the content is. A declared type that the content does not show is believed only
	// if the policy names it, or takes everything.
	MIME string
	Size int64 // bytes, 0 if unknown
}
