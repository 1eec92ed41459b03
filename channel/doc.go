// Package channel makes a WhatsApp number a support channel of your helpdesk.
//
// A [Hub] takes in webhooks, keeps conversations, hands what customers write to your
// ticket system, and sends what your agents answer. You bring two things: a [store.Store], for
// which package sqlstore has one on SQLite or PostgreSQL, and a [Ticketing], two methods
// around your own ticket system. Then:
//
//	hub, err := channel.New(channel.Config{Store: store, Ticketing: desk, Channels: channels})
//	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: …, VerifyToken: …, Sink: hub})
//	http.Handle("/webhook", handler)
//	err = hub.Run(ctx)
//
// and an agent's answer is
//
//	msg, err := hub.Reply(ctx, channel.Reply{Conversation: id, Actor: agent, Content: &message.Text{Body: "…"}})
//
// # What is promised
//
// A webhook is answered 200 only when its items are durable. Each is then shown to your
// Ticketing until it succeeds or becomes a dead letter, in order within a conversation,
// always under the same ID. A crash at any instant loses nothing.
//
// An answer that WhatsApp would throw away is refused before anything is stored: outside
// the customer service window, to a customer who stopped marketing, beyond a limit of the
// message type, with a template that cannot be sent or whose values do not fit.
//
// A message is never sent twice by the hub's own doing. If the answer to a send is lost,
// the message is [conversation.Uncertain] until a status settles it, or an agent with [Hub.ResendMessage] or
// [Hub.GiveUpMessage]; only the policy [Resend] lets the hub repeat it by itself.
//
// Only what WhatsApp accepted is an answer, in the state of a conversation, in rules, limits,
// budgets and reports; what fails after all is taken back, and a customer who waits again is
// seen again. An automatic message is an answer to nobody who waits for a person: see
// rules.State. Budgets and messaging limits hold to the message, over any number of hubs,
// because the store decides them in the step that counts.
//
// Card numbers are masked before anything is stored or passed on, in both directions,
// unless the channel says InsecureKeepCards.
//
// Items may come in any order and any number of times, through any number of hubs on one
// store: the state in the end is the same.
//
// One person's messages never reach another. Where an identity is in doubt, people are kept
// apart, and what is sent names only identities that are the customer's now.
//
// An item is applied to a channel only if the secret that signed it may speak for its number
// and account; see [Hub.Accept]. Actors administer the channels that access.Actor names, and
// conversations of channels on which they have no right do not exist for them.
//
// # What there is
//
//	take in       Accept, Run, DeadLetters, Replay, ReplayAll, Drop, RetryNow
//	read          Conversations, Conversation, Messages, Log
//	answer        Reply, ReplyAll, RunMacro and PreviewMacro, Upload, MarkRead, Cancel
//	settle        Resend, GiveUp, UncertainMessages, ResendUncertain, GiveUpUncertain
//	write first   Notify, RecordConsent, RevokeConsent
//	look after    Assign, Move, Resolve, Reopen, SetTags, SetTopic, AddNote
//	set up        Add, Change, Replace, Remove, Channels, Channel, Observe
//	answer for    Report, Spending, Health, Processes, Erase, EraseConversation, EraseMessage, Export
//
// Calls that act, and those that read what people wrote, take an access.Actor and check its
// rights against the policy of the channel: an error that matches access.ErrDenied says no.
// [Hooks].Audit hears of each act and of each refusal.
//
// # Several processes
//
// Any number of hubs may work on one store, also with different channels: each takes only work
// of channels that it has, and the others' stays for them. Which processes there are stands in
// the store ([Hub.Processes]). Settings that one of them changes and what WhatsApp says about
// templates reach all of them within Config.Poll. On a store that is a [store.Timekeeper] they go by
// its clock; how far each machine's own is off is shown and, from two seconds on, warned of.
//
// # How it works
//
// [Hub.Accept] writes items into a queue of the store. [Hub.Run] applies them to
// conversations, which produces calls of the Ticketing and timers, and works on all
// queues: "in" (items to apply), "host" (calls of the Ticketing), "out" (answers to
// send), "first" (notifications to send), "check" (messages whose fate is open), "media"
// (files to fetch), "timer" (one for each conversation) and "upkeep". Each step reads, asks
// the pure packages for a decision (window, template, access, rules, pricing), and commits
// the outcome in one atomic batch.
//
// # Log attributes
//
// The hub logs through slog with constant messages and these keys: channel (the ID of a
// channel), queue, work (a short hash of the ID of work), tries, times (how many failures the line
// stands for: one that goes on is told in full once, then every ten minutes, then when it is
// over), since, kind, reason (free of personal
// data), dead, stored, events, stack (where host code panicked), code, field, status, why,
// at. Errors are for an operator to act on, warnings say what WhatsApp or the host did, the
// rest is debug. No text, name, phone number, wamid or secret is ever logged.
package channel
