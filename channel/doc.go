// Package channel makes a WhatsApp number a support channel of your helpdesk.
//
// A [Hub] takes in webhooks, keeps threads with people, hands what they write to your ticket
// system, and sends what is answered. You bring two things: a [store.Store], for which package
// sqlstore has one on SQLite or PostgreSQL, and a [Ticketing], two methods around your own ticket
// system. Then:
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
// Whoever acts is named by a conversation.Author, which the hub believes: what your agents may do is
// your business. A host without a helpdesk of its own puts a [Desk] on the hub, which package desk
// has: queues, assignment, rules, rights, reports.
//
// # What is promised
//
// A webhook is answered 200 only when its items are durable. Each is then shown to your Ticketing
// until it succeeds or becomes a dead letter, in order within a conversation, always under the same
// ID. A crash at any instant loses nothing.
//
// An answer that WhatsApp would throw away is refused before anything is stored: outside the
// customer service window, to a customer who stopped marketing, beyond a limit of the message type,
// with a template that cannot be sent or whose values do not fit.
//
// A message is never sent twice by the hub's own doing. If the answer to a send is lost, the message
// is [conversation.Uncertain] until a status settles it, or somebody with [Hub.ResendMessage] or
// [Hub.GiveUpMessage]; only the policy [Resend] lets the hub repeat it by itself.
//
// Budgets and messaging limits hold to the message, over any number of hubs, because the store
// decides them in the step that counts. What fails after all is taken back.
//
// Card numbers are masked before anything is stored or passed on, in both directions, unless the
// channel says InsecureKeepCards.
//
// Items may come in any order and any number of times, through any number of hubs on one store: the
// state in the end is the same. One person's messages never reach another. Where an identity is in
// doubt, people are kept apart, and what is sent names only identities that are the customer's now.
// An item is applied to a channel only if the secret that signed it may speak for its number and
// account; see [Hub.Accept].
//
// # What there is
//
//	run           New, Hub.Run, and Hub.Accept as the sink of webhooks
//	read          Conversations, Conversation, Messages, Message, Events
//	find          Search, FindByTicket, FindCustomers, CustomerConversations
//	follow        Feed, News and FeedCursor: what changes, on whichever process
//	answer        Block, Reply, ReplyAll, Check and PreviewReply, RunMacro and PreviewMacro, Upload, MarkRead, CancelMessage
//	settle        UncertainMessages, ResendMessage, GiveUpMessage, ResendUncertain, GiveUpUncertain
//	write first   Notify, NotifyAll, RecordConsent, RevokeConsent, StopMarketing, ResumeMarketing
//	set up        AddChannel, UpdateSettings, ReplaceChannel, RemoveChannel, Channels, Channel, ReportStanding
//	operate       Health, Processes, DeadLetters, ReplayDeadLetters, ReplayAllDeadLetters, DropDeadLetters, RetryNow
//	answer for    Counters, Spending, EraseCustomer, EraseConversation, EraseMessage, ExportCustomer
//	the host's    SetTicket, SetMetadata, SetCustomerMetadata, Wake after a commit, Idle in tests, Explain for errors
//	for a desk    Desk, Scene, Hub.Step, SetMargin, Margins, MarginsOf, ChannelOf, DeadLettersOf
//
// # Several processes
//
// Any number of hubs may work on one store, also with different channels: each takes only work of
// channels that it has, and the others' stays for them. Which processes there are stands in the store
// ([Hub.Processes]). Each says every second that it lives (Config.Heartbeat); one that is killed, hangs
// or is cut off is taken over from within five seconds, and stops by itself before that. Settings that one of them changes and what WhatsApp says about templates reach
// all of them within Config.Poll. On a store that is a [store.Timekeeper] they go by its clock; how
// far each machine's own is off is shown and, from two seconds on, warned of.
//
// # How it works
//
// [Hub.Accept] writes items down as work of the store. [Hub.Run] applies them, which produces calls of
// the Ticketing and more, and works off all kinds of work: "in" (items to apply), "host" (calls of the
// Ticketing), "out" (answers to send), "first" (notifications to send), "later" (messages that wait for
// their time), "check" (messages whose fate is open), "media" (files to fetch), "upkeep", and with a desk "timer". Each step reads, asks the
// pure packages for a decision, and commits the outcome in one atomic batch.
//
// The files are in rooms by their first word, on floors: core and format at the bottom, then money,
// talk (people and what was said), outbox, then intake, dispatch, teller, files and keeper, which know
// nothing of each other, and hub with the exported methods on top. Uses run down; a test says so.
//
// # Log attributes
//
// The hub logs through slog with constant messages and these keys: channel (the ID of a channel),
// queue (the kind of work), work (a short hash of its ID), tries, times (how many failures the line
// stands for: one that goes on is told in full once, then every ten minutes, then when it is over),
// since, kind, reason (free of personal data), dead, stored, events, stack (where host code
// panicked), code, field, status, why, at. Errors are for an operator to act on, warnings say what
// WhatsApp or the host did, the rest is debug. No text, name, phone number, wamid or secret is ever
// logged.
package channel
