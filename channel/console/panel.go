package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
)

// panelView is what is known of a customer, and how their conversation stands.
type panelView struct {
	Head      headView
	Agents    []Agent
	Teams     []Team
	Fields    []Field // of the host
	Topics    []string
	Facts     []fact
	Consents  []conversation.Consent
	Stopped   time.Time // since when they want no marketing; zero if they do
	Marketing bool      // the actor may record that
	Earlier   []rowView
	Ad        *conversation.Referral
	Events    []eventView
	Customer  string
	BotFirst  bool // the channel has a bot, to which people can give it back
	Export    bool
	Erase     bool
}

// fact is something that is known, by the key of its name.
type fact struct{ Key, Value string }

// eventView is a line of the log.
type eventView struct {
	At            time.Time
	What, By      string // What is the key of a sentence
	From, To, Why string
	Bad           bool
	Message       string
}

// panel is the panel beside a conversation.
func (q *request) panel() error {
	c, customer, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	admin := !q.ReadOnly && access.Check(access.Policy{}, q.actor.On(c.Channel), access.Erase) == nil
	v := panelView{
		Head: q.head(c, customer), Agents: q.agents(), Teams: q.teams(), Fields: q.fieldsOfHost(customer), Topics: q.topicsOf(c.Channel), Consents: customer.Consents,
		Stopped: customer.MarketingStopped, Marketing: q.may(c.Channel, access.RecordConsent), Export: admin, Erase: admin, Customer: customer.ID,
	}
	for _, f := range []fact{
		{"phone", phone(customer.Phone)}, {"email", customer.Profile.Email}, {"company", customer.Profile.Company}, {"username", customer.Username}, {"bsuid", customer.BSUID}, {"group", customer.Group},
	} {
		if f.Value != "" {
			v.Facts = append(v.Facts, f)
		}
	}
	ch, err := q.Desk.Hub().Channel(q.ctx(), c.Channel)
	if err != nil {
		return err
	}
	v.BotFirst = ch.BotFirst
	if v.Earlier, err = q.earlier(c); err != nil {
		return err
	}
	events, err := q.Desk.Events(q.ctx(), q.actor, c.ID, 50)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(events) {
		if told(e) {
			v.Events = append(v.Events, q.event(e))
		}
	}
	return q.fragment("panel", v)
}

// fieldsOfHost is what else the host knows of a customer.
func (q *request) fieldsOfHost(customer *conversation.Customer) []Field {
	if q.Fields != nil {
		fields := slices.Clone(q.Fields(q.ctx(), q.actor, customer))
		for i, f := range fields {
			if u, err := url.Parse(f.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				fields[i].URL = ""
			}
		}
		return fields
	}
	var all map[string]any
	decoder := json.NewDecoder(bytes.NewReader(customer.Metadata))
	decoder.UseNumber()
	if decoder.Decode(&all) != nil {
		return nil
	}
	var fields []Field
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch v := all[name].(type) {
		case string, json.Number, bool:
			if text := fmt.Sprint(v); text != "" {
				fields = append(fields, Field{Name: strings.ReplaceAll(name, "_", " "), Value: text})
			}
		}
	}
	return fields
}

func phone(digits string) string {
	if digits == "" {
		return ""
	}
	return "+" + digits
}

// earlier are the other conversations of the customer, the newest first.
func (q *request) earlier(c *conversation.Conversation) (rows []rowView, err error) {
	iq := desk.InboxQuery{Customer: c.Customer, Limit: 20}
	page, err := q.Desk.Inbox(q.ctx(), q.actor, iq)
	if err != nil {
		return nil, err
	}
	for i, o := range page.Conversations {
		if o.ID != c.ID {
			rows = append(rows, q.row(o, page.Customers[i], &iq))
		}
	}
	return rows, nil
}

// told says whether an entry of the log is worth a line: what a message shows by itself is not.
func told(e *conversation.LogEntry) bool {
	switch e.Kind {
	case conversation.MessageQueued, conversation.NoteAdded:
		return false
	case conversation.DeliveryChanged:
		return e.Failure != nil
	}
	return true
}

// event puts an entry of the log into words.
func (q *request) event(e *conversation.LogEntry) eventView {
	v := eventView{At: e.At, What: string(e.Kind), From: e.From, To: e.To, Message: e.Message, Bad: e.Failure != nil}
	if e.Author.ID != "" {
		v.By = q.nameOf(e.Author.ID)
	}
	switch e.Kind {
	case conversation.Assigned:
		v.From, v.To = q.owner(e.From), q.owner(e.To)
	case conversation.QueueMoved:
		v.From, v.To = q.language.word("status", e.From), q.language.word("status", e.To)
	case conversation.HolderChanged:
		v.From, v.To = q.language.word("holder", e.From), q.language.word("holder", e.To)
	case conversation.ConversationMerged:
		v.To = ""
	}
	switch {
	case e.Failure != nil:
		v.Why = q.language.failed(e.Failure)
	case e.Cause != "":
		v.Why = q.language.word("why", string(e.Cause))
	default:
		v.Why = e.Reason
	}
	return v
}

// owner names whoever a conversation belongs to.
func (q *request) owner(id string) string {
	if id == "" {
		return q.language.say("nobody")
	}
	return q.nameOf(id)
}

// consent notes that a customer wants marketing messages, or does not.
func (q *request) consent() error {
	if q.ReadOnly {
		return errReadOnly
	}
	c, customer, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	where, wording := strings.TrimSpace(q.FormValue("where")), strings.TrimSpace(q.FormValue("wording"))
	switch to := customer.Recipient(); q.PathValue("wish") {
	case "stop":
		err = q.Desk.StopMarketing(q.ctx(), q.actor, c.Channel, to, q.now)
	case "resume":
		err = q.Desk.ResumeMarketing(q.ctx(), q.actor, c.Channel, to, q.now)
	case "record":
		err = errUnproved
		if where != "" && wording != "" {
			err = q.Desk.RecordConsent(q.ctx(), q.actor, c.Channel, to, conversation.Consent{At: q.now, Where: where, Wording: wording})
		}
	default:
		err = channel.ErrNotFound
	}
	if err != nil {
		return err
	}
	return q.done("c/" + c.ID)
}

// export hands out everything that is stored about a customer, as a file.
func (q *request) export() error {
	if q.ReadOnly {
		return errReadOnly
	}
	c, customer, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "customer-" + customer.ID + ".jsonl"}))
	out := &late{w: q.w}
	err = q.Desk.ExportCustomer(q.ctx(), q.actor, c.Channel, customer.Recipient(), out)
	if err != nil && !out.begun {
		h.Del("Content-Disposition")
		return err
	}
	if err != nil {
		q.Logger.Error("console: export broke off", "error", err)
		panic(http.ErrAbortHandler) // the browser must not take a part for the whole
	}
	return nil
}

// late notes that something was written.
type late struct {
	w     io.Writer
	begun bool
}

func (l *late) Write(p []byte) (int, error) {
	l.begun = true
	return l.w.Write(p)
}

// erase removes a customer from everywhere.
func (q *request) erase() error {
	if q.ReadOnly {
		return errReadOnly
	}
	c, customer, err := q.Desk.Conversation(q.ctx(), q.actor, q.PathValue("id"))
	if err != nil {
		return err
	}
	if q.FormValue("sure") != customer.ID {
		return errUnsure
	}
	if _, err := q.Desk.EraseCustomer(q.ctx(), q.actor, c.Channel, customer.Recipient()); err != nil {
		return err
	}
	return q.done("")
}
