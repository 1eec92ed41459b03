package onboard

import (
	"time"
)

// Status is where a step stands.
type Status string

// The statuses.
const (
	Pending        Status = "pending"          // not reached yet: steps before it have to be done first
	Done           Status = "done"             //
	Skipped        Status = "skipped"          // not needed on this road
	WaitingForYou  Status = "waiting_for_you"  // you have to do something: Step.Do says what
	WaitingForMeta Status = "waiting_for_meta" // look again at Step.Again; nothing to do
	Blocked        Status = "blocked"          // it does not go on like this: Step.Do says which other way there may be
)

// Settled reports whether steps that come after may go on.
func (s Status) Settled() bool { return s == Done || s == Skipped }

// StepID names a step; the words are stable.
type StepID string

// The steps of the roads to a live channel, in their order.
const (
	StepToken        StepID = "token"        // a token with the permissions, by signup: the code exchanged for one
	StepAccount      StepID = "account"      // the account can be reached and has passed review
	StepNumber       StepID = "number"       // the number is in the account
	StepOwnership    StepID = "ownership"    // the code sent to the number was given
	StepName         StepID = "name"         // the display name has passed review
	StepRegister     StepID = "register"     // the number is switched on, with a two-step PIN
	StepSubscribe    StepID = "subscribe"    // the app gets the account's webhooks
	StepCallback     StepID = "callback"     // the callback addresses answer as Meta needs it
	StepPayment      StepID = "payment"      // somebody pays
	StepVerification StepID = "verification" // the business has proved who it is
	StepProfile      StepID = "profile"      // what people see about the business
	StepSync         StepID = "sync"         // coexistence: contacts and history are handed over
	StepTemplates    StepID = "templates"    // the templates are read
	StepMessage      StepID = "message"      // the first message has gone out
)

// The steps of leaving, after StepToken, in their order.
const (
	StepUnsubscribe StepID = "unsubscribe" // overrides of the number end, and the account's webhooks if it was the last number
	StepDeregister  StepID = "deregister"  // the number is switched off
	StepPINOff      StepID = "pin_off"     // two-step verification is off, so that others can take the number
	StepDelete      StepID = "delete"      // the number is out of the account
)

// Step is one line of the checklist, in words for people.
type Step struct {
	ID    StepID `json:"id"`
	Title string `json:"title"`
	// Optional steps are not needed for messages to flow.
	Optional bool   `json:"optional,omitempty"`
	Status   Status `json:"status"`
	// Reason says why in a word for programs, Text in a sentence for people.
	Reason Reason `json:"reason,omitempty"`
	Text   string `json:"text,omitempty"`
	// Do is what you can do, empty if nothing; Link a page where, empty if there is none.
	Do   string `json:"do,omitempty"`
	Link string `json:"link,omitempty"`
	// Again is when to look again; zero: when you have done what Do says.
	Again time.Time `json:"again,omitzero"`
	// Since is when the step came to stand like this.
	Since time.Time `json:"since,omitzero"`
	// Code is Meta's error code and Trace what Meta's support asks for, if Meta refused.
	Code  int    `json:"code,omitempty"`
	Trace string `json:"trace,omitempty"`
	// Prompt is the question whose answer the step waits for; nil if none.
	Prompt *Prompt `json:"prompt,omitempty"`
	// Remarks are worth knowing and hold nothing up.
	Remarks []Remark `json:"remarks,omitempty"`
}

// Remark is something worth knowing.
type Remark struct {
	Reason Reason `json:"reason"`
	Text   string `json:"text"`
	Do     string `json:"do,omitempty"`
	Link   string `json:"link,omitempty"`
}

// Progress tells how a run goes on.
type Progress struct {
	// Step is the step that changed, or that is worked on now.
	Step Step `json:"step"`
	// Working means that the step has just begun; nothing has changed yet.
	Working bool `json:"working,omitempty"`
	// Settled of Total steps are done or skipped.
	Settled int `json:"settled"`
	Total   int `json:"total"`
	// State is the state as it is now: storing it here, whenever Working is false, loses
	// nothing if the process ends. It must not be kept or changed.
	State *State `json:"-"`
}

// step is a row of the table of steps.
type step struct {
	id       StepID
	title    string
	optional bool
	needs    []StepID
	do       func(*run) verdict
}

// arriving are the steps to a live channel. Those that do not need each other go on
// although one of them waits: the review of a name takes a day, and nobody has to wait
// for it to add a payment method.
func arriving() []step {
	return []step{
		{id: StepToken, title: "Access token", do: (*run).checkToken},
		{id: StepAccount, title: "WhatsApp Business account", needs: []StepID{StepToken}, do: (*run).checkAccount},
		{id: StepNumber, title: "Number in the account", needs: []StepID{StepAccount}, do: (*run).findNumber},
		{id: StepOwnership, title: "Number is yours", needs: []StepID{StepNumber}, do: (*run).proveOwnership},
		{id: StepName, title: "Display name", optional: true, needs: []StepID{StepNumber}, do: (*run).checkName},
		{id: StepRegister, title: "Number switched on", needs: []StepID{StepOwnership}, do: (*run).registerNumber},
		{id: StepSubscribe, title: "App subscribed", needs: []StepID{StepAccount}, do: (*run).subscribe},
		{id: StepCallback, title: "Callback address", needs: []StepID{StepNumber, StepSubscribe}, do: (*run).checkCallback},
		{id: StepPayment, title: "Payment method", optional: true, needs: []StepID{StepNumber}, do: (*run).checkPayment},
		{id: StepVerification, title: "Business verification", optional: true, needs: []StepID{StepAccount}, do: (*run).checkVerification},
		{id: StepProfile, title: "Business profile", optional: true, needs: []StepID{StepRegister}, do: (*run).fillProfile},
		{id: StepSync, title: "Contacts and history of the app", optional: true, needs: []StepID{StepCallback}, do: (*run).syncApp},
		{id: StepTemplates, title: "Templates", optional: true, needs: []StepID{StepAccount}, do: (*run).readTemplates},
		{id: StepMessage, title: "First message", needs: []StepID{StepRegister, StepCallback}, do: (*run).sendFirst},
	}
}

// leaving are the steps off.
func leaving() []step {
	return []step{
		{id: StepToken, title: "Access token", do: (*run).checkToken},
		{id: StepUnsubscribe, title: "Webhooks ended", needs: []StepID{StepToken}, do: (*run).unsubscribe},
		{id: StepDeregister, title: "Number switched off", needs: []StepID{StepUnsubscribe}, do: (*run).deregister},
		{id: StepPINOff, title: "Two-step verification off", needs: []StepID{StepDeregister}, do: (*run).checkPINOff},
		{id: StepDelete, title: "Number out of the account", optional: true, needs: []StepID{StepDeregister}, do: (*run).checkDeleted},
	}
}

// roads are the steps of each road.
var roads = map[Road]func() []step{RoadToken: arriving, RoadSignup: arriving, RoadLeave: leaving}

// stepsOf lists the steps of a road, nil if there is no such road.
func stepsOf(road Road) []step {
	if list := roads[road]; list != nil {
		return list()
	}
	return nil
}

// findStep finds a step of a road, nil if it has none with this id.
func findStep(road Road, id StepID) *step {
	for _, st := range stepsOf(road) {
		if st.id == id {
			return &st
		}
	}
	return nil
}
