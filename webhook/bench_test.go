package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// minimal is what a hand-written webhook decoder keeps at least: the envelope,
// the sender, and of the kinds of items in the batch below what they say. Decoding
// into it with encoding/json is the usual approach and the baseline here.
type minimal struct {
	Object string `json:"object"`
	Entry  []struct {
		ID      string `json:"id"`
		Changes []struct {
			Field string `json:"field"`
			Value struct {
				Metadata struct {
					DisplayPhoneNumber string `json:"display_phone_number"`
					PhoneNumberID      string `json:"phone_number_id"`
				} `json:"metadata"`
				Contacts []struct {
					Profile struct {
						Name string `json:"name"`
					} `json:"profile"`
					WaID   string `json:"wa_id"`
					UserID string `json:"user_id"`
				} `json:"contacts"`
				Messages []struct {
					From       string `json:"from"`
					FromUserID string `json:"from_user_id"`
					ID         string `json:"id"`
					Timestamp  string `json:"timestamp"`
					Type       string `json:"type"`
					Context    *struct {
						ID   string `json:"id"`
						From string `json:"from"`
					} `json:"context"`
					Text *struct {
						Body string `json:"body"`
					} `json:"text"`
					Image *struct {
						ID       string `json:"id"`
						MIMEType string `json:"mime_type"`
						Caption  string `json:"caption"`
					} `json:"image"`
					Reaction *struct {
						MessageID string `json:"message_id"`
						Emoji     string `json:"emoji"`
					} `json:"reaction"`
					Interactive *struct {
						Type        string `json:"type"`
						ButtonReply *struct {
							ID    string `json:"id"`
							Title string `json:"title"`
						} `json:"button_reply"`
					} `json:"interactive"`
					Location *struct {
						Latitude  float64 `json:"latitude"`
						Longitude float64 `json:"longitude"`
						Name      string  `json:"name"`
					} `json:"location"`
				} `json:"messages"`
				Statuses []struct {
					ID          string `json:"id"`
					Status      string `json:"status"`
					Timestamp   string `json:"timestamp"`
					RecipientID string `json:"recipient_id"`
					Pricing     *struct {
						Type     string `json:"type"`
						Category string `json:"category"`
					} `json:"pricing"`
				} `json:"statuses"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// oneText is a text of 739 bytes as it comes over the wire.
func oneText() []byte {
	body := compact("messages_text_username_with_phone_parent_bsuid")
	pad := 739 - len(body)
	if pad < 0 {
		panic(fmt.Sprintf("text is %d bytes too long", -pad))
	}
	return bytes.Replace(body, []byte("Any update"), []byte(strings.Repeat("well, ", pad/6)+strings.Repeat("!", pad%6)+"Any update"), 1)
}

// compact returns a fixture as Meta sends it: without white space, and with
// everything beyond ASCII escaped.
func compact(name string) []byte {
	var b bytes.Buffer
	if err := json.Compact(&b, fixtures.Get(name)); err != nil {
		panic(err)
	}
	var out []byte
	for _, r := range b.String() {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// batch returns a body of n items in n/2 entries: 70 % messages of six kinds, 30 %
// statuses, two to an entry with their contact, about 500 bytes an item.
func batch(n int) []byte {
	messages := []string{
		"messages_text", "messages_text_multiline_emoji", "messages_image", "messages_reaction",
		"messages_interactive_button_reply", "messages_location", "messages_text_reply_context",
	}
	statuses := []string{"messages_status_delivered", "messages_status_read", "messages_status_sent_utility"}
	var b strings.Builder
	b.WriteString(`{"object":"whatsapp_business_account","entry":[`)
	for i := 0; i < n; i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		list, names := "messages", messages
		if i%20 >= 14 {
			list, names = "statuses", statuses
		}
		first, contact := item(names[i%len(names)], list, i)
		second, _ := item(names[(i+1)%len(names)], list, i+1)
		fmt.Fprintf(&b, `{"id":"215550142000017","changes":[{"value":{"messaging_product":"whatsapp",`+
			`"metadata":{"display_phone_number":"12025550142","phone_number_id":"355501440000091"},`+
			`"contacts":[%s],"%s":[%s,%s]},"field":"messages"}]}`, contact, list, first, second)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// item returns the first item of a fixture, with an id of its own, and its contact.
func item(name, list string, n int) (item, contact string) {
	var d struct {
		Entry []struct {
			Changes []struct{ Value map[string]json.RawMessage }
		}
	}
	if err := json.Unmarshal(compact(name), &d); err != nil {
		panic(err)
	}
	var items, contacts []json.RawMessage
	value := d.Entry[0].Changes[0].Value
	if err := errors.Join(json.Unmarshal(value[list], &items), json.Unmarshal(value["contacts"], &contacts)); err != nil {
		panic(err)
	}
	return strings.Replace(string(items[0]), `"id":"wamid.HBgL`, fmt.Sprintf(`"id":"wamid.%04d`, n), 1), string(contacts[0])
}

func benchParse(b *testing.B, body []byte) {
	b.Run("kanava", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := webhook.Parse(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json-minimal", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var m minimal
			if err := json.Unmarshal(body, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json-map", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := json.Unmarshal(body, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkParseText(b *testing.B)     { benchParse(b, oneText()) }
func BenchmarkParseBatch100(b *testing.B) { benchParse(b, batch(100)) }

var textSignature = webhook.Sign(testSecret, oneText())

func newReader(b []byte) io.Reader { return bytes.NewReader(b) }

// forgetful is a sink that takes everything.
type forgetful struct{}

func (*forgetful) Accept(context.Context, *webhook.Delivery) error { return nil }

// BenchmarkVerify checks the signature of a text, beside the usual way: a new
// HMAC for every request.
func BenchmarkVerify(b *testing.B) {
	for _, body := range [][]byte{oneText(), batch(100)} {
		header := webhook.Sign(testSecret, body)
		name := fmt.Sprintf("%dB/", len(body))
		v, err := webhook.NewVerifier(testSecret)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"kanava", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(body, header); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"hmac", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if !plainVerify(body, header, testSecret) {
					b.Fatal("not verified")
				}
			}
		})
	}
}

// BenchmarkHandler serves one text: the bare rig of a recorded request, our
// handler, and the usual handler (read all, new HMAC, encoding/json).
func BenchmarkHandler(b *testing.B) {
	text := oneText()
	h, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{testSecret}, VerifyToken: "t", Sink: &forgetful{}})
	if err != nil {
		b.Fatal(err)
	}
	usual := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
		var m minimal
		if err != nil || !plainVerify(body, r.Header.Get(webhook.SignatureHeader), testSecret) || json.Unmarshal(body, &m) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	}
	for _, bb := range []struct {
		name string
		h    http.Handler
	}{{"rig", http.HandlerFunc(answer200)}, {"kanava", h}, {"json-minimal", http.HandlerFunc(usual)}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				serveOne(bb.h, text)
			}
		})
	}
}

// BenchmarkParseItems parses a body of 1 MB with 1,000 items and prints what one
// item costs.
func BenchmarkParseItems(b *testing.B) {
	const items = 1000
	var texts []string
	for i := range items {
		texts = append(texts, fmt.Sprintf(`{"id":"wamid.%060d","from":"13125550143","from_user_id":"US.1","timestamp":"1795003200",`+
			`"type":"text","text":{"body":"%s"}}`, i, strings.Repeat("word ", 170)))
	}
	body := []byte(messages(strings.Join(texts, ",")))
	b.SetBytes(int64(len(body)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		d, err := webhook.Parse(body)
		if err != nil || d.Len() != items {
			b.Fatal(err, d.Len())
		}
		n += items
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/item")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(n), "B/item")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(n)*items/float64(len(body)), "memory/body")
}

// BenchmarkRedactBody redacts a text without anything to redact, and one with a
// card number.
func BenchmarkRedactBody(b *testing.B) {
	for name, body := range map[string][]byte{"clean": oneText(), "card": compact("messages_text_card_number")} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := webhook.RedactBody(body, func(s string) string { return strings.Replace(s, "4111 1111", "####", 1) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEvent computes what a store needs of an event.
func BenchmarkEvent(b *testing.B) {
	d, err := webhook.Parse(oneText())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Key", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for e := range d.Events() {
				_ = e.Key()
			}
		}
	})
	b.Run("AppendBody", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			for e := range d.Events() {
				buf = e.AppendBody(buf[:0])
			}
		}
	})
}
