package cloudapitest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	batchMost  = 50
	batchUntil = 26 // the last version that takes batches
)

// root answers a path without an object.
func (c *call) root() *graphError { return c.notFound("") }

// isBatch reports whether the call holds calls.
func (c *call) isBatch() bool {
	return c.id == "" && c.method == http.MethodPost && c.body.at("batch").kind != jsonAbsent
}

// batch performs the calls of a batch one after another and lists their answers, whose
// bodies are texts. It runs without locks.
// https://developers.facebook.com/docs/graph-api/batch-requests (checked 2026-11-29)
func (c *call) batch() *graphError {
	list := c.body.at("batch").as(jsonArray)
	switch {
	case c.major > batchUntil:
		return badRequest("Batch requests are not supported as of v" + itoa(batchUntil+1) + ".0")
	case list.kind != jsonArray || len(list.items) == 0:
		return badRequest("Invalid batch: a list of calls is expected")
	case len(list.items) > batchMost:
		return badRequest("Too many requests in batch message. Maximum batch size is " + itoa(batchMost))
	}
	token := c.param("access_token")
	if token == "" {
		token = bearer(c.header)
	}
	c.out.arr(func() {
		for i := range list.items {
			c.batched(&list.items[i].val, token)
		}
	})
	return nil
}

// badRequest is error 100 with a sentence of its own.
func badRequest(sentence string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: 100, title: sentence}
}

// batched performs one call of a batch; a call that got no answer is null.
func (c *call) batched(n *node, token string) {
	path := strings.TrimLeft(n.at("relative_url").text, "/")
	first, _, _ := strings.Cut(path, "/")
	if version(first) == 0 {
		path = c.version + "/" + path
	}
	u, err := url.Parse("/" + path)
	if err != nil || strings.Count(strings.Trim(u.Path, "/"), "/") == 0 {
		u = &url.URL{Path: "/" + c.version + "/-"} // no object: refused like an unknown one
	}
	req := (&http.Request{
		Method: strings.ToUpper(n.at("method").text), URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: headers("Authorization", "Bearer "+token, "Content-Type", "application/x-www-form-urlencoded"),
		Body:   http.NoBody, Host: c.host,
	}).WithContext(c.ctx)
	if body := n.at("body").text; body != "" {
		req.Body = readCloser{strings.NewReader(body)}
	}
	var rec recorder
	if rec.serve(http.HandlerFunc(c.serveGraph), req) != nil {
		c.out.null()
		return
	}
	c.out.obj(func() {
		c.out.key("code").num(int64(rec.code()))
		c.out.key("headers").arr(func() {
			for _, name := range slices.Sorted(maps.Keys(rec.header)) {
				c.out.obj(func() {
					c.out.key("name").str(name)
					c.out.key("value").str(rec.header.Get(name))
				})
			}
		})
		c.out.key("body").str(rec.body.String())
	})
}

// readCloser makes a reader the body of a request.
type readCloser struct{ *strings.Reader }

// Close implements io.Closer.
func (readCloser) Close() error { return nil }
