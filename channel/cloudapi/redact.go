package cloudapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Format shows the configuration without its secrets, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "cloudapi.Config%v", cfg.shown()) }

// MarshalJSON shows the configuration without its secrets. It is not meant to be
// read back.
func (cfg Config) MarshalJSON() ([]byte, error) { return json.Marshal(cfg.shown()) }

// LogValue shows the configuration without its secrets.
func (cfg Config) LogValue() slog.Value { return slog.AnyValue(cfg.shown()) }

// Format names the client: printing one would print its token.
func (c *Client) Format(f fmt.State, _ rune) {
	io.WriteString(f, "cloudapi.Client("+c.base.Host+" "+c.version+")")
}

// LogValue names the client without its secrets.
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON names the client without its secrets.
func (c *Client) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(c)) }
