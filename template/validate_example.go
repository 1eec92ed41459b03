package template

import "strings"

// examples checks that every variable has a sample in the right place: without
// them creation fails, and with them in the wrong nesting it fails too.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
func (c *checker) examples() {
	for _, p := range c.places {
		switch t := p.Component.(type) {
		case *Header:
			c.headerExample(p.path+".example", t)
		case *Body:
			e := &t.Example
			// What is not a list in a list was left in the Extra by the reader.
			_, odd := e.Extra["body_text"]
			if odd {
				c.error(p.path+".example.body_text", RuleExampleNesting)
				continue
			}
			c.example(p.path+".example", t.Text, "body_text", e.Positional, e.Named)
		default: // buttons are checked on their own
		}
	}
}

// headerExample checks the sample of a header: a text, or a file uploaded
// through the Resumable Upload API. Places and products need none.
func (c *checker) headerExample(path string, h *Header) {
	e := &h.Example
	if h.Format == HeaderText {
		c.example(path, h.Text, "header_text", e.Text, e.Named)
		return
	}
	if h.Format.media() == "" {
		return
	}
	switch {
	case len(e.Handle) == 0 || e.Handle[0] == "":
		c.error(path+".header_handle", RuleHeaderHandle)
	case strings.HasPrefix(e.Handle[0], "http://"), strings.HasPrefix(e.Handle[0], "https://"):
		c.warn(path+".header_handle", RuleReadBack) // upload the file again
	}
}

// example checks the samples of one text. key is that of numbered samples; that
// of named ones is derived from it.
func (c *checker) example(path, text, key string, numbered []string, named []NamedExample) {
	// One sample for each variable, however often it occurs.
	distinct := make(map[string]bool)
	for _, v := range appendVariables(nil, text) {
		distinct[v.name] = true
	}
	namedKey := key + "_named_params"
	right, wrong, rightKey, wrongKey := len(numbered), len(named), key, namedKey
	if c.names {
		right, wrong, rightKey, wrongKey = wrong, right, namedKey, key
	}
	switch {
	case len(distinct) == 0:
		if right+wrong > 0 {
			c.warn(path, RuleExampleIdle)
		}
		return
	case right == 0 && wrong > 0:
		c.error(path, RuleExampleKey).kinds(rightKey, wrongKey)
		return
	case right == 0:
		c.error(path+"."+rightKey, RuleExampleMissing).measure(len(distinct), 0)
		return
	case right != len(distinct):
		c.error(path+"."+rightKey, RuleExampleCount).measure(len(distinct), right)
	}
	// A sample that says nothing is as bad as none.
	if !c.names {
		for i, s := range numbered {
			if strings.TrimSpace(s) == "" {
				c.error(indexed(path+"."+key, i), RuleExampleMissing)
			}
		}
		return
	}
	for i, e := range named {
		at := indexed(path+"."+namedKey, i)
		if !distinct[e.Name] {
			c.error(at+".param_name", RuleExampleName)
		}
		if strings.TrimSpace(e.Example) == "" {
			c.error(at+".example", RuleExampleMissing)
		}
	}
}
