package message

import "time"

// accountCodes are the codes above 140000: usernames, templates, insights,
// migration and sign-up, sorted. Most appear as subcodes of 100 too.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11); rows of six and seven digits partly from other public
// sources.
var accountCodes = [...]entry{
	{code: 147001, class: ClassAccount, advice: RetryFixed, title: "Username not available", hint: hintOperator},
	{code: 147002, class: ClassAccount, advice: RetryFixed, title: "Messaging limit too low for a username", hint: hintOperator},
	{code: 147003, class: ClassAccount, advice: RetryFixed, title: "Facebook Page is not linked", hint: hintOperator},
	{code: 147004, class: ClassAccount, advice: RetryFixed, title: "Instagram account is not linked", hint: hintOperator},
	{code: 147005, class: ClassAccount, advice: RetryFixed, title: "Username used by another of your numbers", hint: hintOperator},
	{code: 200002, class: ClassTemplate, advice: RetryFixed, title: "Template could not be created", hint: hintOperator},
	{code: 200005, class: ClassAccount, advice: RetryFixed, title: "Template insights not available", hint: hintOperator},
	{code: 200006, class: ClassAccount, advice: RetryFixed, title: "Template insights cannot be switched off", hint: hintOperator},
	{code: 200007, class: ClassAccount, advice: RetryFixed, title: "Template insights not switched on", hint: hintOperator},
	{code: 1752041, class: ClassNotice, advice: RetryNever, title: "Onboarding was requested already", hint: hintOperator},
	{code: 2388001, class: ClassAccount, advice: RetryFixed, title: "Number is held by two-step verification, another owner or the WhatsApp app", hint: hintOperator},
	{code: 2388012, class: ClassAccount, advice: RetryFixed, title: "Number is in the account already", hint: hintOperator},
	{code: 2388019, class: ClassTemplate, advice: RetryFixed, title: "Too many templates", hint: hintOperator},
	{code: 2388024, class: ClassTemplate, advice: RetryFixed, title: "Template exists in this language", hint: hintOperator},
	{code: 2388039, class: ClassTemplate, advice: RetryLater, after: time.Hour, title: "Template status cannot change during review", hint: hintOperator},
	{code: 2388040, class: ClassTemplate, advice: RetryFixed, title: "Template field too long", hint: hintOperator},
	{code: 2388047, class: ClassTemplate, advice: RetryFixed, title: "Template header badly formed", hint: hintOperator},
	{code: 2388072, class: ClassTemplate, advice: RetryFixed, title: "Template body badly formed", hint: hintOperator},
	{code: 2388073, class: ClassTemplate, advice: RetryFixed, title: "Template footer badly formed", hint: hintOperator},
	{code: 2388091, class: ClassAccount, advice: RetryFixed, title: "Number may not get a code", hint: hintOperator},
	{code: 2388093, class: ClassAccount, advice: RetryFixed, title: "Number may not get a code", hint: hintOperator},
	{code: 2388103, class: ClassAccount, advice: RetryFixed, title: "Number cannot be migrated", hint: hintOperator},
	{code: 2388293, class: ClassTemplate, advice: RetryFixed, title: "Too many variables for the length of the template", hint: hintOperator},
	{code: 2388299, class: ClassTemplate, advice: RetryFixed, title: "Variable at the start or end of the template", hint: hintOperator},
	{code: 2388318, class: ClassTemplate, advice: RetryFixed, title: "Template made by Direct Send cannot be edited", hint: hintOperator},
	{code: 2388330, class: ClassTemplate, advice: RetryFixed, title: "Template made by Direct Send cannot be deleted", hint: hintOperator},
	{code: 2494100, class: ClassTemporary, advice: RetryAfter, after: time.Minute, title: "Number in maintenance", hint: hintTemporary},
	{code: 2593079, class: ClassAccount, advice: RetryFixed, title: "Account cannot move to the new owner", hint: hintOperator},
	{code: 2593085, class: ClassAccount, advice: RetryFixed, title: "Account cannot move to the new solution", hint: hintOperator},
	{code: 2593107, class: ClassAccount, advice: RetryNever, title: "Synchronisation was requested already", hint: hintOperator},
	{code: 2593108, class: ClassAccount, advice: RetryNever, title: "Synchronisation is possible in the first 24 hours only", hint: hintOperator},
	{code: 2593109, class: ClassNotice, advice: RetryNever, title: "Business declined to share its history", hint: hintOperator},
}

// callCodes are the codes of calling, 138000 to 138025, sorted.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/troubleshooting
// (checked September 2026)
var callCodes = [...]entry{
	{code: 138000, class: ClassAccount, advice: RetryFixed, title: "Calling not enabled", hint: hintOperator},
	{code: 138001, class: ClassRecipient, advice: RetryNever, title: "User cannot be called", hint: hintCall},
	{code: 138002, class: ClassThrottledNumber, advice: RetryAfter, after: time.Minute, title: "Too many calls at the same time", hint: hintBusy},
	{code: 138003, class: ClassParameter, advice: RetryNever, title: "Call exists already", hint: hintCall},
	{code: 138004, class: ClassTemporary, advice: RetryAfter, max: 1, uncertain: true, title: "Call could not be connected", hint: hintCall},
	{code: 138005, class: ClassThrottledNumber, advice: RetryAfter, after: time.Minute, title: "Call limit of the number reached", hint: hintBusy},
	{code: 138006, class: ClassRecipient, advice: RetryFixed, title: "User has not permitted calls", hint: "This person has not allowed you to call. Ask for permission in a message first."},
	{code: 138007, class: ClassTemporary, advice: RetryAfter, max: 1, uncertain: true, title: "Call timed out", hint: hintCall},
	{code: 138009, class: ClassThrottledPair, advice: RetryLater, after: 24 * time.Hour, title: "Call permission was asked too often", hint: "This person was asked for permission already. Wait a day."},
	{code: 138012, class: ClassThrottledPair, advice: RetryLater, after: 24 * time.Hour, title: "Too many calls with this user today", hint: hintCall},
	{code: 138013, class: ClassPolicy, advice: RetryNever, title: "Business calls are not available for this number", hint: hintCall},
	{code: 138014, class: ClassPolicy, advice: RetryLater, after: 24 * time.Hour, title: "Calling disabled for quality", hint: hintOperator},
	{code: 138015, class: ClassAccount, advice: RetryFixed, title: "Messaging limit too low for calls", hint: hintOperator},
	{code: 138017, class: ClassNotice, advice: RetryNever, title: "User permitted calls permanently", hint: "This person has already allowed you to call."},
	{code: 138018, class: ClassAccount, advice: RetryFixed, title: "Prerequisites for calling not met", hint: hintOperator},
	{code: 138019, class: ClassNotice, advice: RetryNever, title: "Call ended", hint: hintCall},
	{code: 138020, class: ClassNotice, advice: RetryNever, title: "Call ended", hint: hintCall},
	{code: 138021, class: ClassNotice, advice: RetryNever, title: "Call ended", hint: hintCall},
	{code: 138022, class: ClassNotice, advice: RetryNever, title: "Call ended", hint: hintCall},
	{code: 138023, class: ClassNotice, advice: RetryNever, title: "Call ended", hint: hintCall},
	{code: 138024, class: ClassAccount, advice: RetryFixed, title: "SIP not enabled", hint: hintOperator},
	{code: 138025, class: ClassAccount, advice: RetryFixed, title: "SIP not configured", hint: hintOperator},
}
