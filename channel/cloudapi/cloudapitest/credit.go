package cloudapitest

import (
	"cmp"
	"slices"
	"strings"
)

// creditLine is a partner's line of credit, creditSharing what it pays for.
type creditLine struct {
	id, name  string
	portfolio *Portfolio
}

type creditSharing struct {
	id      string
	line    *creditLine
	account *Account
}

// AddCreditLine gives the portfolio a line of credit and returns its id. Sharing it with an
// account is a payment method of that account.
func (p *Portfolio) AddCreditLine(legalName string) (id string) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	l := &creditLine{id: p.w.newID(), name: cmp.Or(legalName, p.Name), portfolio: p}
	p.w.creditLines[l.id] = l
	p.credit = append(p.credit, l)
	return l.id
}

// listCreditLines answers GET /{business-id}/extendedcredits.
func listCreditLines(c *call) *graphError {
	all := c.target.portfolio.credit
	return c.list(len(all), func(e *enc, i int) {
		e.obj(func() {
			e.key("id").str(all[i].id)
			e.key("legal_entity_name").str(all[i].name)
		})
	})
}

// shareCredit answers POST /{credit-line-id}/whatsapp_credit_sharing_and_attach.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/share-and-revoke-credit-lines
// (checked 2026-11-29)
func shareCredit(c *call) *graphError {
	a, currency := c.accounts[c.param("waba_id")], c.param("waba_currency")
	switch {
	case a == nil || !c.token.reaches(a):
		return badParam("Param waba_id is not an account that this token may manage.")
	case len(currency) != 3 || strings.ToUpper(currency) != currency:
		return badParam("Param waba_currency must be a currency.")
	}
	s := &creditSharing{id: c.newID(), line: c.target.credit, account: a}
	c.sharings[s.id] = s
	a.unpaid, a.currency = false, currency
	c.out.obj(func() {
		c.out.key("allocation_config_id").str(s.id)
		c.out.key("waba_id").str(a.ID)
	})
	return nil
}

// getSharing answers GET /{allocation-config-id}.
func getSharing(c *call) *graphError {
	s := c.target.sharing
	c.out.obj(func() {
		c.out.key("receiving_credential").obj(func() { c.out.key("id").str(s.account.fundingID()) })
		c.out.key("id").str(s.id)
	})
	return nil
}

// revokeSharing answers DELETE /{allocation-config-id}: nobody pays any more.
func revokeSharing(c *call) *graphError {
	s := c.target.sharing
	delete(c.sharings, s.id)
	s.account.unpaid = true
	return c.success()
}

// fundingID names what pays for the account.
func (a *Account) fundingID() string { return "9" + a.ID }

// assignedUser is a user of the partner with access to an account.
type assignedUser struct {
	id    string
	tasks []string
}

// assignedUsers answers GET, POST and DELETE /{waba-id}/assigned_users.
func assignedUsers(c *call) *graphError {
	a, user := c.target.account, c.param("user")
	at := slices.IndexFunc(a.assigned, func(u assignedUser) bool { return u.id == user })
	switch c.method {
	case "GET":
		return c.list(len(a.assigned), func(e *enc, i int) {
			e.obj(func() {
				e.key("id").str(a.assigned[i].id)
				e.key("name").str("System user")
				e.key("tasks").arr(func() {
					for _, task := range a.assigned[i].tasks {
						e.str(task)
					}
				})
			})
		})
	case "DELETE":
		if at < 0 {
			return badParam("Param user is not a user of the account.")
		}
		a.assigned = slices.Delete(a.assigned, at, at+1)
		return c.success()
	}
	tasks := c.texts("tasks")
	if user == "" || len(tasks) == 0 {
		return badParam("The parameters user and tasks are required.")
	}
	if at < 0 {
		a.assigned, at = append(a.assigned, assignedUser{id: user}), len(a.assigned)
	}
	a.assigned[at].tasks = slices.Clone(tasks)
	return c.success()
}
