package kafkalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ErrUnsafe is matched by the error for a topic that can lose what it has acknowledged.
var ErrUnsafe = errors.New("kafkalog: the topic can lose what it has acknowledged")

const (
	// safeReplicas is how many brokers have to keep a record, safeInSync how many of them must
	// have it before it is acknowledged.
	safeReplicas = 3
	safeInSync   = 2

	// shortestAge is how old what nobody has read must be allowed to become: a long weekend, and
	// as long as WhatsApp itself goes on repeating. A topic created here allows twice that.
	shortestAge = 7 * 24 * time.Hour
)

// ensure creates the topics that are missing, and checks those that are there. It returns the
// most that a record of the main topic may measure.
func (l *Log) ensure(ctx context.Context) (maxBytes int, err error) {
	// A client of its own, which does not remember for long what was not there.
	client, err := kgo.NewClient(append(l.cfg.Client[:len(l.cfg.Client):len(l.cfg.Client)], kgo.MetadataMinAge(topicPoll))...)
	if err != nil {
		return 0, fmt.Errorf("kafkalog: connect: %w", err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	topics := []struct {
		name       string
		partitions int
		age        time.Duration // 0 for ever
	}{{l.cfg.Topic, l.cfg.Partitions, 2 * shortestAge}, {l.dead, 1, 0}}
	names := []string{l.cfg.Topic, l.dead}
	have, err := admin.ListTopics(ctx, names...)
	if err != nil {
		return 0, fmt.Errorf("kafkalog: open topics: %w", err)
	}
	for _, topic := range topics {
		if have.Has(topic.name) && have[topic.name].Err == nil {
			continue
		}
		inSync, age := strconv.Itoa(min(safeInSync, l.cfg.Replicas)), "-1"
		if topic.age > 0 {
			age = strconv.FormatInt(topic.age.Milliseconds(), 10)
		}
		never, deletes := "false", "delete"
		_, err := admin.CreateTopic(ctx, int32(topic.partitions), int16(l.cfg.Replicas), map[string]*string{
			"min.insync.replicas": &inSync, "cleanup.policy": &deletes, "retention.ms": &age, "unclean.leader.election.enable": &never,
		}, topic.name)
		if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) { // another process was quicker
			return 0, fmt.Errorf("kafkalog: create topic %s: %w", topic.name, err)
		}
	}
	if have, err = created(ctx, admin, names); err != nil {
		return 0, fmt.Errorf("kafkalog: open topics: %w", err)
	}
	configs, err := admin.DescribeTopicConfigs(ctx, names...)
	if err != nil {
		return 0, fmt.Errorf("kafkalog: read settings of topics: %w", err)
	}
	var errs []error
	for _, topic := range topics {
		detail := have[topic.name]
		if detail.Err != nil {
			errs = append(errs, fmt.Errorf("kafkalog: topic %s: %w", topic.name, detail.Err))
			continue
		}
		settings, err := settingsOf(configs, topic.name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if topic.name == l.dead && len(detail.Partitions) != 1 {
			errs = append(errs, fmt.Errorf("kafkalog: topic %s has %d partitions and not one", topic.name, len(detail.Partitions)))
		}
		if problems := unsafe(detail.Partitions.NumReplicas(), settings); len(problems) > 0 && !l.cfg.InsecureAllowLoss {
			errs = append(errs, fmt.Errorf("%w: %s: %s", ErrUnsafe, topic.name, strings.Join(problems, "; ")))
		}
		if topic.name == l.cfg.Topic {
			maxBytes = int(settings.number("max.message.bytes", 0))
		}
	}
	return maxBytes, errors.Join(errs...)
}

// A topic that was created is known to every broker a moment later: how often, and how long, to
// ask.
const (
	topicPoll = 50 * time.Millisecond
	topicWait = 10 * time.Second
)

// created lists topics, and waits for those that are not known everywhere yet.
func created(ctx context.Context, admin *kadm.Client, names []string) (kadm.TopicDetails, error) {
	for end := time.Now().Add(topicWait); ; {
		have, err := admin.ListTopics(ctx, names...)
		if err != nil {
			return nil, err
		}
		known := !slices.ContainsFunc(names, func(name string) bool { return errors.Is(have[name].Err, kerr.UnknownTopicOrPartition) })
		if known || time.Now().After(end) {
			return have, nil
		}
		if err := sleep(ctx, topicPoll); err != nil {
			return nil, err
		}
	}
}

// settings are those of one topic.
type settings map[string]string

// number returns a setting as a number, or def if it is none.
func (s settings) number(name string, def int64) int64 {
	if n, err := strconv.ParseInt(s[name], 10, 64); err == nil {
		return n
	}
	return def
}

func settingsOf(all kadm.ResourceConfigs, topic string) (settings, error) {
	of, err := all.On(topic, nil)
	if err == nil {
		err = of.Err
	}
	if err != nil {
		return nil, fmt.Errorf("kafkalog: read settings of topic %s: %w", topic, err)
	}
	s := settings{}
	for _, c := range of.Configs {
		s[c.Key] = c.MaybeValue()
	}
	return s, nil
}

// unsafe returns how a topic could lose records. A setting that a broker does not tell counts as
// what Kafka has by default, which for some of them is not safe.
func unsafe(replicas int, s settings) (problems []string) {
	age := s.number("retention.ms", shortestAge.Milliseconds())
	for _, rule := range []struct {
		bad     bool
		problem string
	}{
		{replicas < safeReplicas, fmt.Sprintf("%d replicas and not %d", replicas, safeReplicas)},
		{s.number("min.insync.replicas", 1) < safeInSync, fmt.Sprintf("it acknowledges with fewer than %d replicas in sync (min.insync.replicas)", safeInSync)},
		{s["unclean.leader.election.enable"] == "true", "its leader may be one that has not everything (unclean.leader.election.enable)"},
		{strings.Contains(s["cleanup.policy"], "compact"), "it keeps the last record of each number only (cleanup.policy)"},
		{age >= 0 && age < shortestAge.Milliseconds(), "it deletes what nobody has read within a week (retention.ms)"},
		{s.number("retention.bytes", -1) >= 0, "when full it deletes what nobody has read (retention.bytes)"},
	} {
		if rule.bad {
			problems = append(problems, rule.problem)
		}
	}
	return problems
}
