package onboard

// Reason says why a step or a check stands as it does, in a word for programs. The words
// are stable; later releases may add some. [Reason.Sentence] has the words for people.
type Reason string

// The reasons.
const (
	ReasonDone    Reason = "done"
	ReasonLeftOut Reason = "left_out"
	ReasonAfter   Reason = "after"

	// Anywhere.
	ReasonNoToken      Reason = "no_token"
	ReasonTokenRefused Reason = "token_refused"
	ReasonPermission   Reason = "permission"
	ReasonNotVisible   Reason = "not_visible"
	ReasonThrottled    Reason = "throttled"
	ReasonRestricted   Reason = "restricted"
	ReasonLocked       Reason = "locked"
	ReasonMetaUnwell   Reason = "meta_unwell"
	ReasonMaintenance  Reason = "maintenance"
	ReasonUnreachable  Reason = "unreachable"
	ReasonRefused      Reason = "refused"
	ReasonNotAccepted  Reason = "not_accepted"
	ReasonSandbox      Reason = "sandbox"
	ReasonInApp        Reason = "in_app"

	// Access token.
	ReasonSignup          Reason = "signup"
	ReasonSignupCode      Reason = "signup_code"
	ReasonSecret          Reason = "secret"
	ReasonOtherApp        Reason = "other_app"
	ReasonTokenExpired    Reason = "token_expired"
	ReasonScopes          Reason = "scopes"
	ReasonOutOfReach      Reason = "out_of_reach"
	ReasonTokenUnexamined Reason = "token_unexamined"
	ReasonTokenOfUser     Reason = "token_of_user"
	ReasonTokenEnds       Reason = "token_ends"

	// Account and business.
	ReasonWhichAccount        Reason = "which_account"
	ReasonReviewPending       Reason = "review_pending"
	ReasonReviewRejected      Reason = "review_rejected"
	ReasonNotVerified         Reason = "not_verified"
	ReasonVerificationPending Reason = "verification_pending"
	ReasonVerificationMore    Reason = "verification_more"
	ReasonVerificationFailed  Reason = "verification_failed"

	// Number.
	ReasonNoNumber           Reason = "no_number"
	ReasonOtherAccount       Reason = "other_account"
	ReasonNumberGone         Reason = "number_gone"
	ReasonBanned             Reason = "banned"
	ReasonTaken              Reason = "taken"
	ReasonTakenHere          Reason = "taken_here"
	ReasonOldPIN             Reason = "old_pin"
	ReasonCannotMigrate      Reason = "cannot_migrate"
	ReasonBeingDeleted       Reason = "being_deleted"
	ReasonNumberRestricted   Reason = "number_restricted"
	ReasonNumberLimitAtFirst Reason = "number_limit_at_first"
	ReasonNumberLimit        Reason = "number_limit"
	ReasonNotInApp           Reason = "not_in_app"

	// Ownership.
	ReasonCodeSent     Reason = "code_sent"
	ReasonCodeCalled   Reason = "code_called"
	ReasonWrongCode    Reason = "wrong_code"
	ReasonWrongCodes   Reason = "wrong_codes"
	ReasonCodeExpired  Reason = "code_expired"
	ReasonCodeWait     Reason = "code_wait"
	ReasonTooManyCodes Reason = "too_many_codes"
	ReasonNoCode       Reason = "no_code"

	// Display name.
	ReasonNamePending  Reason = "name_pending"
	ReasonNameRejected Reason = "name_rejected"
	ReasonNameApproved Reason = "name_approved"
	ReasonNameExpired  Reason = "name_expired"
	ReasonNoName       Reason = "no_name"
	ReasonNameFirst    Reason = "name_first"

	// Registration.
	ReasonPIN           Reason = "pin"
	ReasonPINInForce    Reason = "pin_in_force"
	ReasonWrongPIN      Reason = "wrong_pin"
	ReasonWrongPINs     Reason = "wrong_pins"
	ReasonPINLocked     Reason = "pin_locked"
	ReasonPINFast       Reason = "pin_fast"
	ReasonRegistrations Reason = "registrations"
	ReasonVerifyAgain   Reason = "verify_again"
	ReasonHalfOff       Reason = "half_off"
	ReasonAppHolds      Reason = "app_holds"
	ReasonConnecting    Reason = "connecting"

	// Webhooks.
	ReasonNotSubscribed         Reason = "not_subscribed"
	ReasonNoApp                 Reason = "no_app"
	ReasonAppUnknown            Reason = "app_unknown"
	ReasonOtherApps             Reason = "other_apps"
	ReasonNoCallback            Reason = "no_callback"
	ReasonNoAppCallback         Reason = "no_app_callback"
	ReasonElsewhere             Reason = "elsewhere"
	ReasonOverridden            Reason = "overridden"
	ReasonFields                Reason = "fields"
	ReasonFieldsRest            Reason = "fields_rest"
	ReasonMetaCannotReach       Reason = "meta_cannot_reach"
	ReasonCallbackAddress       Reason = "callback_address"
	ReasonCallbackUnreachable   Reason = "callback_unreachable"
	ReasonCallbackRedirects     Reason = "callback_redirects"
	ReasonCallbackRefuses       Reason = "callback_refuses"
	ReasonVerifyToken           Reason = "verify_token"
	ReasonChallenge             Reason = "challenge"
	ReasonCallbackSecret        Reason = "callback_secret"
	ReasonCallbackBelieves      Reason = "callback_believes"
	ReasonCallbackBelievesToken Reason = "callback_believes_token"

	// Payment.
	ReasonNoPayment    Reason = "no_payment"
	ReasonCreditShared Reason = "credit_shared"

	// Profile, coexistence, templates.
	ReasonProfile          Reason = "profile"
	ReasonPicture          Reason = "picture"
	ReasonProfileEmpty     Reason = "profile_empty"
	ReasonNotCoexisting    Reason = "not_coexisting"
	ReasonSyncLate         Reason = "sync_late"
	ReasonSyncDeclined     Reason = "sync_declined"
	ReasonTemplates        Reason = "templates"
	ReasonTemplatesPending Reason = "templates_pending"
	ReasonNoTemplates      Reason = "no_templates"
	ReasonTemplatesUnread  Reason = "templates_unread"

	// First message.
	ReasonRecipientWanted  Reason = "recipient_wanted"
	ReasonNoFirstTemplate  Reason = "no_first_template"
	ReasonMessageAccepted  Reason = "message_accepted"
	ReasonMessageUnderWay  Reason = "message_under_way"
	ReasonNoWebhook        Reason = "no_webhook"
	ReasonMessageUncertain Reason = "message_uncertain"
	ReasonRecipient        Reason = "recipient"
	ReasonTestRecipient    Reason = "test_recipient"
	ReasonCountry          Reason = "country"
	ReasonTemplateGone     Reason = "template_gone"
	ReasonNotRegistered    Reason = "not_registered"

	// Numbers that are live.
	ReasonNotLooked        Reason = "not_looked"
	ReasonVersionOld       Reason = "version_old"
	ReasonClock            Reason = "clock"
	ReasonQualityRed       Reason = "quality_red"
	ReasonQualityYellow    Reason = "quality_yellow"
	ReasonOfficialRejected Reason = "official_rejected"
	ReasonNoPIN            Reason = "no_pin"
	ReasonHealthBlocked    Reason = "health_blocked"
	ReasonHealthLimited    Reason = "health_limited"

	// Leaving.
	ReasonStillSubscribed Reason = "still_subscribed"
	ReasonLeaveInApp      Reason = "leave_in_app"
	ReasonPINOn           Reason = "pin_on"
	ReasonDelete          Reason = "delete"
)

// Sentence gives what a person reads for a reason: what is so, what to do about it, and a
// page where. Arguments, such as a date or a host, stand as {0}, {1}; in [Step] and [Check]
// they are filled in.
func (r Reason) Sentence() (text, do, link string) { return say(r, nil) }
