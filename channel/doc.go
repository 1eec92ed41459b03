// Package channel makes a WhatsApp number a support channel of your helpdesk.
//
// A [Hub] takes in webhooks, keeps conversations, hands what customers write to your ticket system,
// and sends what is answered. You bring a [store.Store], for which package sqlstore has one on SQLite
// or PostgreSQL, and a [Ticketing], two methods around your own ticket system:
//
//	hub, err := channel.New(channel.Config{Store: store, Ticketing: tickets, Channels: channels})
//	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: …, VerifyToken: …, Sink: hub})
//	http.Handle("/webhook", handler)
//	err = hub.Run(ctx)
//
// and an answer is
//
//	msg, err := hub.Reply(ctx, agent, channel.Reply{Conversation: id, Content: &message.Text{Body: "…"}})
//
// Whoever acts is named by a conversation.Author, whom the hub believes: what your agents may do is your
// business, or that of package desk, a helpdesk for hosts that have none, which is a [deskapi.Desk].
//
// # What is promised
//
// A webhook is answered 200 only when its items are durable. Each is then shown to your Ticketing until it
// succeeds or becomes a dead letter, in order within a conversation, always under the same ID, whatever
// crashes. Items may come in any order and any number of times, through any number of hubs on one store.
//
// An answer that WhatsApp would throw away is refused before anything is stored. A message is never sent
// twice by the hub's own doing: if the answer to a send is lost, it is [conversation.Uncertain] until a
// status settles it, or somebody; only the policy [settings.Resend] lets the hub repeat it. Budgets and messaging
// limits hold to the message, because the store decides them in the step that counts.
//
// Card numbers are masked before anything is stored or passed on, unless the channel says
// InsecureKeepCards; only IDs that are the host's own, such as those of buttons, stay as they are. One
// person's messages never reach another: where an identity is in doubt people are kept apart, and what is
// sent names only identities that are the customer's now.
//
// # What there is
//
//	run           New, Hub.Run, and Hub.Accept as the sink of webhooks
//	read          Conversations, Conversation, ConversationsByID, Messages, Message, Parts, Events, OpenFile
//	find          Search, FindByTicket, FindCustomers, CustomerConversations
//	follow        Feed, News and FeedCursor: what changes, on whichever process
//	answer        Block, Reply, ReplyAll, Split, Check and PreviewReply, RunMacro and PreviewMacro, Upload, MarkRead, CancelMessage
//	share         HandOver and HandBack: who answers, a bot or people
//	settle        UncertainMessages, ResendMessage, GiveUpMessage, ResendUncertain, GiveUpUncertain
//	write first   Notify, NotifyAll, RecordConsent, RevokeConsent, StopMarketing, ResumeMarketing
//	set up        AddChannel, UpdateSettings, ReplaceChannel, RemoveChannel, Channels, Channel, ReportStanding
//	operate       Health, Processes, DeadLetters, ReplayDeadLetters, ReplayAllDeadLetters, DropDeadLetters, RetryNow
//	answer for    Counters, Spending, EraseCustomer, EraseConversation, EraseMessage, ExportCustomer
//	the host's    SetTicket, SetMetadata, SetCustomerMetadata, SetProfile, Wake after a commit, Idle in tests
//	for a desk    Step, NoteDeed, Deeds, SetMargin, Margins, MarginsOf, ChannelOf, DeadLettersOf
//
// The words that these calls speak have packages of their own, by task:
//
//	settings      what an administrator decides about a channel
//	conversation  customers, conversations, messages, changes: what is read, found, and told to a Ticketing
//	message       what is sent, and the Sender of a number with all that it may be able to tell
//	campaign      a message to many
//	health        what the hub says of its state; hooks: what can be observed
//	deadletter    work that was given up
//	deskapi       what a channel and its desk say to each other
//	explain       sentences for errors
//
// # Several processes
//
// Hubs on one store may have different channels: each takes the work of its own. Each says every second
// that it lives (Config.Heartbeat, [Hub.Processes]): one that is killed, hangs or is cut off is taken over
// from within five seconds, and stops by itself before that. Changed settings, and what WhatsApp says about
// templates, reach all within Config.Poll. On a [store.Timekeeper] they go by its clock; a machine's own is
// warned of when it is two seconds off, and when it jumps the store is asked before anything is decided by it.
//
// # How it works
//
// [Hub.Accept] writes items down as work of the store. [Hub.Run] works off its kinds: "in" (items to apply),
// "host" (calls of the Ticketing), "out" and "first" (answers and notifications to send), "later" (messages
// that wait for their time), "check" (messages whose fate is open), "media" (files to fetch), "upkeep", and
// with a desk "timer". Each step reads, asks the pure packages for a decision, and commits the outcome in
// one atomic batch. CONTRIBUTING.md says which file does what.
//
// # Log attributes
//
// Messages are constant; these keys say the rest: channel (its ID), kind (of work, or of an outage), work (a
// short hash of its ID), tries, times (how many failures the line stands for: one that goes on is told once,
// every ten minutes, and when it is over), since, reason (free of personal data), dead, stored, events,
// stack (where host code panicked), code, field, status, why, at. Errors are for an operator to act on, warnings
// say what WhatsApp or the host did, the rest is debug. No text, name, phone number, wamid or secret is
// ever logged.
package channel
