package channel

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
)

// This file is the stored format: which kinds of records and work there are, under which keys and
// parents they stand, and what is in them beside the types of package conversation. Nothing has been
// released with it; once something has, what is read here must stay readable.

// Kinds of records about people and what they say.
const (
	kindCustomer     = "customer"
	kindAlias        = "alias"        // by alias, see aliasKey; the parent is the customer
	kindConversation = "conversation" // the parent is channel/queue
	kindMessage      = "message"      // the parent is the conversation; see also pendingParent, stubParent, reactionParent
	kindLog          = "log"          // the parent is the conversation

	// kindTicket leads from a ticket of the host's to its conversations: one record for each pair, the
	// parent is the ticket.
	kindTicket = "ticket"
	// kindMargin is what a desk keeps in the margins of conversations; see marginKey.
	kindMargin = "margin"
	// kindOfCustomer lists the conversations of a customer.
	kindOfCustomer = "customer_conversation"
	// kindMember is what leads from somebody who wrote in a group to the group: one record for each
	// alias and group, in the order of aliases. A group is one customer and its members are none, but
	// each of them can ask to be forgotten.
	kindMember = "member"
)

// Kinds of records about a channel.
const (
	kindCounter    = "counter"     // the counters behind reports
	kindMoney      = "money"       // the running totals behind budgets and costs
	kindBooks      = "books"       // lets one process at a time put the running totals right
	kindReach      = "reach"       // when a person was last written to first, by the portfolio that did it
	kindReached    = "reached"     // the number of those people, which the store bounds
	kindStanding   = "standing"    // what is known about a number's standing, by channel
	kindNotice     = "notice"      // the latest notices, by channel
	kindOutage     = "outage"      // the outage of a channel's number, by channel
	kindPulse      = "pulse"       // what shows that something is alive, by channel
	kindUpload     = "upload"      // what is known about uploaded files, by channel and media ID
	kindNotCovered = "not_covered" // how many items named what their secret does not cover, by channel
)

// Kinds of records that the processes on a store share.
const (
	kindProcess  = "process" // see entry
	kindBeat     = "heartbeat"
	kindStranger = "stranger"
	fleetParent  = "fleet"
	kindShared   = "shared"
	kindVersion  = "version"

	// Keys of shared records begin with what they are about. aboutRetry is about a channel, "" for
	// all, that somebody wants to be tried at once; aboutRestore is when the store was last restored.
	aboutSettings = "settings"
	aboutTemplate = "template"
	aboutRetry    = "retry"
	aboutRestore  = "restored"
	// buriedPrefix begins the key of the record which says that items of a number were buried.
	buriedPrefix = "buried|"
)

// Kinds of work.
const (
	workIn     = "in"     // accepted webhook items, to be applied
	workHost   = "host"   // what the host's Ticketing must hear, in order per conversation
	workOut    = "out"    // messages to send, in order per conversation
	workFirst  = "first"  // the same for messages that nobody asked for, beside the answers
	workLater  = "later"  // messages that wait for their time and then go to out or first; see also windowPrefix
	workTimer  = "timer"  // one per conversation, at the time the desk asked for
	workCheck  = "check"  // uncertain messages, to be decided after the wait
	workMedia  = "media"  // inbound files to fetch
	workUpkeep = "upkeep" // one per channel, and one for all: forgetting and pruning

	// commonUpkeep is the ID of the upkeep of what belongs to no channel. That of a channel has the
	// channel's ID, and is done by processes that have the channel.
	commonUpkeep = "|common"
	// latePrefix begins the ID of the work that looks again at an item which overtook its message. It
	// stands in no lane, so that the message, which may come behind it, need not wait.
	latePrefix = "late|"
	// changes ends the name of the group that a channel's changes make, beside what customers write: a
	// broadcast, of which each message goes through several states, does not hold that up.
	changesGroup = "/changes"
)

// messageRecord is a message as it is stored: what agents see of it, and what the hub has to know.
type messageRecord struct {
	conversation.Message
	// SameAs and Pending make the record a stand-in for the message with its wamid: either
	// that message is stored under our own ID, or it is not known yet and these are the
	// edits, deletions and reactions that overtook it.
	SameAs  string                  `json:"same_as,omitempty"`
	Pending *conversation.Amendment `json:"pending,omitempty"`
	// Shown says of a reaction of ours (see Message.Target) that it stands on its message, and
	// Replaced is which one stood there before.
	Shown    bool                   `json:"shown,omitempty"`
	Replaced *conversation.Reaction `json:"replaced,omitempty"`
	// Print tells the content of a message with a Key from that of others.
	Print string `json:"print,omitempty"`
	// Reach names the person who counts for the messaging limit because of the message.
	Reach string `json:"reach,omitempty"`
	// Answer is what the message counts for in its conversation; nil for what is no answer.
	Answer *conversation.Answer `json:"answer,omitempty"`
	// AnswersAd is when the customer came through the advertisement that an outbound message may
	// be the first answer to; zero if it cannot be.
	AnswersAd time.Time `json:"answers_ad,omitzero"`
	// Sending says that the message was handed to the Sender and nothing is known yet about
	// what became of it.
	Sending bool `json:"sending,omitempty"`
}

// visible is what others than the hub see of messages.
func visible(records []*messageRecord) []*conversation.Message {
	list := make([]*conversation.Message, len(records))
	for i, m := range records {
		list[i] = &m.Message
	}
	return list
}

// An alias is one of the names under which WhatsApp reports a person. A customer has
// any number of them, and they come and go: a phone number may be withheld, appear,
// change or be given to somebody else; a BSUID changes with the number.
//
// A BSUID names one person for certain, a phone number only for a time. Where that leaves a
// doubt, two people are kept apart rather than taken for one, since one person's messages
// must not reach another. One story cannot be told from another in every order: somebody of
// whom only the number is known, who gave the number up without that being known yet, when
// its next owner writes. Until the late notice the messages of both stand in one
// conversation of the next owner, as they would if it were one person whose BSUID has become
// known; from the notice on they are two, and what stands there stays there.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids,
// checked 2026-08-11.
type alias struct {
	Customer string `json:"customer"`
	// At is the newest event that showed the alias with this customer. A phone number
	// belongs to whom it was seen with last.
	At time.Time `json:"at"`
	// Until is when the customer gave the phone number up; later events on it are of
	// somebody else. Zero: not known to have been given up.
	Until time.Time `json:"until,omitzero"`
}

// outboundItem is the content of a piece of outbox work.
type outboundItem struct {
	Message  string           `json:"message"`
	Customer string           `json:"customer"`
	Outbound message.Outbound `json:"outbound"`
	// Resends counts how often it was sent again without knowing whether it had arrived.
	Resends int `json:"resends,omitempty"`
	// Held says that the wait for a status is over, and that the item is kept for an agent.
	Left bool `json:"left,omitempty"`
	// Tries counts attempts that are known not to have been accepted.
	Tries int `json:"tries,omitempty"`
	// Perhaps says that the same may have been sent before the store was restored.
	Perhaps bool `json:"perhaps,omitempty"`
	carried
}

// carried is what [Hooks.Carry] gave along with work.
type carried struct {
	Carried map[string]string `json:"carried,omitempty"`
}

// hostItem is the content of work in the host queue: references only, so that an
// erased or edited message is not kept alive here.
type hostItem struct {
	Kind         conversation.ChangeKind    `json:"kind,omitempty"` // empty: received
	Conversation string                     `json:"conversation"`
	Message      string                     `json:"message,omitempty"`
	At           time.Time                  `json:"at,omitzero"`
	Author       conversation.Author        `json:"author,omitzero"`
	From         string                     `json:"from,omitempty"`
	To           string                     `json:"to,omitempty"`
	Absorbed     string                     `json:"absorbed,omitempty"`
	Reason       string                     `json:"reason,omitempty"`
	Cause        conversation.Cause         `json:"cause,omitempty"`
	Delivery     conversation.DeliveryState `json:"delivery,omitempty"`
	Failure      *conversation.Failure      `json:"failure,omitempty"`
	Notice       *conversation.Notice       `json:"notice,omitempty"`
	attempts
	carried
}

// standIn is the part of a Message that a stand-in has: see Message.SameAs.
type standIn struct {
	ID      string                  `json:"id"`
	Channel string                  `json:"channel"`
	SameAs  string                  `json:"same_as,omitempty"`
	Pending *conversation.Amendment `json:"pending,omitempty"`
}

// fetchItem is the content of work in the media queue.
type fetchItem struct {
	Message string `json:"message,omitempty"`
	Index   int    `json:"index,omitempty"`
	// Remove are references to files that are to be removed; nothing is fetched then.
	Remove []string `json:"remove,omitempty"`
	attempts
}

// upkeepItem is the content of a channel's upkeep work: where a round of pruning has come to.
type upkeepItem struct {
	Queue int             `json:"queue,omitempty"` // index into prunedQueues; behind them: the customers
	After *store.Position `json:"after,omitempty"`
}

// inItem is the content of work to apply.
type inItem struct {
	// Body is a webhook body with one item, card numbers masked.
	Body json.RawMessage `json:"body,omitempty"`
	// Voucher is how far whoever signed the item may speak for what it names.
	Voucher voucher `json:"voucher,omitempty"`
	// Masked says that a card number was in it.
	Masked bool `json:"masked,omitempty"`
	// Unreadable is a body that is not JSON, which cannot be cut into items.
	Unreadable string `json:"unreadable,omitempty"`
	carried
}

// isMessageID says whether an opaque ID that came back in a status can be ours.
func isMessageID(s string) bool {
	return len(s) == len("m_")+24 && strings.HasPrefix(s, "m_")
}

// inboundMessageID names the message with a wamid on a channel.
func inboundMessageID(channel, wamid string) string { return opaque.ID("m_", channel, wamid) }

// pendingParent is where messages stand that are not known yet, and stubParent where those do
// that stand for another one.
func pendingParent(channel string) string { return "pending|" + channel }

func stubParent(channel string) string { return "stub|" + channel }

// twinID is where an amendment waits that names a message by a wamid with a token: a message
// can have two such wamids.
func twinID(channel, customer, token string) string {
	return opaque.ID("m_", channel, customer, "token", token)
}

// reactionParent is where the reactions of ours stand that were sent in a conversation: they
// are no messages of it, but changes of the messages that they name.
func reactionParent(conversationID string) string { return "reaction|" + conversationID }

func conversationParent(channel, queue string) string { return channel + "/" + queue }

// sortOf is the position of a message in its conversation.
func sortOf(m *conversation.Message) int64 {
	return m.At.UnixMicro()/1e6*1e6 + m.Seq%1e6
}

// keyID is the ID of the message that has a key in a conversation.
func keyID(conversationID, key string) string { return opaque.ID("m_", "key", conversationID, key) }

// aliasKey names an alias on a number. It shows nothing of the name and is of fixed
// length, whatever a webhook carries. The lane of a person's items has the same name.
func aliasKey(number, kind, id string) string { return opaque.ID("k_", number, kind, id) }

func aliasBSUID(number, id string) string { return aliasKey(number, "bsuid", id) }

func aliasParent(number, id string) string { return aliasKey(number, "parent", id) }

func aliasPhone(number, no string) string { return aliasKey(number, "phone", canonicalPhone(no)) }

func aliasGroup(number, id string) string { return aliasKey(number, "group", id) }

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

type ofCustomer struct{}

func uploadKey(channel, id string) string { return opaque.ID("u_", channel, id) }

// expiryID is the ID of that work, beside the upkeep of the channel.
func expiryID(channel string) string { return "expiry|" + channel }

// upkeepPulse is the key of the pulse of a channel's upkeep; "" is what belongs to none.
func upkeepPulse(channel string) string { return "|upkeep|" + channel }

// reached says which messages a person counts for: one that failed reached nobody.
type reached struct {
	By []string `json:"by,omitempty"` // IDs of messages
	// Many says that there were more than are worth keeping: the person counts for good.
	Many bool `json:"many,omitempty"`
}

type member struct {
	// Group is the customer that the group is, and Sender the Message.SenderKey of the person.
	Group  string `json:"group"`
	Sender string `json:"sender"`
}

// notices is how they are stored, newest first.
type notices struct {
	Latest []conversation.Notice `json:"latest"`
}

// uploaded is what is known about an uploaded file. The file itself is not kept.
type uploaded struct {
	MIME string `json:"mime"`
	// Opus says that it is Ogg with Opus in one channel, and so fit for a voice message.
	Opus bool `json:"opus,omitempty"`
}

// restored is the content of that record.
type restored struct {
	At time.Time `json:"at"`
}

// retry is the content of such a record; the newest counts.
type retry struct {
	Channel string `json:"channel"`
}

// templateNews is the newest of each kind that WhatsApp has said about a template. It is part
// of the stored format.
type templateNews struct {
	Account    string                   `json:"account"`
	Ref        template.Ref             `json:"ref"`
	Status     *template.StatusFact     `json:"status,omitempty"`
	Quality    *template.QualityFact    `json:"quality,omitempty"`
	Category   *template.CategoryFact   `json:"category,omitempty"`
	Components *template.ComponentsFact `json:"components,omitempty"`
}

// standing is how a Standing is stored: each part with the time at which it was said.
type standing struct {
	Quality dated `json:"quality,omitzero"`
	Name    dated `json:"name,omitzero"`
	Limit   dated `json:"limit,omitzero"`
	Token   dated `json:"token,omitzero"`
	// Marketing says whether the account's marketing goes to the endpoint for it.
	Marketing dated `json:"marketing,omitzero"`
}

type dated struct {
	Value string    `json:"value"`
	At    time.Time `json:"at"`
}

// channelOf is the ID of the channel whose work a group is, "" if it is none's.
func channelOf(group string) string {
	if strings.HasPrefix(group, "#") {
		return "" // see strangeGroup
	}
	return strings.TrimSuffix(group, changesGroup)
}

// attempts are the failures of a piece of work that say something about itself.
type attempts struct {
	Tries   int       `json:"tries,omitempty"`
	Failing time.Time `json:"failing,omitzero"` // since the first of them
}

// entry is a Process as it is stored.
type entry struct {
	health.Process
	Homes []home `json:"homes,omitempty"`
}

// moneySort puts the totals of a month together.
func moneySort(name string) int64 {
	month, err := time.Parse("2006-01", strings.SplitN(name, "/", 2)[0])
	if err != nil {
		return 0
	}
	return month.UnixMicro()
}

// historic says that the message is known from the chat history only.
func (m *messageRecord) historic() bool { return conversation.IsHistory(m.Conversation) }

// strangeGroup is the group of items of a number that belongs to no channel of the process
// that took them in. No ID of a channel has a "#".
func strangeGroup(number string) string { return "#" + number }

// isNumber says whether a channel could have the number.
func isNumber(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' })
}

// A voucher says how far whoever signed an item may speak for the account and the number that
// it names. It is decided when the item is accepted and checked against the channel when it
// is applied. Vouchers are part of the stored format.
type voucher string

// reactorOf says in Reaction.By which member of a group it was.
func reactorOf(sender string) string { return "customer " + discreet.Hash(sender) }

// strange is the record of a number that a process met and did not know; its Sort is when it
// was first met.
func strange(number string, now time.Time) store.Record {
	return store.Record{Kind: kindStranger, Key: number, Parent: fleetParent, Sort: micros(now), N: 1}
}
