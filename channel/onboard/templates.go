package onboard

import (
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
)

// readTemplates reads the templates of the account and hands them to the host.
func (r *run) readTemplates() verdict {
	unread, err := r.listTemplates()
	if err != nil {
		return r.failed(err, nil)
	}
	if r.cfg.Templates != nil {
		if err := r.cfg.Templates(r.ctx, r.templates); err != nil {
			return r.stop(err)
		}
	}
	return r.judgeTemplates(unread)
}

// listTemplates reads the templates, once in a run. One that cannot be read is counted.
func (r *run) listTemplates() (unread int, err error) {
	if r.templates != nil {
		return 0, nil
	}
	list := []template.Definition{}
	for d, err := range r.clientAccount().Templates(r.ctx, cloudapi.TemplateQuery{}) {
		switch {
		case err == nil:
			list = append(list, d)
		case ends(r.ctx, err):
			return 0, err
		default:
			unread++
		}
	}
	r.templates = list
	return unread, nil
}

// judgeTemplates counts the templates that were read.
func (r *run) judgeTemplates(unread int) verdict {
	approved, waiting := 0, 0
	for _, d := range r.templates {
		switch strings.ToUpper(string(d.Status)) {
		case "APPROVED":
			approved++
		case "PENDING", "IN_APPEAL":
			waiting++
		}
	}
	v := r.because(ReasonTemplates, strconv.Itoa(approved), strconv.Itoa(len(r.templates)))
	switch {
	case approved == 0 && waiting > 0:
		v = r.because(ReasonTemplatesPending, strconv.Itoa(waiting))
	case approved == 0:
		v = r.because(ReasonNoTemplates)
	}
	if unread > 0 {
		v = v.remark(ReasonTemplatesUnread, strconv.Itoa(unread))
	}
	return v
}
