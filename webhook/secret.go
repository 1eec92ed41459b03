package webhook

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Secret is an app secret with what it may speak for. Printing or encoding one shows no
// secret. Of several with one Value, such as one for each number of an app, each covers what
// they cover together (see [ScopeOf]); where that cannot be said they are refused.
type Secret struct {
	// Value is the app secret; required.
	Value string
	// Scope is what bodies signed with it may be about; required.
	Scope Scope
}

// Scope says which accounts and numbers somebody may speak for. Whoever has an app secret can
// sign a body that names any account and any number, so that a secret that several tenants'
// numbers are served beside must be bound to its own.
//
// The zero Scope covers nothing. A Scope is plain data and survives encoding/json unchanged:
// a log of deliveries has to carry it beside the body.
type Scope struct {
	// All covers every account and every number. It is right where one app, or apps that
	// trust each other, are all that there is.
	All bool `json:"all,omitempty"`
	// Accounts are IDs of WhatsApp Business Accounts (entry.id). If there are none, numbers
	// are judged by Numbers alone and items of an account as a whole are not covered.
	Accounts []string `json:"accounts,omitempty"`
	// Numbers are phone number IDs. If there are none, Accounts cover all of their numbers;
	// since the body itself says which number belongs to which account, whoever relies on
	// that must know better: see [Scope.ByAccount].
	Numbers []string `json:"numbers,omitempty"`
}

// IsZero reports whether the scope covers nothing at all.
func (s Scope) IsZero() bool { return !s.All && len(s.Accounts) == 0 && len(s.Numbers) == 0 }

// Covers reports whether the scope covers an item of an account that concerns a number;
// number is "" for items of the account as a whole. If both accounts and numbers are
// listed, both must fit.
func (s Scope) Covers(account, number string) bool {
	switch {
	case s.All:
		return true
	case s.IsZero(), len(s.Accounts) > 0 && !slices.Contains(s.Accounts, account):
		return false
	case number == "":
		return len(s.Accounts) > 0
	}
	return len(s.Numbers) == 0 || slices.Contains(s.Numbers, number)
}

// join returns the scope of somebody who may speak for what either covers: it lists the accounts and
// numbers of both. ok is false where no such list says that: one lists accounts, or numbers, and the
// other none, or only one covers all.
func (s Scope) join(o Scope) (joined Scope, ok bool) {
	if s.All != o.All || len(s.Accounts) == 0 != (len(o.Accounts) == 0) || len(s.Numbers) == 0 != (len(o.Numbers) == 0) {
		return Scope{}, false
	}
	return Scope{All: s.All, Accounts: union(s.Accounts, o.Accounts), Numbers: union(s.Numbers, o.Numbers)}, true
}

// union returns what is in a or b, each once.
func union(a, b []string) []string {
	all := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	return all
}

// ByAccount reports whether numbers are covered by their account only: an item is then in
// good order only if its number is known to belong to the account that it names.
func (s Scope) ByAccount() bool { return !s.All && len(s.Numbers) == 0 && len(s.Accounts) > 0 }

// String counts what is covered.
func (s Scope) String() string {
	if s.All {
		return "scope(all)"
	}
	return fmt.Sprintf("scope(accounts=%d numbers=%d)", len(s.Accounts), len(s.Numbers))
}

// GoString is String, for %#v.
func (s Scope) GoString() string { return s.String() }

// LogValue is String, for log/slog.
func (s Scope) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String shows the scope only.
func (s Secret) String() string { return "secret(redacted " + s.Scope.String() + ")" }

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for encoding/json and others.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var (
	errEmptySecret = errors.New("is empty")
	errNoScope     = errors.New("covers nothing: set Scope.All, or list accounts and numbers")
	errTwice       = errors.New("is there twice, with scopes of different kinds: list all that it covers in one place")
)

// checkSecrets calls refuse with everything that is wrong with secrets.
func checkSecrets(secrets []Secret, refuse func(i int, err error)) {
	for i, s := range secrets {
		if isBlank(s.Value) {
			refuse(i, errEmptySecret)
		}
		if s.Scope.IsZero() {
			refuse(i, errNoScope)
		}
		if _, ok := ScopeOf(s.Value, secrets[:i+1]); !ok {
			refuse(i, errTwice)
		}
	}
}

// ScopeOf returns what whoever has a secret may speak for according to all entries with it: the accounts
// and numbers that they list together. ok is false if there is none, or if their scopes are of different
// kinds (one lists accounts, or numbers, and the other none, or only one covers all), so that no list says
// what both cover. A handler asks it; so does a host that calls [Verify] itself.
func ScopeOf(value string, secrets []Secret) (scope Scope, ok bool) {
	for _, s := range secrets {
		switch {
		case s.Value != value:
		case !ok:
			scope, ok = s.Scope, true
		default:
			if scope, ok = scope.join(s.Scope); !ok {
				return Scope{}, false
			}
		}
	}
	return scope, ok
}

// isBlank reports whether a secret or token is none: empty, or white space only, as an unset
// variable in a file of settings gives it.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// A keyring is a verifier with what each of its secrets covers.
type keyring struct {
	*Verifier
	scopes []Scope
}

// newKeyring returns a keyring of secrets that were checked.
func newKeyring(secrets []Secret) *keyring {
	k := &keyring{scopes: make([]Scope, len(secrets))}
	values := make([]string, len(secrets))
	for i, s := range secrets {
		values[i] = s.Value
		k.scopes[i], _ = ScopeOf(s.Value, secrets) // what cannot be joined was refused
	}
	k.Verifier = newVerifier(values)
	return k
}
