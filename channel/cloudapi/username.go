package cloudapi

import (
	"context"
	"net/http"
	"strings"
)

// Username is a number's name in WhatsApp.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
// (checked May 2026)
type Username struct {
	Name   string `json:"username"`
	Status string `json:"status"` // approved or reserved
}

// Username reads the number's username; the zero Username if it has none.
func (n *Number) Username(ctx context.Context) (Username, error) {
	var u Username
	err := n.client.get(ctx, "get username", n.id, nil, &u, "username")
	return u, err
}

// SetUsername asks for a username: 3 to 35 of a-z, 0-9, dot and underscore, with
// a letter, no dot at the ends or twice in a row, no "www" and no domain ending.
// transfer takes it away from another number of the same portfolio. An answer of
// 147001 means that it is taken.
func (n *Number) SetUsername(ctx context.Context, name string, transfer bool) (status string, err error) {
	const op = "set username"
	if !ValidUsername(name) {
		return "", invalid(op, "the name breaks a rule of usernames")
	}
	in := map[string]string{"username": name}
	if transfer {
		in["transfer_action"] = "force_transfer"
	}
	var out Username
	err = n.client.json(ctx, op, http.MethodPost, n.id, nil, in, &out, "username")
	return out.Status, err
}

// DeleteUsername gives the username up.
func (n *Number) DeleteUsername(ctx context.Context) error {
	return n.client.json(ctx, "delete username", http.MethodDelete, n.id, nil, nil, nil, "username")
}

// UsernameSuggestions lists usernames that Meta proposes for the number.
func (n *Number) UsernameSuggestions(ctx context.Context) ([]string, error) {
	// The shape is known from third parties only: both are read.
	var out struct {
		Data []struct {
			Suggestions []string      `json:"username_suggestions"`
			Username    lenientString `json:"username"`
		} `json:"data"`
		Suggestions []string `json:"username_suggestions"`
	}
	if err := n.client.get(ctx, "list username suggestions", n.id, nil, &out, "username_suggestions"); err != nil {
		return nil, err
	}
	names := out.Suggestions
	for _, d := range out.Data {
		names = append(names, d.Suggestions...)
		if d.Username != "" {
			names = append(names, string(d.Username))
		}
	}
	return names, nil
}

// ValidUsername reports whether name keeps the published rules for usernames.
// Meta has unpublished ones, too.
func ValidUsername(name string) bool {
	if len(name) < 3 || len(name) > 35 || name[0] == '.' || name[len(name)-1] == '.' ||
		strings.Contains(name, "..") || strings.HasPrefix(name, "www") {
		return false
	}
	letter := false
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z':
			letter = true
		case c >= '0' && c <= '9', c == '.', c == '_':
		default:
			return false
		}
	}
	for _, end := range []string{".com", ".net", ".org", ".int", ".edu", ".gov", ".mil"} {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	return letter
}
