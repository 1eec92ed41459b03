package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
)

// checklist is a Checklist as a page shows it.
type checklist struct {
	*Checklist
	Title   string
	Settled int // of the steps that are needed
	Needed  int
	Wants   int // steps and checks that wait for the administrator
	Key     int // tells cards apart
}

// connects says whether the host tells how numbers are connected, and the actor administers any.
func (q *request) connects() bool {
	return q.Onboarding != nil && q.holds(access.ManageSettings, "")
}

// onboarding shows how far each number is connected, those first that wait for somebody.
func (q *request) onboarding() error {
	all, err := q.Onboarding(q.ctx(), q.actor)
	if err != nil {
		return err
	}
	var list []checklist
	for i := range all {
		c := &all[i]
		if c.Channel == "" && !q.everywhere(access.ManageSettings) || c.Channel != "" && !q.holds(access.ManageSettings, c.Channel) {
			continue
		}
		one := checklist{Checklist: c, Title: c.Name, Key: i}
		for _, r := range q.mine() {
			if r.ID == c.Channel {
				one.Title = cmp.Or(c.Name, r.Name)
			}
		}
		for j := range c.Steps {
			s := &c.Steps[j]
			s.Link = safeLink(s.Link)
			settled := s.Status == "done" || s.Status == "skipped"
			if !s.Optional {
				one.Needed++
			}
			switch {
			case settled && !s.Optional:
				one.Settled++
			case s.Status == "waiting_for_you" || s.Status == "blocked":
				one.Wants++
			}
		}
		for j := range c.Checks {
			c.Checks[j].Link = safeLink(c.Checks[j].Link)
			if c.Checks[j].Grade == "fail" {
				one.Wants++
			}
		}
		list = append(list, one)
	}
	slices.SortStableFunc(list, func(a, b checklist) int {
		return cmp.Or(cmp.Compare(b.Wants, a.Wants), strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)))
	})
	return q.office("tab.onboarding", "onboarding", list)
}

// safeLink is an address that may be shown as a link, or "".
func safeLink(link string) string {
	if strings.HasPrefix(link, "https://") {
		return link
	}
	return ""
}
