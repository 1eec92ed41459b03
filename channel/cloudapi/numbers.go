package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// NumberInfo is what the platform tells about a business phone number. Fields
// that were not asked for, or that Meta leaves out, are zero. Enumerations are
// open: expect values beyond those named.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
// (checked September 2026)
type NumberInfo struct {
	ID           string // phone number id
	DisplayPhone string // formatted for reading; the format varies
	VerifiedName string // set even before it is approved
	// NameStatus is APPROVED, AVAILABLE_WITHOUT_REVIEW, DECLINED, EXPIRED,
	// PENDING_REVIEW or NONE.
	NameStatus    string
	NewName       string // of a rename under review
	NewNameStatus string
	// CodeVerification says whether ownership was proved by SMS or call: VERIFIED,
	// NOT_VERIFIED or EXPIRED. It has nothing to do with the PIN.
	CodeVerification string
	Quality          string // GREEN, YELLOW, RED, NA or UNKNOWN
	// Status must be CONNECTED for the number to send.
	Status string
	// ThroughputLevel is STANDARD, HIGH or NOT_APPLICABLE; see Throughput.
	ThroughputLevel string
	// MessagingLimit is how many users the portfolio may reach outside of service
	// windows in 24 hours: TIER_250, TIER_2K, TIER_10K, TIER_100K or
	// TIER_UNLIMITED.
	MessagingLimit string
	Platform       string // CLOUD_API, ON_PREMISE, or NOT_APPLICABLE if not registered
	OnBizApp       bool   // used in the WhatsApp Business app too; see Coexists
	Mode           string // LIVE or SANDBOX
	Official       bool   // official business account
	// OfficialStatus is how far an application to become official is, such as
	// NOT_STARTED or APPROVED.
	OfficialStatus string
	PINEnabled     *bool // two-step verification; nil if not told
	Preverified    bool
	LastOnboarded  time.Time
	CountryCode    string // ISO
	DialCode       string
	Username       string
	// SearchVisibility says whether users find the number by search.
	SearchVisibility string
	// SearchEligibility says whether the business can be found world-wide.
	SearchEligibility string
	Webhooks          WebhookAddresses
	Health            *Health     // nil if not told
	Automation        *Automation // nil if not told
}

// WebhookAddresses are the callbacks in force for a number; the most specific
// one that is set wins.
type WebhookAddresses struct {
	Number  string `json:"phone_number"`
	Account string `json:"whatsapp_business_account"`
	App     string `json:"application"`
}

// Coexists reports whether the number is used through the API and in the
// WhatsApp Business app at the same time. Such numbers are limited to
// [ThroughputCoexistence].
func (n NumberInfo) Coexists() bool { return n.OnBizApp && n.Platform == "CLOUD_API" }

// Throughput is the limit of the number in messages per second, sent and
// received together; 0 if it cannot be told from the fields asked for.
func (n NumberInfo) Throughput() int {
	switch {
	case n.Coexists():
		return ThroughputCoexistence
	case n.ThroughputLevel == "HIGH":
		return ThroughputHigh
	case n.ThroughputLevel == "STANDARD":
		return ThroughputStandard
	default:
		return 0
	}
}

// NumberFields are the fields that [Number.Info] asks for by default.
func NumberFields() []string {
	return strings.Split("id,display_phone_number,verified_name,name_status,new_display_name,new_name_status,"+
		"code_verification_status,quality_rating,status,throughput,whatsapp_business_manager_messaging_limit,platform_type,"+
		"is_on_biz_app,account_mode,is_official_business_account,official_business_account,is_pin_enabled,is_preverified_number,last_onboarded_time,"+
		"search_visibility,eligibility_for_api_business_global_search,country_code,country_dial_code,username,webhook_configuration,health_status,conversational_automation", ",")
}

type wireNumber struct {
	ID            lenientString `json:"id"`
	DisplayPhone  string        `json:"display_phone_number"`
	VerifiedName  string        `json:"verified_name"`
	NameStatus    string        `json:"name_status"`
	NewName       string        `json:"new_display_name"`
	NewNameStatus string        `json:"new_name_status"`
	CodeStatus    string        `json:"code_verification_status"`
	Quality       string        `json:"quality_rating"`
	Score         struct {
		Score string `json:"score"`
	} `json:"quality_score"`
	Status     string `json:"status"`
	Throughput struct {
		Level string `json:"level"`
	} `json:"throughput"`
	Limit    lenientString `json:"whatsapp_business_manager_messaging_limit"`
	Platform string        `json:"platform_type"`
	OnBizApp bool          `json:"is_on_biz_app"`
	Mode     string        `json:"account_mode"`
	Official bool          `json:"is_official_business_account"`
	OBA      struct {
		Status string `json:"oba_status"`
	} `json:"official_business_account"`
	PIN              *bool            `json:"is_pin_enabled"`
	Preverified      bool             `json:"is_preverified_number"`
	Onboarded        graphTime        `json:"last_onboarded_time"`
	SearchVisibility string           `json:"search_visibility"`
	Eligibility      lenientString    `json:"eligibility_for_api_business_global_search"`
	Country          string           `json:"country_code"`
	DialCode         lenientString    `json:"country_dial_code"`
	Username         lenientString    `json:"username"`
	Webhooks         WebhookAddresses `json:"webhook_configuration"`
	Health           *Health          `json:"health_status"`
	Automation       *wireAutomation  `json:"conversational_automation"`
}

// UnmarshalJSON reads the platform's form of a number.
func (n *NumberInfo) UnmarshalJSON(data []byte) error {
	var w wireNumber
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*n = NumberInfo{
		ID: string(w.ID), DisplayPhone: w.DisplayPhone, VerifiedName: w.VerifiedName, NameStatus: w.NameStatus,
		NewName: w.NewName, NewNameStatus: w.NewNameStatus, CodeVerification: w.CodeStatus, Quality: w.Quality,
		Status: w.Status, ThroughputLevel: w.Throughput.Level, MessagingLimit: string(w.Limit), Platform: w.Platform,
		OnBizApp: w.OnBizApp, Mode: w.Mode, Official: w.Official, OfficialStatus: w.OBA.Status, PINEnabled: w.PIN, Preverified: w.Preverified,
		LastOnboarded: w.Onboarded.Time, SearchVisibility: w.SearchVisibility, SearchEligibility: string(w.Eligibility), CountryCode: w.Country,
		DialCode: string(w.DialCode), Username: string(w.Username), Webhooks: w.Webhooks, Health: w.Health,
		Automation: w.Automation.value(),
	}
	if n.Quality == "" {
		n.Quality = w.Score.Score
	}
	return nil
}

// Info reads the number. Without fields it asks for [NumberFields]; Meta refuses
// a field it does not know (code 100). What it learns about the throughput is
// passed on to the limiter: call it once per number before sending much.
func (n *Number) Info(ctx context.Context, fields ...string) (NumberInfo, error) {
	if len(fields) == 0 {
		fields = NumberFields()
	}
	var info NumberInfo
	err := n.client.get(ctx, "get number", n.id, url.Values{"fields": {strings.Join(fields, ",")}}, &info)
	if err != nil {
		return NumberInfo{}, err
	}
	n.learn(ctx, info, fields)
	return info, nil
}

// Probe reads the number's ID and nothing else. It returns nil if the Graph API answers for
// the number: a way to ask whether it can be reached and the token is good that changes
// nothing and reaches no one.
func (n *Number) Probe(ctx context.Context) error {
	var out struct {
		ID string `json:"id"`
	}
	return n.client.get(ctx, "probe number", n.id, url.Values{"fields": {"id"}}, &out)
}

// learn passes the throughput on, if all that decides it was asked for: a number
// that looks standard may be in coexistence.
func (n *Number) learn(ctx context.Context, info NumberInfo, fields []string) {
	if t := info.Throughput(); t > 0 && slices.Contains(fields, "is_on_biz_app") {
		n.client.limiter.Observe(ctx, Permit{Number: n.id}, Observation{Throughput: t})
	}
}

// CountInbound tells the limiter that the number has received messages: they use
// the same throughput as those sent.
func (n *Number) CountInbound(ctx context.Context, messages int) {
	n.client.limiter.Observe(ctx, Permit{Number: n.id}, Observation{Inbound: messages})
}

// NumberQuery narrows [Account.Numbers]. The zero NumberQuery asks for all
// numbers and [NumberFields].
type NumberQuery struct {
	Fields []string
	// OldestFirst reverses the order, which is the most recently onboarded first.
	OldestFirst bool
	// Mode is SANDBOX or LIVE; empty means both.
	Mode string
}

// Numbers walks through the numbers of the account. A failure is yielded once,
// as the last pair, except for an element that cannot be read: it is yielded as
// an error and the walk goes on. Breaking out of the loop stops fetching; each
// range starts again from the first page.
func (a *Account) Numbers(ctx context.Context, q NumberQuery) iter.Seq2[NumberInfo, error] {
	fields := q.Fields
	if len(fields) == 0 {
		fields = NumberFields()
	}
	query := url.Values{"fields": {strings.Join(fields, ",")}}
	if q.OldestFirst {
		query.Set("sort", "['last_onboarded_time_ascending']")
	}
	if q.Mode != "" {
		filter, _ := json.Marshal([]map[string]string{{"field": "account_mode", "operator": "EQUAL", "value": q.Mode}})
		query.Set("filtering", string(filter))
	}
	return all(ctx, a.client, listing[NumberInfo]{
		op: "list numbers", id: a.id, edge: "phone_numbers", query: query,
		key: func(n NumberInfo) string { return n.ID },
	})
}

// NewNumber describes a number to add to an account.
type NewNumber struct {
	CountryCode string // calling code without plus, such as "1"
	Number      string // national number, digits
	DisplayName string // 2 to 75 characters
	// Migrate moves the number from another account, as described under
	// "Migration between providers" by Meta.
	Migrate bool
	// PreverifiedID adds a preverified number instead.
	PreverifiedID string
}

const minDisplayName, maxDisplayName = 2, 75

func (n NewNumber) check(op string) error {
	var problems []error
	if n.PreverifiedID == "" {
		problems = append(problems, digits("the country code", n.CountryCode, 1, 3), digits("the number", n.Number, 4, 14))
	}
	if n.DisplayName != "" || !n.Migrate && n.PreverifiedID == "" { // the others have a name already
		problems = append(problems, length("the display name", n.DisplayName, minDisplayName, maxDisplayName))
	}
	return refuse(op, problems...)
}

// AddNumber adds a number to the account and returns its id. The number must
// then be verified ([Number.RequestCode], [Number.VerifyCode]) and registered
// ([Number.Register]).
func (a *Account) AddNumber(ctx context.Context, n NewNumber) (id string, err error) {
	const op = "add number"
	if err := n.check(op); err != nil {
		return "", err
	}
	in := struct {
		CountryCode   string `json:"cc,omitempty"`
		Number        string `json:"phone_number,omitempty"`
		DisplayName   string `json:"verified_name,omitempty"`
		Migrate       bool   `json:"migrate_phone_number,omitempty"`
		PreverifiedID string `json:"preverified_id,omitempty"`
	}{n.CountryCode, n.Number, n.DisplayName, n.Migrate, n.PreverifiedID}
	return a.create(ctx, op, in, "phone_numbers")
}

// create makes something and returns its id.
func (a *Account) create(ctx context.Context, op string, in any, edge string) (string, error) {
	var out struct {
		ID lenientString `json:"id"`
	}
	if err := a.client.json(ctx, op, http.MethodPost, a.id, nil, in, &out, edge); err != nil {
		return "", err
	}
	return string(out.ID), nil
}

// graphTime reads the times of the Graph API: ISO 8601 with or without a colon in
// the zone, or Unix seconds.
type graphTime struct{ time.Time }

// UnmarshalJSON never fails: what is no time is zero.
func (t *graphTime) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	var s lenientString
	if err := s.UnmarshalJSON(data); err != nil || s == "" {
		return nil //nolint:nilerr // lenient on purpose
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateOnly} {
		if at, err := time.Parse(layout, string(s)); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	var n lenientInt
	if n.UnmarshalJSON(data) == nil && n > 0 && n < 1<<40 {
		t.Time = time.Unix(int64(n), 0).UTC()
	}
	return nil
}
