package channel

import (
	"cmp"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/internal/opaque"
)

// The files of this room are the stored format: which kinds of records and work there are, under which
// keys and parents they stand, and what is in them (format_records.go, format_work.go) beside the types of
// package conversation. Nothing has been
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
	kindChores     = "chores"      // how what is asked of WhatsApp by itself stands, by channel
	kindOutage     = "outage"      // the outage of a channel's number, by channel
	kindPulse      = "pulse"       // what shows that something is alive, by channel
	kindUpload     = "upload"      // what is known about uploaded files, by channel and media ID
	kindDeed       = "deed"        // what was done at a desk; see deedParent
	kindNotCovered = "not_covered" // how many items named what their secret does not cover, by channel
)

// Kinds of records that the processes on a store share.
const (
	kindProcess  = "process" // see entry
	kindBeat     = "heartbeat"
	kindBegun    = "begun" // how many processes of a kind have begun; see sameDesk
	kindStranger = "stranger"
	fleetParent  = "fleet"
	withDesk     = "with_desk"
	withoutDesk  = "without_desk"
	kindShared   = "shared"
	kindVersion  = "version"

	// Keys of shared records begin with what they are about. aboutRetry is about a channel, "" for
	// all, that somebody wants to be tried at once; aboutRestore is when the store was last restored.
	aboutSettings = "settings"
	aboutTemplate = "template"
	aboutCatalog  = "catalog" // the templates of an account, as they were listed last
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
	// commonDeeds is the parent of deeds that concern no channel.
	commonDeeds = "|common"
	// latePrefix begins the ID of the work that looks again at an item which overtook its message. It
	// stands in no lane, so that the message, which may come behind it, need not wait.
	latePrefix = "late|"
	// changes ends the name of the group that a channel's changes make, beside what customers write: a
	// broadcast, of which each message goes through several states, does not hold that up.
	changesGroup = "/changes"
)

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

// deedParent is where the deeds of a channel stand; those that concern none have a place of their own.
func deedParent(channel string) string { return cmp.Or(channel, commonDeeds) }

// conversationParent is where conversations stand that are in one queue and that one holder has.
func conversationParent(channel string, s shelf) string {
	if s.holder == conversation.HeldByPeople {
		return channel + "/" + s.queue
	}
	return channel + "/" + s.queue + "|" + string(s.holder)
}

// shelf is what conversations are filed by.
type shelf struct {
	queue  string
	holder conversation.Holder
}

// shelves are those of some queues and holders; nil means all.
func shelves(queues []string, holders []conversation.Holder) (all []shelf) {
	if queues == nil {
		queues = conversation.Queues()
	}
	if holders == nil {
		holders = conversation.Holders()
	}
	for _, queue := range queues {
		for _, holder := range holders {
			all = append(all, shelf{queue, holder})
		}
	}
	return all
}

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

// canonicalPhone brings the variants in which WhatsApp writes the same number to one
// form, for comparison only: Brazil's ninth digit, the mobile prefix 1 of Mexico and 9
// of Argentina, which a wa_id may have or lack.
func canonicalPhone(no string) string {
	no = strings.TrimPrefix(no, "+")
	switch {
	case len(no) == 13 && strings.HasPrefix(no, "55") && no[4] == '9':
		return no[:4] + no[5:]
	case len(no) == 13 && (strings.HasPrefix(no, "521") || strings.HasPrefix(no, "549")):
		return no[:2] + no[3:]
	}
	return no
}

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

// channelOf is the ID of the channel whose work a group is, "" if it is none's.
func channelOf(group string) string {
	if strings.HasPrefix(group, "#") {
		return "" // see strangeGroup
	}
	return strings.TrimSuffix(group, changesGroup)
}

// moneySort puts the totals of a month together.
func moneySort(name string) int64 {
	month, err := time.Parse("2006-01", strings.SplitN(name, "/", 2)[0])
	if err != nil {
		return 0
	}
	return month.UnixMicro()
}

// strangeGroup is the group of items of a number that belongs to no channel of the process
// that took them in. No ID of a channel has a "#".
func strangeGroup(number string) string { return "#" + number }

// isNumber says whether a channel could have the number.
func isNumber(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' })
}

// reactorOf says in Reaction.By which member of a group it was.
func reactorOf(sender string) string { return "customer " + discreet.Hash(sender) }

// strange is the record of a number that a process met and did not know; its Sort is when it
// was first met.
func strange(number string, now time.Time) store.Record {
	return store.Record{Kind: kindStranger, Key: number, Parent: fleetParent, Sort: micros(now), N: 1}
}
