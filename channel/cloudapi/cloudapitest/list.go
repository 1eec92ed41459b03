package cloudapitest

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// page cuts a list of size items by the limit, after and before parameters and
// returns the bounds. Cursors are opaque and expire, as they do on the platform.
func (c *call) page(size int) (from, to int, ge *graphError) {
	limit := 25
	if v := c.query.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return 0, 0, badParam("Param limit must be a positive number.")
		}
		limit = min(n, 1000)
	}
	switch after, before := c.query.Get("after"), c.query.Get("before"); {
	case after != "":
		if from, ge = c.openCursor(after); ge != nil {
			return 0, 0, ge
		}
	case before != "":
		end, ge := c.openCursor(before)
		if ge != nil {
			return 0, 0, ge
		}
		from = max(0, end-1-limit)
	}
	from = min(from, size)
	return from, min(from+limit, size), nil
}

// cursorLife is how long a cursor works. Meta says only that cursors must not be
// stored.
const cursorLife = int64(3600e9)

func (c *call) cursor(pos int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("cur:" + itoa(pos) + ":" + strconv.FormatInt(c.at/1e9, 36)))
}

func (c *call) openCursor(s string) (int, *graphError) {
	bad := fail(131059, "The cursor is not valid any more. Request the list again without it.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return 0, bad
	}
	parts := strings.Split(string(b), ":")
	if len(parts) != 3 || parts[0] != "cur" {
		return 0, bad
	}
	pos, err1 := strconv.Atoi(parts[1])
	made, err2 := strconv.ParseInt(parts[2], 36, 64)
	if err1 != nil || err2 != nil || pos < 0 || c.at-made*1e9 > cursorLife || c.at < made*1e9 {
		return 0, bad
	}
	return pos, nil
}

// list writes {"data":[…],"paging":{…}}. The end of a list is the absence of
// next, not a short page.
func (c *call) list(size int, each func(e *enc, i int)) *graphError {
	from, to, ge := c.page(size)
	if ge != nil {
		return ge
	}
	e := &c.out
	e.obj(func() {
		e.key("data").arr(func() {
			for i := from; i < to; i++ {
				each(e, i)
			}
		})
		if from < to {
			e.key("paging").obj(func() { c.paging(e, from, to, size) })
		}
	})
	return nil
}

func (c *call) paging(e *enc, from, to, size int) {
	e.key("cursors").obj(func() {
		e.key("before").str(c.cursor(from + 1))
		e.key("after").str(c.cursor(to))
	})
	if to < size {
		e.key("next").str(c.pageURL("after", c.cursor(to)))
	}
	if from > 0 {
		e.key("previous").str(c.pageURL("before", c.cursor(from+1)))
	}
}

// pageURL is the address of another page, with the access token in it as on the
// platform: a client must not log it.
func (c *call) pageURL(key, cursor string) string {
	q := url.Values{}
	for k, v := range c.query {
		if k != "after" && k != "before" {
			q[k] = v
		}
	}
	q.Set(key, cursor)
	q.Set("access_token", c.token.value)
	return c.cfg.GraphURL + "/" + c.version + "/" + c.id + "/" + c.edge + "?" + q.Encode()
}

// listTemplates answers GET /{waba}/message_templates.
func listTemplates(c *call) *graphError {
	var found []*Template
	for _, t := range c.target.account.templates {
		if !t.gone && c.wanted("name", t.Name) && c.wanted("status", t.status) && c.wanted("language", t.Language) && c.wanted("category", t.category) {
			found = append(found, t)
		}
	}
	return c.list(len(found), func(e *enc, i int) { found[i].write(e) })
}

// wanted applies a filter parameter.
func (c *call) wanted(key, value string) bool {
	v := c.query.Get(key)
	return v == "" || strings.EqualFold(v, value)
}

func (t *Template) write(e *enc) {
	e.obj(func() {
		e.key("name").str(t.Name)
		format := "POSITIONAL"
		if t.named {
			format = "NAMED"
		}
		e.key("parameter_format").str(format)
		e.key("components").node(&t.source)
		e.key("language").str(t.Language)
		e.key("status").str(t.status)
		e.key("category").str(t.category)
		e.key("id").str(t.ID)
	})
}
