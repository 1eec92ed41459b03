package channel

import (
	"strings"
)

// note updates what lists of conversations show.
func (c *Conversation) note(m *Message) {
	if m.At.Before(c.LastActivity) {
		return
	}
	c.LastActivity = m.At
	c.show(m)
}

// show makes m the message whose beginning lists show.
func (c *Conversation) show(m *Message) {
	c.PreviewOf, c.Preview = m.ID, firstRunes(m.Text, 120)
	switch {
	case !m.Deleted.IsZero():
		c.Preview = "[deleted]"
	case c.Preview == "":
		c.Preview = "[" + m.Kind + "]"
	}
}

func firstRunes(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
