package flowdata

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/internal/discreet"
)

// Action is why a phone asks; an open set.
type Action string

// The actions.
const (
	Init     Action = "INIT"          // the flow was opened
	Back     Action = "BACK"          // the person went back to a screen that asks again
	Exchange Action = "data_exchange" // a screen was filled in

	ping Action = "ping" // Meta looks whether the endpoint is there
)

// Request is what a phone asks. It is only read.
type Request struct {
	Version string // of the protocol, "3.0"
	Action  Action
	// Screen is the screen that was filled in or gone back to; may be empty with Init.
	Screen string
	// Token is the flow token of the message, which ties the answers to a person and an
	// occasion.
	Token string
	// Data is what was filled in, a JSON object; nil with Init and Back unless the flow
	// says otherwise.
	Data json.RawMessage
}

// ErrData is the error of [Request.Decode].
var ErrData = errors.New("flowdata: the data of the screen is not of the expected form")

// Decode reads Data into a value, a pointer to a struct for example. No data leaves it as
// it is. The error is [ErrData]: it quotes nothing.
func (r *Request) Decode(into any) error {
	if len(r.Data) > 0 && json.Unmarshal(r.Data, into) != nil {
		return ErrData
	}
	return nil
}

// LogValue shows action and screen.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("action", string(r.Action)), slog.String("screen", r.Screen), slog.Int("bytes", len(r.Data)))
}

// Format shows action and screen, whatever the verb.
func (r Request) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

// Response is what the phone shows next.
type Response struct {
	// Screen is the next screen, or the same one again.
	Screen string
	// Data is what the screen shows: a value that JSON writes as an object; nil means
	// none.
	Data any
	// Error is a sentence for the person about what was filled in; the screen shows it.
	// Empty means none.
	Error string
}

const success = "SUCCESS"

// Finish ends the flow. params reach the business once more in the webhook of the
// answers, together with the flow token; they may be nil.
func Finish(r *Request, params map[string]any) Response {
	all := make(map[string]any, len(params)+1)
	for k, v := range params {
		all[k] = v
	}
	all["flow_token"] = r.Token
	return Response{Screen: success, Data: map[string]any{"extension_message_response": map[string]any{"params": all}}}
}

// LogValue shows the screen.
func (r Response) LogValue() slog.Value { return slog.GroupValue(slog.String("screen", r.Screen)) }

// Format shows the screen, whatever the verb.
func (r Response) Format(f fmt.State, _ rune) { discreet.Format(f, r) }

var errResponse = errors.New("flowdata: the response needs a screen, and data that JSON writes as an object")

// encode writes the response as the phone reads it.
func (r Response) encode() ([]byte, error) {
	data := map[string]json.RawMessage{}
	if r.Data != nil {
		raw, err := json.Marshal(r.Data)
		if err != nil || json.Unmarshal(raw, &data) != nil || data == nil {
			return nil, errResponse
		}
	}
	if r.Screen == "" {
		return nil, errResponse
	}
	if r.Error != "" {
		raw, err := json.Marshal(r.Error)
		if err != nil {
			return nil, errResponse
		}
		data["error_message"] = raw
	}
	return json.Marshal(map[string]any{"screen": r.Screen, "data": data})
}

// TokenError says that the flow token is good no more: the form was sent already, or the
// occasion is over. Answer returns it; the phone shows Message and switches the button in
// the chat off.
type TokenError struct {
	Message string // for the person; empty means WhatsApp's own words
}

// Error says what happened, not to whom.
func (*TokenError) Error() string { return "flowdata: the flow token is good no more" }

// ClientError is what a phone reports about an answer that it could not show.
type ClientError struct {
	Code    string // such as "invalid-screen-transition"
	Message string
	Screen  string // where it happened
	Token   string // flow token
}

// LogValue shows code and screen.
func (e ClientError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", e.Code), slog.String("screen", e.Screen))
}

// Format shows code and screen, whatever the verb.
func (e ClientError) Format(f fmt.State, _ rune) { discreet.Format(f, e) }

// wireRequest is a request as it was encrypted.
type wireRequest struct {
	Version string          `json:"version"`
	Action  Action          `json:"action"`
	Screen  string          `json:"screen"`
	Token   string          `json:"flow_token"`
	Data    json.RawMessage `json:"data"`
}

var errRequest = errors.New("flowdata: not a request of the documented form")

// parse reads a request, or what a phone reports; at most one is not nil.
func parse(plain []byte) (*Request, *ClientError, error) {
	var w wireRequest
	if json.Unmarshal(plain, &w) != nil || w.Action == "" {
		return nil, nil, errRequest
	}
	var data map[string]json.RawMessage
	if len(w.Data) > 0 && json.Unmarshal(w.Data, &data) != nil {
		return nil, nil, errRequest
	}
	if data == nil { // absent, or null
		w.Data = nil
	}
	// A report has both, the second perhaps empty; a form may have a field of the first name.
	message, _ := word(data, "error_message")
	_, reports := data["error_message"]
	if code, ok := word(data, "error"); ok && reports && w.Action != ping {
		return nil, &ClientError{Code: code, Message: message, Screen: w.Screen, Token: w.Token}, nil
	}
	return &Request{Version: w.Version, Action: w.Action, Screen: w.Screen, Token: w.Token, Data: w.Data}, nil, nil
}

// word returns a member that is a text.
func word(data map[string]json.RawMessage, key string) (string, bool) {
	var s string
	raw, ok := data[key]
	return s, ok && json.Unmarshal(raw, &s) == nil && s != ""
}
