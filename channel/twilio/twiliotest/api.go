package twiliotest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// mediaHost is where the API redirects downloads to.
const mediaHost = "mms.twiliocdn.com"

// Client returns a client whose requests the Sim answers, whatever their host, without a
// socket.
func (s *Sim) Client() *http.Client { return &http.Client{Transport: transport{s}} }

type transport struct{ sim *Sim }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body != nil {
		defer r.Body.Close()
	} else {
		r.Body = http.NoBody
	}
	a := &answer{header: http.Header{}}
	defer func() {
		if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // it is what was panicked with
			resp, err = nil, io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	t.sim.ServeHTTP(a, r)
	return &http.Response{
		Status: http.StatusText(a.code()), StatusCode: a.code(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body.Bytes())), ContentLength: int64(a.body.Len()), Request: r,
	}, nil
}

type object = map[string]any

func reply(w http.ResponseWriter, status int, o any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(o) // a client that is gone does not need it
}

func refuse(w http.ResponseWriter, status, code int) {
	reply(w, status, object{"code": code, "message": "refused", "more_info": "https://www.twilio.com/docs/errors", "status": status})
}

// ServeHTTP is the REST API, and the storage of files behind it.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, password, has := r.BasicAuth()
	if file, ok := strings.CutPrefix(r.URL.Path, "/stored"); ok {
		if has {
			s.find(RuleLeakedCredentials, "at the storage of files")
		}
		if m, ok := s.media[file]; ok {
			w.Header().Set("Content-Type", m.MIME)
			_, _ = w.Write(m.Data) // a client that is gone does not need it
			return
		}
		w.WriteHeader(http.StatusNotFound)
		return
	}
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	good := user == s.cfg.AccountSID && password == s.cfg.AuthToken
	if secret, known := s.keys[user]; known && secret == password {
		good = true
	}
	if !good {
		refuse(w, http.StatusUnauthorized, 20003)
		return
	}
	account := "/2010-04-01/Accounts/" + s.cfg.AccountSID
	path := strings.TrimPrefix(r.URL.Path, account)
	switch at := r.Method + " " + path; {
	case at == "POST /Messages.json":
		s.create(w, r)
	case strings.HasPrefix(at, "GET /Messages/"):
		s.download(w, r)
	case at == "GET /Balance.json":
		reply(w, http.StatusOK, object{"account_sid": s.cfg.AccountSID, "balance": s.balance, "currency": "USD"})
	case at == "GET /v1/ContentAndApprovals":
		s.listContents(w)
	case at == "POST /v1/Content":
		s.createContent(w, r)
	case at == "GET /v2/Channels/Senders":
		s.listSenders(w)
	case at == "POST /v2/Indicators/Typing.json":
		reply(w, http.StatusOK, object{"success": true})
	case strings.HasPrefix(at, "GET /AvailablePhoneNumbers/"):
		s.searchNumbers(w, path)
	case at == "GET /IncomingPhoneNumbers.json":
		s.listNumbers(w)
	case at == "POST /IncomingPhoneNumbers.json":
		s.buy(w, r)
	default:
		refuse(w, http.StatusNotFound, 20404)
	}
}

func (s *Sim) download(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.media[r.URL.Path]; !ok {
		refuse(w, http.StatusNotFound, 20404)
		return
	}
	host := "https://" + mediaHost
	if s.cfg.BaseURL != "" {
		host = s.host("")
	}
	w.Header().Set("Location", host+"/stored"+r.URL.Path)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

var (
	phoneAddress = regexp.MustCompile(`^whatsapp:(\+[1-9][0-9]{6,14})$`)
	bsuidAddress = regexp.MustCompile(`^whatsapp:([A-Z]{2}\.[0-9A-Za-z.]{1,128})$`)
)

// create takes a message.
func (s *Sim) create(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil {
		refuse(w, http.StatusBadRequest, 20001)
		return
	}
	if len(s.failures) > 0 {
		f := s.failures[0]
		s.failures = s.failures[1:]
		refuse(w, f.status, f.code)
		return
	}
	if strings.HasPrefix(s.balance, "-") || strings.Trim(s.balance, "0.") == "" {
		refuse(w, http.StatusForbidden, 20005)
		return
	}
	f := r.PostForm
	from := strings.TrimPrefix(f.Get("From"), "whatsapp:")
	sn := s.senders[from]
	to := phoneAddress.FindStringSubmatch(f.Get("To"))
	if to == nil {
		to = bsuidAddress.FindStringSubmatch(f.Get("To"))
	}
	body, sid := f.Get("Body"), f.Get("ContentSid")
	switch {
	case to == nil:
		refuse(w, http.StatusBadRequest, 21211)
		return
	case sn == nil || !strings.HasPrefix(f.Get("From"), "whatsapp:"):
		refuse(w, http.StatusBadRequest, 63007)
		return
	case utf8.RuneCountInString(body) > 1600:
		refuse(w, http.StatusBadRequest, 21617)
		return
	case body == "" && sid == "" && f.Get("MediaUrl") == "":
		refuse(w, http.StatusBadRequest, 21619)
		return
	}
	bubble := Bubble{Text: body, Media: f.Get("MediaUrl"), Geo: f.Get("PersistentAction")}
	approved := false
	if sid != "" {
		c := s.content(sid)
		if c == nil {
			refuse(w, http.StatusBadRequest, 21655)
			return
		}
		values := map[string]string{}
		if v := f.Get("ContentVariables"); v != "" && json.Unmarshal([]byte(v), &values) != nil || blank(values) {
			refuse(w, http.StatusBadRequest, 21656)
			return
		}
		bubble, approved = c.bubble(values), c.status == "approved"
	} else if f.Get("ContentVariables") != "" {
		refuse(w, http.StatusBadRequest, 21654)
		return
	}
	m := &sent{sid: s.id("SM"), from: from, callback: f.Get("StatusCallback"), to: s.users[to[1]], bubble: bubble}
	m.bubble.SID = m.sid
	s.messages[m.sid] = m
	s.check(m)
	s.decide(m, sn, approved)
	if s.lose > 0 {
		s.lose--
		panic(http.ErrAbortHandler)
	}
	reply(w, http.StatusCreated, object{
		"sid": m.sid, "status": "queued", "to": f.Get("To"), "from": f.Get("From"), "error_code": nil, "error_message": nil,
		"account_sid": s.cfg.AccountSID, "direction": "outbound-api", "num_media": "0", "body": "",
		"date_created": s.cfg.Now().UTC().Format(time.RFC1123Z),
	})
}

func blank(values map[string]string) bool {
	for _, v := range values {
		if v == "" {
			return true
		}
	}
	return false
}

// check looks for what no careful client does.
func (s *Sim) check(m *sent) {
	u, err := url.Parse(m.callback)
	if m.callback == "" || err != nil {
		s.find(RuleNoCallback, m.sid)
		return
	}
	if u.RawQuery == "" {
		return // a message without an id of its own
	}
	if first, twice := s.byOwnID[u.RawQuery]; twice {
		s.find(RuleDoubleSend, first+" and "+m.sid)
	}
	s.byOwnID[u.RawQuery] = m.sid
}

// decide says what becomes of a message, as WhatsApp would.
func (s *Sim) decide(m *sent, from *sender, approved bool) {
	if m.to == nil {
		m.to = &User{sim: s, cfg: UserConfig{Phone: "+10000000000"}, chats: map[string][]*Bubble{}, opened: map[string]time.Time{}}
		s.status(m, "failed", 63003)
		return
	}
	b := m.bubble
	m.to.chats[m.from] = append(m.to.chats[m.from], &b)
	switch at, wrote := m.to.opened[m.from]; {
	case m.to.cfg.Fails != 0:
		s.status(m, "undelivered", m.to.cfg.Fails)
	case from.status != "ONLINE":
		s.status(m, "failed", 63051)
	case !approved && (!wrote || s.cfg.Now().Sub(at) >= s.cfg.Window):
		s.find(RuleWindow, m.sid)
		s.status(m, "failed", 63016)
	default:
		s.status(m, "sent", 0)
		s.status(m, "delivered", 0)
	}
}
