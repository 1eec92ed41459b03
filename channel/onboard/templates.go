package onboard

import (
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/template"
)

// readTemplates reads the templates of the account and hands them to the host.
func (r *run) readTemplates() verdict {
	var list []template.Definition
	approved, waiting, unread := 0, 0, 0
	for d, err := range r.clientAccount().Templates(r.ctx, cloudapi.TemplateQuery{}) {
		if err != nil {
			var refusal *cloudapi.Error
			if asRefusal(err, &refusal) || len(list) == 0 {
				return r.failed(err, nil)
			}
			unread++
			continue
		}
		switch strings.ToUpper(string(d.Status)) {
		case "APPROVED":
			approved++
		case "PENDING", "IN_APPEAL":
			waiting++
		}
		list = append(list, d)
	}
	r.templates = list
	if r.cfg.Templates != nil {
		if err := r.cfg.Templates(r.ctx, list); err != nil {
			return r.stop(err)
		}
	}
	v := r.because(ReasonTemplates, strconv.Itoa(approved), strconv.Itoa(len(list)))
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
