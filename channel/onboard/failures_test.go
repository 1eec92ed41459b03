package onboard_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

// answers answers by kind; what is not in it later.
func answers(s *site, over map[onboard.PromptKind]string) func(onboard.Prompt) (string, error) {
	return func(p onboard.Prompt) (string, error) {
		if a, ok := over[p.Kind]; ok {
			if a == "" {
				return "", onboard.ErrLater
			}
			return a, nil
		}
		return s.willing(p)
	}
}

// later answers a kind of prompt later, and the rest rightly.
func (s *site) later(kinds ...onboard.PromptKind) {
	over := map[onboard.PromptKind]string{}
	for _, k := range kinds {
		over[k] = ""
	}
	s.answers = answers(s, over)
}

// refuse answers calls whose path ends like this with an error of Meta's.
func (s *site) refuse(method, end string, code, subcode int) {
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method != method || !strings.HasSuffix(r.Path, end) {
			return cloudapitest.Pass()
		}
		body := `{"error":{"message":"x","type":"OAuthException","code":` + itoa(code)
		if subcode != 0 {
			body += `,"error_subcode":` + itoa(subcode)
		}
		return cloudapitest.Answer(http.StatusBadRequest, "application/json", body+`,"fbtrace_id":"Atrace"}}`).Stay()
	})
}

// tell answers reads of a number with other values.
func (s *site) debugToken(data string) {
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if !strings.HasSuffix(r.Path, "/debug_token") {
			return cloudapitest.Pass()
		}
		return cloudapitest.Answer(http.StatusOK, "application/json", `{"data":`+data+`}`).Stay()
	})
}

// number adds a number that is in the account already, for plans that name it.
func (s *site) number(p *onboard.Plan, cfg cloudapitest.NumberConfig) *cloudapitest.Number {
	n := s.account.AddNumber(cfg)
	p.NumberID, p.Phone, p.DisplayName = n.ID, "", ""
	return n
}

// welcome gives the account a template for the first message.
func (s *site) welcome() {
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(s.t, err)
}

// A failure of the road: what was the matter, and what the person reads.
type failure struct {
	name    string
	arrange func(s *site, p *onboard.Plan)
	step    onboard.StepID
	status  onboard.Status
	reason  onboard.Reason
	text    string
	// remark: the step is done all the same.
	remark bool
}

var failures = []failure{
	// The token.
	{name: "there is no token", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonNoToken,
		text:    "There is no access token.",
		arrange: func(s *site, _ *onboard.Plan) { s.cfg.Graph.Token = "" }},
	{name: "the token was withdrawn", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonTokenRefused,
		text:    "WhatsApp does not accept the access token: it was withdrawn, has ended, or is not complete.",
		arrange: func(s *site, _ *onboard.Plan) { s.world.Revoke(s.token) }},
	{name: "the token is cut", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonTokenRefused,
		text:    "WhatsApp does not accept the access token: it was withdrawn, has ended, or is not complete.",
		arrange: func(s *site, _ *onboard.Plan) { s.cfg.Graph.Token = s.token[:20] }},
	{name: "the token has ended", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonTokenExpired,
		text: "The access token ended on 29 November 2026.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Token = s.app.TokenFor(time.Minute, nil, s.account)
			s.world.Advance(time.Hour)
		}},
	{name: "the token ends soon", step: onboard.StepToken, status: onboard.Done, reason: onboard.ReasonTokenEnds, remark: true,
		text:    "The access token ends on 4 December 2026.",
		arrange: func(s *site, _ *onboard.Plan) { s.cfg.Graph.Token = s.app.TokenFor(5*24*time.Hour, nil, s.account) }},
	{name: "the data access of the token ends soon", step: onboard.StepToken, status: onboard.Done, reason: onboard.ReasonTokenEnds, remark: true,
		text: "The access token ends on 1 December 2026.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.debugToken(`{"app_id":"` + s.app.ID + `","is_valid":true,"expires_at":0,"data_access_expires_at":1796083200,"scopes":["whatsapp_business_management","whatsapp_business_messaging"]}`)
		}},
	{name: "it is the token of a person", step: onboard.StepToken, status: onboard.Done, reason: onboard.ReasonTokenOfUser, remark: true,
		text: "This is a token for trying things out; it ends within a day.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.debugToken(`{"app_id":"` + s.app.ID + `","type":"USER","is_valid":true,"expires_at":1795950000,"scopes":["whatsapp_business_management","whatsapp_business_messaging"]}`)
		}},
	{name: "the token may not send", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonScopes,
		text: "The access token lacks permissions: whatsapp_business_messaging.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Token = s.app.TokenFor(0, []string{"whatsapp_business_management"}, s.account)
		}},
	{name: "the token may do nothing with WhatsApp", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonScopes,
		text:    "The access token lacks permissions: whatsapp_business_management, whatsapp_business_messaging.",
		arrange: func(s *site, _ *onboard.Plan) { s.cfg.Graph.Token = s.app.TokenFor(0, []string{"email"}, s.account) }},
	{name: "the token is for another account", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonOutOfReach,
		text: "The access token is not for account 4711.",
		arrange: func(s *site, p *onboard.Plan) {
			p.AccountID = "4711"
		}},
	{name: "the token is of another app", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonOtherApp,
		text: "The access token belongs to app 815, not to app 4711.",
		arrange: func(s *site, p *onboard.Plan) {
			other := s.world.AddApp(cloudapitest.AppConfig{ID: "815"})
			mine := s.world.AddApp(cloudapitest.AppConfig{ID: "4711"})
			s.cfg.Graph.Token, s.cfg.Graph.AppSecret, p.AppID = other.Token(s.account), mine.Secret, mine.ID
		}},
	{name: "the app secret is another app's", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonSecret,
		text:    "The app id and the app secret do not belong together.",
		arrange: func(s *site, _ *onboard.Plan) { s.cfg.Graph.AppSecret = "0123456789abcdef" }},
	{name: "the token may not be examined", step: onboard.StepToken, status: onboard.Done, reason: onboard.ReasonTokenUnexamined, remark: true,
		text: "The access token could not be examined, so nothing is known about its end.",
		arrange: func(s *site, p *onboard.Plan) {
			p.AppID, p.Webhook, s.cfg.Graph.AppSecret = "", onboard.WebhookPlan{}, ""
			s.refuse("GET", "/debug_token", 100, 0)
		}},
	{name: "WhatsApp cannot be reached", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonUnreachable,
		text: "WhatsApp could not be reached from here.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.HTTPClient = &http.Client{Transport: broken{}}
			s.cfg.Graph.Retries = -1
		}},
	{name: "WhatsApp is unwell", step: onboard.StepToken, status: onboard.WaitingForMeta, reason: onboard.ReasonMetaUnwell,
		text: "WhatsApp has a passing problem.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Retries = -1
			s.refuse("GET", "/debug_token", 2, 0)
		}},
	{name: "the code of the signup is old", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonSignupCode,
		text: "The code of the signup has ended or was used: it is good for 30 seconds and once.",
		arrange: func(s *site, p *onboard.Plan) {
			*p, s.cfg.Graph.Token = onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID}, ""
			code := s.app.SignUp(s.account)
			s.world.Advance(31 * time.Second)
			s.answers = onceAnswer(onboard.PromptSignup, code)
		}},
	{name: "the customer has not signed up", step: onboard.StepToken, status: onboard.WaitingForYou, reason: onboard.ReasonSignup,
		text: "The customer has not come through the signup page yet.",
		arrange: func(s *site, p *onboard.Plan) {
			*p, s.cfg.Graph.Token = onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID}, ""
		}},

	// The account.
	{name: "the token reaches two accounts", step: onboard.StepAccount, status: onboard.WaitingForYou, reason: onboard.ReasonWhichAccount,
		text: "It is not clear which account is meant.",
		arrange: func(s *site, p *onboard.Plan) {
			p.AccountID = ""
			s.cfg.Graph.Token = s.app.Token(s.account, s.world.AddAccount(cloudapitest.AccountConfig{}))
		}},
	{name: "the account does not exist", step: onboard.StepAccount, status: onboard.WaitingForYou, reason: onboard.ReasonNotVisible,
		text: "The account does not exist, or the access token may not see it.",
		arrange: func(s *site, p *onboard.Plan) {
			p.AccountID = "4711"
			s.debugToken(`{"app_id":"` + s.app.ID + `","is_valid":true,"scopes":["whatsapp_business_management","whatsapp_business_messaging"]}`)
		}},
	{name: "the account is under review", step: onboard.StepAccount, status: onboard.WaitingForMeta, reason: onboard.ReasonReviewPending,
		text:    "Meta is reviewing the account.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Review("PENDING") }},
	{name: "the account was turned down", step: onboard.StepAccount, status: onboard.Blocked, reason: onboard.ReasonReviewRejected,
		text:    "Meta has turned the account down.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Review("REJECTED") }},
	{name: "the account is restricted", step: onboard.StepAccount, status: onboard.Blocked, reason: onboard.ReasonRestricted,
		text:    "Meta has restricted the account for breaking a rule.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Restrict(368) }},
	{name: "the system user has no access to the account", step: onboard.StepAccount, status: onboard.WaitingForYou, reason: onboard.ReasonPermission,
		text:    "The access token may not do this (code 200).",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("GET", "/"+s.account.ID, 200, 0) }},
	{name: "too many calls were made", step: onboard.StepAccount, status: onboard.WaitingForMeta, reason: onboard.ReasonThrottled,
		text: "There were too many calls for this account; WhatsApp takes more later.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Retries, s.cfg.Graph.MaxWait = -1, -1
			s.refuse("GET", "/"+s.account.ID, 80008, 0)
		}},

	// The number.
	{name: "an unverified business has its two numbers", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonNumberLimitAtFirst,
		text: "There are 2 numbers already; more need a verified business.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.account.Portfolio.SetVerification("not_verified")
			for range 2 {
				s.account.AddNumber(cloudapitest.NumberConfig{})
			}
		}},
	{name: "an unverified business has a number in each of two accounts", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonNumberLimitAtFirst,
		text: "There are 2 numbers already; more need a verified business.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.account.Portfolio.SetVerification("not_verified")
			other := s.world.AddAccount(cloudapitest.AccountConfig{})
			s.account.AddNumber(cloudapitest.NumberConfig{})
			other.AddNumber(cloudapitest.NumberConfig{})
			s.cfg.Graph.Token = s.app.Token(s.account, other)
			s.refuse("POST", "/phone_numbers", 100, 0)
		}},
	{name: "WhatsApp refuses a number for another reason", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonRefused,
		text:    "WhatsApp refused this with code 100.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/phone_numbers", 100, 0) }},
	{name: "a verified business has its twenty numbers", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonNumberLimit,
		text: "There are 20 numbers already, which is the limit.",
		arrange: func(s *site, _ *onboard.Plan) {
			for range 20 {
				s.account.AddNumber(cloudapitest.NumberConfig{})
			}
		}},
	{name: "the number is with another provider", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonTaken,
		text:    "The number belongs to another account, at this provider or another one.",
		arrange: func(s *site, _ *onboard.Plan) { s.elsewhere(cloudapitest.NumberConfig{}) }},
	{name: "the other provider's PIN is on", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonOldPIN,
		text: "The other provider's two-step verification still protects the number.",
		arrange: func(s *site, p *onboard.Plan) {
			p.Migrate = true
			s.elsewhere(cloudapitest.NumberConfig{PIN: "111111"})
		}},
	{name: "the number is switched off at the other provider", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonCannotMigrate,
		text: "The number cannot be migrated as it is (code 2388103).",
		arrange: func(s *site, p *onboard.Plan) {
			p.Migrate = true
			s.elsewhere(cloudapitest.NumberConfig{Unregistered: true})
		}},
	{name: "a number was deleted a moment ago", step: onboard.StepNumber, status: onboard.WaitingForMeta, reason: onboard.ReasonBeingDeleted,
		text: "The number was deleted a moment ago, and WhatsApp has not finished that.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Retries = -1
			s.refuse("POST", "/phone_numbers", 133015, 0)
		}},
	{name: "a signup brought no number", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonNoNumber,
		text: "The account has no number yet, and the plan names none to add.",
		arrange: func(s *site, p *onboard.Plan) {
			*p = onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID}
		}},
	{name: "the planned number is gone", step: onboard.StepNumber, status: onboard.Blocked, reason: onboard.ReasonNumberGone,
		text:    "The number is not in the account: it was moved or deleted.",
		arrange: func(s *site, p *onboard.Plan) { s.number(p, cloudapitest.NumberConfig{}).Delete() }},
	{name: "the number is one of another account of ours", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonOtherAccount,
		text: "The number is not one of account 4711.",
		arrange: func(s *site, p *onboard.Plan) {
			s.number(p, cloudapitest.NumberConfig{})
			other := s.world.AddAccount(cloudapitest.AccountConfig{ID: "4711"})
			p.AccountID, s.cfg.Graph.Token = other.ID, s.app.Token(s.account, other)
		}},
	{name: "the number is banned", step: onboard.StepNumber, status: onboard.Blocked, reason: onboard.ReasonBanned,
		text:    "WhatsApp has banned the number.",
		arrange: func(s *site, p *onboard.Plan) { s.number(p, cloudapitest.NumberConfig{}).SetStatus("BANNED") }},
	{name: "the number is not in the app that shall keep it", step: onboard.StepNumber, status: onboard.WaitingForYou, reason: onboard.ReasonNotInApp,
		text: "The number is not in use in the WhatsApp Business app, so it cannot be shared with it.",
		arrange: func(s *site, p *onboard.Plan) {
			n := s.account.AddNumber(cloudapitest.NumberConfig{})
			*p = onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, NumberID: n.ID, Coexistence: true}
		}},

	// Ownership.
	{name: "nobody has given the code", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonCodeSent,
		text:    "A code was sent to the number by SMS.",
		arrange: func(s *site, _ *onboard.Plan) { s.later(onboard.PromptCode) }},
	{name: "the number is a land line", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonCodeCalled,
		text: "WhatsApp calls the number and says a code.",
		arrange: func(s *site, p *onboard.Plan) {
			p.CodeMethod = cloudapi.CodeVoice
			s.later(onboard.PromptCode)
		}},
	{name: "the code is wrong", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonWrongCode,
		text:    "That code is wrong; 4 more tries.",
		arrange: func(s *site, _ *onboard.Plan) { s.answers = s.wrongCode(1) }},
	{name: "the code has five digits", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonNotAccepted,
		text:    "That cannot be: a code has six digits.",
		arrange: func(s *site, _ *onboard.Plan) { s.answers = onceAnswer(onboard.PromptCode, "12345") }},
	{name: "the code was wrong five times", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonWrongCodes,
		text: "The code was wrong 5 times.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.answers = s.wrongCode(99)
		}},
	{name: "the code has ended", step: onboard.StepOwnership, status: onboard.WaitingForYou, reason: onboard.ReasonCodeExpired,
		text: "The code has ended: it is good for ten minutes.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.answers = func(p onboard.Prompt) (string, error) {
				if p.Kind != onboard.PromptCode || p.Problem != "" {
					return "", onboard.ErrLater
				}
				code := s.code()
				s.world.Advance(11 * time.Minute)
				return code, nil
			}
		}},
	{name: "another code is asked for too soon", step: onboard.StepOwnership, status: onboard.WaitingForMeta, reason: onboard.ReasonCodeWait,
		text:    "Another code can be asked for on 29 November 2026, 09:01 UTC.",
		arrange: func(s *site, _ *onboard.Plan) { s.answers = onceAnswer(onboard.PromptCode, onboard.AnswerVoice) }},
	{name: "WhatsApp lets the number rest", step: onboard.StepOwnership, status: onboard.WaitingForMeta, reason: onboard.ReasonTooManyCodes,
		text:    "Too many codes were asked for or tried; WhatsApp lets the number rest.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/request_code", 136024, 2388091) }},
	{name: "the number gets no code", step: onboard.StepOwnership, status: onboard.Blocked, reason: onboard.ReasonNoCode,
		text:    "WhatsApp sends no code to this number.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/request_code", 100, 2388093) }},

	// The display name.
	{name: "the name is under review", step: onboard.StepName, status: onboard.WaitingForMeta, reason: onboard.ReasonNamePending,
		text:    "Meta is reviewing the display name. Messages flow meanwhile.",
		arrange: func(*site, *onboard.Plan) {}},
	{name: "the name was turned down", step: onboard.StepName, status: onboard.WaitingForYou, reason: onboard.ReasonNameRejected,
		text:    "Meta has turned the display name down.",
		arrange: func(s *site, p *onboard.Plan) { s.number(p, cloudapitest.NumberConfig{}).ReviewName(false) }},
	{name: "another name is too short", step: onboard.StepName, status: onboard.WaitingForYou, reason: onboard.ReasonNameRejected,
		text: "Meta has turned the display name down.",
		arrange: func(s *site, p *onboard.Plan) {
			s.number(p, cloudapitest.NumberConfig{}).ReviewName(false)
			s.answers = onceAnswer(onboard.PromptName, "x")
		}},

	// Registration.
	{name: "nobody has given a PIN", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonPIN,
		text:    "The number has to be switched on, with a two-step PIN that protects it.",
		arrange: func(s *site, _ *onboard.Plan) { s.later(onboard.PromptPIN) }},
	{name: "the number has a PIN that nobody has given", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonPINInForce,
		text: "The number has to be switched on with its two-step PIN.",
		arrange: func(s *site, p *onboard.Plan) {
			s.number(p, cloudapitest.NumberConfig{Unregistered: true, PIN: "111111"})
			s.later(onboard.PromptPIN)
		}},
	{name: "the PIN is wrong", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonWrongPIN,
		text: "That is not the two-step PIN of the number.",
		arrange: func(s *site, p *onboard.Plan) {
			s.number(p, cloudapitest.NumberConfig{Unregistered: true, PIN: "111111"})
			s.answers = onceAnswer(onboard.PromptPIN, "222222")
		}},
	{name: "the PIN is wrong again and again", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonWrongPINs,
		text: "The two-step PIN was wrong 3 times; more tries lock the number.",
		arrange: func(s *site, p *onboard.Plan) {
			s.number(p, cloudapitest.NumberConfig{Unregistered: true, PIN: "111111"})
		}},
	{name: "the PIN has four digits", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonNotAccepted,
		text:    "That cannot be: a PIN has six digits.",
		arrange: func(s *site, _ *onboard.Plan) { s.answers = andThen(s, onboard.PromptPIN, "2468") }},
	{name: "the number is locked for wrong PINs", step: onboard.StepRegister, status: onboard.WaitingForMeta, reason: onboard.ReasonPINLocked,
		text:    "The two-step PIN was wrong too often; WhatsApp has locked the number for some hours.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 133008, 0) }},
	{name: "the PIN came too fast", step: onboard.StepRegister, status: onboard.WaitingForMeta, reason: onboard.ReasonPINFast,
		text:    "The two-step PIN was given too soon after the last time.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 133009, 0) }},
	{name: "the number is in use in the app", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonAppHolds,
		text:    "The number is in use in the WhatsApp app on a phone.",
		arrange: func(s *site, _ *onboard.Plan) { s.world.AddUser(cloudapitest.UserConfig{Phone: phone}) }},
	{name: "the number was registered too often", step: onboard.StepRegister, status: onboard.WaitingForMeta, reason: onboard.ReasonRegistrations,
		text:    "The number was switched on and off ten times in 72 hours; WhatsApp takes no more until then.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 133016, 0) }},
	{name: "the number has to be verified again", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonVerifyAgain,
		text:    "WhatsApp wants proof again that the number is yours.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 133006, 0) }},
	{name: "an earlier deregistration stopped half-way", step: onboard.StepRegister, status: onboard.WaitingForMeta, reason: onboard.ReasonHalfOff,
		text:    "The number had not been switched off completely before; that is done now, and it can be switched on.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 133000, 0) }},
	{name: "the number is in maintenance", step: onboard.StepRegister, status: onboard.WaitingForMeta, reason: onboard.ReasonMaintenance,
		text: "WhatsApp is working on the number; that takes some minutes.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.cfg.Graph.Retries = -1
			s.refuse("POST", "/register", 100, 2494100)
		}},
	{name: "WhatsApp refuses with a code that is new", step: onboard.StepRegister, status: onboard.WaitingForYou, reason: onboard.ReasonRefused,
		text:    "WhatsApp refused this with code 100/2599999.",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/register", 100, 2599999) }},

	// Webhooks.
	{name: "no address is set anywhere", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonNoCallback,
		text:    "There is no callback address at any level, so no message can come in.",
		arrange: func(_ *site, p *onboard.Plan) { p.Webhook = onboard.WebhookPlan{} }},
	{name: "the app is not known", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonNoApp,
		text: "The app is not known, because the token could not be examined.",
		arrange: func(s *site, p *onboard.Plan) {
			p.AppID = ""
			s.refuse("GET", "/debug_token", 100, 0)
		}},
	{name: "the callback does not answer", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonCallbackUnreachable,
		text:    "The callback address of the app, at desk.example, does not answer.",
		arrange: func(s *site, _ *onboard.Plan) { s.world.Mount(callback, nil) }},
	{name: "the callback is reached from here and not by Meta", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonMetaCannotReach,
		text:    "The callback address answers here, and WhatsApp could not reach it (code 2200).",
		arrange: func(s *site, _ *onboard.Plan) { s.refuse("POST", "/subscriptions", 2200, 0) }},
	{name: "an override of the number sends the messages elsewhere", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonOverridden,
		text: "An override of the number sends the messages to old.example instead.",
		arrange: func(s *site, p *onboard.Plan) {
			n := s.number(p, cloudapitest.NumberConfig{})
			s.override(n.ID, `{"webhook_configuration":{"override_callback_uri":"https://old.example/in","verify_token":"v"}}`)
		}},
	{name: "an override of the account sends the messages elsewhere", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonOverridden,
		text: "An override of the account sends the messages to old.example instead.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.override(s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`)
		}},
	{name: "the app does not subscribe to messages", step: onboard.StepCallback, status: onboard.WaitingForYou, reason: onboard.ReasonFields,
		text: "The app does not subscribe to all webhook fields; missing: messages, user_preferences.",
		arrange: func(s *site, p *onboard.Plan) {
			fields := onboard.DefaultFields()
			p.Webhook = onboard.WebhookPlan{}
			var some []string
			for _, f := range fields {
				if f != "messages" && f != "user_preferences" {
					some = append(some, f)
				}
			}
			s.appWebhook(some...)
		}},
	{name: "the app does not hear of what is written in the Business app", step: onboard.StepCallback, status: onboard.Done, reason: onboard.ReasonFieldsRest, remark: true,
		text: "The app does not subscribe to these webhook fields: history, smb_app_state_sync, smb_message_echoes.",
		arrange: func(s *site, p *onboard.Plan) {
			n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
			*p = onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, NumberID: n.ID, Coexistence: true}
			s.appWebhook(onboard.DefaultFields()...)
		}},
	{name: "the app does not subscribe to changes of templates", step: onboard.StepCallback, status: onboard.Done, reason: onboard.ReasonFieldsRest, remark: true,
		text: "The app does not subscribe to these webhook fields: message_template_status_update.",
		arrange: func(s *site, p *onboard.Plan) {
			p.Webhook = onboard.WebhookPlan{}
			var some []string
			for _, f := range onboard.DefaultFields() {
				if f != "message_template_status_update" {
					some = append(some, f)
				}
			}
			s.appWebhook(some...)
		}},

	// Payment, business, profile, templates.
	{name: "nobody pays", step: onboard.StepPayment, status: onboard.WaitingForYou, reason: onboard.ReasonNoPayment,
		text:    "The account has no payment method. Beyond the 1,000 free replies a month, messages are accepted and not delivered.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.SetPayment(false) }},
	{name: "the business is not verified", step: onboard.StepVerification, status: onboard.WaitingForYou, reason: onboard.ReasonNotVerified,
		text:    "Meta has not verified the business. Until then it may have 2 numbers and reach 250 people a day outside of conversations.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Portfolio.SetVerification("not_verified") }},
	{name: "the business is being verified", step: onboard.StepVerification, status: onboard.WaitingForMeta, reason: onboard.ReasonVerificationPending,
		text:    "Meta is verifying the business.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Portfolio.SetVerification("pending") }},
	{name: "Meta wants more papers", step: onboard.StepVerification, status: onboard.WaitingForYou, reason: onboard.ReasonVerificationMore,
		text:    "Meta wants more papers to verify the business.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Portfolio.SetVerification("pending_need_more_info") }},
	{name: "the business could not be verified", step: onboard.StepVerification, status: onboard.WaitingForYou, reason: onboard.ReasonVerificationFailed,
		text:    "Meta could not verify the business.",
		arrange: func(s *site, _ *onboard.Plan) { s.account.Portfolio.SetVerification("rejected") }},
	{name: "the profile is empty", step: onboard.StepProfile, status: onboard.WaitingForYou, reason: onboard.ReasonProfileEmpty,
		text:    "People look at the profile and do not find: about, description, email, websites, vertical, picture.",
		arrange: func(*site, *onboard.Plan) {}},
	{name: "Meta does not take the profile", step: onboard.StepProfile, status: onboard.WaitingForYou, reason: onboard.ReasonProfile,
		text: "WhatsApp did not take the profile (code 131009).",
		arrange: func(s *site, p *onboard.Plan) {
			p.Profile.About = "We repair bikes."
			s.refuse("POST", "/whatsapp_business_profile", 131009, 0)
		}},
	{name: "there is no template", step: onboard.StepTemplates, status: onboard.WaitingForYou, reason: onboard.ReasonNoTemplates,
		text:    "The account has no approved template, so nobody can be written to first.",
		arrange: func(*site, *onboard.Plan) {}},
	{name: "every template is under review", step: onboard.StepTemplates, status: onboard.WaitingForMeta, reason: onboard.ReasonTemplatesPending,
		text: "Meta is reviewing 1 templates; none is approved yet.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.account.SetReview(-1)
			s.post(s.account.ID+"/message_templates", plainTemplate)
		}},

	// The first message.
	{name: "nothing can be sent without values", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonNoFirstTemplate,
		text:    "There is no approved template without values to send.",
		arrange: func(*site, *onboard.Plan) {}},
	{name: "nobody said whom to write to", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonRecipientWanted,
		text: "Everything is ready for a first message.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.welcome()
			s.later(onboard.PromptRecipient)
		}},
	{name: "the first message goes to somebody without WhatsApp", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonRecipient,
		text: "The message cannot go to this number: it has no WhatsApp, or is the business number itself.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.welcome()
			s.refuse("POST", "/messages", 131026, 0)
		}},
	{name: "a test number writes to a stranger", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonTestRecipient,
		text: "A test number writes only to the five numbers on its list.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.welcome()
			s.refuse("POST", "/messages", 131030, 0)
		}},
	{name: "the country is closed to the business", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonCountry,
		text: "This business may not write to people in that country yet.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.welcome()
			s.refuse("POST", "/messages", 130497, 0)
		}},
	{name: "the answer to the first message is lost", step: onboard.StepMessage, status: onboard.WaitingForYou, reason: onboard.ReasonMessageUncertain,
		text: "The answer to the first message was lost: it may have gone out.",
		arrange: func(s *site, _ *onboard.Plan) {
			s.welcome()
			s.world.Intercept(cloudapitest.Ambiguous(1))
		}},
}

func TestEveryFailureOfTheRoadIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.answers = s.willing
			p := s.plan()
			f.arrange(s, &p)
			st := s.run(s.begin(p))
			step := st.Step(f.step)
			require.Equal(t, f.status, step.Status, lines(st))
			reason, text, do := step.Reason, step.Text, step.Do
			if f.remark {
				require.NotEmpty(t, step.Remarks, lines(st))
				reason, text, do = step.Remarks[0].Reason, step.Remarks[0].Text, step.Remarks[0].Do
			}
			require.Equal(t, f.reason, reason)
			require.Equal(t, f.text, text)
			if f.status == onboard.WaitingForYou || f.status == onboard.Blocked {
				require.NotEmpty(t, do, "a person has to know what to do")
				require.False(t, strings.Contains(text+do, "{"), "every argument is filled in")
			}
			if f.status == onboard.WaitingForMeta {
				require.True(t, step.Again.After(start), "a person has to know when to look again")
			}
		})
	}
}

// broken is a network without a connection.
type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

// onceAnswer answers one kind of prompt once, and everything else later.
func onceAnswer(kind onboard.PromptKind, answer string) func(onboard.Prompt) (string, error) {
	left := onboard.Answers{kind: answer}
	return func(p onboard.Prompt) (string, error) { return left.Ask(nil, p) } //nolint:staticcheck // it needs none
}
