package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrUnsafe is matched by the error for a stream that can lose what it has acknowledged.
var ErrUnsafe = errors.New("natslog: the stream can lose what it has acknowledged")

// partitionsKey is the entry of a stream's metadata that says how numbers are spread.
const partitionsKey = "kanava-partitions"

// duplicates is how long a stream that is created here knows repetitions. WhatsApp repeats what
// was not answered after minutes; later repetitions are the sink's to recognise.
const duplicates = 10 * time.Minute

// ensure creates the streams that are missing and checks those that are there.
func (l *Log) ensure(ctx context.Context) error {
	for _, want := range []jetstream.StreamConfig{
		{
			Name: l.cfg.Stream, Subjects: []string{l.cfg.Stream + ".>"}, Retention: jetstream.WorkQueuePolicy,
			Metadata: map[string]string{partitionsKey: strconv.Itoa(l.cfg.Partitions)},
		},
		{Name: l.dead, Subjects: []string{l.dead + ".>"}},
	} {
		want.Storage, want.Replicas, want.MaxBytes = jetstream.FileStorage, l.cfg.Replicas, l.cfg.MaxBytes
		want.Discard, want.Duplicates = jetstream.DiscardNew, duplicates
		if want.MaxBytes == 0 {
			want.MaxBytes = -1
		}
		s, err := l.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			if l.cfg.Replicas < safeReplicas && !l.cfg.InsecureAllowLoss {
				if err := l.synced(ctx, ""); err != nil { // create nothing that would be refused
					return err
				}
			}
			s, err = l.js.CreateStream(ctx, want)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // by another process, in this moment
				s, err = l.js.Stream(ctx, want.Name)
			}
		}
		if err != nil {
			return fmt.Errorf("natslog: open stream: %w", err)
		}
		if err := l.check(ctx, s.CachedInfo(), &want); err != nil {
			return err
		}
		if want.Name == l.cfg.Stream {
			l.maxMessage.Store(int64(s.CachedInfo().Config.MaxMsgSize))
		}
	}
	return nil
}

// check refuses a stream that is not as it has to be.
func (l *Log) check(ctx context.Context, have *jetstream.StreamInfo, want *jetstream.StreamConfig) error {
	var errs []error
	if problems := unfit(&have.Config, want); len(problems) > 0 {
		errs = append(errs, fmt.Errorf("natslog: stream %s: %s", want.Name, strings.Join(problems, "; ")))
	}
	if !l.cfg.InsecureAllowLoss {
		if problems := unsafe(&have.Config); len(problems) > 0 {
			errs = append(errs, fmt.Errorf("%w: %s: %s", ErrUnsafe, want.Name, strings.Join(problems, "; ")))
		}
		if have.Config.Replicas < safeReplicas {
			leader := ""
			if have.Cluster != nil {
				leader = have.Cluster.Leader
			}
			errs = append(errs, l.synced(ctx, leader))
		}
	}
	return errors.Join(errs...)
}

// unfit returns why a stream cannot serve at all.
func unfit(have, want *jetstream.StreamConfig) (problems []string) {
	if len(have.Subjects) != 1 || have.Subjects[0] != want.Subjects[0] {
		problems = append(problems, "its subjects are not "+want.Subjects[0])
	}
	if parts := want.Metadata[partitionsKey]; parts != "" && have.Metadata[partitionsKey] != parts {
		problems = append(problems, fmt.Sprintf("its metadata has %s=%q and not %q", partitionsKey, have.Metadata[partitionsKey], parts))
	}
	return problems
}

// safeReplicas is how many servers have to keep a message if they do not sync every write.
const safeReplicas = 3

// shortestAge is how old what nobody has read must be allowed to become: a long weekend, and as
// long as WhatsApp itself goes on repeating.
const shortestAge = 7 * 24 * time.Hour

// unsafe returns how a stream could lose messages, replicas apart.
func unsafe(c *jetstream.StreamConfig) (problems []string) {
	bounded := c.MaxBytes > 0 || c.MaxMsgs > 0
	for _, rule := range []struct {
		bad     bool
		problem string
	}{
		{c.Storage != jetstream.FileStorage, "it is kept in memory"},
		{c.PersistMode == jetstream.AsyncPersistMode, "it acknowledges before it writes (persist_mode async)"},
		{c.NoAck, "it acknowledges nothing (no_ack)"},
		{c.Retention == jetstream.InterestPolicy, "it keeps nothing while there is no consumer (retention interest)"},
		{bounded && c.Discard == jetstream.DiscardOld, "when full it deletes what nobody has read (discard old)"},
		{c.MaxMsgsPerSubject > 0 && (c.Discard == jetstream.DiscardOld || !c.DiscardNewPerSubject),
			"it deletes what nobody has read of a busy number (max_msgs_per_subject)"},
		{c.MaxAge > 0 && c.MaxAge < shortestAge, "it deletes what nobody has read within a week (max_age)"},
		{c.Mirror != nil, "it is a mirror"},
	} {
		if rule.bad {
			problems = append(problems, rule.problem)
		}
	}
	return problems
}

// systemWait is how long servers may take to answer, and quiet how long nobody may have answered
// before all are taken to have.
const (
	systemWait = 15 * time.Second
	quiet      = 500 * time.Millisecond
)

// synced refuses servers that do not sync every write. All that have JetStream must: a stream
// can move. leader, unless "", must be among those that answer.
func (l *Log) synced(ctx context.Context, leader string) error {
	if l.cfg.System == nil {
		return fmt.Errorf("%w: fewer than %d replicas, and no System connection to ask the servers whether they sync every write", ErrUnsafe, safeReplicas)
	}
	names, problems, err := askServers(ctx, l.cfg.System)
	if err != nil {
		return fmt.Errorf("natslog: ask servers about syncing: %w", err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%w: fewer than %d replicas, and %s", ErrUnsafe, safeReplicas, strings.Join(problems, "; "))
	}
	if leader != "" && !names[leader] {
		return fmt.Errorf("%w: fewer than %d replicas, and server %s does not say whether it syncs every write", ErrUnsafe, safeReplicas, leader)
	}
	return nil
}

// askServers asks all servers how they sync. names are those that do after every write.
//
// Source: https://docs.nats.io/running-a-nats-service/configuration/sys_accounts (checked 2026-11-29).
func askServers(ctx context.Context, conn *nats.Conn) (names map[string]bool, problems []string, err error) {
	inbox := conn.NewInbox()
	answers, err := conn.SubscribeSync(inbox)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answers.Unsubscribe() }() // the connection ends it, too
	if err := conn.PublishRequest("$SYS.REQ.SERVER.PING.JSZ", inbox, []byte(`{"config":true}`)); err != nil {
		return nil, nil, err
	}
	names = map[string]bool{}
	for wait := systemWait; ; wait = quiet {
		next, cancel := context.WithTimeout(ctx, wait)
		msg, err := answers.NextMsgWithContext(next)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case errors.Is(err, context.DeadlineExceeded) && len(names)+len(problems) > 0:
			return names, problems, nil
		case err != nil:
			return nil, nil, fmt.Errorf("no server answers: is System in the system account? %w", err)
		}
		var answer struct {
			Server struct {
				Name string `json:"name"`
			} `json:"server"`
			Data struct {
				Disabled bool `json:"disabled"`
				Config   struct {
					SyncAlways bool `json:"sync_always"`
				} `json:"config"`
			} `json:"data"`
		}
		switch err := json.Unmarshal(msg.Data, &answer); {
		case err != nil:
			problems = append(problems, "a server gives an answer that cannot be read")
		case answer.Data.Disabled: // it keeps no stream
		case !answer.Data.Config.SyncAlways:
			problems = append(problems, "server "+answer.Server.Name+" does not sync every write (sync_interval: always)")
		default:
			names[answer.Server.Name] = true
		}
	}
}
