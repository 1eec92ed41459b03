package webhook

// GroupLifecycle is a group created or deleted, or failing to be.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/webhooks
// (checked 2026-10-06), for all group events.
type GroupLifecycle struct {
	GroupID string

	// Type is GroupCreate or GroupDelete.
	Type string

	// RequestID is the id of the API call that asked for it.
	RequestID string

	Subject, Description string
	InviteLink           string

	// JoinApproval is such as "auto_approve".
	JoinApproval string

	// Errors is empty on success.
	Errors []Error
}

// Values of the Type of group events.
const (
	GroupCreate             = "group_create"
	GroupDelete             = "group_delete"
	GroupParticipantsAdd    = "group_participants_add"
	GroupParticipantsRemove = "group_participants_remove"
	GroupJoinRequested      = "group_join_request_created"
	GroupJoinRevoked        = "group_join_request_revoked"
	GroupSuspended          = "group_suspend"
	GroupSuspendCleared     = "group_suspend_cleared"
)

// GroupParticipants is people joining, leaving, or asking to join.
type GroupParticipants struct {
	GroupID string

	// Type is one of GroupParticipantsAdd, GroupParticipantsRemove,
	// GroupJoinRequested and GroupJoinRevoked. Meta's variant spellings are
	// evened out.
	Type string

	RequestID     string
	JoinRequestID string
	Reason        string // such as "invite_link"
	InitiatedBy   string // "business" or "participant"

	Added, Removed, Failed []Participant

	// User is the person who asks to join.
	User Identity

	Errors []Error
}

// Participant is a person in a group event.
type Participant struct {
	// Input is the identifier as it was given in the API call. May be empty.
	Input  string
	User   Identity
	Errors []Error
}

// GroupSettings is the outcome of changing a group. Each part is nil if it was
// not to be changed.
type GroupSettings struct {
	GroupID     string
	RequestID   string
	Subject     *GroupSetting
	Description *GroupSetting
	Picture     *GroupSetting
	Errors      []Error
}

// GroupSetting is the outcome for one setting.
type GroupSetting struct {
	OK bool

	// Text is the new subject or description; MIMEType and SHA256 describe the
	// new picture.
	Text             string
	MIMEType, SHA256 string

	Errors []Error
}

// GroupStatus is a group suspended by Meta, or released.
type GroupStatus struct {
	GroupID string

	// Type is GroupSuspended or GroupSuspendCleared.
	Type string
}

func (*GroupLifecycle) payload()    {}
func (*GroupParticipants) payload() {}
func (*GroupSettings) payload()     {}
func (*GroupStatus) payload()       {}
