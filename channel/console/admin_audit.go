package console

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/settings"
)

// How many deeds a page shows, and how many days if nothing is asked for.
const (
	deedsAtOnce = 100
	auditDays   = 30
)

// auditPage is who did what.
type auditPage struct {
	Channels   []choice
	Everywhere bool // the actor may see what concerns all channels
	From, To   time.Time
	Actor      string
	People     []Agent
	Actions    []choice
	Deeds      []deedRow
	Kept       time.Duration // how long deeds of the channel are kept; 0 = for ever
	More       string        // address of the next page; "" at the end
}

type deedRow struct {
	*deskapi.Deed
	Who, On string
	Open    bool // the conversation can be looked at
}

// auditQuery is what a request asks for. What is no date is as if it were not there.
func (q *request) auditQuery() (p auditPage, d deskapi.DeedQuery, err error) {
	p.Everywhere = q.everywhere(access.ReadAudit)
	p.Channels = q.channelsFor(access.ReadAudit, q.FormValue("channel"))
	if d.Channel = q.FormValue("channel"); d.Channel != "" || !p.Everywhere {
		if d.Channel, err = pick(p.Channels, d.Channel); err != nil {
			return p, d, err
		}
	}
	today := q.now.UTC().Truncate(24 * time.Hour)
	p.To = dateOr(q.FormValue("to"), today)
	p.From = dateOr(q.FormValue("from"), p.To.AddDate(0, 0, 1-auditDays))
	if p.From.After(p.To) {
		p.From, p.To = p.To, p.From
	}
	d.From, d.To = p.From, p.To.AddDate(0, 0, 1)
	d.Actor, d.Action = strings.TrimSpace(q.FormValue("actor")), q.FormValue("action")
	if at, id, ok := strings.Cut(q.FormValue("after"), "."); ok {
		if n, err := strconv.ParseInt(at, 10, 64); err == nil {
			d.Before = &deskapi.Deed{ID: id, At: time.UnixMicro(n)}
		}
	}
	p.Actor = d.Actor
	for _, a := range access.Actions() {
		if a != access.Read && a != access.MarkRead {
			p.Actions = append(p.Actions, choice{string(a), q.language.word("right", string(a)), string(a) == d.Action})
		}
	}
	return p, d, nil
}

// audit shows who did what, the latest first.
func (q *request) audit() error {
	p, d, err := q.auditQuery()
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range q.mine() {
		names[r.ID] = r.Name
	}
	for deed, err := range q.Desk.Deeds(q.ctx(), q.actor, d) {
		if err != nil {
			return err
		}
		if len(p.Deeds) == deedsAtOnce {
			p.More = q.auditAfter(p.Deeds[deedsAtOnce-1].Deed)
			break
		}
		p.Deeds = append(p.Deeds, deedRow{
			deed, q.nameOf(deed.Actor.ID), cmp.Or(names[deed.Channel], deed.Channel), deed.Conversation != "" && q.may(deed.Channel, access.Read),
		})
	}
	if i := slices.IndexFunc(q.administered(), func(s settings.Settings) bool { return s.ID == d.Channel }); i >= 0 {
		p.Kept = q.administered()[i].Retention.Audit.Std()
	}
	p.People = q.agents()
	return q.office("tab.audit", "audit", p)
}

// auditAfter is the address of the same request, to go on after a deed.
func (q *request) auditAfter(d *deskapi.Deed) string {
	v := url.Values{"after": {strconv.FormatInt(d.At.UnixMicro(), 10) + "." + d.ID}}
	for _, name := range []string{"channel", "actor", "action", "from", "to"} {
		if text := q.FormValue(name); text != "" {
			v.Set(name, text)
		}
	}
	return q.Prefix + "/admin/audit?" + v.Encode()
}

// auditCSV hands out what was done for a spreadsheet.
func (q *request) auditCSV() error {
	_, d, err := q.auditQuery()
	if err != nil {
		return err
	}
	var out *csv.Writer
	begin := func() {
		h := q.w.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="audit-`+d.From.Format(time.DateOnly)+"-"+d.To.AddDate(0, 0, -1).Format(time.DateOnly)+`.csv"`)
		out = csv.NewWriter(q.w)
		_ = out.Write([]string{"at", "kind", "actor", "right", "what", "channel", "conversation", "message", "outcome", "n", "changes"}) // Flush tells
	}
	if q.Method == http.MethodHead {
		begin()
		return nil
	}
	for deed, err := range q.Desk.Deeds(q.ctx(), q.actor, d) {
		if err != nil && out == nil {
			return err
		}
		if err != nil { // the browser sees that the file is short
			q.Logger.Error("console: an audit could not be handed out", "error", err)
			panic(http.ErrAbortHandler)
		}
		if out == nil {
			begin()
		}
		line := []string{
			deed.At.Format(time.RFC3339), deed.Actor.Kind, deed.Actor.ID, deed.Action, deed.Verb, deed.Channel, deed.Conversation, deed.Message,
			cmp.Or(string(deed.Outcome), "done"), strconv.Itoa(max(deed.N, 1)), changesText(deed.Changes),
		}
		for i := range line {
			line[i] = cell(line[i])
		}
		if out.Write(line) != nil {
			return nil // the browser went away
		}
	}
	if out == nil {
		begin()
	}
	out.Flush()
	return nil
}

func changesText(changes []deskapi.DeedChange) string {
	var parts []string
	for _, c := range changes {
		text := c.Path
		if c.From != "" || c.To != "" {
			text += ": " + cmp.Or(c.From, "-") + " > " + cmp.Or(c.To, "-")
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
