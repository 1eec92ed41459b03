package onboard

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// Road is the way a number takes.
type Road string

// The roads.
const (
	// RoadToken is for your own numbers: you have an access token of a system user.
	RoadToken Road = "token"
	// RoadSignup is for numbers of customers of yours: a page with Embedded Signup (v4)
	// gives you a code, which is exchanged for the customer's token.
	RoadSignup Road = "signup"
	// RoadLeave takes a number off: webhooks, registration, PIN, and what has to be done
	// by hand until it is free.
	RoadLeave Road = "leave"
)

// Plan is what is wanted of one number. It is part of the [State] and holds no secret.
// Printed, it shows no phone number and no name; its JSON does, because a host has to
// store it.
type Plan struct {
	Road Road `json:"road"`

	// AppID is the Meta app. It may be empty on RoadToken and RoadLeave: then it is taken
	// from the token.
	AppID string `json:"app_id,omitempty"`
	// AccountID is the WhatsApp Business account (WABA). Empty: the only account that the
	// token reaches, or on RoadSignup the newest; else it is asked for.
	AccountID string `json:"account_id,omitempty"`
	// NumberID is the phone number id of a number that is in the account already. Empty:
	// it is found by Phone, or added. RoadLeave needs it.
	NumberID string `json:"number_id,omitempty"`
	// Phone is the number in E.164 form, with or without plus. It may be empty where
	// NumberID is known, and on RoadSignup, where the customer has chosen it on the page.
	Phone string `json:"phone,omitempty"`
	// DialCode is the country calling code that Phone begins with, such as "49". Empty: it
	// is found in the table of calling codes.
	DialCode string `json:"dial_code,omitempty"`
	// DisplayName is what people see, 2 to 75 characters; needed where a number is added.
	DisplayName string `json:"display_name,omitempty"`

	// Migrate takes the number over from another provider, with its name, quality and
	// limits. Its two-step verification has to be off there.
	Migrate bool `json:"migrate,omitempty"`
	// Coexistence says that the number stays in use in the WhatsApp Business app. Only on
	// RoadSignup. It is neither verified nor registered; contacts and history are handed
	// over instead.
	Coexistence bool `json:"coexistence,omitempty"`

	// CodeMethod is how the code that proves ownership comes; empty means SMS. Locale is
	// its language, such as "de_DE"; empty means "en_US".
	CodeMethod cloudapi.CodeMethod `json:"code_method,omitempty"`
	Locale     string              `json:"locale,omitempty"`
	// Region stores messages in a country, such as "DE"; empty leaves that to Meta.
	Region string `json:"region,omitempty"`

	Webhook WebhookPlan `json:"webhook,omitzero"`
	// Profile is what people shall see about the business; empty parts stay as they are.
	Profile ProfilePlan `json:"profile,omitzero"`
	// CreditLineID pays for the account of a customer; empty: the customer has a payment
	// method. Currency is the account's, such as "EUR", and can never be changed.
	CreditLineID string `json:"credit_line_id,omitempty"`
	Currency     string `json:"currency,omitempty"`
	// Template is the name of the template that the first message is made of, in Language;
	// it must need no values. Empty: any such template, of the category UTILITY if there is one.
	Template string `json:"template,omitempty"`
	Language string `json:"language,omitempty"`

	// Without are steps that are left out on your own responsibility, such as
	// StepMessage. Steps that others need cannot be left out.
	Without []StepID `json:"without,omitempty"`
}

// Level is where a callback address is set. The most specific one that is set gets the
// messages: number before account before app.
type Level string

// The levels.
const (
	LevelApp     Level = "app"
	LevelAccount Level = "account"
	LevelNumber  Level = "number"
)

// WebhookPlan says where webhooks shall go.
type WebhookPlan struct {
	// URL is your callback address, https. Empty: the addresses in force are examined and
	// left alone.
	URL string `json:"url,omitempty"`
	// Level is where URL is set; empty means LevelApp, which needs the app's secret.
	// Account events go to the app's address whatever the level.
	Level Level `json:"level,omitempty"`
	// Fields are what the app subscribes to at LevelApp, beside what it has; nil means
	// [DefaultFields], with those of coexistence where it is planned.
	Fields []string `json:"fields,omitempty"`
	// TakeOver removes an override at a more specific level that sends the messages
	// elsewhere. Without it such an override is reported and left alone.
	TakeOver bool `json:"take_over,omitempty"`
}

// DefaultFields are the webhook fields that a support channel needs. "standby" is among
// them, because what people write while an agent of Meta's holds the conversation comes
// nowhere else.
func DefaultFields() []string {
	return []string{
		"account_alerts", "account_review_update", "account_update", "business_capability_update", "message_template_quality_update",
		"message_template_status_update", "messages", "phone_number_name_update", "phone_number_quality_update", "security", "standby",
		"template_category_update", "user_preferences",
	}
}

// appFields are the webhook fields of a number that is in use in the app, too.
var appFields = []string{"history", "smb_app_state_sync", "smb_message_echoes"}

// ProfilePlan is the wanted profile; see [cloudapi.Profile] for the limits.
type ProfilePlan struct {
	About       string   `json:"about,omitempty"`
	Address     string   `json:"address,omitempty"`
	Description string   `json:"description,omitempty"`
	Email       string   `json:"email,omitempty"`
	Websites    []string `json:"websites,omitempty"`
	Vertical    string   `json:"vertical,omitempty"`
}

// Validate reports everything that is wrong with the plan at once, in the order of the
// fields. The error names fields and limits, never values.
func (p Plan) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("onboard: plan: "+format, args...))
	}
	if _, ok := roads[p.Road]; !ok {
		bad("Road must be %s, %s or %s", RoadToken, RoadSignup, RoadLeave)
	}
	for _, id := range []struct{ name, value string }{
		{"AppID", p.AppID}, {"AccountID", p.AccountID}, {"NumberID", p.NumberID}, {"CreditLineID", p.CreditLineID},
	} {
		if strings.Trim(id.value, "0123456789") != "" {
			bad("%s must be digits", id.name)
		}
	}
	if p.Road == RoadSignup && p.AppID == "" {
		bad("AppID is needed to exchange the code of a signup")
	}
	if p.Road == RoadLeave && p.NumberID == "" {
		bad("NumberID is needed to leave")
	}
	if p.Road == RoadToken && p.NumberID == "" && p.Phone == "" {
		bad("Phone or NumberID is needed")
	}
	if p.Phone != "" {
		if _, _, ok := p.dial(); !ok {
			bad("Phone must be a number in E.164 form that begins with a country calling code, with DialCode if that code is new")
		}
		if p.Road == RoadToken && p.NumberID == "" && p.DisplayName == "" && !p.Migrate {
			bad("DisplayName is needed for a number that is added")
		}
	}
	if n := utf8.RuneCountInString(p.DisplayName); p.DisplayName != "" && (n < 2 || n > 75) {
		bad("DisplayName has %d characters, allowed are 2 to 75", n)
	}
	if p.Coexistence && p.Road != RoadSignup {
		bad("Coexistence needs RoadSignup: the owner has to agree in the WhatsApp Business app")
	}
	if p.Coexistence && p.Migrate {
		bad("Coexistence and Migrate exclude each other")
	}
	if p.CodeMethod != "" && p.CodeMethod != cloudapi.CodeSMS && p.CodeMethod != cloudapi.CodeVoice {
		bad("CodeMethod must be %s or %s", cloudapi.CodeSMS, cloudapi.CodeVoice)
	}
	if p.Region != "" && (len(p.Region) != 2 || strings.ToUpper(p.Region) != p.Region) {
		bad("Region must be a country in two capital letters")
	}
	p.Webhook.check(bad)
	var list interface{ Unwrap() []error }
	if err := p.Profile.change().Validate(); errors.As(err, &list) {
		for _, problem := range list.Unwrap() {
			bad("Profile.%w", problem)
		}
	}
	if v := p.Profile.Vertical; v != "" && !slices.Contains(cloudapi.Verticals(), v) {
		bad("Profile.Vertical is none of cloudapi.Verticals")
	}
	if p.CreditLineID != "" && len(p.Currency) != 3 {
		bad("Currency must be three capital letters where a credit line pays")
	}
	for _, id := range p.Without {
		if st := findStep(p.Road, id); st == nil || !st.optional && id != StepMessage {
			bad("Without names a step that cannot be left out")
		}
	}
	return errors.Join(problems...)
}

// check refuses an address that Meta would not call.
func (w WebhookPlan) check(bad func(string, ...any)) {
	switch w.Level {
	case "", LevelApp, LevelAccount, LevelNumber:
	default:
		bad("Webhook.Level must be %s, %s or %s", LevelApp, LevelAccount, LevelNumber)
	}
	if w.URL == "" {
		if w.Level != "" || w.TakeOver || w.Fields != nil {
			bad("Webhook.URL is needed where the other fields of Webhook are set")
		}
		return
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		bad("Webhook.URL must be an https address")
	}
	if n := utf8.RuneCountInString(w.URL); n > 200 {
		bad("Webhook.URL has %d characters, allowed are 200", n)
	}
}

// change is the wanted profile as the client sends it.
func (p ProfilePlan) change() cloudapi.ProfileChange {
	set := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return cloudapi.ProfileChange{
		About: set(p.About), Address: set(p.Address), Description: set(p.Description), Email: set(p.Email),
		Websites: p.Websites, Vertical: p.Vertical,
	}
}

// digits is the phone number without anything else.
func (p Plan) digits() string { return strings.TrimPrefix(p.Phone, "+") }

// dial splits the phone number into country calling code and national number.
func (p Plan) dial() (code, national string, ok bool) {
	phone := p.digits()
	if strings.Trim(phone, "0123456789") != "" || len(phone) < 7 || len(phone) > 15 {
		return "", "", false
	}
	code = p.DialCode
	if code == "" {
		code = callingCode(phone)
	}
	national, ok = strings.CutPrefix(phone, code)
	return code, national, ok && code != "" && len(national) >= 4
}

// Format shows the road and nothing private, whatever the verb.
func (p Plan) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "onboard: plan by "+string(p.Road))
}

// LogValue shows the road and the ids.
func (p Plan) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("road", string(p.Road)), slog.String("app_id", p.AppID), slog.String("account_id", p.AccountID), slog.String("number_id", p.NumberID),
	)
}

// Format shows the level, whatever the verb: paths can hold secrets.
func (w WebhookPlan) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "onboard: webhook at "+string(w.Level))
}

// LogValue shows the level.
func (w WebhookPlan) LogValue() slog.Value { return slog.StringValue("webhook at " + string(w.Level)) }
