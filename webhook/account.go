package webhook

import "time"

// AccountAlert is Meta drawing attention to limits, profile or the official
// business account.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_alerts
// (checked 2026-10-06).
type AccountAlert struct {
	// EntityType and EntityID say what it is about, such as "PHONE_NUMBER".
	EntityType, EntityID string

	Severity    string // "CRITICAL", "WARNING" or "INFORMATIONAL"
	Status      string // "ACTIVE" or "NONE"
	Type        string // such as "OBA_APPROVED"
	Description string
}

// Decisions of reviews of accounts and names.
const (
	DecisionApproved = "APPROVED"
	DecisionRejected = "REJECTED"
	DecisionPending  = "PENDING"
	DecisionDeferred = "DEFERRED"
)

// AccountReview is the outcome of the policy review of the account.
type AccountReview struct{ Decision string }

// AccountUpdate is a change of the account. Event says which; the part that
// belongs to it is set and the others are nil or empty.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
// (checked 2026-10-06).
type AccountUpdate struct {
	// Event is such as "ACCOUNT_RESTRICTION", "PARTNER_REMOVED" or
	// "DISABLED_UPDATE".
	Event string

	Violation     *Violation
	Restrictions  []Restriction
	Ban           *Ban
	WABA          *WABAInfo
	Disconnection *Disconnection
	Certification *Certification
	AuthRates     *AuthRates
	VolumeTier    *VolumeTier

	// Country is the new primary location, ISO 3166 alpha-2.
	Country string
}

// Violation is a breach of policy.
type Violation struct{ Type, Remediation string }

// Restriction is something the account may not do for a while.
type Restriction struct {
	Type        string // such as "RESTRICTED_BIZ_INITIATED_MESSAGING"
	Expires     time.Time
	Remediation string
}

// Ban is the account being switched off.
type Ban struct {
	State string // "SCHEDULE_FOR_DISABLE", "DISABLE" or "REINSTATE"
	Date  string // prose, such as "April 17, 2025"
}

// WABAInfo names the account and parties of a partner event.
type WABAInfo struct {
	ID                string
	OwnerBusinessID   string
	AdAccountID       string
	PartnerAppID      string
	SolutionID        string
	PartnerBusinesses []string
}

// Disconnection says why a number of the WhatsApp Business app left the API.
type Disconnection struct {
	Reason      string // such as "PRIMARY_INACTIVITY"
	InitiatedBy string // "SYSTEM" or "USER"
}

// Certification is the state of a partner's client.
type Certification struct {
	ClientBusinessID string
	Status           string // empty if certification is merely needed
	Reasons          []string
}

// AuthRates says from when international authentication rates apply.
type AuthRates struct {
	Start time.Time
	// Exceptions start at another time, by ISO 3166 alpha-2 code.
	Exceptions map[string]time.Time
}

// VolumeTier is a new price tier. It may be reported more than once: the one with
// the smallest Time counts.
type VolumeTier struct {
	Time     time.Time
	Category string
	Tier     string // "min:max" messages a month
	Month    string // YYYY-MM
	Region   string
}

// CapabilityUpdate is a change of what the business may do.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/business_capability_update
// (checked 2026-10-06).
type CapabilityUpdate struct {
	// DailyLimit is how many people may be written to first in a day: a number
	// ("2000"; "-1" for no limit) or a tier ("TIER_100K"), as Meta's versions
	// differ. PerNumberLimit is the older limit per number.
	DailyLimit     string
	PerNumberLimit string

	// MaxNumbers per business and per account; 0 if not sent.
	MaxNumbersPerBusiness int
	MaxNumbersPerWABA     int
}

// PartnerSolution is a change of a multi-partner solution.
type PartnerSolution struct {
	Event      string // "SOLUTION_CREATED" or "SOLUTION_UPDATED"
	SolutionID string
	Status     string // such as "ACTIVE"
}

func (*AccountAlert) payload()     {}
func (*AccountReview) payload()    {}
func (*AccountUpdate) payload()    {}
func (*CapabilityUpdate) payload() {}
func (*PartnerSolution) payload()  {}
