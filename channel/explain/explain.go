// Package explain says in plain English what went wrong in a call of package channel, or of the packages
// below it: for people, and for whoever shows it to them.
//
//	if _, err := hub.Reply(ctx, agent, reply); err != nil {
//		why := explain.Error(err)
//		http.Error(w, why.Text+" "+why.Do, why.Status)
//	}
//
// What it says quotes nothing of a message and names nobody. To translate it go by [Explanation.Cause].
package explain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// A Class says whose turn it is after an error.
type Class string

// The classes of errors.
const (
	Input   Class = "input"   // the call was wrong: change what Fields name
	Refused Class = "refused" // it may not be done: Do says what can be done instead
	Missing Class = "missing" // what it is about is not there
	Denied  Class = "denied"  // whoever asked may not do it
	Later   Class = "later"   // nobody is at fault: the same works later
	Fault   Class = "fault"   // an operator must look at it
)

// An Explanation is an error for people and for whoever shows it to them. It quotes nothing of a
// message and names nobody.
type Explanation struct {
	Class Class `json:"class"`
	// Status is the HTTP status with which a host's own API would answer.
	Status int `json:"status"`
	// Cause is the word for it, as [channel.CauseOf] says; "" for what has none.
	Cause conversation.Cause `json:"cause,omitempty"`
	// Text says in a plain English sentence what is the matter, Do what to do about it. To
	// translate them go by Cause, and by Rule of Fields.
	Text string `json:"text"`
	Do   string `json:"do,omitempty"`
	// Until is when the same may work again; zero if time alone changes nothing, or nobody knows.
	Until time.Time `json:"until,omitzero"`
	// Fields are the places that are wrong.
	Fields []Field `json:"fields,omitempty"`
	// Number is which one it is about of several that were given together, from 1, as a [*channel.ItemError]
	// says; Text begins with that. 0: there was one only.
	Number int `json:"number,omitempty"`
}

// A Field is one thing that is wrong in what was given.
type Field struct {
	// Path leads to the place, as [message.Problem], [template.Problem] or [settings.Error] name it.
	Path string `json:"path,omitempty"`
	// Rule identifies what was broken.
	Rule string `json:"rule"`
	// Text says it in a sentence.
	Text string `json:"text"`
}

// Error explains what a call of the hub, or of the packages below it, returned. It returns the zero
// Explanation for nil, and one of [Fault] for what it does not know. Package desk has its own,
// which knows refusals of rights too.
func Error(err error) Explanation {
	if err == nil {
		return Explanation{}
	}
	x := explained(err)
	if e, ok := errors.AsType[*channel.ItemError](err); ok {
		x.Number, x.Text = e.Number, fmt.Sprintf("%s%s %d: %s", strings.ToUpper(e.What[:1]), e.What[1:], e.Number, x.Text)
	}
	return x
}

func explained(err error) Explanation {
	for i := range explanations {
		if e := &explanations[i]; e.is(err) {
			x := e.Explanation
			x.Cause = channel.CauseOf(err)
			x.details(err)
			return x
		}
	}
	if f, ok := message.FailureOf(err); ok {
		return explainFailure(&f)
	}
	return Explanation{
		Class: Fault, Status: http.StatusInternalServerError, Text: "Something went wrong.",
		Do: "Try again. If it happens again, ask whoever operates this: the log has the error.",
	}
}

// details adds what only this error knows.
func (x *Explanation) details(err error) {
	if e, ok := errors.AsType[*template.NotSendableError](err); ok {
		x.Until = e.RetryAt
	}
	if e, ok := errors.AsType[*window.ClosedError](err); ok && e.Reason == window.ReasonReported {
		x.Text = "WhatsApp said that the customer service window is closed, and the customer has not written since."
	}
	if e, ok := errors.AsType[*pricing.LimitError](err); ok {
		x.Until = e.Next
	}
	if e, ok := errors.AsType[*message.InvalidError](err); ok {
		for _, p := range e.Problems {
			x.Fields = append(x.Fields, Field{p.Path, string(p.Rule), p.Sentence()})
		}
	}
	if e, ok := errors.AsType[*template.BindError](err); ok {
		for _, p := range e.Problems {
			x.Fields = append(x.Fields, Field{p.Path, string(p.Rule), p.Sentence()})
		}
	}
	if e, ok := errors.AsType[*template.ShorthandError](err); ok {
		x.Fields = append(x.Fields, Field{"", string(e.Rule), x.Text})
	}
	x.settings(err)
	x.unusable(err)
}

// unusable adds every value that cannot be used; of one alone the sentence says what is wrong.
func (x *Explanation) unusable(err error) {
	var all []*usable.Error
	collect(err, &all)
	for _, e := range all {
		sentence := e.Sentence()
		sentence = strings.ToUpper(sentence[:1]) + sentence[1:] + "."
		x.Fields = append(x.Fields, Field{e.What, string(e.Rule), sentence})
		if len(all) == 1 {
			x.Text, x.Do = sentence, advice[e.Rule]
		}
	}
}

// advice is what to do about a value that cannot be used.
var advice = map[usable.Rule]string{
	usable.TooLong: "Shorten it.",
	usable.NoText:  "Give a text in UTF-8.",
	usable.Empty:   "Fill it in.",
	usable.Unknown: "Choose one that there is.",
	usable.NoJSON:  "Give valid JSON.",
	usable.Card:    "Take the number out, or give it as a text, in which it is masked.",
}

// collect finds all errors of a type in a tree.
func collect[E error](err error, all *[]E) {
	if e, ok := err.(E); ok { //nolint:errorlint // goes down by itself
		*all = append(*all, e)
		return
	}
	switch e := err.(type) { //nolint:errorlint // goes down by itself
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			collect(one, all)
		}
	case interface{ Unwrap() error }:
		collect(e.Unwrap(), all)
	}
}

// settings adds every setting that is wrong: they are told all at once.
func (x *Explanation) settings(err error) {
	switch e := err.(type) { //nolint:errorlint // goes down by itself
	case *settings.Error:
		x.Fields = append(x.Fields, Field{e.Field, "setting", e.Rule})
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			x.settings(one)
		}
	case interface{ Unwrap() error }:
		x.settings(e.Unwrap())
	}
}

// explainFailure explains what the platform answered.
func explainFailure(f *message.Failure) Explanation {
	x := Explanation{Class: Refused, Status: http.StatusUnprocessableEntity, Cause: conversation.Cause(f.Class), Text: f.Title + ".", Do: f.Hint}
	switch f.Retry.Advice {
	case message.RetryFixed, message.RetryNever:
	default:
		x.Class, x.Status = Later, http.StatusServiceUnavailable
	}
	return x
}

// explanations are what is known, the first that fits counts.
var explanations = []struct {
	is func(error) bool
	Explanation
}{
	{matching(window.ErrClosed), Explanation{
		Class: Refused, Status: http.StatusConflict,
		Text: "More than 24 hours have passed since the customer wrote, or they never did.", Do: "Send an approved template.",
	}},
	{matching(channel.ErrDisabled), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "The channel is switched off.", Do: "Ask an administrator to switch it on.",
	}},
	{matching(channel.ErrOptedOut), Explanation{
		Class: Refused, Status: http.StatusConflict,
		Text: "The customer stopped marketing messages.", Do: "Send no marketing. Answers and messages about an order are not concerned.",
	}},
	{matching(channel.ErrBlocked), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "The customer was blocked on this number.", Do: "Lift that first.",
	}},
	{matching(channel.ErrHeldByPeople), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "People have the conversation, and a bot may not answer in it.", Do: "Hand it back to the bot first.",
	}},
	{matching(channel.ErrNoMedia), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "This channel sends and takes no files.", Do: "Ask whoever set the channel up to give it a Media.",
	}},
	{matching(channel.ErrCannotBlock), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "Nobody can be blocked on this channel.",
	}},
	{matching(channel.ErrNoConsent), Explanation{
		Class: Refused, Status: http.StatusConflict,
		Text: "No consent of the customer to such messages is known.", Do: "Record the consent, if there is one.",
	}},
	{matching(channel.ErrNoEvidence), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "The consent does not say when, where and to which words it was given, or to a kind of message that there is not.", Do: "Fill that in.",
	}},
	{matching(pricing.ErrBudgetExhausted), Explanation{
		Class: Refused, Status: http.StatusPaymentRequired,
		Text: "The budget of the channel does not reach.", Do: "Raise the budget; one by the month begins anew with the next.",
	}},
	{matching(pricing.ErrNoPrice), Explanation{
		Class: Refused, Status: http.StatusPaymentRequired,
		Text: "The price of the message is not known, and the channel has a budget.", Do: "Load a rate card that has the customer's country.",
	}},
	{matching(pricing.ErrLimitReached), Explanation{
		Class: Later, Status: http.StatusTooManyRequests,
		Text: "The account has written to as many people as WhatsApp lets it in 24 hours.", Do: "Send it later.",
	}},
	{matching(channel.ErrKeyReused), Explanation{
		Class: Input, Status: http.StatusConflict,
		Text: "The key was used for another message.", Do: "Give each message a key of its own.",
	}},
	{matching(template.ErrNotSendable), Explanation{
		Class: Refused, Status: http.StatusConflict,
		Text: "The template cannot be sent: it is not there, not approved, paused or switched off.", Do: "Choose another template.",
	}},
	{isA[*template.ShorthandError], Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "The text looks like a template, but cannot be read as one.", Do: "Correct it, or choose the template from the list.",
	}},
	{isA[*template.BindError], Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "What the template was filled in with does not fit.", Do: "Correct the fields that are named.",
	}},
	{isA[*template.ExpandError], Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "A placeholder has no usable value for this customer.", Do: "Fill the text in by hand.",
	}},
	{matching(message.ErrInvalid), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "The message has something that WhatsApp, or who carries it there, does not accept.", Do: "Correct the fields that are named.",
	}},
	{isA[*settings.Error], Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "A setting cannot work.", Do: "Correct the fields that are named.",
	}},
	{matching(template.ErrInvalid), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "The template breaks WhatsApp's rules.", Do: "Correct it.",
	}},
	{isA[*pricing.CardError], Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "The rate card cannot be read.", Do: "Take the file as Meta gives it out, and correct the line that is named.",
	}},
	{matching(pricing.ErrTier), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity, Text: "There is no such messaging limit.",
	}},
	{matching(template.ErrNoShorthand), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity, Text: "The text has no template in it.",
	}},
	{matching(message.ErrOutcomeUnknown), Explanation{
		Class: Later, Status: http.StatusBadGateway,
		Text: "WhatsApp's answer was lost: the message may have arrived.", Do: "Wait for its status before you send it again.",
	}},
	{matching(channel.ErrUnusable), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity,
		Text: "Something that was given cannot be used.", Do: "Correct it.",
	}},
	{matching(channel.ErrNotSent), Explanation{
		Class: Later, Status: http.StatusConflict,
		Text: "The message that it is about was not sent yet.", Do: "Try again when it was.",
	}},
	{matching(channel.ErrNotUncertain), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "What became of the message is known by now.", Do: "Look at the message again.",
	}},
	{matching(channel.ErrTooLate), Explanation{
		Class: Refused, Status: http.StatusConflict, Text: "The message was handed to WhatsApp already.",
	}},
	{matching(channel.ErrMerged), Explanation{
		Class: Refused, Status: http.StatusConflict,
		Text: "The conversation went on in another one of the same person.", Do: "Go on there.",
	}},
	{matching(channel.ErrFileRefused), Explanation{
		Class: Input, Status: http.StatusUnsupportedMediaType,
		Text: "The channel does not take this file: its kind, its size or its content.", Do: "Send another file.",
	}},
	{matching(window.ErrUnknownSend), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity, Text: "There is no such kind of message.",
	}},
	{matching(channel.ErrNoChannel), Explanation{
		Class: Missing, Status: http.StatusNotFound, Text: "There is no such channel.",
	}},
	{matching(channel.ErrNotFound), Explanation{
		Class: Missing, Status: http.StatusNotFound, Text: "It is not there, or not any more.",
	}},
	{matching(store.ErrSearch), Explanation{
		Class: Input, Status: http.StatusUnprocessableEntity, Text: "A search has 1 to 200 characters and at least one word.", Do: "Search for other words.",
	}},
	{matching(store.ErrCursor), Explanation{
		Class: Input, Status: http.StatusBadRequest, Text: "There is no such place to go on from.", Do: "Start at the beginning.",
	}},
	{matching(store.ErrForgotten), Explanation{
		Class: Missing, Status: http.StatusGone, Text: "So old changes are not remembered.", Do: "Read everything, and go on from now.",
	}},
	{matching(channel.ErrNoFeed), Explanation{
		Class: Fault, Status: http.StatusNotImplemented, Text: "The hub keeps no feed.", Do: "Set Config.Feed, with a store that can be followed.",
	}},
	{matching(channel.ErrNoSearch), Explanation{
		Class: Fault, Status: http.StatusNotImplemented, Text: "The hub has no search.", Do: "Set Config.Search, with a store that can search.",
	}},
	{matching(store.ErrConflict), Explanation{
		Class: Later, Status: http.StatusServiceUnavailable, Text: "Others changed the same at the same time.", Do: "Try again.",
	}},
	{matching(channel.ErrNoScope), Explanation{
		Class: Input, Status: http.StatusForbidden, Text: "The delivery's secret speaks for no account.",
	}},
	{matching(channel.ErrOtherDesk), Explanation{
		Class: Fault, Status: http.StatusConflict, Text: "Another process on the store has a desk and this one none, or the other way round.",
		Do: "Stop the others before this one is started.",
	}},
	{matching(channel.ErrRunning), Explanation{
		Class: Fault, Status: http.StatusConflict, Text: "The hub is running already.",
	}},
	{matching(context.DeadlineExceeded), Explanation{
		Class: Later, Status: http.StatusGatewayTimeout, Text: "It took too long.", Do: "Try again.",
	}},
	{matching(context.Canceled), Explanation{
		Class: Later, Status: http.StatusServiceUnavailable, Text: "It was given up before it was done.", Do: "Try again.",
	}},
}

func matching(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
