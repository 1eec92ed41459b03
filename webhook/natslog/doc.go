// Package natslog is a durable log of webhook deliveries on NATS JetStream: any number of
// processes receive webhooks and publish them, any number of others work them off.
//
//	conn, err := nats.Connect("nats://one:4222,nats://two:4222,nats://three:4222")
//	log, err := natslog.Open(ctx, natslog.Config{Conn: conn})
//	handler, err := webhook.NewHandler(webhook.Config{Sink: log, …}) // where webhooks come in
//	err = log.Run(ctx, hub)                                          // where they are worked off
//
// # What is kept
//
// One message per POST: the body with card numbers masked, and beside it which secret had signed
// it and what that covers, so that the hub believes no more than it would have believed the
// handler. A POST that is larger than a message of the server may be becomes several. Accept
// returns once the stream has acknowledged all of them; they carry a Nats-Msg-Id, so that what is
// repeated within the stream's window is kept once. Later repetitions, and what is fed again
// because an acknowledgement was lost, the hub recognises.
//
// # Who may write, and what stays
//
// Who can publish to the stream can vouch for anything: give that permission to those who receive
// webhooks only, and TLS to all. Messages are personal data. They are gone from the stream once
// they are worked off, dead letters once they are replayed; those that nobody replays stay until
// they are purged (nats stream purge), which belongs to erasing somebody.
//
// # Which streams are safe
//
// JetStream acknowledges a message before it is on the disk, unless told otherwise, and syncs its
// files every two minutes. What survives then is what other servers have. So Open creates a stream
// with three replicas on file storage, and refuses one that has fewer, is in memory, persists
// asynchronously, deletes what nobody has read, or acknowledges nothing. A single server is
// enough if it is set to
//
//	jetstream { sync_interval: always }
//
// which Open asks the server itself: Config.System is a connection in the system account.
// Config.InsecureAllowLoss takes whatever there is. The stream is looked at again after each
// reconnection. Put the three servers into different zones: a power cut that takes all of them
// within two minutes takes what they had not synced.
//
// Source: https://docs.nats.io/running-a-nats-service/configuration/resource_management,
// https://docs.nats.io/nats-concepts/jetstream/streams (checked 2026-11-29 against nats-server 2.15.2).
//
// # Order
//
// The hub needs none. Config.Partitions keeps the order of each number for sinks that do: the
// numbers are spread over that many parts, in each of which one delivery is under way at a time,
// in whatever process, and one that fails is waited for.
//
// # What fails
//
// See [webhook.Feeder]: what the sink refuses comes again later and later; what it keeps refusing
// while others get through goes to the stream of dead letters, named like the log with _DEAD
// behind it, for [Log.DeadLetters] and [Log.Replay]. While the sink takes nothing at all,
// everything waits.
//
// # Figures
//
// On two cores that client and servers shared (2026-11-29): 920 POSTs a second from 16 goroutines
// on one server that syncs every write, 6,100 on three that keep a copy each; three quarters of
// what a bare publish of the same bodies reached in the same run. BenchmarkPublish measures it.
package natslog
