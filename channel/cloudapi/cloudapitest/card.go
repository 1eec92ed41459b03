package cloudapitest

// cardKind tells where a contact card appears: the username is left out of "sent"
// statuses, the identity hash is only on inbound messages.
type cardKind uint8

const (
	cardInbound cardKind = iota
	cardSent
	cardLater
)

// contactCard is the element of contacts for the chat's person.
func (c *chat) contactCard(now int64, kind cardKind) []byte {
	u := c.user
	e := enc{u.w.scratch[:0]}
	e.obj(func() {
		e.key("profile").obj(func() {
			e.key("name").str(u.cfg.Name)
			if kind != cardSent {
				e.opt("username", u.cfg.Username)
			}
		})
		if c.showsPhone(now) {
			e.key("wa_id").str(u.phone)
		} else if u.w.identity.BSUIDInFrom {
			e.key("wa_id").str(u.bsuid(c.number.account.Portfolio))
		}
		e.key("user_id").str(u.bsuid(c.number.account.Portfolio))
		if kind == cardInbound && c.number.checksIdentity() {
			e.key("identity_key_hash").str(u.identityHash())
		}
	})
	return u.w.keep(e)
}

// checksIdentity reports whether the identity check of the number is switched on.
// Meta's guide and its OpenAPI file name the switch differently.
func (n *Number) checksIdentity() bool {
	v, ok := n.extra.settings["user_identity_change"]
	return ok && (v.at("enable_identity_key_check").isTrue() || v.at("enabled").isTrue())
}
