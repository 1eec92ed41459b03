package cloudapitest

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// page cuts a list of size items by the limit, after and before parameters and
// returns the bounds. Cursors are opaque and expire, as they do on the platform.
func (c *call) page(size int) (from, to int, ge *graphError) {
	// Graph's usual page; lists of templates are paged the same way.
	limit := 25
	if v := c.param("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return 0, 0, badParam("Param limit must be a positive number.")
		}
		limit = min(n, 1000)
	}
	switch after, before := c.param("after"), c.param("before"); {
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

// cursor is the opaque name of a position, with the time it was made.
func (c *call) cursor(pos int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("cur:" + itoa(pos) + ":" + strconv.FormatInt(c.at/1e9, 36)))
}

// openCursor returns the position of a cursor that is still good.
func (c *call) openCursor(s string) (int, *graphError) {
	bad := fail(131059, "The cursor is not valid any more. Request the list again without it.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return 0, bad
	}
	parts := strings.Split(string(b), ":")
	// Made up or cut off.
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
		if c.summary != nil && c.query.Has("summary") {
			e.key("summary").obj(func() { c.summary(e) })
		}
	})
	return nil
}

// paging writes cursors and the addresses of the neighbouring pages.
func (c *call) paging(e *enc, from, to, size int) {
	e.key("cursors").obj(func() {
		e.key("before").str(c.cursor(from + 1))
		e.key("after").str(c.cursor(to))
	})
	// A short page is not the end of a list; a missing next is.
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
	return cmp.Or(c.site, c.cfg.GraphURL) + "/" + c.version + "/" + c.id + "/" + c.edge + "?" + q.Encode()
}

// field is a part of a fields parameter: name.args{inner}.
type field struct{ name, args, inner string }

// parseFields splits a fields parameter at the top level: a,b{c,d},e.limit(2). A list
// of JSON does as well.
func parseFields(list string) []field {
	var out []field
	if strings.HasPrefix(strings.TrimSpace(list), "[") {
		list = strings.Join(splitList(list), ",")
	}
	depth, start := 0, 0
	add := func(s string) {
		var f field
		s, f.inner, _ = strings.Cut(s, "{")
		f.inner = strings.TrimSuffix(strings.TrimSpace(f.inner), "}")
		f.name, f.args, _ = strings.Cut(s, ".")
		if f.name = strings.TrimSpace(f.name); f.name != "" {
			out = append(out, f)
		}
	}
	for i := range len(list) {
		switch list[i] {
		case '{', '(':
			depth++
		case '}', ')':
			depth--
		case ',':
			if depth == 0 {
				add(list[start:i])
				start = i + 1
			}
		}
	}
	add(list[start:])
	return out
}

// splitFields lists the names of a fields parameter without the id, which every object
// has.
func splitFields(list string) []string {
	var out []string
	for _, f := range parseFields(list) {
		if f.name != "id" {
			out = append(out, f.name)
		}
	}
	return out
}
