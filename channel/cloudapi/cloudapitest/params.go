package cloudapitest

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Graph takes parameters in any of three encodings, and merges what came in the query
// with what came in the body: JSON, a form, or a multipart form. In the last two every
// value is a text, so that objects and lists are JSON inside it, and booleans words.
// https://developers.facebook.com/docs/graph-api/overview (checked 2026-11-29)

// everyCall are the parameters that any Graph call may have. They are no part of what
// an operation reads.
var everyCall = map[string]bool{
	"access_token": true, "appsecret_proof": true, "appsecret_time": true, "fields": true, "limit": true, "after": true,
	"before": true, "locale": true, "summary": true, "metadata": true, "format": true, "method": true, "callback": true,
	"pretty": true, "debug": true, "date_format": true, "ids": true, "suppress_http_code": true, "include_headers": true,
}

// merge joins the parameters of the body with those of the query; what is in both
// counts as the body has it. Parameters of every call end up in c.query, wherever they
// stood, so that a token in the body is found.
func (c *call) merge(body node) {
	merged := node{kind: jsonObject, items: make([]member, 0, len(body.items)+len(c.query))}
	for _, m := range body.items {
		switch {
		case !everyCall[m.key]:
			merged.items = append(merged.items, m)
		case m.val.kind != jsonNull && !c.query.Has(m.key):
			if c.query == nil {
				c.query = make(url.Values)
			}
			c.query.Set(m.key, m.val.asText())
			c.inBody = c.inBody || m.key == "access_token"
		}
	}
	c.foldLists()
	if len(c.query) > 0 {
		for _, m := range formNode(c.query).items {
			if !everyCall[m.key] && merged.at(m.key).kind == jsonAbsent {
				m.loose = true
				merged.items = append(merged.items, m)
			}
		}
	}
	c.body = merged
}

// foldLists writes fields[]=id&fields[]=name, and its relatives, as fields=id,name.
func (c *call) foldLists() {
	for _, key := range slices.Sorted(maps.Keys(c.query)) {
		if name, _, list := strings.Cut(key, "["); list && everyCall[name] {
			values := strings.Join(c.query[key], ",")
			if before := c.query.Get(name); before != "" {
				values = before + "," + values
			}
			c.query.Set(name, values)
			delete(c.query, key)
		}
	}
}

// formNode turns form or query parameters into an object. Names with brackets,
// text[body] or websites[0], build objects and lists.
func formNode(v url.Values) node {
	n := node{kind: jsonObject}
	for _, k := range slices.Sorted(maps.Keys(v)) {
		n.put(k, v[k])
	}
	n.listify(0)
	return n
}

// put stores the values of one name of a form.
func (n *node) put(name string, values []string) {
	path := []string{name}
	if open := strings.IndexByte(name, '['); open > 0 && strings.HasSuffix(name, "]") {
		path = append([]string{name[:open]}, strings.Split(name[open+1:len(name)-1], "][")...)
	}
	// a[]=x&a[]=y is a list; of a=x&a=y the last counts.
	if last := len(path) - 1; last > 0 && path[last] == "" {
		for i, value := range values {
			path[last] = strconv.Itoa(i)
			n.store(path, value)
		}
		return
	}
	n.store(path, values[len(values)-1])
}

// store sets a text at a path of keys. A path that runs through a text already there,
// or is too deep, is dropped, as PHP does with it.
func (n *node) store(path []string, value string) {
	if len(path) > 16 {
		return
	}
	for i, key := range path {
		at := slices.IndexFunc(n.items, func(m member) bool { return m.key == key })
		if at < 0 {
			at = len(n.items)
			n.items = append(n.items, member{key: key, val: node{kind: jsonObject}})
		}
		n = &n.items[at].val
		if i < len(path)-1 && n.kind != jsonObject {
			return
		}
	}
	*n = node{kind: jsonString, text: value}
}

// listify turns objects whose keys count from 0 into lists.
func (n *node) listify(depth int) {
	counted := depth > 0 && n.kind == jsonObject && len(n.items) > 0
	for i := range n.items {
		n.items[i].val.listify(depth + 1)
		counted = counted && slices.ContainsFunc(n.items, func(m member) bool { return m.key == strconv.Itoa(i) })
	}
	if !counted {
		return
	}
	slices.SortFunc(n.items, func(a, b member) int { return int(asInt(a.key) - asInt(b.key)) })
	n.kind = jsonArray
	for i := range n.items {
		n.items[i].key = ""
	}
}

// param returns a parameter as text, wherever it stood; "" if there is none.
func (c *call) param(key string) string {
	if everyCall[key] {
		return c.query.Get(key)
	}
	return c.body.at(key).asText()
}

// asText writes a value as a form would have it: words and numbers as they are, a list
// of those with commas, everything else as JSON.
func (n *node) asText() string {
	switch n.kind {
	case jsonString, jsonNumber, jsonBool:
		return n.text
	case jsonArray:
		parts := make([]string, 0, len(n.items))
		for i := range n.items {
			if n.items[i].val.kind >= jsonArray {
				break
			}
			parts = append(parts, n.items[i].val.text)
		}
		if len(parts) == len(n.items) {
			return strings.Join(parts, ",")
		}
	case jsonAbsent, jsonNull:
		return ""
	}
	e := enc{}
	e.node(n)
	return string(e.b)
}

// as returns the value as an object or a list: itself, or what a text holds as JSON.
func (n *node) as(kind jsonKind) *node {
	open := byte('{')
	if kind == jsonArray {
		open = '['
	}
	if n.kind != jsonString || n.text == "" {
		return n
	}
	if text := strings.TrimLeft(n.text, " \t\r\n"); text == "" || text[0] != open {
		return n
	}
	if inner, err := parseJSON(n.text); err == nil && inner.kind == kind {
		return &inner
	}
	return n
}

// truth reads a boolean, also one written as a word or a number.
func (n *node) truth() (value, ok bool) {
	if n.kind == jsonBool || n.kind == jsonString || n.kind == jsonNumber {
		switch n.text {
		case "true", "True", "TRUE", "1":
			return true, true
		case "false", "False", "FALSE", "0":
			return false, true
		}
	}
	return false, false
}

// texts returns a parameter that is a list of words: one of JSON, or words with commas
// between them.
func (c *call) texts(key string) []string {
	v := c.body.at(key)
	list := v.as(jsonArray)
	if list.kind != jsonArray {
		return splitList(v.asText())
	}
	out := make([]string, 0, len(list.items))
	for i := range list.items {
		out = append(out, list.items[i].val.scalar())
	}
	return out
}

// splitList splits words at commas, also those of a list written as JSON.
func splitList(s string) []string {
	s = strings.Trim(s, "[] ")
	if s == "" {
		return nil
	}
	out := strings.Split(s, ",")
	for i := range out {
		out[i] = strings.Trim(strings.TrimSpace(out[i]), `"`)
	}
	return out
}
