package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
)

// What a solution partner does for a customer's account after Embedded Signup, beside
// [App.ExchangeCode], [Account.Subscribe] and [Number.Register]: the partner's own system
// user gets access, and the partner's credit line pays.

// CreditLine is a line of credit of a partner.
type CreditLine struct {
	ID        string `json:"id"`
	LegalName string `json:"legal_entity_name"`
}

// CreditLines walks through the credit lines of the portfolio. See [Account.Numbers] about
// errors and breaking off.
func (b *Business) CreditLines(ctx context.Context) iter.Seq2[CreditLine, error] {
	return all(ctx, b.client, listing[CreditLine]{
		op: "list credit lines", id: b.id, edge: "extendedcredits", query: url.Values{"fields": {"id,legal_entity_name"}},
		key: func(l CreditLine) string { return l.ID },
	})
}

// ShareCredit lets a credit line pay for the account, in a currency such as "USD", which can
// never be changed. The partner is liable from then on. It returns the id of the sharing,
// for [Account.CreditShared] and [Account.RevokeCredit].
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/share-and-revoke-credit-lines
// (checked 2026-11-29)
func (a *Account) ShareCredit(ctx context.Context, creditLineID, currency string) (sharingID string, err error) {
	const op = "share credit"
	if len(currency) != 3 || !plainWord(currency) {
		return "", invalid(op, "the currency must be three capital letters")
	}
	q := url.Values{"waba_id": {a.id}, "waba_currency": {currency}}
	cl, err := a.call(op, http.MethodPost, creditLineID, q, nil, "whatsapp_credit_sharing_and_attach")
	if err != nil {
		return "", err
	}
	var out struct {
		ID lenientString `json:"allocation_config_id"`
	}
	cl.decode = decodeInto(&out)
	err = a.client.do(ctx, cl)
	return string(out.ID), err
}

// CreditShared reports whether the sharing pays for this account: the id of who receives
// the credit equals the account's funding id.
func (a *Account) CreditShared(ctx context.Context, sharingID string) (bool, error) {
	const op = "get credit sharing"
	cl, err := a.call(op, http.MethodGet, sharingID, url.Values{"fields": {"receiving_credential{id}"}}, nil)
	if err != nil {
		return false, err
	}
	var out struct {
		Receiving struct {
			ID lenientString `json:"id"`
		} `json:"receiving_credential"`
	}
	cl.decode = decodeInto(&out)
	if err := a.client.do(ctx, cl); err != nil {
		return false, err
	}
	var account struct {
		Funding lenientString `json:"primary_funding_id"`
	}
	err = a.client.get(ctx, op, a.id, url.Values{"fields": {"primary_funding_id"}}, &account)
	return err == nil && account.Funding != "" && account.Funding == out.Receiving.ID, err
}

// RevokeCredit ends a sharing; the customer has to pay by a method of their own.
func (a *Account) RevokeCredit(ctx context.Context, sharingID string) error {
	cl, err := a.call("revoke credit", http.MethodDelete, sharingID, nil, nil)
	if err != nil {
		return err
	}
	cl.decode = decodeSuccess
	return a.client.do(ctx, cl)
}

// Task is what a user may do with an account; an open set.
type Task string

// The tasks.
const (
	TaskManage          Task = "MANAGE"
	TaskDevelop         Task = "DEVELOP"
	TaskManageTemplates Task = "MANAGE_TEMPLATES"
	TaskManagePhone     Task = "MANAGE_PHONE"
	TaskMessaging       Task = "MESSAGING"
	TaskViewCost        Task = "VIEW_COST"
)

// AssignedUser is a user with access to an account.
type AssignedUser struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Tasks []Task `json:"tasks"`
}

// AssignUser gives a system user of the partner access to the account.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/manage-accounts
// (checked September 2026)
func (a *Account) AssignUser(ctx context.Context, userID string, tasks ...Task) error {
	const op = "assign user"
	if !validID(userID) || len(tasks) == 0 {
		return invalid(op, "a user and at least one task are needed")
	}
	list, err := json.Marshal(tasks)
	if err != nil {
		return &invalidError{op: op, cause: err}
	}
	return a.client.set(ctx, op, a.id, url.Values{"user": {userID}, "tasks": {string(list)}}, nil, "assigned_users")
}

// UnassignUser takes the access away.
func (a *Account) UnassignUser(ctx context.Context, userID string) error {
	const op = "unassign user"
	if !validID(userID) {
		return &invalidError{op: op, cause: errBadID}
	}
	return a.client.json(ctx, op, http.MethodDelete, a.id, url.Values{"user": {userID}}, nil, nil, "assigned_users")
}

// AssignedUsers walks through the users of a portfolio that have access to the account. See
// [Account.Numbers] about errors and breaking off.
func (a *Account) AssignedUsers(ctx context.Context, businessID string) iter.Seq2[AssignedUser, error] {
	return all(ctx, a.client, listing[AssignedUser]{
		op: "list users", id: a.id, edge: "assigned_users", query: url.Values{"business": {businessID}, "fields": {"id,name,tasks"}},
		key: func(u AssignedUser) string { return u.ID },
	})
}
