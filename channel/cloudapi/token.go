package cloudapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"
)

// TokenSource supplies the access token for each call, so that a token can be
// replaced without a restart. It must be safe for concurrent use and quick:
// cache what has to be fetched.
//
// When Meta refuses a token, the source is asked again; if it gives another one,
// the call is repeated once with it.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenFunc makes a function a [TokenSource].
type TokenFunc func(ctx context.Context) (string, error)

// Token implements [TokenSource].
func (f TokenFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

var errBadToken = errors.New("token source gave no token, or one with characters that no token has")

// credentials keep token and app secret, and what is derived from them. They are
// held by pointer and print nothing.
type credentials struct {
	source TokenSource
	fixed  *authorization // if there is a fixed token
	secret string
	last   atomic.Pointer[authorization]
}

// authorization is one token, ready to use. The slice is shared by all requests
// that carry the token and never changed.
type authorization struct {
	token  string
	header []string // value of the Authorization header
	query  string   // "appsecret_proof=…", or empty
}

// visible reports whether s is printable ASCII without spaces.
func visible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// minShown is the shortest piece that is taken for one of a secret.
const minShown = 8

// shownBy reports whether a text that is printed shows the token or the app secret, whole or in
// part.
func (c *credentials) shownBy(text string) bool {
	secrets := []string{c.secret}
	for _, a := range []*authorization{c.fixed, c.last.Load()} {
		if a != nil {
			secrets = append(secrets, a.token, strings.TrimPrefix(a.query, "appsecret_proof="))
		}
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) || len(text) >= minShown && strings.Contains(s, text) {
			return true
		}
	}
	return false
}

func newCredentials(token string, source TokenSource, secret string) *credentials {
	c := &credentials{source: source, secret: secret}
	if source == nil {
		c.fixed = c.derive(token)
	}
	return c
}

// authorize gives the authorization for the next attempt.
func (c *credentials) authorize(ctx context.Context) (*authorization, error) {
	if c.fixed != nil {
		return c.fixed, nil
	}
	token, err := c.source.Token(ctx)
	if err != nil {
		return nil, err
	}
	if a := c.last.Load(); a != nil && a.token == token {
		return a, nil
	}
	if token == "" || !visible(token) { // the end of a line, out of a file
		return nil, errBadToken
	}
	a := c.derive(token)
	c.last.Store(a)
	return a, nil
}

// derive computes the proof that the caller knows the app secret: the lower-case
// hexadecimal HMAC-SHA256 of the token under the secret, as a query parameter.
//
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
// (checked September 2026)
func (c *credentials) derive(token string) *authorization {
	a := &authorization{token: token, header: []string{"Bearer " + token}}
	if c.secret != "" {
		mac := hmac.New(sha256.New, []byte(c.secret))
		mac.Write([]byte(token))
		a.query = "appsecret_proof=" + hex.EncodeToString(mac.Sum(nil))
	}
	return a
}
