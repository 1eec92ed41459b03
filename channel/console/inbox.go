package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
)

// open are the queues of conversations that are not done.
var open = []rules.Queue{rules.QueueNew, rules.QueuePending}

// closingSoon is how much is left of a window that closes soon.
const closingSoon = 4 * time.Hour

// view is one of the lists that an inbox has.
type view struct {
	name  string
	query func(me string) desk.InboxQuery
	// among says how many it has of what was counted over all that is open; nil: it is counted by itself.
	among func(open *desk.InboxCounts, me string) int
}

var views = []view{
	{"mine", func(me string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open, Assignees: []string{me}}
	}, func(c *desk.InboxCounts, me string) int { return c.ByAssignee[me] }},
	{"unassigned", func(string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open, Assignees: []string{""}}
	}, func(c *desk.InboxCounts, _ string) int { return c.ByAssignee[""] }},
	{"waiting", func(string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open, Waiting: true, Order: desk.LongestWait}
	}, func(c *desk.InboxCounts, _ string) int { return c.Waiting }},
	{"closing", func(string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open, ClosingWithin: closingSoon, Order: desk.ClosingFirst}
	}, nil},
	{"unread", func(string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open, Unread: true}
	}, func(c *desk.InboxCounts, _ string) int { return c.Unread }},
	{"open", func(string) desk.InboxQuery {
		return desk.InboxQuery{Queues: open}
	}, func(c *desk.InboxCounts, _ string) int { return c.Total }},
	{"all", func(string) desk.InboxQuery { return desk.InboxQuery{} }, nil},
}

// filter is what a list was asked for by its address: a view, and what narrows it.
type filter struct {
	View, Text, Channel, Topic, Tag string
	Team, Queue                     string
	From, To                        string // days, as the agent has them: Zone is that of the browser
	Zone                            string // minutes that it is behind UTC
	After                           string
}

func (q *request) filter() filter {
	f := filter{
		View: q.FormValue("view"), Text: strings.TrimSpace(q.FormValue("q")), Channel: q.FormValue("channel"),
		Topic: q.FormValue("topic"), Tag: q.FormValue("tag"), After: q.FormValue("after"),
		Team: q.FormValue("team"), From: q.FormValue("from"), To: q.FormValue("to"), Zone: q.FormValue("zone"),
	}
	if queue := q.FormValue("queue"); slices.Contains(conversation.Queues(), queue) {
		f.Queue = queue
	}
	if f.From == "" && f.To == "" {
		f.Zone = ""
	}
	if !slices.ContainsFunc(views, func(v view) bool { return v.name == f.View }) {
		f.View = "open"
	}
	return f
}

// noTeam in place of a team is what no team looks after.
const noTeam = "-"

// Query is the filter as it stands in an address, without the page.
func (f filter) Query() string {
	v := url.Values{}
	for key, value := range map[string]string{
		"view": f.View, "q": f.Text, "channel": f.Channel, "topic": f.Topic, "tag": f.Tag, "team": f.Team, "queue": f.Queue,
		"from": f.From, "to": f.To, "zone": f.Zone,
	} {
		if value != "" && (key != "view" || value != "open") {
			v.Set(key, value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// With is the same filter with another view.
func (f filter) With(view string) string {
	f.View = view
	return f.Query()
}

// query is what the desk is asked.
func (f filter) query(me string) desk.InboxQuery {
	var iq desk.InboxQuery
	for _, v := range views {
		if v.name == f.View {
			iq = v.query(me)
		}
	}
	iq.Text, iq.After = f.Text, f.After
	if f.Channel != "" {
		iq.Channels = []string{f.Channel}
	}
	if f.Topic != "" {
		iq.Topics = []string{f.Topic}
	}
	if f.Tag != "" {
		iq.Tags = []string{f.Tag}
	}
	if f.Team == noTeam {
		iq.Teams = []string{""}
	} else if f.Team != "" {
		iq.Teams = []string{f.Team}
	}
	if f.Queue != "" {
		iq.Queues = []rules.Queue{rules.Queue(f.Queue)}
	}
	iq.From, iq.To = f.day(f.From, 0), f.day(f.To, 1)
	return iq
}

// day is when a day begins for the agent, or so many days later; zero if it is none.
func (f filter) day(text string, later int) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	behind, err := strconv.Atoi(f.Zone)
	if err != nil || behind < -14*60 || behind > 14*60 {
		behind = 0
	}
	return at.AddDate(0, 0, later).Add(time.Duration(behind) * time.Minute)
}

// Narrow counts what narrows the list beside a text and a channel.
func (f filter) Narrow() (n int) {
	for _, one := range []string{f.Team, f.Queue, f.From, f.To} {
		if one != "" {
			n++
		}
	}
	return n
}

// listView is a list of conversations.
type listView struct {
	Filter filter
	Rows   []rowView
	Total  int
	Next   string // address of the rows that follow, "" at the end
}

func (q *request) listOf(f filter, selected string) (*listView, error) {
	iq := f.query(q.actor.ID)
	iq.Limit = 40
	page, err := q.Desk.Inbox(q.ctx(), q.actor, iq)
	if err != nil {
		return nil, err
	}
	v := &listView{Filter: f, Total: page.Total}
	for i, c := range page.Conversations {
		row := q.row(c, page.Customers[i], &iq)
		row.Selected, row.Link, row.Unread = c.ID == selected, f.Query(), page.Unread[i]
		v.Rows = append(v.Rows, row)
	}
	if page.Next != "" {
		v.Next = "/list" + cmp.Or(f.Query(), "?view="+f.View) + "&after=" + url.QueryEscape(page.Next)
	}
	return v, nil
}

// count is a view with the number of its conversations.
type count struct {
	Name string
	N    int
}

// counts returns how much is in each view. Only what narrows to a channel counts here, so that the numbers
// do not jump while somebody searches.
func (q *request) counts(f filter) ([]count, error) {
	me := q.actor.ID
	ofOpen, err := q.Desk.CountInbox(q.ctx(), q.actor, filter{View: "open", Channel: f.Channel}.query(me))
	if err != nil {
		return nil, err
	}
	var all []count
	for _, v := range views {
		if v.among != nil {
			all = append(all, count{v.name, v.among(ofOpen, me)})
			continue
		}
		n, err := q.Desk.CountInbox(q.ctx(), q.actor, filter{View: v.name, Channel: f.Channel}.query(me))
		if err != nil {
			return nil, err
		}
		all = append(all, count{v.name, n.Total})
	}
	return all, nil
}

// inboxView is the whole workspace.
type inboxView struct {
	Filter   filter
	Counts   []count
	List     *listView
	Channels []desk.ChannelRights
	Teams    []Team
	Queues   []string
	Talk     *talkView // nil if none is open
	Failure  string    // why none is open
	Cursor   string    // where the stream begins
}

// inbox is the workspace, with or without an open conversation.
func (q *request) inbox() error {
	// What happens while the page is made comes again on its stream.
	cursor, err := q.Desk.Hub().FeedCursor(q.ctx())
	if err != nil {
		return err
	}
	f := q.filter()
	v := inboxView{Filter: f, Cursor: cursor, Channels: q.readable(), Teams: q.teams(), Queues: conversation.Queues()}
	if v.List, err = q.listOf(f, q.PathValue("id")); err != nil {
		return err
	}
	if v.Counts, err = q.counts(f); err != nil {
		return err
	}
	title := q.language.say("nav.inbox")
	if id := q.PathValue("id"); id != "" {
		if v.Talk, err = q.talkOf(id); err != nil {
			_, why := q.explain(err)
			v.Failure = why.Text
		} else {
			title = v.Talk.Head.Name
		}
	}
	return q.page(title, "inbox", v)
}

// list is a part of a list, for scripts: from its beginning with the counts, or the rows that follow.
func (q *request) list() error {
	f := q.filter()
	l, err := q.listOf(f, q.FormValue("selected"))
	if err != nil {
		return err
	}
	if f.After != "" {
		return q.fragment("rows", l)
	}
	counts, err := q.counts(f)
	if err != nil {
		return err
	}
	return q.fragment("list", inboxView{Filter: f, List: l, Counts: counts, Channels: q.readable(), Teams: q.teams(), Queues: conversation.Queues()})
}

// newestOf reads the newest message of a conversation; nil if there is none.
func (q *request) newestOf(c *conversation.Conversation) *conversation.Message {
	if c.PreviewOf == "" {
		return nil
	}
	m, err := q.Desk.Message(q.ctx(), q.actor, c.PreviewOf)
	if err != nil { // it was erased meanwhile
		return nil
	}
	return m
}
