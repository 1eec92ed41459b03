package pricing

import "time"

// Class is what rules distinguish: the price category of a message, or its kind
// where it has none.
type Class string

// Classes of the built-in rules.
const (
	ClassInbound                     Class = "inbound"
	ClassService                     Class = "service"
	ClassServiceExempt               Class = "service_exempt"
	ClassUtility                     Class = "utility"
	ClassMarketing                   Class = "marketing"
	ClassAuthentication              Class = "authentication"
	ClassAuthenticationInternational Class = "authentication_international"
	ClassGroupService                Class = "group_service"
	ClassGroupUtility                Class = "group_utility"
	ClassGroupMarketing              Class = "group_marketing"
	ClassReaction                    Class = "reaction"
	ClassApp                         Class = "app"
	ClassAgent                       Class = "agent"
	ClassUserCall                    Class = "user_call"
	ClassBusinessCall                Class = "business_call"
)

// Where is the window in which a message is delivered; values may be or-ed.
type Where uint8

// Windows.
const (
	InClosed    Where = 1 << iota // no window is open
	InOpen                        // the customer service window is open
	InFreeEntry                   // a free entry point window is open, whatever the other is

	Anywhere = InClosed | InOpen | InFreeEntry
)

// A Rule prices one class of messages from a day on, until a rule with a later
// From covers the same class and window.
type Rule struct {
	From     Date // first day, in the account's time zone
	Class    Class
	In       Where
	Billable Billable
	Reason   Reason
	Unit     Unit // empty means UnitMessage
	FreeTier int  // free deliveries per number and month before Billable applies
}

// Rules is a price list: dated rows in any order. Of the rows that fit, the one
// with the latest From decides, and of those with the same From the last.
// Append rows to announce a change or to settle what Meta leaves open. The zero
// Rules knows nothing: everything is unknown. A Rules that nobody changes is
// safe for concurrent use.
type Rules []Rule

// find returns the rule in force. Where must be a single window.
func (r Rules) find(class Class, where Where, day Date) (Rule, bool) {
	best := -1
	for i, row := range r {
		if row.Class == class && row.In&where != 0 && row.From <= day && (best < 0 || row.From >= r[best].From) {
			best = i
		}
	}
	if best < 0 {
		return Rule{}, false
	}
	return r[best], true
}

// FreeTier returns how many service messages per number and month are free at
// the given time. The remainder does not roll over to the next month.
func (r Rules) FreeTier(at time.Time, zone *time.Location) int {
	rule, _ := r.find(ClassService, InOpen, DateOf(at, zone))
	return rule.FreeTier
}

// class returns the class of the message, "" if no rule can apply.
func (m Message) class() Class {
	switch m.Kind {
	case KindService, KindTemplate:
	case KindInbound, KindReaction, KindApp, KindAgent, KindUserCall, KindBusinessCall:
		return Class(m.Kind)
	default:
		return ""
	}
	var class Class
	switch m.Category.base() {
	case "", CategoryService:
		if m.Kind == KindTemplate {
			return "" // a template without category is no service message
		}
		class = ClassService
		if m.Exempt && !m.Group {
			class = ClassServiceExempt
		}
	case CategoryUtility:
		class = ClassUtility
	case CategoryMarketing:
		class = ClassMarketing
	case CategoryAuthentication:
		class = ClassAuthentication
	case CategoryAuthenticationInternational:
		class = ClassAuthenticationInternational
	}
	if !m.Group {
		return class
	}
	switch class {
	case ClassService:
		return ClassGroupService
	case ClassUtility:
		return ClassGroupUtility
	case ClassMarketing:
		return ClassGroupMarketing
	default:
		return "" // Meta names no other category for groups
	}
}

// category returns the category that a status webhook is expected to name.
func (m Message) category(class Class, where Where) Category {
	switch class {
	case ClassServiceExempt:
		class = ClassService
	case ClassReaction:
		return CategoryService // as which it would be charged, if it is
	case ClassInbound, ClassApp, ClassAgent, ClassUserCall, ClassBusinessCall, "":
		return m.Category
	}
	if where == InFreeEntry {
		return CategoryReferralConversion
	}
	if m.Category == CategoryMarketingLite && !m.Group {
		return m.Category
	}
	return Category(class)
}
