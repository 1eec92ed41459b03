// Package kafkalog is a durable log of webhook deliveries on Kafka, and on what speaks its
// protocol: any number of processes receive webhooks and produce them, any number of others work
// them off.
//
//	log, err := kafkalog.Open(ctx, kafkalog.Config{Client: []kgo.Opt{kgo.SeedBrokers("one:9092", "two:9092")}})
//	handler, err := webhook.NewHandler(webhook.Config{Sink: log, …}) // where webhooks come in
//	err = log.Run(ctx, hub)                                          // where they are worked off
//
// # What is kept
//
// One record per POST and number, under the number as its key: the body with card numbers masked,
// and in headers which secret had signed it and what that covers. A POST that is larger than the
// topic allows becomes several. Accept returns once all replicas in sync have it (acks=all), from
// a producer that writes nothing twice by its own repetitions. What WhatsApp repeats is kept
// again; the hub recognises it.
//
// # Who may write, and what stays
//
// Who can write to the topic can vouch for anything: give that permission to those who receive
// webhooks only, and TLS to all. Records are personal data, and stay for as long as the topic
// keeps them, two weeks if it was created here, whatever was erased meanwhile; dead letters stay
// until their topic is emptied.
//
// # Which topics are safe
//
// Open creates a topic with three replicas of which two must be in sync, and refuses one with
// fewer, one whose leader may be elected out of sync, one that is compacted (the key is the
// number, so that nothing but its last delivery would stay), and one that deletes what nobody has
// read within a week. Config.InsecureAllowLoss takes whatever there is.
//
// Source: https://kafka.apache.org/documentation/#topicconfigs (checked 2026-11-29).
//
// # Who works
//
// The processes of a group share the partitions and hand them over cooperatively. What the sink
// has taken is committed, and never what lies behind something it has not. A bad delivery holds
// nobody up: up to a thousand behind it in its partition are worked off meanwhile, and when it is
// put aside, to the topic of dead letters (named like the log with .dead behind it, one
// partition), the rest follows. See [webhook.Feeder], [Log.DeadLetters] and [Log.Replay]. With
// Config.InOrder the deliveries of a number wait for each other, and those of others do not.
// Where the sink is out for one process alone, which still speaks to Kafka, that process keeps its
// partitions, and what is in them waits: end its Run if that lasts, and others take over.
//
// # What was tried, and what was not
//
// The tests run against the broker inside of franz-go (kfake), which speaks the protocol but
// replicates nothing. No real Kafka was at hand: what replication and syncing promise is
// Kafka's word, checked by its configuration only.
package kafkalog
