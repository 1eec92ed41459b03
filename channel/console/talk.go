package console

import (
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
)

// pageOfTalk is how many messages are shown at first, and with each look further back.
const pageOfTalk = 50

// talkView is an open conversation.
type talkView struct {
	Head     headView
	Messages []messageView
	Older    string   // address of the messages before, "" if there are none
	Topics   []string // to choose from
	Present  string   // who else is here
}

// headView is what stands above and around the messages: who it is, how it stands, and what the actor
// may do.
type headView struct {
	ID, Name, Identity, Ticket, Channel string
	Status                              string
	Resolved                            bool
	WaitingSince                        time.Time
	Window                              windowView
	Owner                               *Agent
	Team                                *Team // nil if none looks after it
	Mine                                bool
	Bot                                 bool // a bot answers, until somebody else does
	Inbound                             int  // messages of the customer, to say how far they were seen
	Topic                               string
	Tags                                []string
	Blocked                             time.Time // since when the customer is blocked; zero if not
	Into                                string    // the conversation that goes on, "" if this one does
	May                                 mayView
}

// mayView is what the actor may do in a conversation.
type mayView struct {
	Reply, Template, Assign, Resolve, Reopen, Move, Note, Tag, Topic, MarkRead, Resend, Cancel, Block bool
}

func (q *request) mayIn(on string) mayView {
	may := func(a access.Action) bool { return q.may(on, a) }
	return mayView{
		may(access.Reply), may(access.SendTemplate), may(access.Assign), may(access.Resolve), may(access.Reopen), may(access.MoveQueue),
		may(access.Note), may(access.Tag), may(access.Topic), may(access.MarkRead), may(access.Resend), may(access.CancelQueued), may(access.Block),
	}
}

func (q *request) head(c *conversation.Conversation, customer *conversation.Customer) headView {
	v := headView{
		ID: c.ID, Name: q.named(customer), Ticket: c.Ticket, Channel: q.channelName(c.Channel), Status: statusOf(&c.State),
		Resolved: c.State.Queue == rules.QueueResolved, Window: q.window(customer),
		Mine: c.State.Assignee != "" && c.State.Assignee == q.actor.ID, Topic: c.Topic, Tags: c.Tags, Into: c.MergedInto, Inbound: c.Inbound, Blocked: customer.Blocked, Bot: c.Holder == conversation.HeldByBot, May: q.mayIn(c.Channel),
	}
	switch {
	case customer.Phone != "":
		v.Identity = "+" + customer.Phone
	case customer.Username != "":
		v.Identity = "@" + customer.Username
	}
	if !v.Resolved {
		v.WaitingSince = c.State.WaitingSince
	}
	if c.State.Assignee != "" {
		a := q.agent(c.State.Assignee)
		v.Owner = &a
	}
	if c.Team != "" {
		t := q.team(c.Team)
		v.Team = &t
	}
	return v
}

// talkOf reads a conversation for its page.
func (q *request) talkOf(id string) (*talkView, error) {
	c, customer, err := q.Desk.Conversation(q.ctx(), q.actor, id)
	if err != nil {
		return nil, err
	}
	v := &talkView{Head: q.head(c, customer), Topics: q.topicsOf(c.Channel), Present: q.present(id)}
	if v.Messages, v.Older, err = q.messages(id, nil); err != nil {
		return nil, err
	}
	return v, nil
}

// messages reads a page of a conversation, and the address of the one before.
func (q *request) messages(id string, before *conversation.Message) (views []messageView, older string, err error) {
	list, err := q.Desk.Messages(q.ctx(), q.actor, channel.MessageQuery{Conversation: id, Before: before, Limit: pageOfTalk})
	if err != nil {
		return nil, "", err
	}
	known := map[string]*conversation.Message{}
	for _, m := range list {
		known[m.ID] = m
	}
	for _, m := range list {
		views = append(views, q.message(m, known))
	}
	if len(list) == pageOfTalk {
		older = "/talk/" + id + "/older?before=" + list[0].ID
	}
	return views, older, nil
}

// talk is an open conversation, for scripts.
func (q *request) talk() error {
	v, err := q.talkOf(q.PathValue("id"))
	if err != nil {
		return err
	}
	return q.fragment("talk", v)
}

// older are the messages before one.
func (q *request) older() error {
	before, err := q.Desk.Message(q.ctx(), q.actor, q.FormValue("before"))
	if err != nil {
		return err
	}
	id := q.PathValue("id")
	if before.Conversation != id {
		return channel.ErrNotFound
	}
	v := talkView{Head: headView{ID: id}}
	if v.Messages, v.Older, err = q.messages(id, before); err != nil {
		return err
	}
	return q.fragment("messages", v)
}
