package natslog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// Defaults of [Config].
const (
	DefaultStream      = "KANAVA"
	DefaultReplicas    = 3
	DefaultConsumer    = "hub"
	DefaultConcurrency = 64
)

// Config says where the log is and how it works. Conn is required.
type Config struct {
	// Conn is a connection to the servers. The log neither closes it nor changes its options.
	// Give it nats.MaxReconnects(-1), so that it outlives any outage.
	Conn *nats.Conn

	// Stream is the name of the stream; "" means DefaultStream. The subjects of its messages
	// begin with the name, and so does the name of the stream of dead letters.
	Stream string

	// Replicas is how many servers keep each message of a stream that is created here; 0 means
	// DefaultReplicas. One replica needs System.
	Replicas int

	// MaxBytes bounds a stream that is created here. A full stream refuses, and WhatsApp sends
	// again later. 0 means no bound but the disk's.
	MaxBytes int64

	// System is a connection in the system account of the servers, which alone may ask them
	// whether they sync every write. It is needed for streams with fewer than three replicas
	// only, and while Open runs or a connection comes back.
	System *nats.Conn

	// Partitions keeps the order of each number, in this many parts: as many deliveries are under
	// way at a time, over all processes. 0 keeps no order. All processes on a log
	// have the same number, and it stays for as long as the stream lives.
	Partitions int

	// Consumer names those who share the work. Processes with one name get each delivery once
	// between them. "" means DefaultConsumer. A stream created here forgets what was worked
	// off, and thus serves one.
	Consumer string

	// Concurrency is how many deliveries this process works on at once, if there is no order to
	// keep; 0 means DefaultConcurrency.
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

	// InsecureAllowLoss accepts streams that can lose what they have acknowledged, and creates
	// them as Replicas says. For tests and trials.
	InsecureAllowLoss bool

	// Logger receives warnings and errors, which hold nothing of deliveries. Nil means silence.
	Logger *slog.Logger
}

// complete fills in defaults and returns everything that is wrong with c.
func (c *Config) complete() error {
	var errs []error
	refuse := func(problem string) { errs = append(errs, errors.New("natslog: config: "+problem)) }
	c.Stream = cmp.Or(c.Stream, DefaultStream)
	c.Replicas = cmp.Or(c.Replicas, DefaultReplicas)
	c.Consumer = cmp.Or(c.Consumer, DefaultConsumer)
	c.Concurrency = cmp.Or(c.Concurrency, DefaultConcurrency)
	c.Timeout = cmp.Or(c.Timeout, webhook.DefaultTimeout)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.Conn == nil {
		refuse("Conn is nil")
	}
	if !isName(c.Stream) {
		refuse("Stream is no name: letters, digits, - and _ only")
	}
	if c.Replicas < 1 || c.Replicas > 5 {
		refuse(fmt.Sprintf("Replicas is %d: 1 to 5", c.Replicas))
	}
	if c.MaxBytes < 0 {
		refuse("MaxBytes is negative")
	}
	if c.Partitions < 0 || c.Partitions > maxPartitions {
		refuse(fmt.Sprintf("Partitions is %d: 0 to %d", c.Partitions, maxPartitions))
	}
	if !isName(c.Consumer) {
		refuse("Consumer is no name: letters, digits, - and _ only")
	}
	if c.Concurrency < 0 {
		refuse("Concurrency is negative")
	}
	if c.InsecureKeepCards && c.Redact != nil {
		refuse("InsecureKeepCards and Redact exclude each other")
	}
	if err := c.feeder(webhook.SinkFunc(nil)).check(); err != nil {
		errs = append(errs, fmt.Errorf("natslog: config: %w", err))
	}
	if c.InsecureKeepCards {
		c.Redact = func(s string) string { return s }
	} else if c.Redact == nil {
		c.Redact = redact.Cards
	}
	return errors.Join(errs...)
}

// maxPartitions bounds how many consumers a process asks for work.
const maxPartitions = 256

// feederConfig is webhook.FeederConfig, which says what is wrong with it when it is used.
type feederConfig webhook.FeederConfig

func (c *Config) feeder(sink webhook.Sink) feederConfig {
	return feederConfig{
		Sink: sink, Timeout: c.Timeout, MaxTries: c.MaxTries, MinWait: c.MinWait, MaxWait: c.MaxWait,
		InOrder: c.Partitions > 0, Extract: c.Extract, Logger: c.Logger,
	}
}

func (f feederConfig) check() error {
	_, err := webhook.NewFeeder(webhook.FeederConfig(f))
	return err
}

// isName reports whether s can be part of a subject and the name of a stream.
func isName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}
