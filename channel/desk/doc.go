// Package desk is a helpdesk on the channels of a hub, for hosts that have none of their own.
//
// A host that is master of its tickets uses package channel alone. A host without a helpdesk puts a
// desk on it: agents have queues, owners, notes, tags and topics, supervisors have reports, and the
// rules of each channel assign, answer out of hours, remind and resolve by themselves.
//
//	d, err := desk.New(desk.Config{Hub: channel.Config{
//		Store: store, Ticketing: tickets, Channels: []channel.Channel{{
//			Settings: settings.Settings{
//				ID: "support", Name: "Support", Number: number, Enabled: true,
//				Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Contributor}}.JSON(),
//			},
//			Sender: client.Number(number),
//		}},
//	}})
//	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: …, VerifyToken: …, Sink: d.Hub()})
//	err = d.Hub().Run(ctx)
//
// and what an agent does goes through the desk, which asks whether he may:
//
//	msg, err := d.Reply(ctx, actor, channel.Reply{Conversation: id, Content: &message.Text{Body: "…"}})
//	err = d.Resolve(ctx, actor, id, "answered")
//
// # What is promised
//
// What a message does to a conversation (its queue, its owner, an automatic reply) is committed
// together with the message, over any number of processes: the desk takes part in the hub's own steps
// as its [deskapi.Desk], and keeps nothing anywhere else.
//
// Only what WhatsApp accepted is an answer, in the state of a conversation, in rules and reports; what
// fails after all is taken back, and a customer who waits again is seen again. An automatic message is
// an answer to nobody who waits for a person: see rules.State.
//
// Every method takes the actor right after the context and holds the call against the policy of the
// channel, or against what the actor administers. An error that matches access.ErrDenied says no.
// Conversations and messages of a channel on which an actor has no right at all do not exist for him:
// the error is that for one which there is not. [Config].Audit hears of each act and of each refusal.
//
// # What there is
//
//	look after    SetPresence, Present, Around, Assign, AssignTeam, Move, Resolve, Reopen, SetTags, SetTopic, AddNote, Block,
//	              HandOver and HandBack between a bot and people
//	read          MyChannels, Inbox, CountInbox, MarkSeen, Seen, Conversations, Conversation, Messages, Message, Parts, Events, OpenFile
//	find          Search, FindCustomers, FindByTicket, and Feed for what is new
//	answer        Reply, ReplyAll, Split, Check, PreviewReply, RunMacro, PreviewMacro, Upload, MarkRead, CancelMessage
//	settle        UncertainMessages, ResendMessage, GiveUpMessage, ResendUncertain, GiveUpUncertain
//	write first   Notify, NotifyAll, RecordConsent, RevokeConsent, StopMarketing, ResumeMarketing
//	set up        AddChannel, UpdateSettings, ReplaceChannel, RemoveChannel, Channels
//	operate       Health, Processes, DeadLetters, ReplayDeadLetters, ReplayAllDeadLetters, DropDeadLetters, RetryNow
//	answer for    Report, Spending, EraseCustomer, EraseConversation, EraseMessage, ExportCustomer, Deeds
//
// Whatever the host's own code does on its own authority it does on [Desk.Hub].
package desk
