package webhook

import "time"

// Template names the message template an event is about. Template events arrive
// out of order: order them by the Time of the event, and ask the API when in
// doubt.
type Template struct {
	ID       string
	Name     string
	Language string // such as "en_US"
}

// TemplateEvent is what happened to a template. Other values may appear.
type TemplateEvent string

// The events in a template's life.
const (
	TemplateApproved        TemplateEvent = "APPROVED"
	TemplateArchived        TemplateEvent = "ARCHIVED"
	TemplateUnarchived      TemplateEvent = "UNARCHIVED"
	TemplateDeleted         TemplateEvent = "DELETED"
	TemplateDisabled        TemplateEvent = "DISABLED"
	TemplateFlagged         TemplateEvent = "FLAGGED"
	TemplateInAppeal        TemplateEvent = "IN_APPEAL"
	TemplateLimitExceeded   TemplateEvent = "LIMIT_EXCEEDED"
	TemplateLocked          TemplateEvent = "LOCKED"
	TemplatePaused          TemplateEvent = "PAUSED"
	TemplatePending         TemplateEvent = "PENDING"
	TemplatePendingDeletion TemplateEvent = "PENDING_DELETION"
	TemplateReinstated      TemplateEvent = "REINSTATED"
	TemplateRejected        TemplateEvent = "REJECTED"
)

// TemplateStatus is a template becoming usable, or ceasing to be.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
// (checked 2026-10-06).
type TemplateStatus struct {
	Template Template
	Event    TemplateEvent

	// Reason is why a template was rejected, such as "INVALID_FORMAT"; empty for
	// none (Meta's null and "NONE").
	Reason string

	// Category is "UTILITY", "MARKETING" or "AUTHENTICATION"; may be empty.
	Category string

	// Disabled is when a template is or was switched off; zero if not sent.
	Disabled time.Time

	// Info says more about a pause or lock, such as "FIRST_PAUSE".
	Info, InfoText string

	// RejectionReason and Recommendation explain a rejection in prose.
	RejectionReason, Recommendation string
}

// Values of the quality scores.
const (
	QualityGreen   = "GREEN"
	QualityYellow  = "YELLOW"
	QualityRed     = "RED"
	QualityUnknown = "UNKNOWN"
)

// TemplateQuality is a change in how people receive a template.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_quality_update
// (checked 2026-10-06).
type TemplateQuality struct {
	Template      Template
	Previous, New string // QualityGreen, …
}

// TemplateComponents is a template whose wording was edited.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_components_update
// (checked 2026-10-06).
type TemplateComponents struct {
	Template Template
	Header   string
	Body     string
	Footer   string
	Buttons  []TemplateButton
}

// TemplateButton is a button of a template.
type TemplateButton struct {
	Type  string // such as "URL", "PHONE_NUMBER" or "QUICK_REPLY"
	Text  string
	URL   string
	Phone string
}

// TemplateCategory is a change of category, which changes the price. It comes
// twice: about a day ahead with Correct and Due set, and when done with Previous
// set.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/template_category_update
// (checked 2026-10-06).
type TemplateCategory struct {
	Template Template

	// Current is the category valid now, Previous the one valid before.
	Current, Previous string

	// Correct is the category the template will get at Due.
	Correct string
	Due     time.Time
}

// TemplateMiscategorized says that content sent with the Direct Send API was in
// the wrong category.
type TemplateMiscategorized struct {
	Template          Template
	Category, Correct string
}

func (*TemplateStatus) payload()         {}
func (*TemplateQuality) payload()        {}
func (*TemplateComponents) payload()     {}
func (*TemplateCategory) payload()       {}
func (*TemplateMiscategorized) payload() {}
