package console

import "time"

// Checklist is how far a number is connected, as package onboard tells it: the steps of its State, the checks of
// its Report, or both. A host fills it from what it keeps of them; the page asks WhatsApp nothing.
type Checklist struct {
	// Channel is the ID of the channel, seen by whoever administers it; "" is a number that is none yet, seen by
	// who administers all.
	Channel string
	// Name is what the number is called; "" is the channel's name.
	Name string
	// Live says that messages can flow; Again is when it is worth to look again, zero if nothing is waited for.
	Live  bool
	Again time.Time
	// Steps are those of the road to a live number, in their order.
	Steps []ChecklistStep
	// Checks are what was looked at on a live number, at the time Taken.
	Checks []ChecklistCheck
	Taken  time.Time
}

// ChecklistStep is a step of the way; its fields are those of onboard.Step.
type ChecklistStep struct {
	// ID names the step, such as "callback"; the title of one that the console does not know is Title.
	ID, Title string
	Optional  bool
	// Status is a word of onboard.Status: pending, done, skipped, waiting_for_you, waiting_for_meta or blocked.
	Status string
	// Text says why, Do what can be done, and Link is an https address where.
	Text, Do, Link string
	// Again is when to look again, Since when the step came to stand like this.
	Again, Since time.Time
}

// ChecklistCheck is something that was looked at; its fields are those of onboard.Check.
type ChecklistCheck struct {
	ID, Title string
	// Grade is a word of onboard.Grade: ok, unknown, warn or fail.
	Grade string
	// Value is what was found; Text, Do and Link are as in ChecklistStep.
	Value, Text, Do, Link string
}
