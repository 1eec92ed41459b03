package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// The roles of a process.
const (
	receiver = "receiver" // takes webhooks in
	worker   = "worker"   // does what follows from them
	console  = "console"  // shows it to agents
)

// config is what the flags and the environment say.
type config struct {
	roles                  []string
	name, version, listen  string
	postgres               string
	log, nats, kafka       string
	limits, redis          string
	graph                  string
	insecureHTTP, answer   bool
	insecureLog            bool
	agent, consoleHost     string
	drain, poll            time.Duration
	channels               []settings.Settings
	token, secret, confirm string

	// Tests have processes with clocks that are wrong, and such as are a release ahead; nil: neither.
	now  func() time.Time
	over func(*sqlstore.Store) store.Store
}

func (c *config) is(role string) bool { return slices.Contains(c.roles, role) }

// parse reads flags and environment, and says everything that is wrong with them at once.
func parse(args []string, getenv func(string) string, out io.Writer) (*config, error) {
	c := &config{token: getenv("WHATSAPP_TOKEN"), secret: getenv("WHATSAPP_APP_SECRET"), confirm: getenv("WHATSAPP_VERIFY_TOKEN")}
	f := flag.NewFlagSet("fleet", flag.ContinueOnError)
	f.SetOutput(out)
	roles := f.String("role", "receiver,worker", "what this process is: receiver, worker, console, or several of them")
	f.StringVar(&c.name, "name", "", "how the process is shown among the others; empty: machine and process number")
	f.StringVar(&c.version, "version", "", "the version it is shown with; empty: what it was built from")
	f.StringVar(&c.listen, "listen", "127.0.0.1:8080", "address of webhooks, console, health and readiness")
	f.StringVar(&c.postgres, "postgres", getenv("KANAVA_POSTGRES_DSN"), "the database that all processes share")
	f.StringVar(&c.log, "log", "none", "the log between receivers and workers: none, nats or kafka; the same for all")
	f.StringVar(&c.nats, "nats", "", "addresses of the NATS servers")
	f.StringVar(&c.kafka, "kafka", "", "addresses of the Kafka brokers")
	f.StringVar(&c.limits, "limits", "postgres", "where rate limits are shared: postgres or redis; the same for all")
	f.StringVar(&c.redis, "redis", "", "address of the Redis server")
	f.StringVar(&c.graph, "graph", "", "base URL of the Graph API; empty: Meta's")
	channels := f.String("channels", "", "file with the channels: a JSON list of {id, name, number, account}")
	f.BoolVar(&c.answer, "answer", false, "answer every message, for trials")
	f.DurationVar(&c.poll, "poll", 0, "how often to look for what other processes have queued; 0: once a second")
	f.BoolVar(&c.insecureHTTP, "insecure-http", false, "call a Graph API without TLS, for trials")
	f.BoolVar(&c.insecureLog, "insecure-log", false, "accept a log that may lose what it has acknowledged, for trials")
	f.StringVar(&c.agent, "console-agent", "", "who works at the console, the same for all processes: there is no login here, put one in front")
	f.StringVar(&c.consoleHost, "console-host", "", "the name under which browsers reach the console")
	f.DurationVar(&c.drain, "drain", 5*time.Second, "how long to answer after /readyz says no")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	c.roles = strings.Split(*roles, ",")
	var wrong []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	for _, role := range c.roles {
		refuse(role != receiver && role != worker && role != console, "-role %q: receiver, worker or console", role)
	}
	refuse(c.poll < 0, "-poll is negative")
	refuse(c.postgres == "", "-postgres is missing")
	refuse(c.log != "none" && c.log != "nats" && c.log != "kafka", "-log %q: none, nats or kafka", c.log)
	refuse(c.log == "nats" && c.nats == "", "-nats is missing")
	refuse(c.log == "kafka" && c.kafka == "", "-kafka is missing")
	refuse(c.limits != "postgres" && c.limits != "redis", "-limits %q: postgres or redis", c.limits)
	refuse(c.limits == "redis" && c.redis == "", "-redis is missing")
	refuse(c.token == "", "WHATSAPP_TOKEN is not set")
	refuse(c.is(receiver) && c.secret == "", "WHATSAPP_APP_SECRET is not set: a receiver needs it")
	refuse(c.is(receiver) && c.confirm == "", "WHATSAPP_VERIFY_TOKEN is not set: a receiver needs it")
	refuse(c.is(console) && c.agent == "", "-console-agent is missing")
	refuse(*channels == "", "-channels is missing")
	if *channels != "" {
		raw, err := os.ReadFile(*channels)
		if err == nil {
			err = json.Unmarshal(raw, &c.channels)
		}
		refuse(err != nil, "-channels: %w", err)
	}
	for i := range c.channels {
		c.channels[i].Enabled = true
		if c.agent != "" {
			c.channels[i].Desk = desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}}.JSON()
		}
	}
	return c, errors.Join(wrong...)
}
