package cloudapitest

import (
	"cmp"
	"net/http"
	"strings"
)

// graphError is a refusal in Meta's words.
type graphError struct {
	status    int    // HTTP status
	code      int    // the only field a client should branch on
	subcode   int    // 0 = omitted
	kind      string // error.type; "" = OAuthException
	bare      bool   // the sentence stands without "(#code) " in front
	title     string // error.message without the "(#code) " prefix
	userTitle string // error.error_user_title, for people; "" = omitted
	userText  string // error.error_user_msg
	details   string // error.error_data.details; "" = omitted
	transient bool
	bug       bool // no careful client makes this request
	partial   bool // the body already written is kept
	usage     int  // minutes to regain access, for the usage header; 0 = none
}

// meaning is the fixed part of an error code: status and wording.
type meaning struct {
	status int
	title  string
}

// meanings holds the codes the simulator answers or reports by webhook. The
// status column follows the edition of Meta's table that still printed one.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11)
var meanings = map[int]meaning{
	1:       {400, "API Unknown"},
	2:       {503, "API Service"},
	4:       {400, "Application request limit reached"},
	10:      {403, "Permission Denied"},
	100:     {400, "Invalid parameter"},
	104:     {401, "An access token is required to request this resource."},
	190:     {401, "Access token has expired"},
	200:     {403, "Provide valid app ID"},
	368:     {403, "Temporarily blocked for policies violations"},
	613:     {400, "Calls to this api have exceeded the rate limit."},
	2046:    {400, "Order status transition is not allowed"},
	2500:    {400, "Unknown path components"},
	80008:   {400, "There have been too many calls to this WhatsApp Business account."},
	130403:  {400, "User blocked by business"},
	130429:  {400, "Rate limit hit"},
	130472:  {400, "User's number is part of an experiment"},
	130497:  {403, "Business account is restricted from messaging users in this country."},
	131000:  {500, "Something went wrong"},
	131005:  {403, "Access denied"},
	131008:  {400, "Required parameter is missing"},
	131009:  {400, "Parameter value is not valid"},
	131016:  {500, "Service unavailable"},
	131020:  {400, "Group has a single member"},
	131021:  {400, "Recipient cannot be sender"},
	131026:  {400, "Message undeliverable"},
	131030:  {400, "Recipient phone number not in allowed list"},
	131031:  {403, "Business Account locked"},
	131037:  {400, "Display name approval is needed before sending"},
	131041:  {400, "Group does not exist"},
	131042:  {400, "Business eligibility payment issue"},
	131045:  {500, "Incorrect certificate"},
	131047:  {400, "Re-engagement message"},
	131048:  {400, "Spam rate limit hit"},
	131049:  {400, "This message was not delivered to maintain healthy ecosystem engagement."},
	131050:  {400, "User has stopped marketing messages"},
	131051:  {400, "Unsupported message type"},
	131052:  {400, "Media download error"},
	131053:  {400, "Media upload error"},
	131055:  {400, "Method not allowed"},
	131056:  {400, "(Business Account, Consumer Account) pair rate limit hit"},
	131057:  {500, "Account in maintenance mode"},
	131059:  {400, "Pagination cursor is not valid"},
	131060:  {400, "This message is currently unavailable."},
	131062:  {400, "Business-scoped user id is not allowed for this message"},
	131063:  {400, "Marketing messages are disabled on Cloud API"},
	131207:  {403, "Group is suspended"},
	131212:  {400, "Not a participant of the group"},
	131213:  {400, "Join request does not exist"},
	131215:  {400, "Phone number is not eligible for groups"},
	132000:  {400, "Number of parameters does not match the expected number of params"},
	132001:  {404, "Template name does not exist in the translation"},
	132005:  {400, "Translated text too long"},
	132012:  {400, "Parameter format does not match format in the created template"},
	132015:  {400, "Template is paused"},
	132016:  {400, "Template is disabled"},
	132018:  {400, "Template component parameter is not valid"},
	132068:  {400, "Flow is blocked"},
	132069:  {400, "Flow is throttled"},
	133000:  {500, "Incomplete deregistration"},
	133005:  {400, "Two step verification PIN mismatch"},
	133006:  {400, "Phone number re-verification needed"},
	133008:  {400, "Too many two step verification PIN guesses"},
	133009:  {400, "Two step verification PIN guessed too fast"},
	133010:  {400, "Phone number not registered"},
	133016:  {400, "Account register deregister rate limit exceeded"},
	134100:  {400, "Only marketing messages are supported"},
	134101:  {400, "Template is still syncing"},
	136024:  {400, "Phone number is already verified"},
	136025:  {400, "Verification code is not valid"},
	137000:  {400, "Recipient identity key hash mismatch"},
	138000:  {401, "Calling is not enabled"},
	138001:  {400, "Receiver is uncallable"},
	138003:  {400, "Duplicate call"},
	138006:  {401, "No call permission from user"},
	138009:  {400, "Call permission request limit reached"},
	139000:  {403, "Blocked by Integrity"},
	139001:  {400, "Flow cannot be updated"},
	139002:  {400, "Flow cannot be published"},
	139003:  {400, "Flow cannot be deprecated"},
	139004:  {400, "Flow cannot be deleted"},
	139100:  {400, "Some users could not be blocked"},
	139102:  {400, "Block list changed while paging"},
	147001:  {400, "Username is not available"},
	147005:  {400, "Username is used by another of your numbers"},
	200007:  {400, "Template insights are not enabled"},
	2388001: {400, "Phone number cannot be migrated"},
	2388103: {400, "Phone number cannot be migrated"},
	2388012: {400, "Phone number is already in the account"},
	2388019: {400, "Message template limit reached"},
	2388024: {400, "Content in this language already exists"},
	2388039: {400, "Message template cannot be changed in its status"},
	2388040: {400, "Message template field is too long"},
	2388047: {400, "Message template header format is incorrect"},
	2388072: {400, "Message template body format is incorrect"},
	2388073: {400, "Message template footer format is incorrect"},
	2388299: {400, "Message template has a variable at its start or end"},
	2388318: {400, "Direct Send template cannot be updated"},
	2388330: {400, "Direct Send template cannot be deleted"},
	2593002: {400, "Message template not found"},
	2593107: {400, "Synchronization was already requested"},
	2593108: {400, "Synchronization request is outside the allowed time"},
}

// fail builds the refusal for a code of the table.
func fail(code int, details string) *graphError {
	m, ok := meanings[code]
	if !ok {
		m = meaning{http.StatusBadRequest, "Error"}
	}
	return &graphError{status: m.status, code: code, title: m.title, details: details, transient: m.status >= 500, bare: code == 104 || code == 190}
}

// badParam is the usual refusal of a request that does not fit the schema.
func badParam(details string) *graphError { return fail(100, details) }

// malformedRequest refuses what only a defect of the client explains: the sentence is
// the message itself, without error_data.
func malformedRequest(sentence string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: 100, title: sentence, bug: true}
}

const readTheDocs = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"

// notFound is Graph's answer for an object that does not exist, is not visible to the
// token or has no such edge; it does not tell which. Without an id, the path was empty.
func (c *call) notFound(id string) *graphError {
	ge := &graphError{status: http.StatusBadRequest, code: 100, kind: "GraphMethodException", bare: true}
	ge.title = "Unsupported " + strings.ToLower(c.method) + " request. "
	if id != "" {
		ge.subcode = 33
		ge.title += "Object with ID '" + id + "' does not exist, cannot be loaded due to missing permissions, or does not support this operation. "
	}
	ge.title += readTheDocs
	return ge
}

// noField is the answer for a field or an edge that a kind of object does not have.
func noField(kind, name string) *graphError {
	title := "Tried accessing nonexisting field (" + name + ")"
	if kind := nodeTypes[kind]; kind != "" {
		title += " on node type (" + kind + ")"
	}
	return &graphError{status: http.StatusBadRequest, code: 100, title: title}
}

// unknownPath is the answer for a path that goes on where nothing is.
func unknownPath(rest string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: 2500, bare: true, title: "Unknown path components: /" + rest}
}

// nodeTypes are Graph's names of the kinds of objects.
var nodeTypes = map[string]string{
	"number": "WhatsAppBusinessPhoneNumber", "account": "WhatsAppBusinessAccount", "template": "WhatsAppBusinessHSM",
	"app": "Application", "portfolio": "Business", "media": "WhatsAppBusinessMedia", "group": "WhatsAppGroup", "upload": "UploadSession",
	"profile": "WhatsAppBusinessProfile", "user": "User", "flow": "Flow",
}

// envelope writes {"error":{…}} as on the wire.
func (g *graphError) envelope(e *enc, trace string) {
	e.key("error").obj(func() {
		e.key("message").str(g.message())
		e.key("type").str(cmp.Or(g.kind, "OAuthException"))
		e.key("code").num(int64(g.code))
		if g.subcode != 0 {
			e.key("error_subcode").num(int64(g.subcode))
		}
		if g.transient {
			e.key("is_transient").bool(true)
		}
		title, text := g.forPeople()
		e.opt("error_user_title", title)
		e.opt("error_user_msg", text)
		if g.details != "" {
			e.key("error_data").obj(func() {
				e.key("messaging_product").str("whatsapp")
				e.key("details").str(g.details)
			})
		}
		e.key("fbtrace_id").str(trace)
	})
}

// managed is where the codes and subcodes of the management of templates and numbers begin, whose
// errors have words for people.
const managed = 2_000_000

// forPeople are the title and the sentence that a page shows to its users.
func (g *graphError) forPeople() (title, text string) {
	if g.userTitle == "" && max(g.code, g.subcode) > managed {
		return cmp.Or(meanings[max(g.code, g.subcode)].title, g.title), g.details
	}
	return g.userTitle, g.userText
}

// message is the sentence of the error as it stands in error.message.
func (g *graphError) message() string {
	if g.bare || g.title == "" {
		return g.title
	}
	return "(#" + itoa(g.code) + ") " + g.title
}

// item writes the variant that travels in webhooks.
func (g *graphError) item(e *enc) {
	e.obj(func() {
		e.key("code").num(int64(g.code))
		e.key("title").str(g.title)
		e.key("message").str(g.title)
		e.key("error_data").obj(func() { e.key("details").str(g.details) })
		e.key("href").str("/documentation/business-messaging/whatsapp/support/error-codes")
	})
}
