package cloudapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Format shows the configuration without its secrets, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "cloudapi.Config(%v)", cfg.shown()) }

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

// Format hides the token, whatever the verb.
func (g Grant) Format(f fmt.State, _ rune) { io.WriteString(f, "cloudapi.Grant(token hidden)") }

// LogValue hides the token.
func (g Grant) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(g)) }

// LogValue shows how many users are meant, not which.
func (r BlockResult) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("done", len(r.Done)), slog.Int("failed", len(r.Failed)))
}

// LogValue shows why, not who.
func (f BlockFailure) LogValue() slog.Value { return f.Failure.LogValue() }

// LogValue shows that there is a user, not who.
func (u BlockedUser) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("wa_id", u.WAID != ""), slog.Bool("bsuid", u.BSUID != ""))
}

// LogValue shows the size of the group, not what it is called or who is in it.
func (g GroupInfo) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("participants", g.Count), slog.Bool("suspended", g.Suspended), slog.Bool("approval", g.Approval))
}

// Format implements [fmt.Formatter].
func (g GroupInfo) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// LogValue shows that there is somebody, not who.
func (p GroupPerson) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("wa_id", p.WAID != ""), slog.Bool("bsuid", p.BSUID != ""))
}

// Format implements [fmt.Formatter].
func (p GroupPerson) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows when somebody asked, not who.
func (r JoinRequest) LogValue() slog.Value { return slog.GroupValue(slog.Time("created", r.Created)) }

// Format implements [fmt.Formatter].
func (r JoinRequest) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// LogValue hides what the group is to be called.
func (g NewGroup) LogValue() slog.Value { return slog.GroupValue(slog.Bool("approval", g.Approval)) }

// Format implements [fmt.Formatter].
func (g NewGroup) Format(f fmt.State, _ rune) { discreet.Format(f, g) }

// LogValue shows what is changed, not how.
func (c GroupChange) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("subject", c.Subject != nil), slog.Bool("description", c.Description != nil))
}

// Format implements [fmt.Formatter].
func (c GroupChange) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Format implements [fmt.Formatter].
func (r BlockResult) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Format implements [fmt.Formatter].
func (f BlockFailure) Format(s fmt.State, _ rune) { discreet.Format(s, f) }

// Format implements [fmt.Formatter].
func (u BlockedUser) Format(f fmt.State, _ rune) { discreet.Format(f, u) }

// Format implements [fmt.Formatter].
func (m MediaInfo) Format(f fmt.State, _ rune) { discreet.Format(f, m) }

// LogValue shows the number and the lane, not the recipient.
func (p Permit) LogValue() slog.Value {
	return slog.GroupValue(slog.String("number", p.Number), slog.Int("lane", int(p.Lane)))
}

// Format implements [fmt.Formatter].
func (p Permit) Format(f fmt.State, _ rune) { discreet.Format(f, p) }

// LogValue shows the length of the description, which holds addresses and keys.
func (s Session) LogValue() slog.Value { return slog.GroupValue(slog.Int("bytes", len(s.SDP))) }

// Format implements [fmt.Formatter].
func (s Session) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// LogValue hides the token.
func (w Webhook) LogValue() slog.Value { return slog.StringValue("cloudapi.Webhook(token hidden)") }

// Format hides the token, whatever the verb.
func (w Webhook) Format(f fmt.State, _ rune) { discreet.Format(f, w) }
