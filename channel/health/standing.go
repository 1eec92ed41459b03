package health

import "time"

// Standing is what is known about a number apart from its messages: how WhatsApp rates it
// and how long its token lasts. Zero fields are not known.
type Standing struct {
	// Quality is GREEN, YELLOW or RED, as Meta's phone number node has it, or FLAGGED or
	// UNFLAGGED, as older webhooks have it.
	Quality string `json:"quality,omitempty"`
	// NameStatus says whether the display name is approved, such as APPROVED, DECLINED or
	// PENDING_REVIEW; webhooks say REJECTED for DECLINED.
	NameStatus string `json:"name_status,omitempty"`
	// MessagingLimit is how many people the portfolio may write to first within 24 hours,
	// such as TIER_2K. While it is not known, people are counted but none is refused.
	MessagingLimit string `json:"messaging_limit,omitempty"`
	// TokenExpires is when the Sender's token ends. A token that never ends is not known.
	TokenExpires time.Time `json:"token_expires,omitzero"`
}
