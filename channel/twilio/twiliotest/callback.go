package twiliotest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's algorithm
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// post is a webhook that waits.
type post struct {
	address string
	form    url.Values
}

// Connect makes h the receiver of everything that is posted: incoming messages to address, and
// statuses to whatever address a message asked for.
func (s *Sim) Connect(address string, h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook, s.receiver = address, h
}

// Sign returns the signature of a form that is posted to an address.
func Sign(token, address string, form url.Values) string {
	text := address
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.SortFunc(names, asJava)
	for _, name := range names {
		values := slices.Clone(form[name])
		slices.SortFunc(values, asJava)
		last := ""
		for i, v := range values {
			if i == 0 || v != last {
				text += name + v
			}
			last = v
		}
	}
	m := hmac.New(sha1.New, []byte(token))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// asJava compares texts as Java does; what is no text goes by bytes.
func asJava(a, b string) int {
	if n := slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

// Settle delivers everything that waits, and what follows from it, and returns how many
// webhooks there were. As Twilio does, it repeats one that got no answer, or with rp=all one
// that was not answered with 200, only as often as the fragment of the address says: #rc=5&rp=all.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (checked 2026-11-29)
func (s *Sim) Settle() int {
	n := 0
	for {
		s.mu.Lock()
		batch, receiver, faults := s.queue, s.receiver, s.faults
		s.queue = nil
		s.mu.Unlock()
		if len(batch) == 0 || receiver == nil {
			return n
		}
		if faults.Reverse {
			slices.Reverse(batch)
		}
		for _, p := range batch {
			times := 1
			if faults.Duplicate {
				times = 2
			}
			for range times {
				n++
				s.attempt(receiver, p, faults.Lose)
			}
		}
	}
}

// attempt delivers a webhook, again and again if its address asks for that.
func (s *Sim) attempt(h http.Handler, p post, lose bool) {
	_, overrides, _ := strings.Cut(p.address, "#")
	settings, _ := url.ParseQuery(overrides) // none, if it cannot be read
	repeats, _ := strconv.Atoi(settings.Get("rc"))
	all := slices.Contains(strings.Split(settings.Get("rp"), ","), "all")
	for try := range 1 + min(max(repeats, 0), 5) {
		if lose && try == 0 {
			continue
		}
		status := s.deliver(h, p)
		if status == http.StatusOK {
			return
		}
		s.mu.Lock()
		s.find(RuleWrongAck, "status "+strconv.Itoa(status))
		s.mu.Unlock()
		if !all {
			return
		}
	}
}

// Probe attacks the connected receiver as a stranger would, who knows its address and what
// Twilio posts, but no token. It returns what was let in, each a finding as well; nil is good.
func (s *Sim) Probe() (letIn []string) {
	s.mu.Lock()
	receiver, sid := s.receiver, s.id("SM")
	hook, _, _ := strings.Cut(s.hook, "#")
	s.mu.Unlock()
	if receiver == nil {
		return nil
	}
	form := url.Values{
		"MessageSid": {sid}, "AccountSid": {s.cfg.AccountSID}, "From": {"whatsapp:+10000000000"}, "To": {"whatsapp:+10000000000"},
		"Body": {"forged"}, "SmsStatus": {"received"},
	}
	other := url.Values{"MessageSid": form["MessageSid"], "Body": {"another"}}
	for _, a := range []struct{ how, signature string }{
		{"unsigned", ""},
		{"no base64", "%%%"},
		{"signed with an empty token", Sign("", hook, form)},
		{"signed with another token", Sign("another token", hook, form)},
		{"the signature of another form", Sign(s.cfg.AuthToken, hook, other)},
		{"the signature of another address", Sign(s.cfg.AuthToken, "https://another.example/twilio", form)},
	} {
		if s.request(receiver, hook, form, a.signature) == http.StatusOK {
			letIn = append(letIn, a.how)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, how := range letIn {
		s.find(RuleForgedAccepted, how)
	}
	return letIn
}

// Run delivers what there is, as soon as it is there, until ctx ends.
func (s *Sim) Run(ctx context.Context) {
	for {
		s.Settle()
		select {
		case <-ctx.Done():
			return
		case <-s.more:
		}
	}
}

// enqueue adds a webhook to those that wait. The caller holds the lock.
func (s *Sim) enqueue(p post) {
	s.queue = append(s.queue, p)
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// deliver posts one webhook.
func (s *Sim) deliver(h http.Handler, p post) int {
	address, _, _ := strings.Cut(p.address, "#") // how to connect, and no part of the request
	return s.request(h, address, p.form, Sign(s.cfg.AuthToken, address, p.form))
}

// request posts a form and returns the status of the answer.
func (s *Sim) request(h http.Handler, address string, form url.Values, signature string) int {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	if signature != "" {
		req.Header.Set("X-Twilio-Signature", signature)
	}
	req.RequestURI = req.URL.RequestURI()
	a := &answer{header: http.Header{}}
	h.ServeHTTP(a, req)
	return a.code()
}

// status moves a message on and tells whoever asked for its statuses. The caller holds the lock.
func (s *Sim) status(m *sent, state string, code int) {
	m.state = state
	for _, b := range m.to.chats[m.from] {
		if b.SID == m.sid {
			b.State, b.Code = state, code
		}
	}
	if m.callback == "" {
		return
	}
	to := m.to.cfg.Phone
	if m.to.cfg.Hidden {
		to = m.to.cfg.BSUID
	}
	form := url.Values{
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "MessageStatus": {state}, "SmsStatus": {state}, "AccountSid": {s.cfg.AccountSID},
		"From": {"whatsapp:" + m.from}, "To": {"whatsapp:" + to}, "ApiVersion": {"2010-04-01"}, "ChannelPrefix": {"whatsapp"},
	}
	if code != 0 {
		form.Set("ErrorCode", strconv.Itoa(code))
		form.Set("ChannelStatusMessage", fmt.Sprintf("error %d", code))
	}
	if state == "read" {
		form.Set("EventType", "READ")
	}
	s.enqueue(post{m.callback, form})
}

// answer is the answer to a request, in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}
