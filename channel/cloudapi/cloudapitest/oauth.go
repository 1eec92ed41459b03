package cloudapitest

import (
	"slices"
	"strings"
	"time"
)

// signupCode is the code an Embedded Signup gives the page.
type signupCode struct {
	app     *App
	account *Account
	ends    int64
}

// codeLifetime is how long a sign-up code can be exchanged.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/implementation
// (checked 2026-09-11)
const codeLifetime = 30 * time.Second

// SignUp plays the customer's part of Embedded Signup for an account: it returns
// the code that the page would hand to the server, good for 30 seconds and once.
func (a *App) SignUp(account *Account) string {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	code := "AQ" + w.randomHex("signup", 60)
	w.signups[code] = &signupCode{a, account, w.now() + int64(codeLifetime)}
	return code
}

// exchangeCode answers GET /oauth/access_token.
func exchangeCode(c *call) *graphError {
	app := c.apps[c.param("client_id")]
	if app == nil || c.param("client_secret") != app.Secret {
		return &graphError{status: 400, code: 1, title: "Error validating client secret."}
	}
	write := func(value string) *graphError {
		c.out.obj(func() {
			c.out.key("access_token").str(value)
			c.out.key("token_type").str("bearer")
		})
		return nil
	}
	// The app's own token, for its subscriptions.
	if c.param("grant_type") == "client_credentials" {
		return write(c.appToken(app).value)
	}
	code := c.param("code")
	s := c.signups[code]
	if s == nil || s.app != app || c.at >= s.ends {
		return &graphError{status: 400, code: 100, subcode: 36009, title: "This authorization code has expired or has been used."}
	}
	// Once only: a second exchange fails like an expired code.
	delete(c.signups, code)
	return write(c.issue(app, 0, nil, []*Account{s.account}).value)
}

// appToken returns the app's own token, also valid as "id|secret".
func (w *World) appToken(app *App) *token {
	value := app.ID + "|" + app.Secret
	t := w.tokens[value]
	if t == nil {
		t = &token{value: value, app: app, scopes: []string{}}
		w.tokens[value] = t
	}
	return t
}

// debugToken answers GET /debug_token.
func debugToken(c *call) *graphError {
	t := c.tokens[c.param("input_token")]
	e := &c.out
	e.obj(func() {
		e.key("data").obj(func() {
			if t == nil {
				e.key("error").obj(func() {
					e.key("code").num(190)
					e.key("message").str("Invalid OAuth access token")
				})
				e.key("is_valid").bool(false)
				e.key("scopes").arr(func() {})
				return
			}
			e.key("app_id").str(t.app.ID)
			e.key("type").str("SYSTEM_USER")
			e.key("application").str(t.app.Name)
			e.key("data_access_expires_at").num(0)
			e.key("expires_at").num(t.expires / 1e9)
			e.key("is_valid").bool(!t.revoked && (t.expires == 0 || c.at < t.expires))
			e.key("scopes").arr(func() {
				for _, s := range t.scopes {
					e.str(s)
				}
			})
			e.key("granular_scopes").arr(func() {
				for _, s := range t.scopes {
					e.obj(func() {
						e.key("scope").str(s)
						e.key("target_ids").arr(func() {
							for _, a := range slices.Backward(t.accounts) { // newest first
								e.str(a.ID)
							}
						})
					})
				}
			})
			e.key("user_id").str(t.userID())
		})
	})
	return nil
}

// subscribeFields answers POST /{app-id}/subscriptions: callback URL and fields of
// the app, with its own token.
func subscribeFields(c *call) *graphError {
	if c.token != c.appToken(c.target.app) {
		return fail(200, "An app access token is required.")
	}
	uri, verify, fields := c.param("callback_url"), c.param("verify_token"), c.param("fields")
	if c.param("object") != "whatsapp_business_account" || uri == "" || fields == "" {
		return badParam("The parameters object, callback_url and fields are required.")
	}
	if ge := c.checkOverride(uri, verify); ge != nil {
		return ge
	}
	c.target.app.callback, c.target.app.fields = uri, splitList(fields)
	return c.success()
}

// upload is a resumable upload.
type upload struct {
	app    *App
	id     string
	length int
	mime   string
	data   []byte
	handle string
	used   bool
}

var uploadTypes = " application/pdf image/jpeg image/jpg image/png video/mp4 "

// startUpload answers POST /{app-id}/uploads.
// https://developers.facebook.com/docs/graph-api/guides/upload (checked 2026-11-22)
func startUpload(c *call) *graphError {
	size, kind := int(asInt(c.param("file_length"))), c.param("file_type")
	switch {
	case size <= 0 || size > 100<<20:
		return badParam("Param file_length must be the size of the file.")
	case kind == "" || !strings.Contains(uploadTypes, " "+kind+" "):
		return badParam("Param file_type is not supported.")
	}
	u := &upload{app: c.target.app, id: "upload:" + c.randomHex("upload", 32) + "?sig=" + c.randomHex("sig", 16), length: size, mime: kind}
	path, _, _ := strings.Cut(u.id, "?")
	c.uploads[path] = u
	c.out.obj(func() { c.out.key("id").str(u.id) })
	return nil
}

// continueUpload answers POST /{upload-id}: bytes from file_offset on.
func continueUpload(c *call) *graphError {
	u := c.target.upload
	offset := int(asInt(c.header.Get("file_offset")))
	switch {
	case c.header.Get("file_offset") == "":
		return badParam("The header file_offset is required.")
	// The way on after a broken connection is to ask for the offset first.
	case offset != len(u.data):
		return badParam("The header file_offset does not match the bytes received so far.")
	case len(u.data)+len(c.blob) > u.length:
		return badParam("More bytes than file_length.")
	}
	u.data = append(u.data, c.blob...)
	if len(u.data) < u.length {
		return c.uploadState(u)
	}
	u.handle = "4::" + c.randomHex("handle", 40)
	c.out.obj(func() { c.out.key("h").str(u.handle) })
	return nil
}

// getUpload answers GET /{upload-id}: where to go on after a broken connection.
func getUpload(c *call) *graphError { return c.uploadState(c.target.upload) }

// uploadState writes how many bytes have arrived.
func (c *call) uploadState(u *upload) *graphError {
	c.out.obj(func() {
		c.out.key("id").str(u.id)
		c.out.key("file_offset").num(int64(len(u.data)))
	})
	return nil
}

// useHandle spends the handle of a finished upload.
func (w *World) useHandle(h string) bool {
	for _, u := range w.uploads {
		if u.handle == h && h != "" && !u.used {
			u.used = true
			return true
		}
	}
	return false
}
