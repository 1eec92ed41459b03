package channel

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/webhook"
)

// ErrUnusable says that a key, name, reason or reference is longer than the hub keeps it, not
// valid UTF-8, or has a NUL in it.
var ErrUnusable = errors.New("channel: too long, not valid UTF-8, or has a NUL in it")

// errLongID is the cause of dead letters whose identifier is no identifier.
var errLongID = errors.New("channel: the item's identifier is longer than any of WhatsApp's")

// ErrNoScope is returned by [Hub.Accept] for a delivery that does not say what whoever signed
// it may speak for.
var ErrNoScope = errors.New("channel: the delivery's Scope covers nothing")

// Errors about channels.
var (
	// ErrNoChannel says that the hub has no channel with this ID or number.
	ErrNoChannel = errors.New("channel: no such channel")
	// ErrDisabled says that the channel is switched off for sending.
	ErrDisabled = errors.New("channel: channel is disabled")
)

// ErrNotSent says that a message that is quoted or reacted to has not been sent yet.
var ErrNotSent = errors.New("channel: the message was not sent yet")

// Errors about a customer's will.
var (
	// ErrOptedOut says that the customer stopped marketing messages.
	ErrOptedOut = errors.New("channel: the customer stopped marketing messages")
	// ErrBlocked says that the customer was blocked on the number, with [Hub.Block].
	ErrBlocked = errors.New("channel: the customer is blocked")
	// ErrNoConsent says that no opt-in of the customer is known.
	ErrNoConsent = errors.New("channel: no consent of the customer is known")
)

// ErrKeyReused says that a key for idempotence was used before for a message with other
// content.
var ErrKeyReused = errors.New("channel: the key was used for another message")

// ErrTooLate says that a message was already handed to WhatsApp.
var ErrTooLate = errors.New("channel: too late: the message was handed to WhatsApp")

// ErrMerged says that a conversation went on in another one; errors.As gives a *MergedError.
var ErrMerged = errors.New("channel: the conversation was merged into another one")

// MergedError says which conversation goes on. It matches ErrMerged.
type MergedError struct {
	// Into is the ID of the conversation that goes on.
	Into string
}

// Error says that the conversation was merged.
func (e *MergedError) Error() string { return ErrMerged.Error() + ": " + e.Into }

// Is reports whether target is ErrMerged.
func (e *MergedError) Is(target error) bool { return target == ErrMerged }

// ErrNotUncertain says that the fate of a message is known, so that nothing is to be settled.
var ErrNotUncertain = errors.New("channel: the message is not uncertain")

// ErrFileRefused says that a file is against the policy. Attachments.Save may return an
// error matching it, for example after a scan for viruses: the file is then not offered
// again, and agents see that it was refused.
var ErrFileRefused = errors.New("channel: file refused")

// ErrNotFound says that a conversation, message, customer or dead letter does not exist; at a desk
// also that it does not exist for the actor who asks.
var ErrNotFound = step.ErrNotFound

var (
	errDamaged       = errors.New("channel: stored work is damaged")
	errNoNumber      = errors.New("channel: the item names no number")
	errUnknownNumber = errors.New("channel: the number belongs to no channel")
)

// errHeld says that work waits until an outage is over; it is given back and not counted.
var errHeld = errors.New("channel: held while it lasts: outage")

// errTicket is permanent: the host would return the same again.
var errTicket = fmt.Errorf("channel: the host's ticket has more than 255 bytes or is no text: %w", ErrPermanent)

var errNoSender = fmt.Errorf("channel: message without any sender: %w", ErrPermanent)

// ErrPermanent may be wrapped by the host's error to say that repeating is useless.
var ErrPermanent = errors.New("channel: permanent failure")

var errNotCovered = errors.New("channel: whoever signed the item may not speak for its account and number")

func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// ignoreNotFound is nil for what is not there.
func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// notUnderstood is the cause of dead letters that a later version may be able to read.
type notUnderstood struct {
	what  *webhook.Unknown
	field string
}

func (e *notUnderstood) Error() string {
	if e.what.Err != nil {
		return "malformed " + word(e.field) + ": " + e.what.Err.Error()
	}
	return "unknown " + word(cmp.Or(e.what.Type, e.field))
}
