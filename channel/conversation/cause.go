package conversation

// A Cause is why something was refused, withheld, failed or happened, in one stable word, to
// count and to translate. Beside the constants of package channel it is a [rules.Why] for what a rule
// decided, the message.Class of a failure that WhatsApp reported, and the [DeliveryState] of a
// message that became uncertain or was cancelled. New ones may come.
type Cause string

// Causes of refusals: of what a call returns, see channel.CauseOf, of automatic messages that are
// withheld, and, as far as they arise while a message waits, of messages that fail.
const (
	CauseWindowClosed   Cause = "window_closed"    // window.ErrClosed
	CauseOptedOut       Cause = "opted_out"        // channel.ErrOptedOut
	CauseNoConsent      Cause = "no_consent"       // channel.ErrNoConsent
	CauseBlocked        Cause = "blocked"          // channel.ErrBlocked
	CauseTemplate       Cause = "template"         // template.ErrNotSendable
	CauseTemplateValues Cause = "template_values"  // *template.BindError
	CauseShorthand      Cause = "shorthand"        // *template.ShorthandError
	CausePlaceholder    Cause = "placeholder"      // *template.ExpandError
	CauseDisabled       Cause = "channel_disabled" // channel.ErrDisabled
	CauseBudget         Cause = "budget_exhausted" // pricing.ErrBudgetExhausted
	CauseNoPrice        Cause = "no_price"         // pricing.ErrNoPrice
	CauseLimit          Cause = "limit_reached"    // pricing.ErrLimitReached
	CauseKeyReused      Cause = "key_reused"       // channel.ErrKeyReused
	CauseInvalid        Cause = "invalid"          // message.ErrInvalid
	CauseUnusable       Cause = "unusable"         // channel.ErrUnusable
	CauseNotSent        Cause = "not_sent"         // channel.ErrNotSent
	CauseNotUncertain   Cause = "not_uncertain"    // channel.ErrNotUncertain
	CauseTooLate        Cause = "too_late"         // channel.ErrTooLate
	CauseNotFound       Cause = "not_found"        // channel.ErrNotFound
	CauseHeldByPeople   Cause = "held_by_people"   // channel.ErrHeldByPeople
)

// Causes of a HolderChanged. Those that a bot hands over for are the first three.
const (
	CauseAskedFor   Cause = "asked_for"    // the customer wanted a person
	CauseMisses     Cause = "misses"       // the bot did not understand, too often
	CauseOutOfDepth Cause = "out_of_depth" // it understood, and must not or cannot help
	CauseByHand     Cause = "by_hand"      // somebody decided it
	CauseAnswered   Cause = "answered"     // a person answered
	CauseAssigned   Cause = "assigned"     // an agent became the owner
	CauseTakenUp    Cause = "taken_up"     // the customer wrote after it was resolved, or it was reopened
	CauseMerged     Cause = "merged"       // people had the conversation that it was merged with
)

// HandsOver says whether c is one for which a bot, or somebody by hand, gives a conversation to people: then
// the customer waits for them.
func (c Cause) HandsOver() bool {
	return c == CauseAskedFor || c == CauseMisses || c == CauseOutOfDepth || c == CauseByHand
}

// Causes of failed files.
const (
	CauseFileRefused  Cause = "file_refused"  // the channel does not take it
	CauseFileUnstored Cause = "file_unstored" // the host could not store it
	CauseFileMissing  Cause = "file_missing"  // WhatsApp did not give it out
)
