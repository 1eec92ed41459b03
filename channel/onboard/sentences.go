package onboard

import (
	"strconv"
	"strings"
	"time"
)

// sentence is a row of the table: where a step stands for a reason, and what a person reads.
type sentence struct {
	status Status
	text   string // {0}, {1}, … are the arguments of the reason
	do     string
	link   string
	again  time.Duration // when to look again; 0: when it has been done
}

// Pages where things are done.
const (
	docs             = "https://developers.facebook.com/documentation/business-messaging/whatsapp/"
	linkApps         = "https://developers.facebook.com/apps/"
	linkUsers        = "https://business.facebook.com/settings/system-users"
	linkSecurity     = "https://business.facebook.com/settings/security"
	linkAccounts     = "https://business.facebook.com/settings/whatsapp-business-accounts"
	linkNumbers      = "https://business.facebook.com/wa/manage/phone-numbers/"
	linkTemplates    = "https://business.facebook.com/wa/manage/message-templates/"
	linkBilling      = "https://business.facebook.com/billing_hub/"
	linkSupport      = "https://business.facebook.com/business-support-home/"
	linkHealth       = "https://metastatus.com/whatsapp-business-api"
	linkCodes        = docs + "support/error-codes"
	linkTokens       = docs + "access-tokens"
	linkOverride     = docs + "webhooks/override"
	linkRegister     = docs + "business-phone-numbers/registration"
	linkTwoStep      = docs + "business-phone-numbers/two-step-verification"
	linkNames        = docs + "display-names"
	linkMigration    = docs + "solution-providers/support/migrating-phone-numbers-among-solution-partners-programmatically"
	linkCoexistence  = docs + "embedded-signup/onboarding-business-app-users"
	linkSignup       = docs + "embedded-signup/implementation"
	linkProfile      = docs + "business-phone-numbers/business-profiles"
	linkOfficial     = docs + "official-business-accounts"
	linkHealthStatus = docs + "support/health-status"
	linkChangelog    = "https://developers.facebook.com/docs/graph-api/changelog"
	linkDelete       = "https://faq.whatsapp.com/2138577903196467"
)

const (
	minute = time.Minute
	hour   = time.Hour
	oneDay = 24 * time.Hour
)

// sentences is the table of everything that this package says to people.
var sentences = map[Reason]sentence{
	ReasonDone:    {status: Done},
	ReasonLeftOut: {status: Skipped, text: "Left out by the plan."},
	ReasonAfter:   {status: Pending, text: "Comes after: {0}."},

	// Anywhere.
	ReasonNoToken:      {WaitingForYou, "There is no access token.", "Make a system user with access to the account, give it a token with whatsapp_business_management and whatsapp_business_messaging, and start with that token.", linkUsers, 0},
	ReasonTokenRefused: {WaitingForYou, "WhatsApp does not accept the access token: it was withdrawn, has ended, or is not complete.", "Make a new token and start with that one.", linkUsers, 0},
	ReasonPermission:   {WaitingForYou, "The access token may not do this (code {0}).", "Give the system user full access to the account, and the token the two WhatsApp permissions.", linkUsers, 0},
	ReasonNotVisible:   {WaitingForYou, "The account does not exist, or the access token may not see it.", "Check the id of the account, and that the system user has access to it.", linkAccounts, 0},
	ReasonThrottled:    {WaitingForMeta, "There were too many calls for this account; WhatsApp takes more later.", "", "", hour},
	ReasonRestricted:   {Blocked, "Meta has restricted the account for breaking a rule.", "Read what Meta says about it, correct it, and ask for a review.", linkSupport, 0},
	ReasonLocked:       {Blocked, "The account is locked, or what was given does not match what Meta knows.", "Ask Meta's support to unlock it.", linkSupport, 0},
	ReasonMetaUnwell:   {WaitingForMeta, "WhatsApp has a passing problem.", "If it lasts, look at WhatsApp's status page.", linkHealth, 5 * minute},
	ReasonMaintenance:  {WaitingForMeta, "WhatsApp is working on the number; that takes some minutes.", "", "", 5 * minute},
	ReasonUnreachable:  {WaitingForYou, "WhatsApp could not be reached from here.", "Check that this machine may call graph.facebook.com, then look again.", linkHealth, minute},
	ReasonRefused:      {WaitingForYou, "WhatsApp refused this with code {0}.", "Look the code up; Meta's support asks for the trace id.", linkCodes, 0},
	ReasonNotAccepted:  {WaitingForYou, "That cannot be: {0}.", "Check it and give it again.", "", 0},
	ReasonSandbox:      {status: Skipped, text: "Not needed for a test number."},
	ReasonInApp:        {status: Skipped, text: "Not needed: the number is in use in the WhatsApp Business app, which takes care of this."},

	// Access token.
	ReasonSignup:          {WaitingForYou, "The customer has not come through the signup page yet.", "Open the page with Embedded Signup and hand over the code that it returns, within 30 seconds.", linkSignup, 0},
	ReasonSignupCode:      {WaitingForYou, "The code of the signup has ended or was used: it is good for 30 seconds and once.", "Open the signup page again and hand over the new code at once.", linkSignup, 0},
	ReasonSecret:          {WaitingForYou, "The app id and the app secret do not belong together.", "Copy the app secret from the basic settings of the app.", linkApps, 0},
	ReasonOtherApp:        {WaitingForYou, "The access token belongs to app {0}, not to app {1}.", "Make the token with the app that gets the webhooks, or begin with the other app.", linkUsers, 0},
	ReasonTokenExpired:    {WaitingForYou, "The access token ended on {0}.", "Make a new token, best one that never ends, and start with that one.", linkUsers, 0},
	ReasonScopes:          {WaitingForYou, "The access token lacks permissions: {0}.", "Make a token with both WhatsApp permissions.", linkTokens, 0},
	ReasonOutOfReach:      {WaitingForYou, "The access token is not for account {0}.", "Give the system user access to the account, and make a new token.", linkUsers, 0},
	ReasonTokenUnexamined: {Done, "The access token could not be examined, so nothing is known about its end.", "Give the app id and the app secret to have it examined.", linkApps, 0},
	ReasonTokenOfUser:     {Done, "This is a token for trying things out; it ends within a day.", "Make a token of a system user before customers rely on it.", linkUsers, 0},
	ReasonTokenEnds:       {Done, "The access token ends on {0}.", "Make a token that never ends, or renew it before.", linkUsers, 0},

	// Account and business.
	ReasonWhichAccount:        {WaitingForYou, "It is not clear which account is meant.", "Choose one of the accounts that the token reaches.", linkAccounts, 0},
	ReasonReviewPending:       {WaitingForMeta, "Meta is reviewing the account.", "", linkAccounts, oneDay},
	ReasonReviewRejected:      {Blocked, "Meta has turned the account down.", "Read the reason in the support home, and ask for another review.", linkSupport, 0},
	ReasonNotVerified:         {WaitingForYou, "Meta has not verified the business. Until then it may have 2 numbers and reach 250 people a day outside of conversations.", "Start business verification in the security centre. Everything else works meanwhile.", linkSecurity, 0},
	ReasonVerificationPending: {WaitingForMeta, "Meta is verifying the business.", "", linkSecurity, oneDay},
	ReasonVerificationMore:    {WaitingForYou, "Meta wants more papers to verify the business.", "Upload them in the security centre.", linkSecurity, 0},
	ReasonVerificationFailed:  {WaitingForYou, "Meta could not verify the business.", "Correct name, address and papers, and hand them in again.", linkSecurity, 0},

	// Number.
	ReasonNoNumber:           {WaitingForYou, "The account has no number yet, and the plan names none to add.", "Give phone number and display name, or have a number chosen on the signup page.", linkNumbers, 0},
	ReasonOtherAccount:       {WaitingForYou, "The number is not one of account {0}.", "Begin with the account that it is in.", linkAccounts, 0},
	ReasonNumberGone:         {Blocked, "The number is not in the account: it was moved or deleted.", "Look whether the phone number ID is the right one; if it is, begin again with the number as it is now.", linkNumbers, 0},
	ReasonBanned:             {Blocked, "WhatsApp has banned the number.", "Ask for a review, or take another number.", linkSupport, 0},
	ReasonTaken:              {WaitingForYou, "The number belongs to another account, at this provider or another one.", "Migrate it, to take it along with its name and quality, or delete it there first.", linkMigration, 0},
	ReasonTakenHere:          {WaitingForYou, "The number cannot be migrated: it is in one of your own accounts already.", "Begin with the account that has it.", linkNumbers, 0},
	ReasonOldPIN:             {WaitingForYou, "The other provider's two-step verification still protects the number.", "Have it switched off there (WhatsApp Manager, number, two-step verification), then look again.", linkTwoStep, 0},
	ReasonCannotMigrate:      {WaitingForYou, "The number cannot be migrated as it is (code {0}).", "It has to be switched on at the old provider, with an approved name and no rename under way, and both accounts must belong to the same business.", linkMigration, 0},
	ReasonBeingDeleted:       {WaitingForMeta, "The number was deleted a moment ago, and WhatsApp has not finished that.", "", "", 5 * minute},
	ReasonNumberRestricted:   {WaitingForYou, "WhatsApp limits the number (status {0}): people blocked or reported it.", "Write only to people who want it, and wait until the quality rises.", linkNumbers, 0},
	ReasonNumberLimitAtFirst: {WaitingForYou, "There are {0} numbers already; more need a verified business.", "Start business verification, or delete a number.", linkSecurity, 0},
	ReasonNumberLimit:        {WaitingForYou, "There are {0} numbers already, which is the limit.", "Delete a number, use another account, or ask Meta's support for more.", linkSupport, 0},
	ReasonNotInApp:           {WaitingForYou, "The number is not in use in the WhatsApp Business app, so it cannot be shared with it.", "Have the owner go through the signup page with the app at hand, or go without coexistence.", linkCoexistence, 0},

	// Ownership.
	ReasonCodeSent:     {WaitingForYou, "A code was sent to the number by SMS.", "Give the six digits, or ask for a call instead if the number takes no SMS.", "", 0},
	ReasonCodeCalled:   {WaitingForYou, "WhatsApp calls the number and says a code.", "Answer the call and give the six digits. A recorded greeting or a menu has to be off: the call must reach a person.", "", 0},
	ReasonWrongCode:    {WaitingForYou, "That code is wrong; {0} more tries.", "Look at the latest message: every new code replaces the one before.", "", 0},
	ReasonWrongCodes:   {WaitingForYou, "The code was wrong {0} times.", "Ask for a new one.", "", 0},
	ReasonCodeExpired:  {WaitingForYou, "The code has ended: it is good for ten minutes.", "Ask for a new one.", "", 0},
	ReasonCodeWait:     {WaitingForMeta, "Another code can be asked for on {0}.", "If no SMS comes, have the number called then.", "", 0},
	ReasonTooManyCodes: {WaitingForMeta, "Too many codes were asked for or tried; WhatsApp lets the number rest.", "Do not ask again before: every try makes it longer.", "", hour},
	ReasonNoCode:       {Blocked, "WhatsApp sends no code to this number.", "Take a number that gets SMS or calls from abroad, or migrate it if it is with another provider.", linkNumbers, 0},

	// Display name.
	ReasonNamePending:  {WaitingForMeta, "Meta is reviewing the display name. Messages flow meanwhile.", "", linkNumbers, oneDay},
	ReasonNameRejected: {WaitingForYou, "Meta has turned the display name down.", "Give another name that shows its connection with the business, as your website and papers have it.", linkNames, 0},
	ReasonNameApproved: {WaitingForYou, "The new display name is approved, and is shown once the number is switched on again with its PIN.", "Give the two-step PIN of the number.", linkNames, 0},
	ReasonNameExpired:  {WaitingForYou, "The approval of the display name has ended.", "Hand the name in again.", linkNames, 0},
	ReasonNoName:       {WaitingForYou, "The number has no display name.", "Give a name that shows its connection with the business.", linkNames, 0},
	ReasonNameFirst:    {WaitingForYou, "This number needs an approved display name before it can send.", "Wait for the review of the name, or give another one.", linkNames, 0},

	// Registration.
	ReasonPIN:           {WaitingForYou, "The number has to be switched on, with a two-step PIN that protects it.", "Choose six digits and keep them: they are needed again.", linkRegister, 0},
	ReasonPINInForce:    {WaitingForYou, "The number has to be switched on with its two-step PIN.", "Give the PIN in force, or reset it in WhatsApp Manager first.", linkTwoStep, 0},
	ReasonWrongPIN:      {WaitingForYou, "That is not the two-step PIN of the number.", "Give the right PIN, or reset it in WhatsApp Manager.", linkTwoStep, 0},
	ReasonWrongPINs:     {WaitingForYou, "The two-step PIN was wrong {0} times; more tries lock the number.", "Reset the PIN in WhatsApp Manager (number, two-step verification), then give the new one.", linkTwoStep, 0},
	ReasonPINLocked:     {WaitingForMeta, "The two-step PIN was wrong too often; WhatsApp has locked the number for some hours.", "Reset the PIN in WhatsApp Manager meanwhile.", linkTwoStep, 12 * hour},
	ReasonPINFast:       {WaitingForMeta, "The two-step PIN was given too soon after the last time.", "", "", 2 * minute},
	ReasonRegistrations: {WaitingForMeta, "The number was switched on and off ten times in 72 hours; WhatsApp takes no more until then.", "", linkRegister, 72 * hour},
	ReasonVerifyAgain:   {WaitingForYou, "WhatsApp wants proof again that the number is yours.", "Look again, and ask for a new code.", "", 0},
	ReasonHalfOff:       {WaitingForMeta, "The number had not been switched off completely before; that is done now, and it can be switched on.", "", linkRegister, minute},
	ReasonAppHolds:      {WaitingForYou, "The number is in use in the WhatsApp app on a phone.", "Delete the account in the app (Settings, Account, Delete my account) and wait three minutes. To keep the app, go by signup with coexistence.", linkDelete, 3 * minute},
	ReasonConnecting:    {WaitingForMeta, "The number is switched on, and WhatsApp reports it as {0}.", "", linkNumbers, 5 * minute},

	// Webhooks.
	ReasonNotSubscribed:         {WaitingForYou, "The app does not get the webhooks of the account.", "Subscribe the app to the account.", linkApps, 0},
	ReasonNoApp:                 {WaitingForYou, "The app is not known, because the token could not be examined.", "Give the app id.", linkApps, 0},
	ReasonAppUnknown:            {Done, "An app gets the webhooks of the account; whether it is yours cannot be told without its id.", "Give the app id.", linkApps, 0},
	ReasonOtherApps:             {Done, "{0} other apps get the webhooks of this account, too.", "", linkApps, 0},
	ReasonNoCallback:            {WaitingForYou, "There is no callback address at any level, so no message can come in.", "Give your callback address, or enter it in the app (WhatsApp, Configuration).", linkApps, 0},
	ReasonNoAppCallback:         {Done, "The app has no callback address of its own: decisions about account, name and templates go nowhere.", "Enter an address in the app, too: an override carries messages only.", linkOverride, 0},
	ReasonElsewhere:             {WaitingForYou, "The callback address of the {1} leads the messages to {0} instead.", "Enter your address there (WhatsApp, Configuration), or have it set.", linkApps, 0},
	ReasonOverridden:            {WaitingForYou, "An override of the {1} sends the messages to {0} instead.", "Have the override removed (take over), or remove it where it was made.", linkOverride, 0},
	ReasonFields:                {WaitingForYou, "The app does not subscribe to all webhook fields; missing: {0}.", "Subscribe to them in the app (WhatsApp, Configuration).", linkApps, 0},
	ReasonFieldsRest:            {Done, "The app does not subscribe to these webhook fields: {0}.", "Without them some changes stay unseen.", linkApps, 0},
	ReasonMetaCannotReach:       {WaitingForYou, "The callback address answers here, and WhatsApp could not reach it (code {0}).", "It has to be open to the internet with a valid certificate: check firewall, name and certificate chain.", linkOverride, 0},
	ReasonCallbackAddress:       {WaitingForYou, "The callback address of the {1} is no address.", "Correct it.", linkOverride, 0},
	ReasonCallbackUnreachable:   {WaitingForYou, "The callback address of the {1}, at {0}, does not answer.", "Start your webhook server, and check that its name and certificate are right.", linkOverride, 0},
	ReasonCallbackRedirects:     {WaitingForYou, "The callback address of the {1}, at {0}, redirects; WhatsApp does not follow.", "Use the address that it redirects to.", linkOverride, 0},
	ReasonCallbackRefuses:       {WaitingForYou, "The callback address of the {1}, at {0}, answers {2} where 200 is needed.", "Check that the path leads to your webhook handler, past every login and filter.", linkOverride, 0},
	ReasonVerifyToken:           {WaitingForYou, "The callback address of the {1}, at {0}, does not know the verify token.", "Give the handler the same verify token as here.", linkOverride, 0},
	ReasonChallenge:             {WaitingForYou, "The callback address of the {1}, at {0}, does not return the challenge.", "Answer the handshake with the bare hub.challenge; an HTML page around it does not count.", linkOverride, 0},
	ReasonCallbackSecret:        {WaitingForYou, "The callback address of the {1}, at {0}, turns signed webhooks away.", "Give the handler the secret of this app: it checks with another one.", linkApps, 0},
	ReasonCallbackBelieves:      {WaitingForYou, "The callback address of the {1}, at {0}, takes webhooks with a wrong signature: anybody can write in your customers' names.", "Check the signature, or use webhook.NewHandler, before a customer relies on it.", linkApps, 0},
	ReasonCallbackBelievesToken: {Done, "The callback address of the {1}, at {0}, answers handshakes with any verify token.", "Compare the verify token.", linkOverride, 0},

	// Payment.
	ReasonNoPayment:    {WaitingForYou, "The account has no payment method. Beyond the 1,000 free replies a month, messages are accepted and not delivered.", "Add a payment method to the account.", linkBilling, 0},
	ReasonCreditShared: {status: Done, text: "Your credit line pays for the account."},

	// Profile, coexistence, templates.
	ReasonProfile:          {WaitingForYou, "WhatsApp did not take the profile (code {0}).", "Check the limits: about 139 characters, description 512, two websites.", linkProfile, 0},
	ReasonPicture:          {WaitingForYou, "WhatsApp did not take the picture (code {0}).", "Give a square JPEG or PNG of at least 640 pixels.", linkProfile, 0},
	ReasonProfileEmpty:     {WaitingForYou, "People look at the profile and do not find: {0}.", "Fill it in; it can wait.", linkNumbers, 0},
	ReasonNotCoexisting:    {status: Skipped, text: "Not needed: the number is not in use in the WhatsApp Business app."},
	ReasonSyncLate:         {Done, "It was too late to hand over {0}: that works in the first 24 hours.", "Have the owner disconnect in the app and sign up again to get it.", linkCoexistence, 0},
	ReasonSyncDeclined:     {Done, "The owner does not share {0}.", "", linkCoexistence, 0},
	ReasonTemplates:        {status: Done, text: "{0} of {1} templates are approved."},
	ReasonTemplatesPending: {WaitingForMeta, "Meta is reviewing {0} templates; none is approved yet.", "", linkTemplates, hour},
	ReasonNoTemplates:      {WaitingForYou, "The account has no approved template, so nobody can be written to first.", "Make one, and wait for its review.", linkTemplates, 0},
	ReasonTemplatesUnread:  {Done, "{0} templates could not be read.", "", linkTemplates, 0},

	// First message.
	ReasonRecipientWanted:  {WaitingForYou, "Everything is ready for a first message.", "Give a phone number of your own that has WhatsApp.", "", 0},
	ReasonNoFirstTemplate:  {WaitingForYou, "There is no approved template without values to send.", "Make a template without variables, or leave this step out and write to the number from a phone.", linkTemplates, 0},
	ReasonMessageAccepted:  {status: Done, text: "WhatsApp has accepted the first message: look at the phone."},
	ReasonMessageUnderWay:  {WaitingForMeta, "WhatsApp has accepted the first message; its status has not come back yet.", "", "", minute},
	ReasonNoWebhook:        {WaitingForYou, "WhatsApp accepted the first message, and no status of it came to your webhook.", "Check that your server is running, that the app is live and subscribes to messages, and that no override sends them elsewhere.", linkApps, 0},
	ReasonMessageUncertain: {WaitingForYou, "The answer to the first message was lost: it may have gone out.", "Look at the phone. Give the number again only if nothing came.", "", 0},
	ReasonRecipient:        {WaitingForYou, "The message cannot go to this number: it has no WhatsApp, or is the business number itself.", "Give a phone number of your own that has WhatsApp.", "", 0},
	ReasonTestRecipient:    {WaitingForYou, "A test number writes only to the five numbers on its list.", "Put the phone number on the list (app, WhatsApp, API setup).", linkApps, 0},
	ReasonCountry:          {WaitingForYou, "This business may not write to people in that country yet.", "Give a number of another country, or have the business verified.", linkSecurity, 0},
	ReasonTemplateGone:     {WaitingForYou, "The template for the first message cannot be sent.", "Choose another template.", linkTemplates, 0},
	ReasonNotRegistered:    {WaitingForYou, "The number is not switched on.", "Have it switched on with its PIN.", linkRegister, 0},

	// Numbers that are live.
	ReasonNotLooked:        {Pending, "Could not be looked at, because something above is missing.", "", "", 0},
	ReasonVersionOld:       {Done, "Version {0} of the Graph API is old (released {1}); a version lives about two years.", "Move to a newer version.", linkChangelog, 0},
	ReasonClock:            {WaitingForYou, "The clock of this machine is wrong by {0}.", "Have it set by a time server.", "", 0},
	ReasonQualityRed:       {WaitingForYou, "Many people block or report what the number sends.", "Write less, and only to people who asked for it.", linkNumbers, 0},
	ReasonQualityYellow:    {Done, "Some people block or report what the number sends.", "Look at which templates they are.", linkNumbers, 0},
	ReasonOfficialRejected: {WaitingForYou, "Meta has turned down the application to become an official business account.", "Apply again with more that others have written about the business.", linkOfficial, 0},
	ReasonNoPIN:            {WaitingForYou, "Two-step verification is off: whoever gets a code sent to the number can take it.", "Set a PIN.", linkTwoStep, 0},
	ReasonHealthBlocked:    {WaitingForYou, "Meta blocks sending: {0}.", "Look the codes up in Meta's page about the health status.", linkHealthStatus, 0},
	ReasonHealthLimited:    {Done, "Meta limits sending: {0}.", "Look the codes up in Meta's page about the health status.", linkHealthStatus, 0},

	// Leaving.
	ReasonStillSubscribed: {Done, "The account's webhooks go on, for its other numbers.", "", "", 0},
	ReasonLeaveInApp:      {WaitingForYou, "The number is in use in the WhatsApp Business app, and is disconnected there.", "In the app: Settings, Account, Business platform, Disconnect.", linkCoexistence, 0},
	ReasonPINOn:           {WaitingForYou, "Two-step verification is still on, so that no other provider can take the number.", "Switch it off in WhatsApp Manager (number, two-step verification): no program can.", linkTwoStep, 0},
	ReasonDelete:          {WaitingForYou, "The number is switched off and still in the account.", "Delete it in WhatsApp Manager (number, settings). That is possible 30 days after its last paid message; for a move to another provider leave it.", linkNumbers, 0},
}

// say puts a reason into words. An unknown one, of a newer release, is its own word.
func say(reason Reason, args []string) (text, do, link string) {
	s, ok := sentences[reason]
	if !ok {
		return string(reason), "", ""
	}
	return fill(s.text, args), fill(s.do, args), s.link
}

// fill puts arguments into a text.
func fill(text string, args []string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
