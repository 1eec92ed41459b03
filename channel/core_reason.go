package channel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// reasonOf describes a failure for a dead letter or a log line. The text of an error
// of the host or of a driver may quote what a customer wrote, so that only what the
// hub knows to be harmless is kept: the names of sentinels and of Go types.
func reasonOf(err error) string {
	switch {
	case asNotUnderstood(err) != nil:
		return asNotUnderstood(err).Error()
	case errors.Is(err, worker.ErrPanic):
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
	case hostsWord(err) != "" && errors.Is(err, ErrPermanent):
		return permanent + ": " + hostsWord(err)
	case hostsWord(err) != "":
		return "host: " + hostsWord(err)
	case errors.Is(err, ErrPermanent):
		return permanent
	case errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, store.ErrConflict):
		return "record changed too often meanwhile"
	}
	root := err
	if e, ok := errors.AsType[*hostError](err); ok {
		root = e.cause
	}
	if code := codeOf(root); code != "" {
		return "failed: " + code
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

// permanent is how the reason of what the host does not want repeated begins.
const permanent = "host: permanent failure"

// hostsWord is what an error of the host's says of itself as a Reasoner, "" for all others.
func hostsWord(err error) string {
	if e, ok := errors.AsType[*hostError](err); ok {
		if r, ok := errors.AsType[Reasoner](e.cause); ok {
			return word(r.Reason())
		}
	}
	return ""
}

// A Reasoner is an error of the host's that says why in a word or two, for the log and for dead
// letters, also behind ErrPermanent, free of personal data. Letters, digits, "_" and "." are kept, up to 64.
type Reasoner interface {
	error
	Reason() string
}

// codeOf is what an error says about itself by a code: that of Meta or of HTTP, SQLSTATE, the
// result name of SQLite, or the words of the operating system for its number.
func codeOf(err error) string {
	if f, ok := message.FailureOf(err); ok {
		return failureReason(f)
	}
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		if state := e.SQLState(); len(state) == 5 && strings.Trim(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			return "SQLSTATE " + state
		}
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		if name := sqliteNames[e.Code()&0xff]; name != "" && strings.Contains(fmt.Sprintf("%T", e), "sqlite") {
			return name
		}
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok { // of the host's own disk or network, without the path
		return e.Error()
	}
	return ""
}

// sqliteNames are the names of SQLite's primary result codes (sqlite.org/rescode.html, checked
// 2026-11-29).
var sqliteNames = map[int]string{
	1: "SQLITE_ERROR", 2: "SQLITE_INTERNAL", 3: "SQLITE_PERM", 4: "SQLITE_ABORT", 5: "SQLITE_BUSY", 6: "SQLITE_LOCKED",
	7: "SQLITE_NOMEM", 8: "SQLITE_READONLY", 9: "SQLITE_INTERRUPT", 10: "SQLITE_IOERR", 11: "SQLITE_CORRUPT",
	13: "SQLITE_FULL", 14: "SQLITE_CANTOPEN", 15: "SQLITE_PROTOCOL", 17: "SQLITE_SCHEMA", 18: "SQLITE_TOOBIG",
	19: "SQLITE_CONSTRAINT", 20: "SQLITE_MISMATCH", 21: "SQLITE_MISUSE", 23: "SQLITE_AUTH", 26: "SQLITE_NOTADB",
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

// failureReason names a failure by its codes.
func failureReason(f message.Failure) string {
	switch {
	case f.Code != 0:
		return fmt.Sprintf("code %d: %s", f.Code, f.Class)
	case f.HTTPStatus != 0:
		return fmt.Sprintf("HTTP %d %s: %s", f.HTTPStatus, http.StatusText(f.HTTPStatus), f.Class)
	}
	return string(f.Class)
}
