package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/template"
)

// Account is a client's view of a WhatsApp Business account (WABA): its numbers,
// templates, subscriptions and figures. Safe for concurrent use.
type Account struct {
	client *Client
	id     string
}

// Account gives the view of the account with this id.
func (c *Client) Account(id string) *Account { return &Account{client: c, id: id} }

// ID is the account's id.
func (a *Account) ID() string { return a.id }

// call describes a call to something of the account, such as a template. It counts
// against the account.
func (a *Account) call(op, method, id string, query url.Values, in any, edge ...string) (*call, error) {
	cl, err := a.client.managementCall(op, method, id, query, in, edge...)
	if err == nil {
		cl.permit.Account = a.id
	}
	return cl, err
}

// AccountInfo is what the platform tells about an account. Enumerations are open.
type AccountInfo struct {
	ID       string
	Name     string
	Currency string
	TimeZone string // Meta's number of the zone
	Country  string
	Status   string
	// ReviewStatus is APPROVED, PENDING or REJECTED.
	ReviewStatus string
	// BusinessVerification is the state of the business behind the account.
	BusinessVerification string
	Ownership            string // OWN, CLIENT_OWNED, ON_BEHALF_OF, …
	// TemplateNamespace is needed only by shorthands of old systems.
	TemplateNamespace string
	FundingID         string
	// Insights tells whether template analytics were switched on.
	Insights bool
	// MarketingMessages is the state of the Marketing Messages API: INELIGIBLE,
	// ELIGIBLE or ONBOARDED.
	MarketingMessages string
	MessagingLimit    string
	Health            *Health // nil if not told
}

const accountFields = "id,name,currency,timezone_id,country,status,account_review_status,business_verification_status,ownership_type," +
	"message_template_namespace,primary_funding_id,is_enabled_for_insights,marketing_messages_lite_api_status," +
	"whatsapp_business_manager_messaging_limit,health_status"

type wireAccount struct {
	ID           lenientString `json:"id"`
	Name         string        `json:"name"`
	Currency     string        `json:"currency"`
	TimeZone     lenientString `json:"timezone_id"`
	Country      string        `json:"country"`
	Status       string        `json:"status"`
	Review       string        `json:"account_review_status"`
	Verification string        `json:"business_verification_status"`
	Ownership    string        `json:"ownership_type"`
	Namespace    string        `json:"message_template_namespace"`
	Funding      lenientString `json:"primary_funding_id"`
	Insights     bool          `json:"is_enabled_for_insights"`
	Marketing    string        `json:"marketing_messages_lite_api_status"`
	Limit        lenientString `json:"whatsapp_business_manager_messaging_limit"`
	Health       *Health       `json:"health_status"`
}

// UnmarshalJSON reads the platform's form of an account.
func (a *AccountInfo) UnmarshalJSON(data []byte) error {
	var w wireAccount
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*a = AccountInfo{
		ID: string(w.ID), Name: w.Name, Currency: w.Currency, TimeZone: string(w.TimeZone), Country: w.Country,
		Status: w.Status, ReviewStatus: w.Review, BusinessVerification: w.Verification, Ownership: w.Ownership,
		TemplateNamespace: w.Namespace, FundingID: string(w.Funding), Insights: w.Insights,
		MarketingMessages: w.Marketing, MessagingLimit: string(w.Limit), Health: w.Health,
	}
	return nil
}

// Info reads the account.
func (a *Account) Info(ctx context.Context) (AccountInfo, error) {
	var info AccountInfo
	err := a.client.get(ctx, "get account", a.id, url.Values{"fields": {accountFields}}, &info)
	return info, err
}

// EnableInsights switches template analytics on, for ever.
func (a *Account) EnableInsights(ctx context.Context) error {
	return a.client.set(ctx, "enable insights", a.id, url.Values{"is_enabled_for_insights": {"true"}}, nil)
}

// Subscription is an app that receives the account's webhooks.
type Subscription struct {
	AppID   string
	AppName string
	// Webhook is the address that this account's webhooks go to instead of the
	// app's own; empty if there is no override.
	Webhook string
}

// Subscribe makes the app of the token receive the account's webhooks. w, if not
// zero, overrides the app's address for this account; the zero Webhook removes
// such an override. Subscribe before overriding: Meta checks the address.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
// (checked September 2026)
func (a *Account) Subscribe(ctx context.Context, w Webhook) error {
	const op = "subscribe app"
	if err := w.check(op); err != nil {
		return err
	}
	in := struct {
		URL         string `json:"override_callback_uri,omitempty"`
		VerifyToken string `json:"verify_token,omitempty"`
	}{w.URL, w.VerifyToken}
	return a.client.set(ctx, op, a.id, nil, in, "subscribed_apps")
}

// Unsubscribe stops the webhooks of the account to the app of the token.
func (a *Account) Unsubscribe(ctx context.Context) error {
	return a.client.json(ctx, "unsubscribe app", http.MethodDelete, a.id, nil, nil, nil, "subscribed_apps")
}

// Subscriptions walks through the apps that receive the account's webhooks. See
// [Account.Numbers] about errors and breaking off.
func (a *Account) Subscriptions(ctx context.Context) iter.Seq2[Subscription, error] {
	return all(ctx, a.client, listing[Subscription]{
		op: "list subscriptions", id: a.id, edge: "subscribed_apps",
		key: func(s Subscription) string { return s.AppID },
	})
}

// UnmarshalJSON reads the platform's form of a subscription.
func (s *Subscription) UnmarshalJSON(data []byte) error {
	var w struct {
		App struct {
			ID   lenientString `json:"id"`
			Name string        `json:"name"`
		} `json:"whatsapp_business_api_data"`
		URL string `json:"override_callback_uri"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*s = Subscription{AppID: string(w.App.ID), AppName: w.App.Name, Webhook: w.URL}
	return nil
}

// Business is a client's view of a business portfolio. Safe for concurrent use.
type Business struct {
	client *Client
	id     string
}

// Business gives the view of the portfolio with this id.
func (c *Client) Business(id string) *Business { return &Business{client: c, id: id} }

// OwnedAccounts walks through the accounts that the portfolio owns. See
// [Account.Numbers] about errors and breaking off.
func (b *Business) OwnedAccounts(ctx context.Context) iter.Seq2[AccountInfo, error] {
	return b.accounts(ctx, "list owned accounts", "owned_whatsapp_business_accounts")
}

// ClientAccounts walks through the accounts of others that were shared with the
// portfolio. See [Account.Numbers] about errors and breaking off.
func (b *Business) ClientAccounts(ctx context.Context) iter.Seq2[AccountInfo, error] {
	return b.accounts(ctx, "list client accounts", "client_whatsapp_business_accounts")
}

func (b *Business) accounts(ctx context.Context, op, edge string) iter.Seq2[AccountInfo, error] {
	fields := strings.TrimSuffix(accountFields, ",health_status") // dear, and rarely wanted for all
	return all(ctx, b.client, listing[AccountInfo]{
		op: op, id: b.id, edge: edge, query: url.Values{"fields": {fields}},
		key: func(a AccountInfo) string { return a.ID },
	})
}

// MessagingLimit reads the portfolio's limit; see NumberInfo.MessagingLimit.
func (b *Business) MessagingLimit(ctx context.Context) (string, error) {
	return b.client.messagingLimit(ctx, b.id)
}

// MessagingLimit reads the limit of the portfolio that the account belongs to;
// see NumberInfo.MessagingLimit.
func (a *Account) MessagingLimit(ctx context.Context) (string, error) {
	return a.client.messagingLimit(ctx, a.id)
}

// MessagingLimit reads the limit of the portfolio that the number belongs to; see
// NumberInfo.MessagingLimit.
func (n *Number) MessagingLimit(ctx context.Context) (string, error) {
	return n.client.messagingLimit(ctx, n.id)
}

// MarketingReady tells whether the marketing of an account, by its ID, goes through the Marketing
// Messages API: whether it is ONBOARDED there.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/route-template-messages
// (checked November 2026)
func (n *Number) MarketingReady(ctx context.Context, account string) (bool, error) {
	const field = "marketing_messages_lite_api_status"
	var out struct {
		Status string `json:"marketing_messages_lite_api_status"`
	}
	err := n.client.get(ctx, "get marketing state", account, url.Values{"fields": {field}}, &out)
	return out.Status == "ONBOARDED", err
}

// https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
// (checked September 2026)
func (c *Client) messagingLimit(ctx context.Context, id string) (string, error) {
	const field = "whatsapp_business_manager_messaging_limit"
	var out struct {
		Limit lenientString `json:"whatsapp_business_manager_messaging_limit"`
	}
	err := c.get(ctx, "get messaging limit", id, url.Values{"fields": {field}}, &out)
	return string(out.Limit), err
}

// ListTemplates is [Account.Templates] for package channel, which asks by itself.
func (n *Number) ListTemplates(ctx context.Context, account string) iter.Seq2[template.Definition, error] {
	return n.client.Account(account).Templates(ctx, TemplateQuery{})
}

// NumberState reads the quality of the number and whether its display name is approved, for package
// channel: see NumberInfo. The throughput that comes with them sets the pace of the client.
func (n *Number) NumberState(ctx context.Context) (quality, nameStatus string, err error) {
	info, err := n.Info(ctx)
	return info.Quality, info.NameStatus, err
}

// TokenExpires tells when the client's own token ends, zero if it never does; see [App.DebugToken].
func (n *Number) TokenExpires(ctx context.Context) (time.Time, error) {
	info, err := n.client.App("").DebugToken(ctx, "")
	return info.Expires, err
}
