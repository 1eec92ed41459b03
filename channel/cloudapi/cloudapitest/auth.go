package cloudapitest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// authenticate finds the token and checks it and its proof.
func (c *call) authenticate() *graphError {
	// As a parameter it wins over the header.
	value := c.param("access_token")
	switch {
	case value == "":
		value = bearer(c.header)
	case !c.inBody:
		c.note(RuleTokenInURL, "the access token of "+c.operation()+" was sent in the query, where logs keep it")
	}
	// The platform is not consistent here: 200 on some GETs, 104 and 190 elsewhere.
	if value == "" {
		if c.method == http.MethodGet {
			return fail(200, "")
		}
		return fail(104, "")
	}
	t := c.tokens[value]
	if id, secret, ok := strings.Cut(value, "|"); t == nil && ok {
		if app := c.apps[id]; app != nil && app.Secret == secret {
			t = c.appToken(app)
		}
	}
	switch {
	case t == nil:
		// What looks like a token is told apart from what does not.
		if strings.HasPrefix(value, "EAA") {
			return refusedToken("The access token could not be decrypted")
		}
		return refusedToken("Invalid OAuth access token - Cannot parse access token")
	case t.revoked, t.expires != 0 && c.at >= t.expires:
		// A few calls may be under way when a token ends.
		if t.refused++; t.refused > 3 {
			c.note(RuleAuthLoop, "a token refused with 190 is used again and again")
		}
		ge := refusedToken("Error validating access token: Session has expired or was revoked.")
		ge.subcode = 463
		return ge
	}
	c.token = t
	return c.checkProof(value)
}

// refusedToken is error 190 with its own sentence, and without error_data.
func refusedToken(sentence string) *graphError {
	ge := fail(190, "")
	ge.title = sentence
	return ge
}

// bearer returns the token of the Authorization header; the upload API calls the
// scheme OAuth.
func bearer(h http.Header) string {
	scheme, value, _ := strings.Cut(h.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "OAuth") {
		return strings.TrimSpace(value)
	}
	return ""
}

// checkProof verifies appsecret_proof, which counts only in the query.
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
// (checked 2026-11-22)
func (c *call) checkProof(value string) *graphError {
	proof := c.param("appsecret_proof")
	if proof == "" {
		if c.token.app.requireProof {
			return &graphError{status: 400, code: 100, title: "API calls from the server require an appsecret_proof argument"}
		}
		return nil
	}
	message := value
	if t := c.param("appsecret_time"); t != "" {
		message += "|" + t
	}
	mac := hmac.New(sha256.New, []byte(c.token.app.Secret))
	mac.Write([]byte(message))
	if proof != hex.EncodeToString(mac.Sum(nil)) {
		return &graphError{status: 400, code: 100, title: "Invalid appsecret_proof provided in the API argument"}
	}
	return nil
}

// mayAccess reports whether the token's user sees the object.
func (c *call) mayAccess() bool {
	o := c.target
	switch {
	// An app's token sees the app, whatever accounts it reaches.
	case o.app != nil:
		return o.app == c.token.app
	case o.upload != nil:
		return o.upload.app == c.token.app
	case o.portfolio != nil:
		return slices.ContainsFunc(c.token.accounts, func(a *Account) bool { return a.Portfolio == o.portfolio })
	case o.credit != nil:
		return slices.ContainsFunc(c.token.accounts, func(a *Account) bool { return a.Portfolio == o.credit.portfolio })
	case o.kind() == "":
		return true
	}
	return slices.Contains(c.token.accounts, o.owner())
}
