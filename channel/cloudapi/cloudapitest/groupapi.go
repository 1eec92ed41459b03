package cloudapitest

import "slices"

// createGroup answers POST /{phone-number-id}/groups; the outcome comes by webhook.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/reference
// (checked 2026-09-11)
func createGroup(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	subject, description := f.text("subject", 1, 128), f.text("description", 0, 2048)
	approval := f.oneOf("join_approval_mode", false, "auto_approve", "approval_required") == "approval_required"
	f.done()
	switch {
	case k.err != nil:
		return k.err
	// Official business accounts only, and none that is also used in the app.
	case !n.oba || n.coexistence:
		return fail(131215, "Groups need an official business account that is not on the Business app.")
	}
	// The answer has no group id: it comes by webhook under this request id, so that a
	// client which waits for the answer has nothing yet.
	request := "req_" + c.newID()
	g := c.newGroup(n, subject, description, approval)
	g.emit("group_lifecycle_update", "group_create", func(e *enc) {
		e.key("request_id").str(request)
		e.key("subject").str(subject)
		e.opt("description", description)
		e.key("invite_link").str(g.invite)
		e.key("join_approval_mode").str(g.approvalMode())
	})
	return c.requested(request)
}

// approvalMode is the API's word for how people join.
func (g *Group) approvalMode() string {
	if g.approval {
		return "approval_required"
	}
	return "auto_approve"
}

// requested answers operations whose outcome follows by webhook under the same id.
func (c *call) requested(id string) *graphError {
	c.out.obj(func() {
		c.out.key("messaging_product").str("whatsapp")
		c.out.key("request_id").str(id)
	})
	return nil
}

// listGroups answers GET /{phone-number-id}/groups, whose list is data.groups.
func listGroups(c *call) *graphError {
	live := c.target.number.liveGroups()
	from, to, ge := c.page(len(live))
	if ge != nil {
		return ge
	}
	e := &c.out
	e.obj(func() {
		e.key("data").obj(func() {
			// The list is one level deeper than everywhere else on Graph.
			e.key("groups").arr(func() {
				for _, g := range live[from:to] {
					e.obj(func() {
						e.key("id").str(g.ID)
						e.key("subject").str(g.subject)
						e.key("created_at").secs(g.made)
					})
				}
			})
		})
		if from < to {
			e.key("paging").obj(func() { c.paging(e, from, to, len(live)) })
		}
	})
	return nil
}

// liveGroups lists the groups that were not deleted.
func (n *Number) liveGroups() []*Group {
	var live []*Group
	for _, g := range n.groups {
		if !g.gone {
			live = append(live, g)
		}
	}
	return live
}

// liveGroup returns the group of the path unless it was deleted.
func (c *call) liveGroup() (*Group, *graphError) {
	if g := c.target.group; !g.gone {
		return g, nil
	}
	return nil, fail(131041, "The group was deleted.")
}

// getGroup answers GET /{group-id} with every field there is.
func getGroup(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	e := &c.out
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		e.key("id").str(g.ID)
		e.key("subject").str(g.subject)
		e.opt("description", g.description)
		e.key("suspended").bool(g.suspended)
		e.key("creation_timestamp").num(g.made / 1e9)
		e.key("join_approval_mode").str(g.approvalMode())
		e.key("total_participant_count").num(int64(len(g.members)))
		e.key("participants").arr(func() {
			for _, u := range g.members {
				e.obj(func() { g.person(e, u) })
			}
		})
	})
	return nil
}

// changeGroup answers POST /{group-id}: subject and description as JSON, a picture as a
// form. Each part reports its own success in the webhook.
func changeGroup(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", c.parts == nil, "whatsapp")
	newSubject, newDescription := f.has("subject"), f.has("description")
	subject, description := f.text("subject", 0, 128), f.text("description", 0, 2048)
	f.done()
	if k.err != nil {
		return k.err
	}
	request := "req_" + c.newID()
	// A part that was not sent keeps its value and is not in the webhook.
	if newSubject {
		g.subject = subject
	}
	if newDescription {
		g.description = description
	}
	picture := c.parts
	g.emit("group_settings_update", "group_settings_update", func(e *enc) {
		e.key("request_id").str(request)
		if picture != nil {
			e.key("profile_picture").obj(func() {
				e.key("mime_type").str(picture.mime)
				e.key("update_successful").bool(true)
				e.key("sha256").str(base64SHA(picture.data))
			})
		}
		for _, ch := range []struct {
			key, text string
			on        bool
		}{{"group_subject", subject, newSubject}, {"group_description", description, newDescription}} {
			if ch.on {
				e.key(ch.key).obj(func() {
					e.key("text").str(ch.text)
					e.key("update_successful").bool(true)
				})
			}
		}
	})
	return c.requested(request)
}

// deleteGroup answers DELETE /{group-id}.
func deleteGroup(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	// The id keeps answering, with 131041.
	g.gone, g.members = true, nil
	request := "req_" + c.newID()
	g.emit("group_lifecycle_update", "group_delete", func(e *enc) { e.key("request_id").str(request) })
	return c.requested(request)
}

// inviteLink answers GET and, with a new link, POST /{group-id}/invite_link.
func inviteLink(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	// POST makes a new link; the old one stops working.
	if c.method == "POST" {
		g.invite = "https://chat.whatsapp.com/" + c.randomHex("invite", 20)
	}
	c.out.obj(func() {
		c.out.key("messaging_product").str("whatsapp")
		c.out.key("invite_link").str(g.invite)
	})
	return nil
}

// listJoinRequests answers GET /{group-id}/join_requests.
func listJoinRequests(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	return c.list(len(g.requests), func(e *enc, i int) {
		r := g.requests[i]
		e.obj(func() {
			e.key("join_request_id").str(r.id)
			g.person(e, r.user)
			e.key("creation_timestamp").secs(r.at)
		})
	})
}

// decideJoinRequests answers POST (approve) and DELETE (reject)
// /{group-id}/join_requests.
func decideJoinRequests(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	ids := f.list("join_requests", 1, 100)
	f.done()
	if k.err != nil {
		return k.err
	}
	approve := c.method == "POST"
	var done, failed []string
	for i := range ids {
		id := ids[i].val.scalar()
		at := slices.IndexFunc(g.requests, func(r joinRequest) bool { return r.id == id })
		// A request is answered once. A full group fails the rest of the list.
		if at < 0 || approve && len(g.members) >= maxParticipants {
			failed = append(failed, id)
			continue
		}
		r := g.requests[at]
		g.requests = slices.Delete(g.requests, at, at+1)
		if approve {
			g.admit(r.user)
		}
		done = append(done, id)
	}
	key := "rejected_join_requests"
	if approve {
		key = "approved_join_requests"
	}
	c.out.obj(func() {
		e := &c.out
		e.key("messaging_product").str("whatsapp")
		e.key(key).arr(func() {
			for _, id := range done {
				e.str(id)
			}
		})
		if len(failed) > 0 {
			e.key("failed_join_requests").arr(func() {
				for _, id := range failed {
					e.obj(func() {
						e.key("join_request_id").str(id)
						e.key("errors").arr(func() { fail(131213, "The join request does not exist.").item(e) })
					})
				}
			})
		}
	})
	return nil
}

// removeParticipants answers DELETE /{group-id}/participants.
func removeParticipants(c *call) *graphError {
	g, ge := c.liveGroup()
	if ge != nil {
		return ge
	}
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	list := f.list("participants", 1, maxParticipants)
	var inputs []string
	for i := range list {
		p := f.element("participants", list, i)
		inputs = append(inputs, p.text("user", 1, 0))
		p.done()
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	var gone, failed []string
	for _, in := range inputs {
		u := c.phones[digitsOnly(in)]
		if u == nil {
			u = c.bsuids[in]
		}
		// Partial success: the others are removed, and the webhook tells both.
		if u == nil || !g.has(u) {
			failed = append(failed, in)
			continue
		}
		g.drop(u)
		gone = append(gone, in)
	}
	request := "req_" + c.newID()
	g.emit("group_participants_update", "group_participants_remove", func(e *enc) {
		e.key("request_id").str(request)
		e.key("initiated_by").str("business")
		e.key("removed_participants").arr(func() {
			for _, in := range gone {
				e.obj(func() { e.key("input").str(in) })
			}
		})
		if len(failed) == 0 {
			return
		}
		e.key("failed_participants").arr(func() {
			for _, in := range failed {
				e.obj(func() {
					e.key("input").str(in)
					e.key("errors").arr(func() { notParticipant(e) })
				})
			}
		})
		e.key("errors").arr(func() { notParticipant(e) })
	})
	return c.requested(request)
}

// notParticipant writes the error as group webhooks carry it, without href.
func notParticipant(e *enc) {
	ge := fail(131212, "The user is not a participant of the group.")
	e.obj(func() {
		e.key("code").num(int64(ge.code))
		e.key("message").str(ge.title)
		e.key("title").str(ge.title)
		e.key("error_data").obj(func() { e.key("details").str(ge.details) })
	})
}
