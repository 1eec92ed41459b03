package channel

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/webhook"
)

// Errors of calls. Package explain has a sentence for each.
var (
	// ErrNotFound: there is no such conversation, message, customer or dead letter; at a desk also,
	// not for whoever asks.
	ErrNotFound = step.ErrNotFound
	// ErrNoChannel: the hub has no channel with this ID or number.
	ErrNoChannel = errors.New("channel: no such channel")
	// ErrDisabled: the channel is switched off for sending.
	ErrDisabled = errors.New("channel: channel is disabled")
	// ErrOptedOut: the customer stopped marketing messages.
	ErrOptedOut = errors.New("channel: the customer stopped marketing messages")
	// ErrBlocked: the customer was blocked on the number, with [Hub.Block].
	ErrBlocked = errors.New("channel: the customer is blocked")
	// ErrNoMedia: the channel moves no files, since its Media is nil.
	ErrNoMedia = errors.New("channel: the channel has no Media")
	// ErrCannotBlock: the channel has no way to block anybody, since its Sender is no message.Blocker.
	ErrCannotBlock = errors.New("channel: the channel cannot block anybody")
	// ErrHeldByPeople: a bot may not answer, and not take the conversation: people have it. See
	// [Hub.HandBack].
	ErrHeldByPeople = errors.New("channel: people have the conversation")
	// ErrNoConsent: no opt-in of the customer is known.
	ErrNoConsent = errors.New("channel: no consent of the customer is known")
	// ErrNoEvidence: a consent lacks At, Where or Wording, or names a category that there is not; or a wish
	// comes without its time.
	ErrNoEvidence = errors.New("channel: the consent is no evidence")
	// ErrKeyReused: the key was used before for a message with other content.
	ErrKeyReused = errors.New("channel: the key was used for another message")
	// ErrUnusable: something given cannot be used: a text that is too long, not valid UTF-8 or has a NUL in it,
	// a required one that is empty, a word that there is not, metadata that is no JSON. Package explain says what.
	ErrUnusable = usable.Err
	// ErrNotSent: the message that is quoted or reacted to has not been sent yet.
	ErrNotSent = errors.New("channel: the message was not sent yet")
	// ErrTooLate: the message was handed to WhatsApp.
	ErrTooLate = errors.New("channel: too late: the message was handed to WhatsApp")
	// ErrNotUncertain: the fate of the message is known, so that nothing is to be settled.
	ErrNotUncertain = errors.New("channel: the message is not uncertain")
	// ErrMerged: the conversation went on in another one, which a [*MergedError] names.
	ErrMerged = errors.New("channel: the conversation was merged into another one")
	// ErrFileRefused: the file is against the policy, or against that of the host's Attachments.
	ErrFileRefused = errors.New("channel: file refused")
	// ErrPermanent, wrapped by an error of the host's, says that repeating is useless.
	ErrPermanent = errors.New("channel: permanent failure")
	// ErrNoScope: the delivery does not say what whoever signed it may speak for.
	ErrNoScope = errors.New("channel: the delivery's Scope covers nothing")
	// ErrNoFeed, ErrNoSearch: Config.Feed, Config.Search is not set.
	ErrNoFeed   = errors.New("channel: the hub keeps no feed")
	ErrNoSearch = errors.New("channel: the hub has no search")
	// ErrOtherDesk: a process that runs on the store has a desk and this one none, or the other way round.
	ErrOtherDesk = errors.New("channel: of the processes on the store some have a desk and some none")
	// ErrRunning: the hub runs already.
	ErrRunning = errors.New("channel: hub is already running")
)

// errLongID is the cause of dead letters whose identifier is no identifier.
var errLongID = errors.New("channel: the item's identifier is longer than any of WhatsApp's")

// MergedError says which conversation goes on. It matches ErrMerged.
type MergedError struct {
	// Into is the ID of the conversation that goes on.
	Into string
}

// Error says that the conversation was merged.
func (e *MergedError) Error() string { return ErrMerged.Error() + ": " + e.Into }

// Is reports whether target is ErrMerged.
func (e *MergedError) Is(target error) bool { return target == ErrMerged }

// ItemError says which one was refused of several things that were given together: of the answers of
// [Hub.ReplyAll], or of the rows of [Hub.NotifyAll]. It matches what Err matches.
type ItemError struct {
	// What is "answer" or "row", Number its place, from 1.
	What   string
	Number int
	// Err is why.
	Err error
}

// Error says which one and why.
func (e *ItemError) Error() string { return fmt.Sprintf("%s %d: %v", e.What, e.Number, e.Err) }

// Unwrap returns why.
func (e *ItemError) Unwrap() error { return e.Err }

var (
	errDamaged       = errors.New("channel: stored work is damaged")
	errNoNumber      = errors.New("channel: the item names no number")
	errUnknownNumber = errors.New("channel: the number belongs to no channel")
)

// errOut says that work waits until an outage is over; it is given back and not counted.
var errOut = errors.New("channel: held while it lasts: outage")

// errTicket is permanent: the host would return the same again.
var errTicket = fmt.Errorf("channel: the host's ticket has more than 255 bytes or is no text: %w", ErrPermanent)

var errNoSender = fmt.Errorf("channel: message without any sender: %w", ErrPermanent)

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
