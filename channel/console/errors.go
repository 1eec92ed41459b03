package console

import (
	"errors"
	"net/http"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
)

// What the console itself refuses.
var (
	errSignIn   = errors.New("console: nobody is signed in")
	errReadOnly = errors.New("console: read only")
	errNoForm   = errors.New("console: the form cannot be read")
	errNoKey    = errors.New("console: a message wants a key")
	errNoFile   = errors.New("console: the request holds no file")
	errUnproved = errors.New("console: a consent wants a place and a wording")
	errNoChoice = errors.New("console: nothing was chosen")
	errNoTime   = errors.New("console: no such time")
	errUnsure   = errors.New("console: the request does not say that it is meant")
)

// minKey is the shortest idempotency key: those of drafts are UUIDs.
const minKey = 8

// refusals explain what the desk knows nothing of.
var refusals = []struct {
	is func(error) bool
	explain.Explanation
}{
	{func(err error) bool { return errors.Is(err, errSignIn) }, explain.Explanation{
		Class: explain.Denied, Status: http.StatusUnauthorized, Cause: "sign_in", Text: "Nobody is signed in.", Do: "Sign in.",
	}},
	{func(err error) bool { return err == access.ErrDenied }, explain.Explanation{ //nolint:errorlint // others are explained by the desk
		Class: explain.Denied, Status: http.StatusForbidden, Cause: desk.CauseDenied, Text: "You may not look at this page.", Do: "Ask an administrator for the right to.",
	}},
	{func(err error) bool { return errors.Is(err, errReadOnly) }, explain.Explanation{
		Class: explain.Denied, Status: http.StatusForbidden, Cause: "read_only", Text: "This console is for looking only.",
	}},
	{func(err error) bool { return errors.Is(err, errNoForm) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusBadRequest, Cause: "no_form", Text: "The request did not arrive as a whole. Nothing was changed.", Do: "Try again.",
	}},
	{func(err error) bool { return errors.Is(err, errNoKey) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusBadRequest, Cause: "no_key", Text: "The page is out of date.", Do: "Load it again.",
	}},
	{func(err error) bool { return errors.Is(err, errNoFile) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Cause: "no_file", Text: "There is no file, or it is empty.",
	}},
	{func(err error) bool { return errors.Is(err, errUnproved) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Cause: "unproved", Text: "A consent is evidence: say where it was given, and with which wording.",
	}},
	{func(err error) bool { return errors.Is(err, errNoChoice) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Cause: "no_choice", Text: "Nothing was chosen.", Do: "Choose what it is about.",
	}},
	{func(err error) bool { return errors.Is(err, errNoTime) || badTime(err) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Cause: "no_time", Text: "It can be sent at a time of the next 30 days.", Do: "Choose another time.",
	}},
	{func(err error) bool { return errors.Is(err, errUnsure) }, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Cause: "unsure", Text: "It was not confirmed. Nothing was changed.",
	}},
	{func(err error) bool { _, ok := errors.AsType[*http.MaxBytesError](err); return ok }, explain.Explanation{
		Class: explain.Input, Status: http.StatusRequestEntityTooLarge, Cause: "file_refused", Text: "The file is too large.",
	}},
}

// badTime says that a message is meant for a time at which it cannot be sent.
func badTime(err error) bool {
	invalid, ok := errors.AsType[*message.InvalidError](err)
	return ok && len(invalid.Problems) == 1 && invalid.Problems[0].Path == "at"
}
