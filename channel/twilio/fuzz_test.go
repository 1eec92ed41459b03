package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
)

// FuzzHandler posts forms of any kind. Whatever stands in them stands in what is handed on.
func FuzzHandler(f *testing.F) {
	f.Add(inbound(nil).Encode())
	f.Add(outbound(map[string]string{"MessageStatus": "failed", "ErrorCode": "63016", "ChannelStatusMessage": "x"}).Encode())
	f.Add(inbound(map[string]string{"Latitude": "1", "Longitude": "2", "Body": "here", "Label": "l"}).Encode())
	f.Add(inbound(map[string]string{"ListId": "a", "ListTitle": "b", "Body": "c"}).Encode())
	f.Add(inbound(map[string]string{"NumMedia": "2", "MediaUrl0": "u", "MediaContentType0": "audio/ogg", "MediaUrl1": "v", "Body": "c"}).Encode())
	f.Add(inbound(nil).Encode() + "&Body=and+more&To=again&Mood=a&Mood=b")
	f.Add("From=whatsapp%3A%2B1&To=x&Body=y&Forwarded=true")
	f.Fuzz(func(t *testing.T, body string) {
		var b inbox
		cfg := twilio.HandlerConfig{PublicURL: public, Sink: &b, InsecureSkipSignature: true}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, public, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		newHandler(t, cfg).ServeHTTP(w, r)
		form, err := url.ParseQuery(body)
		if err != nil || body == "" || len(body) > 1<<20 {
			return
		}
		if w.Code != http.StatusOK || len(b.deliveries) != 1 {
			t.Fatalf("status %d, %d deliveries", w.Code, len(b.deliveries))
		}
		d := b.deliveries[0]
		if !json.Valid(d.Body) || d.Len() == 0 {
			t.Fatal("nothing was handed on")
		}
		words := "MessageType WaId NumMedia Forwarded FrequentlyForwarded MessageStatus From To AccountSid ApiVersion SmsSid SmsMessageSid SmsStatus NumSegments ErrorCode Latitude Longitude"
		for name, values := range form {
			for i, value := range values {
				if i == 0 && slices.Contains(strings.Fields(words), name) {
					continue
				}
				quoted, _ := json.Marshal(strings.TrimPrefix(value, "whatsapp:"))
				if !strings.Contains(string(d.Body), strings.TrimPrefix(strings.Trim(string(quoted), `"`), "+")) {
					t.Fatalf("%s was lost", name)
				}
			}
		}
	})
}

// FuzzSignature signs addresses and forms of any kind: what was signed passes, also under the
// simulator's own arithmetic, and under another token nothing does.
func FuzzSignature(f *testing.F) {
	f.Add(vectorAddress, "a=1&b=2&a=1")
	f.Add("https://[::1]:8443/x?a=it's&b=%27#rc=1", "！=1&😀=2&a=\xff")
	f.Add("://:?:@/#", "=&=")
	f.Fuzz(func(t *testing.T, address, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		signature := twilio.Sign(vectorToken, address, form)
		if signature != twiliotest.Sign(vectorToken, address, form) {
			t.Fatal("the simulator signs in another way")
		}
		if err := twilio.Verify(vectorToken, address, form, signature); err != nil {
			t.Fatal("what was signed does not pass")
		}
		if twilio.Verify("12346", address, form, signature) == nil {
			t.Fatal("another token passes")
		}
	})
}
