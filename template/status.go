package template

// Status is where a template stands in Meta's review. Values that are not
// listed here are kept as they are and count as not sendable.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-22).
type Status string

// The statuses the API reports.
const (
	StatusApproved        Status = "APPROVED"
	StatusPending         Status = "PENDING"
	StatusRejected        Status = "REJECTED"
	StatusPaused          Status = "PAUSED"
	StatusDisabled        Status = "DISABLED"
	StatusInAppeal        Status = "IN_APPEAL"
	StatusPendingDeletion Status = "PENDING_DELETION"
	StatusDeleted         Status = "DELETED"
	StatusLimitExceeded   Status = "LIMIT_EXCEEDED"
	StatusArchived        Status = "ARCHIVED"
)

// Score is Meta's quality rating of a template.
type Score string

// The quality scores. A new template is ScoreUnknown.
const (
	ScoreGreen   Score = "GREEN"
	ScoreYellow  Score = "YELLOW"
	ScoreRed     Score = "RED"
	ScoreUnknown Score = "UNKNOWN"
)

// HealthState answers whether messages can be sent at all with a node of the
// account: the template, the number, the business or the app.
type HealthState string

// The health states.
const (
	HealthAvailable HealthState = "AVAILABLE"
	HealthLimited   HealthState = "LIMITED"
	HealthBlocked   HealthState = "BLOCKED"
)
