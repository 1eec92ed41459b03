package twilio

import (
	"strconv"
	"strings"
	"time"
)

// partSeparator stands between the MessageSid and the number of a file beyond the first.
const partSeparator = "/"

// maxFiles is the most files of one message that are read; Twilio sends ten at most.
const maxFiles = 10

// messages reads an incoming message: one, or as many as it has files. Twilio does not say when
// it was sent: it is dated by its arrival.
//
// https://www.twilio.com/docs/messaging/guides/webhook-request (checked 2026-11-29)
func (r *reader) messages(at time.Time) (messages []object, contact object) {
	sid := r.get("MessageSid")
	m := object{"id": sid, "timestamp": strconv.FormatInt(at.Unix(), 10)}
	person(m, r.get("From"), "from", "from_user_id", "from_parent_user_id")
	for _, name := range []string{"ExternalUserId", "ExternalUserIdentifier"} {
		if id := r.form.Get(name); bsuidForm.MatchString(strings.TrimPrefix(id, addressPrefix)) {
			person(m, r.get(name), "from", "from_user_id", "from_parent_user_id")
		}
	}
	contact = r.contact(m)
	if c := r.context(); len(c) > 0 {
		m["context"] = c
	}
	if ref := r.referral(); ref != nil {
		m["referral"] = ref
	}
	kind := r.get("MessageType")
	contents := r.contents(kind)
	r.keep(m)
	for i, c := range contents {
		one := object{}
		for k, v := range m {
			one[k] = v
		}
		for k, v := range c {
			one[k] = v
		}
		if i > 0 {
			one["id"] = sid + partSeparator + strconv.Itoa(i)
		}
		messages = append(messages, one)
	}
	return messages, contact
}

// contact reads what is known about the sender beside the address.
func (r *reader) contact(m object) object {
	c := object{}
	if id := digits(r.get("WaId")); id != "" {
		c["wa_id"] = id
	} else if from, ok := m["from"].(string); ok && digits(from) != "" {
		c["wa_id"] = from
	}
	if id, ok := m["from_user_id"]; ok {
		c["user_id"] = id
	}
	if len(c) == 0 {
		return nil
	}
	profile := object{}
	if s := r.get("ProfileName"); s != "" {
		profile["name"] = s
	}
	if s := r.get("Username"); s != "" {
		profile["username"] = s
	}
	if len(profile) > 0 {
		c["profile"] = profile
	}
	return c
}

func (r *reader) context() object {
	c := object{}
	if s := r.get("OriginalRepliedMessageSid"); s != "" {
		c["id"] = s
	}
	if s := strings.TrimPrefix(r.get("OriginalRepliedMessageSender"), addressPrefix); s != "" {
		c["from"] = strings.TrimPrefix(s, "+")
	}
	for name, key := range map[string]string{"Forwarded": "forwarded", "FrequentlyForwarded": "frequently_forwarded"} {
		if strings.EqualFold(r.get(name), "true") {
			c[key] = true
		}
	}
	return c
}

// referrals says which parameter is which member of a referral.
var referrals = map[string]string{
	"ReferralBody": "body", "ReferralHeadline": "headline", "ReferralSourceId": "source_id",
	"ReferralSourceType": "source_type", "ReferralSourceUrl": "source_url", "ReferralCtwaClid": "ctwa_clid",
}

func (r *reader) referral() object {
	ref := object{}
	for name, key := range referrals {
		if s := r.get(name); s != "" {
			ref[key] = s
		}
	}
	if len(ref) == 0 {
		return nil
	}
	if at := r.get("ReferralMediaUrl"); at != "" {
		ref["media_type"], ref["image_url"] = "image", at
		if strings.HasPrefix(r.get("ReferralMediaContentType"), "video/") {
			delete(ref, "image_url")
			ref["media_type"], ref["video_url"] = "video", at
		}
	}
	return ref
}

// contents reads what a message carries: as many as it has files, else one. Each has the type
// and the member that is called after it.
func (r *reader) contents(kind string) []object {
	n, _ := strconv.Atoi(r.get("NumMedia"))
	if files := r.files(kind, min(n, maxFiles)); len(files) > 0 {
		return files
	}
	return []object{r.content(kind)}
}

func (r *reader) content(kind string) object {
	one := func(typ string, part object) object { return object{"type": typ, typ: part} }
	lat, north := r.degrees("Latitude", 90)
	long, east := r.degrees("Longitude", 180)
	switch {
	case north && east:
		r.get("Latitude")
		r.get("Longitude")
		part := object{"latitude": lat, "longitude": long}
		r.copy(part, map[string]string{"Label": "name", "Address": "address"})
		return one("location", part)
	case r.form.Get("ListId") != "":
		r.repeats("Body", r.form.Get("ListTitle"))
		part := object{}
		r.copy(part, map[string]string{"ListId": "id", "ListTitle": "title", "ListDescription": "description"})
		return one("interactive", object{"type": "list_reply", "list_reply": part})
	case r.form.Get("ButtonPayload") != "" || r.form.Get("ButtonText") != "":
		r.repeats("Body", r.form.Get("ButtonText"))
		text, payload := r.get("ButtonText"), r.get("ButtonPayload")
		if kind == "interactive" {
			return one("interactive", object{"type": "button_reply", "button_reply": object{"id": payload, "title": text}})
		}
		return one("button", object{"text": text, "payload": payload})
	case r.form.Get("InteractiveData") != "":
		part := object{"name": "flow", "body": r.get("Body"), "response_json": r.get("InteractiveData")}
		return one("interactive", object{"type": "nfm_reply", "nfm_reply": part})
	case r.form.Get("Body") != "" || kind == "text" || kind == "":
		return one("text", object{"body": r.get("Body")})
	}
	return object{"type": kind} // it is shown as unknown, with everything that came
}

// degrees reads a part of a place; ok is false for what is nowhere on earth.
func (r *reader) degrees(name string, most float64) (at float64, ok bool) {
	at, err := strconv.ParseFloat(r.form.Get(name), 64)
	return at, err == nil && at >= -most && at <= most // NaN is neither
}

// repeats takes a parameter that says no more than another.
func (r *reader) repeats(name, text string) {
	if r.form.Get(name) == text {
		r.taken[name] = true
	}
}

// copy takes parameters into the members of an object.
func (r *reader) copy(part object, names map[string]string) {
	for name, key := range names {
		if s := r.get(name); s != "" {
			part[key] = s
		}
	}
}

// files reads the files of a message, those of n that have an address. The text stands with
// the first.
func (r *reader) files(kind string, n int) []object {
	var all []object
	caption := r.form.Get("Body")
	for i := range n {
		if r.form.Get("MediaUrl"+strconv.Itoa(i)) == "" {
			continue
		}
		r.get("Body")
		at, mimeType := r.get("MediaUrl"+strconv.Itoa(i)), r.get("MediaContentType"+strconv.Itoa(i))
		typ := fileType(kind, mimeType)
		part := object{"id": at, "mime_type": mimeType}
		if caption != "" && typ != "audio" && typ != "sticker" {
			part["caption"] = caption
			caption = ""
		}
		all = append(all, object{"type": typ, typ: part})
	}
	if caption != "" && len(all) > 0 {
		all = append(all, object{"type": "text", "text": object{"body": caption}})
	}
	return all
}

// fileType is the type of message that a file makes.
func fileType(kind, mimeType string) string {
	family, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mimeType)), "/")
	switch {
	case kind == "sticker":
		return kind
	case family == "image", family == "video", family == "audio":
		return family
	}
	return "document"
}
