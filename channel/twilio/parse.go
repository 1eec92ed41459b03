package twilio

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// parse turns what was posted into a delivery of webhook's: a body in Meta's form, so that logs
// of deliveries, redaction and the hub treat it like any other, with the parameters that have no
// place there kept beside. A body that is not understood becomes one *webhook.Unknown.
func (h *Handler) parse(in *request) (*webhook.Delivery, error) {
	forms := []url.Values{in.form}
	if in.form == nil {
		if forms = flat(in.body); forms == nil {
			return webhook.Parse(in.body)
		}
	}
	at := h.cfg.Now()
	var entries []any
	for _, f := range forms {
		entries = append(entries, h.entry(f, in.query.Get(statusID), at))
	}
	body, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": entries})
	if err != nil { // of maps of strings none comes
		return webhook.Parse(in.body)
	}
	return webhook.Parse(body)
}

// flat reads a JSON object of parameters, or a list of them. One of a list that is none of
// ours stands by itself, whatever it is; nil if there is nothing of ours at all.
func flat(body []byte) []url.Values {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil {
		list = []json.RawMessage{body}
	}
	var all []url.Values
	ours := false
	for _, raw := range list {
		var one map[string]json.RawMessage
		f := url.Values{}
		if json.Unmarshal(raw, &one) != nil {
			f.Set("body", string(raw))
		}
		for k, v := range one {
			var text string
			switch {
			case json.Unmarshal(v, &text) != nil: // a number, a boolean, or parts: as they stand
				f.Set(k, string(v))
			case string(v) != "null":
				f.Set(k, text)
			}
		}
		ours = ours || f.Has("MessageSid")
		all = append(all, f)
	}
	if !ours {
		return nil
	}
	return all
}

// A reader takes parameters out of a form; what nobody took is kept as it is.
type reader struct {
	form  url.Values
	taken map[string]bool
}

func (r *reader) get(name string) string {
	r.taken[name] = true
	return r.form.Get(name)
}

// rest returns the parameters that nobody took, and the further values of those that stand
// there more than once.
func (r *reader) rest() map[string]string {
	m := map[string]string{}
	for k, v := range r.form {
		if r.taken[k] && len(v) > 0 {
			v = v[1:]
		}
		if len(v) > 0 {
			m[k] = strings.Join(v, ",")
		}
	}
	return m
}

type object = map[string]any

// entry turns one request into an entry.
func (h *Handler) entry(form url.Values, opaque string, at time.Time) object {
	r := &reader{form: form, taken: map[string]bool{}}
	status := form.Get("MessageStatus")
	outgoing := status != "" && status != "received" && status != "receiving"
	ours, theirs := form.Get("To"), form.Get("From")
	if outgoing {
		ours, theirs = theirs, ours
	}
	phone, whatsapp := strings.CutPrefix(ours, addressPrefix)
	n := h.number(digits(phone), form.Get("AccountSid"))
	value := object{
		"messaging_product": "whatsapp",
		"metadata":          object{"display_phone_number": digits(phone), "phone_number_id": n.ID},
	}
	field := "messages"
	switch {
	case !whatsapp || !strings.HasPrefix(theirs, addressPrefix):
		field = "twilio" // a text message, or something from the future
		value["parameters"] = r.rest()
	case outgoing:
		value["statuses"] = []object{r.status(status, opaque, at)}
	default:
		messages, contact := r.messages(at)
		value["messages"] = messages
		if contact != nil {
			value["contacts"] = []object{contact}
		}
	}
	return object{
		"id": n.Account, "time": at.Unix(), "changes": []object{{"field": field, "value": value}},
	}
}

// number says what the number with these digits is called.
func (h *Handler) number(phone, account string) NumberID {
	n := h.numbers[phone]
	if n.ID == "" {
		n.ID = phone
	}
	if n.Account == "" {
		n.Account = account
	}
	return n
}

// digits returns the digits of a phone number, "" if it is none.
func digits(phone string) string {
	phone = strings.TrimPrefix(phone, "+")
	if len(phone) > 20 || strings.ContainsFunc(phone, func(r rune) bool { return r < '0' || r > '9' }) {
		return ""
	}
	return phone
}

// bsuidForm is what Meta calls a person who hides the number: a country, a dot, letters and
// digits; that of an enterprise has ENT in between.
var bsuidForm = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$`)

// person reads an address into the members of a person. What is neither a number nor a BSUID
// stands where the number would: package webhook says that it names nobody.
func person(o object, address, phone, user, parent string) {
	switch s := strings.TrimPrefix(address, addressPrefix); {
	case s == "":
	case !bsuidForm.MatchString(s):
		o[phone] = strings.TrimPrefix(s, "+")
	case strings.HasPrefix(s[2:], ".ENT."):
		o[parent] = s
	default:
		o[user] = s
	}
}

// status reads a status callback. Twilio's words for failures become Meta's, and so do its
// codes: what follows from a failure is the same. Words of Twilio's alone, such as "queued", are
// kept.
//
// https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
// (checked 2026-11-29)
func (r *reader) status(status, opaque string, at time.Time) object {
	r.get("MessageStatus")
	o := object{"id": r.get("MessageSid"), "timestamp": strconv.FormatInt(at.Unix(), 10), "status": status}
	switch status {
	case "undelivered", "failed", "canceled":
		o["status"] = string(webhook.StatusFailed)
		text := r.get("ErrorCode")
		code, _ := strconv.Atoi(text) // without one it is unknown
		o["errors"] = []object{{
			"code": MetaCode(code), "title": "Twilio error " + strconv.Itoa(code),
			"error_data": object{"details": r.get("ChannelStatusMessage")},
		}}
	}
	person(o, r.get("To"), "recipient_id", "recipient_user_id", "recipient_parent_user_id")
	if opaque != "" {
		o["biz_opaque_callback_data"] = opaque
	}
	r.keep(o)
	return o
}

// keep puts the parameters that nobody took beside the others.
func (r *reader) keep(o object) {
	for _, known := range []string{
		"From", "To", "AccountSid", "ApiVersion", "SmsSid", "SmsMessageSid", "SmsStatus", "MessageStatus", "NumSegments",
	} {
		r.taken[known] = true
	}
	if rest := r.rest(); len(rest) > 0 {
		o["twilio"] = rest
	}
}
