package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// reasonOf describes a failure for a dead letter or a log line. The text of an error
// of the host or of a driver may quote what a customer wrote, so that only what the
// hub knows to be harmless is kept: the names of sentinels and of Go types.
func reasonOf(err error) string {
	switch {
	case asNotUnderstood(err) != nil:
		return asNotUnderstood(err).Error()
	case errors.Is(err, errPanic):
		return "handler panicked"
	case errors.Is(err, errUnknownNumber):
		return errUnknownNumber.Error()
	case errors.Is(err, errNotCovered):
		return errNotCovered.Error()
	case errors.Is(err, errLongID):
		return errLongID.Error()
	case errors.Is(err, errTicket):
		return errTicket.Error()
	case errors.Is(err, errNoNumber):
		return errNoNumber.Error()
	case errors.Is(err, errDamaged):
		return errDamaged.Error()
	case errors.Is(err, ErrPermanent):
		return "host: permanent failure"
	case errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, ErrConflict):
		return "record changed too often meanwhile"
	}
	root := err
	if e, ok := errors.AsType[*hostError](err); ok {
		root = e.cause
	}
	for {
		next := errors.Unwrap(root)
		if next == nil {
			break
		}
		root = next
	}
	return "failed: " + strings.TrimPrefix(fmt.Sprintf("%T", root), "*")
}

func asNotUnderstood(err error) *notUnderstood {
	e, _ := errors.AsType[*notUnderstood](err)
	return e
}

// hostError is an error of the host. Only what the contracts of the plug points name shows
// through, so that a host's error is never taken for one of the hub's own.
type hostError struct{ cause error }

func fromHost(err error) error {
	if err == nil {
		return nil
	}
	return &hostError{err}
}

func (e *hostError) Error() string { return "channel: the host failed" }

func (e *hostError) Is(target error) bool {
	switch target {
	case ErrPermanent, ErrFileRefused, context.DeadlineExceeded:
		return errors.Is(e.cause, target)
	}
	return false
}

// shortHash names an ID in a log line without showing it.
func shortHash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:4])
}
