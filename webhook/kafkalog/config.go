package kafkalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// Defaults of [Config].
const (
	DefaultTopic       = "kanava"
	DefaultPartitions  = 12
	DefaultReplicas    = 3
	DefaultGroup       = "hub"
	DefaultConcurrency = 64
)

// Config says where the log is and how it works. Client is required.
type Config struct {
	// Client says how to reach and authenticate with the brokers: kgo.SeedBrokers, kgo.SASL,
	// kgo.DialTLSConfig and the like. What the log promises cannot be changed with it.
	Client []kgo.Opt

	// Topic is the name of the topic; "" means DefaultTopic. The topic of dead letters is named
	// after it.
	Topic string

	// Partitions and Replicas are those of a topic that is created here; 0 means
	// DefaultPartitions and DefaultReplicas. As many processes as partitions can work.
	Partitions, Replicas int

	// Group names those who share the work. Each group gets everything. "" means DefaultGroup.
	Group string

	// InOrder keeps the order of each number.
	InOrder bool

	// Concurrency is how many deliveries this process works on at once; 0 means
	// DefaultConcurrency.
	Concurrency int

	// Redact masks what must not be kept; nil means redact.Cards. Where a channel of the hub is
	// stricter than that, so must this be.
	Redact func(string) string
	// InsecureKeepCards keeps bodies as they are. Redact must be nil then.
	InsecureKeepCards bool

	// Timeout, MaxTries, MinWait, MaxWait and Extract are those of [webhook.FeederConfig].
	Timeout          time.Duration
	MaxTries         int
	MinWait, MaxWait time.Duration
	Extract          func(ctx context.Context, carried map[string]string) context.Context
	// Inject is that of [webhook.Recorder].
	Inject func(ctx context.Context) map[string]string

	// InsecureAllowLoss accepts topics that can lose what they have acknowledged, and creates
	// them as Replicas says. For tests and trials.
	InsecureAllowLoss bool

	// Logger receives warnings and errors, which hold nothing of deliveries. Nil means silence.
	Logger *slog.Logger
}

// complete fills in defaults and returns everything that is wrong with c.
func (c *Config) complete() error {
	var errs []error
	refuse := func(problem string) { errs = append(errs, errors.New("kafkalog: config: "+problem)) }
	c.Topic = cmp.Or(c.Topic, DefaultTopic)
	c.Partitions = cmp.Or(c.Partitions, DefaultPartitions)
	c.Replicas = cmp.Or(c.Replicas, DefaultReplicas)
	c.Group = cmp.Or(c.Group, DefaultGroup)
	c.Concurrency = cmp.Or(c.Concurrency, DefaultConcurrency)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if len(c.Client) == 0 {
		refuse("Client is empty: name the brokers with kgo.SeedBrokers")
	}
	if !isName(c.Topic) {
		refuse("Topic is no name: up to 200 letters, digits, ., - and _")
	}
	if c.Partitions < 1 || c.Partitions > 10_000 {
		refuse(fmt.Sprintf("Partitions is %d: 1 to 10000", c.Partitions))
	}
	if c.Replicas < 1 || c.Replicas > 10 {
		refuse(fmt.Sprintf("Replicas is %d: 1 to 10", c.Replicas))
	}
	if c.Concurrency < 0 {
		refuse("Concurrency is negative")
	}
	if c.InsecureKeepCards && c.Redact != nil {
		refuse("InsecureKeepCards and Redact exclude each other")
	}
	if _, err := webhook.NewFeeder(c.feeder(webhook.SinkFunc(nil))); err != nil {
		errs = append(errs, fmt.Errorf("kafkalog: config: %w", err))
	}
	if c.InsecureKeepCards {
		c.Redact = func(s string) string { return s }
	} else if c.Redact == nil {
		c.Redact = redact.Cards
	}
	return errors.Join(errs...)
}

func (c *Config) feeder(sink webhook.Sink) webhook.FeederConfig {
	return webhook.FeederConfig{
		Sink: sink, Timeout: c.Timeout, MaxTries: c.MaxTries, MinWait: c.MinWait, MaxWait: c.MaxWait,
		InOrder: c.InOrder, Extract: c.Extract, Logger: c.Logger,
	}
}

// isName reports whether s can name a topic, with room for a suffix.
func isName(s string) bool {
	return s != "" && len(s) <= 200 && strings.Trim(s, ".") != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}
