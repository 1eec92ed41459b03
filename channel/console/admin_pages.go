package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
)

// adminPages are those of administrators and supervisors.
var adminPages = []page{
	{route: "GET /admin/reports", serve: (*request).reports, nav: "nav.reports", may: may(access.Report), here: below("/admin/reports", "/admin/spending")},
	{route: "GET /admin/reports.csv", serve: (*request).reportCSV, may: may(access.Report)},
	{route: "GET /admin/spending", serve: (*request).spending, may: may(access.Report)},
	{route: "GET /admin/channels", serve: (*request).settingsList, nav: "nav.channels", may: may(access.ManageSettings), here: below("/admin/channels", "/admin/onboarding")},
	{route: "GET /admin/channels/{id}", serve: (*request).settings, may: may(access.ManageSettings)},
	{route: "POST /admin/channels/{id}", serve: (*request).saveSettings, may: may(access.ManageSettings)},
	{route: "GET /admin/onboarding", serve: (*request).onboarding, may: (*request).connects},
	{route: "GET /admin/roles", serve: (*request).roles, nav: "nav.people", may: may(access.ManageSettings), here: below("/admin/roles", "/admin/audit")},
	{route: "POST /admin/roles/{id}", serve: (*request).saveRoles, may: may(access.ManageSettings)},
	{route: "GET /admin/audit", serve: (*request).audit, may: may(access.ReadAudit)},
	{route: "GET /admin/audit.csv", serve: (*request).auditCSV, may: may(access.ReadAudit)},
	{route: "GET /admin/templates", serve: (*request).templates, nav: "nav.templates", may: (*request).seesTemplates},
	{route: "GET /admin/health", serve: (*request).health, nav: "nav.operations", may: may(access.ReadHealth), here: below("/admin/health", "/admin/letters")},
	{route: "POST /admin/retry", serve: (*request).retry, may: may(access.ReplayDeadLetters)},
	{route: "GET /admin/letters", serve: (*request).letters, may: may(access.ReadDeadLetters)},
	{route: "POST /admin/letters/{do}", serve: (*request).settleLetters, may: may(access.ReadDeadLetters)},
}

// tabs are the pages that stand beside each other under one entry of the navigation.
var tabs = [][]struct{ path, title string }{
	{{"/admin/reports", "tab.reports"}, {"/admin/spending", "tab.spending"}},
	{{"/admin/channels", "tab.channels"}, {"/admin/onboarding", "tab.onboarding"}},
	{{"/admin/roles", "tab.roles"}, {"/admin/audit", "tab.audit"}},
	{{"/admin/health", "tab.health"}, {"/admin/letters", "tab.letters"}},
}

// may is the condition that the actor holds a right on any channel.
func may(action access.Action) func(q *request) bool {
	return func(q *request) bool { return q.holds(action, "") }
}

// below is the condition that a path begins with one of those of an entry of the navigation.
func below(paths ...string) func(at string) bool {
	return func(at string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return at == p || strings.HasPrefix(at, p+"/") })
	}
}

// holds says whether the actor has a right on a channel, "" being any, so that a page about it is shown.
// Whether something may be changed there says change.
func (q *request) holds(action access.Action, on string) bool {
	if q.everywhere(action) {
		return true
	}
	for _, r := range q.mine() {
		if (on == "" || r.ID == on) && r.May(action) {
			return true
		}
	}
	return false
}

// everywhere says whether the actor administers all channels, and what belongs to none.
func (q *request) everywhere(action access.Action) bool {
	return access.Decide(access.Policy{}, q.actor, action).Allowed
}

// change refuses what a console that is read only does not do. The desk decides the rest.
func (q *request) change() error {
	if q.ReadOnly {
		return errReadOnly
	}
	return nil
}

// choice is something that can be chosen from a list.
type choice struct {
	Value, Name string
	Chosen      bool
}

// channelsFor are the channels on which the actor has a right, to choose from.
func (q *request) channelsFor(action access.Action, chosen string) (list []choice) {
	for _, r := range q.mine() {
		if r.May(action) {
			list = append(list, choice{r.ID, r.Name, r.ID == chosen})
		}
	}
	return list
}

// office is what stands around every page of administrators.
type office struct {
	Heading string
	Tabs    []navItem
	Done    string // what has been done just now
	Data    any
}

// office answers with a page of administrators: the template called name, between the tabs of its entry.
func (q *request) office(heading, name string, data any) error {
	o := office{Heading: q.language.say(heading), Data: data}
	for _, group := range tabs {
		var list []navItem
		here := false
		for _, t := range group {
			i := slices.IndexFunc(q.pages, func(p page) bool { return p.route == "GET "+t.path })
			if i >= 0 && (q.pages[i].may == nil || q.pages[i].may(q)) {
				at := below(t.path)(q.URL.Path)
				here = here || at
				list = append(list, navItem{q.language.say(t.title), q.Prefix + t.path, at})
			}
		}
		if here && len(list) > 1 {
			o.Tabs = list
		}
	}
	if what := q.FormValue("done"); what != "" && q.Method == http.MethodGet {
		if text, ok := q.language.words["done."+what]; ok {
			n, _ := strconv.Atoi(q.FormValue("n")) // without a number there is none to say
			o.Done = strings.ReplaceAll(text, "%d", strconv.Itoa(n))
		}
	}
	return q.page(o.Heading, name, o)
}

// back leads to a page of administrators that says what was done, with the query of the form.
func (q *request) back(path, done string, n int, keep ...string) error {
	v := url.Values{"done": {done}, "n": {strconv.Itoa(n)}}
	for _, name := range keep {
		if text := q.FormValue(name); text != "" {
			v.Set(name, text)
		}
	}
	return q.done(path + "?" + v.Encode())
}
