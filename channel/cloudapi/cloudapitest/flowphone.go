package cloudapitest

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// FlowSession is a flow that a person has opened on the phone. It speaks with the
// endpoint of the flow as Meta does for a phone: encrypted with the public key of the
// number and signed with the secret of the flow's app.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/implementingyourflowendpoint
// (checked 2026-11-29)
type FlowSession struct {
	user   *User
	number *Number
	flow   *Flow
	token  string
}

// FlowScreen is what a phone shows after the endpoint has answered.
type FlowScreen struct {
	Screen string
	Data   string // JSON object
}

// FlowStatusError is an answer of an endpoint that is not 200.
type FlowStatusError struct {
	Status  int
	Message string // with 427, what the phone shows
}

// Error names the status. What the phone shows is left out.
func (e *FlowStatusError) Error() string {
	return fmt.Sprintf("cloudapitest: flow endpoint: answered %d", e.Status)
}

// ErrNoFlowEndpoint says that a flow has no endpoint to ask: [User.FillFlow] completes it.
var ErrNoFlowEndpoint = errors.New("cloudapitest: flow endpoint: the flow has none")

// OpenFlow opens the newest flow in the chat and asks its endpoint for the first screen.
// The number must have a public key, and the flow an endpoint: else ErrNoFlowEndpoint.
func (u *User) OpenFlow(n *Number) (*FlowSession, FlowScreen, error) {
	w := u.w
	w.mu.Lock()
	m, b := u.newestButton(n, func(b Button) bool { return b.Kind == "flow" })
	if m == nil || m.rich.flow == nil {
		w.mu.Unlock()
		return nil, FlowScreen{}, notOnScreen("no flow")
	}
	s := &FlowSession{user: u, number: n, flow: m.rich.flow, token: b.ID}
	w.mu.Unlock()
	if s.token == "" {
		s.token = "unused"
	}
	screen, err := s.ask(`"action":"INIT","screen":""`, "")
	return s, screen, err
}

// Submit fills a screen in: data is a JSON object. If the endpoint ends the flow, the
// business gets the answers by webhook.
func (s *FlowSession) Submit(screen, data string) (FlowScreen, error) {
	next, err := s.ask(`"action":"data_exchange","screen":`+quoted(screen), data)
	if err != nil || next.Screen != "SUCCESS" {
		return next, err
	}
	n, err := parseJSON(next.Data)
	if err != nil {
		return next, errFlowAnswer
	}
	params := n.at("extension_message_response").at("params")
	if params.at("flow_token").text != s.token {
		return next, errors.New("cloudapitest: flow endpoint: the last answer lacks the flow_token in its params")
	}
	rest := node{kind: jsonObject}
	for _, m := range params.items {
		if m.key != "flow_token" {
			rest.items = append(rest.items, m)
		}
	}
	e := enc{}
	e.node(&rest)
	_, err = s.user.FillFlow(s.number, string(e.b))
	return next, err
}

// Back goes back to a screen that asks again.
func (s *FlowSession) Back(screen string) (FlowScreen, error) {
	return s.ask(`"action":"BACK","screen":`+quoted(screen), "")
}

// Report tells the endpoint that its last answer could not be shown.
func (s *FlowSession) Report(screen, code, message string) error {
	answer, err := s.exchange(`"action":"data_exchange","screen":`+quoted(screen)+`,"flow_token":`+quoted(s.token), `{"error":`+quoted(code)+`,"error_message":`+quoted(message)+`}`)
	if err == nil && !answer.at("data").at("acknowledged").isTrue() {
		err = errors.New("cloudapitest: flow endpoint: the report was not acknowledged")
	}
	return err
}

// CheckEndpoint is Meta's health check of the endpoint of a flow, with the public key of
// one of the account's numbers.
func (f *Flow) CheckEndpoint(n *Number) error {
	s := &FlowSession{number: n, flow: f}
	answer, err := s.exchange(`"action":"ping"`, "")
	if err == nil && answer.at("data").at("status").text != "active" {
		err = errors.New("cloudapitest: flow endpoint: the health check was not answered with status active")
	}
	return err
}

// ask sends one request and reads a screen.
func (s *FlowSession) ask(head, data string) (FlowScreen, error) {
	answer, err := s.exchange(head+`,"flow_token":`+quoted(s.token), data)
	if err != nil {
		return FlowScreen{}, err
	}
	screen := FlowScreen{Screen: answer.at("screen").text}
	if screen.Screen == "" {
		return FlowScreen{}, errFlowAnswer
	}
	e := enc{}
	e.node(answer.at("data"))
	screen.Data = string(e.b)
	return screen, nil
}

var (
	errFlowAnswer = errors.New("cloudapitest: flow endpoint: the answer is not a screen")
	errFlowSealed = errors.New("cloudapitest: flow endpoint: the answer cannot be decrypted")
	errFlowKey    = errors.New("cloudapitest: flow endpoint: the number has no public key, or the address of the endpoint is none")
)

// exchange encrypts, sends, notes the figures and decrypts.
func (s *FlowSession) exchange(head, data string) (*node, error) {
	w := s.flow.account.w
	w.mu.Lock()
	endpoint, key, app := s.flow.endpoint, s.number.extra.publicKey, w.apps[s.flow.app]
	began := w.now()
	w.mu.Unlock()
	block, _ := pem.Decode([]byte(key))
	switch {
	case endpoint == "":
		return nil, ErrNoFlowEndpoint
	case block == nil:
		return nil, errFlowKey
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, errFlowKey
	}
	if data != "" {
		head += `,"data":` + data
	}
	body, unseal, err := sealFlow(public, `{"version":"3.0",`+head+`}`)
	if err != nil {
		return nil, err
	}
	status, raw, err := w.postFlow(endpoint, body, app)
	w.mu.Lock()
	s.flow.asked = append(s.flow.asked, flowCall{at: began, took: time.Duration(w.now() - began), failed: err != nil || status >= 500})
	w.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case status != http.StatusOK:
		refused := &FlowStatusError{Status: status}
		if n, err := parseJSON(strings.TrimSpace(string(raw))); err == nil {
			refused.Message = n.at("error_msg").text
		}
		return nil, refused
	}
	plain, ok := unseal(raw)
	if !ok {
		return nil, errFlowSealed
	}
	n, err := parseJSON(string(plain))
	if err != nil || n.kind != jsonObject {
		return nil, errFlowAnswer
	}
	return &n, nil
}

// flowPatience is how long a phone waits for an endpoint.
const flowPatience = 10 * time.Second

// postFlow makes the request.
func (w *World) postFlow(endpoint string, body []byte, app *App) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), flowPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(string(body)))
	if err != nil {
		return 0, nil, errFlowKey
	}
	req.Header = headers("Content-Type", "application/json", "User-Agent", "facebookexternalua")
	if app != nil {
		req.Header.Set("X-Hub-Signature-256", app.sign(body))
	}
	return w.call(req, endpoint)
}

// sealFlow encrypts a request for an endpoint, and gives what opens the answer.
func sealFlow(public *rsa.PublicKey, plain string) (body []byte, unseal func([]byte) ([]byte, bool), err error) {
	var secret, vector [16]byte
	rand.Read(secret[:]) // never fails
	rand.Read(vector[:]) // never fails
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, secret[:], nil)
	if err != nil {
		return nil, nil, errFlowKey
	}
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(vector))
	if err != nil {
		return nil, nil, err
	}
	b64 := base64.StdEncoding.EncodeToString
	e := enc{}
	e.obj(func() {
		e.key("encrypted_flow_data").str(b64(gcm.Seal(nil, vector[:], []byte(plain), nil)))
		e.key("encrypted_aes_key").str(b64(wrapped))
		e.key("initial_vector").str(b64(vector[:]))
	})
	for i := range vector {
		vector[i] ^= 0xff
	}
	return e.b, func(answer []byte) ([]byte, bool) {
		sealed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(answer)))
		if err != nil {
			return nil, false
		}
		plain, err := gcm.Open(nil, vector[:], sealed, nil)
		return plain, err == nil
	}, nil
}

// quoted writes a text as JSON.
func quoted(s string) string {
	e := enc{}
	e.str(s)
	return string(e.b)
}
