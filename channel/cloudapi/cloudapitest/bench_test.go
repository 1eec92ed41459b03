//go:build unix

package cloudapitest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// town is a world with many users whose windows are open and a receiver that does
// nothing but read, on a number without a practical throughput limit.
type town struct {
	*cloudapitest.World
	client *http.Client
	number *cloudapitest.Number
	token  string
	people []*cloudapitest.User
	bodies []string
	posts  int
}

func newTown(tb testing.TB, users int, change func(*cloudapitest.Config)) *town {
	tb.Helper()
	cfg := cloudapitest.Config{Seed: 1, Now: cloudapitest.Frozen(start), Retain: 10 * time.Minute}
	if change != nil {
		change(&cfg)
	}
	w, err := cloudapitest.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	app, account := w.AddApp(cloudapitest.AppConfig{}), w.AddAccount(cloudapitest.AccountConfig{})
	t := &town{World: w, client: w.Client(), number: account.AddNumber(cloudapitest.NumberConfig{Throughput: 1 << 20}), token: app.Token(account)}
	if err := w.Subscribe(app, account, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(rw, r.URL.Query().Get("hub.challenge"))
			return
		}
		t.posts++
		_, _ = io.Copy(io.Discard, r.Body)
	})); err != nil {
		tb.Fatal(err)
	}
	for range users {
		u := w.AddUser(cloudapitest.UserConfig{ReadAfter: time.Second})
		u.Text(t.number, "hi")
		t.people = append(t.people, u)
		t.bodies = append(t.bodies, `{"messaging_product":"whatsapp","to":"+`+u.Phone()+`","type":"text","text":{"body":"Your order 88213 is on its way."},"biz_opaque_callback_data":"`)
	}
	w.Settle()
	return t
}

// send sends message i over the in-process client.
func (t *town) send(tb testing.TB, i int) {
	body := t.bodies[i%len(t.bodies)] + itoa(i) + `"}`
	req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+t.number.ID+"/messages", strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header["Authorization"] = []string{"Bearer " + t.token}
	req.Header["Content-Type"] = []string{"application/json"}
	resp, err := t.client.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		tb.Fatalf("message %d: %s", i, b)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// BenchmarkMessage is one message with everything it causes: the send over the
// client, and sent, delivered and read as signed webhooks to a handler.
func BenchmarkMessage(b *testing.B) {
	for name, change := range map[string]func(*cloudapitest.Config){
		"one-item-per-POST":  nil,
		"100-items-per-POST": func(c *cloudapitest.Config) { c.BatchMax, c.BatchWait = 100, time.Second },
	} {
		b.Run(name, func(b *testing.B) {
			t := newTown(b, 2000, change)
			b.ReportAllocs()
			cpu := cpuTime(b)
			i := 0
			for b.Loop() {
				t.send(b, i)
				if i++; i%100 == 0 {
					t.Advance(time.Second) // 100 messages a second over 2,000 users stays under the pair limit
				}
			}
			t.Advance(time.Minute)
			b.ReportMetric(float64(b.N)/(cpuTime(b)-cpu).Seconds(), "messages/cpu-s")
			b.ReportMetric(float64(t.posts)/float64(b.N), "posts/message")
		})
	}
}

// BenchmarkUsualFake is the baseline: the hand-written fake that a test without the
// simulator would have. It decodes the send with encoding/json, answers it, and posts
// three statuses, signed, to the receiver; it knows no rule and keeps nothing.
func BenchmarkUsualFake(b *testing.B) {
	receiver := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	fake := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var send map[string]any
		if err := json.NewDecoder(r.Body).Decode(&send); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"messages":[{"id":"wamid.1"}]}`)
		for _, status := range []string{"sent", "delivered", "read"} {
			body, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": "1", "changes": []any{map[string]any{
				"field": "messages", "value": map[string]any{
					"messaging_product": "whatsapp", "metadata": map[string]any{"display_phone_number": "12025550142", "phone_number_id": "1"},
					"contacts": []any{map[string]any{"profile": map[string]any{"name": "Dana Whitfield"}, "wa_id": "13125550143"}},
					"statuses": []any{map[string]any{"id": "wamid.1", "status": status, "timestamp": "1795003200", "recipient_id": send["to"]}},
				}}}}}})
			if err != nil {
				b.Error(err)
			}
			req := httptest.NewRequest(http.MethodPost, "https://app.callback.test/webhook", bytes.NewReader(body))
			req.Header.Set("X-Hub-Signature-256", cloudapitest.Sign("secret", body))
			receiver.ServeHTTP(httptest.NewRecorder(), req)
		}
	})
	client := &http.Client{Transport: inProcess{fake}}
	b.ReportAllocs()
	cpu := cpuTime(b)
	for b.Loop() {
		req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/1/messages",
			strings.NewReader(`{"messaging_product":"whatsapp","to":"+13125550143","type":"text","text":{"body":"Your order 88213 is on its way."},"biz_opaque_callback_data":"1"}`))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer token")
		if _, err := client.Do(req); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/(cpuTime(b)-cpu).Seconds(), "messages/cpu-s")
}

type inProcess struct{ h http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	t.h.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// BenchmarkMemory states how much memory a kept message takes.
func BenchmarkMemory(b *testing.B) {
	t := newTown(b, 2000, func(c *cloudapitest.Config) { c.Retain = 0; c.BatchMax, c.BatchWait = 100, time.Second })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	i := 0
	for b.Loop() {
		t.send(b, i)
		if i++; i%100 == 0 {
			t.Advance(time.Second)
		}
	}
	t.Advance(time.Minute)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(b.N), "B/message-kept")
	runtime.KeepAlive(t)
}

// cpuTime is the processor time of the process, garbage collection included. On a
// machine with other work it says more than the wall clock.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkHour is an hour of a number at its limit of 80 messages a second: 20 from
// users and 60 answers, each with its statuses, one item per POST. One operation is
// the whole hour, 288,000 messages and 720,000 webhooks. Time and memory grow no
// faster than the hours, since Config.Retain is set, so that a day is 24 of them.
func BenchmarkHour(b *testing.B) {
	if testing.Short() {
		b.Skip("more than a few seconds of work")
	}
	t := newTown(b, 2000, nil)
	cpu, hours, second, i := cpuTime(b), 0, 0, 0
	for b.Loop() {
		hours++
		for range 3600 {
			for k := range 20 {
				t.people[(second*20+k)%len(t.people)].Text(t.number, "hi")
			}
			for range 60 {
				t.send(b, i)
				i++
			}
			second++
			t.Advance(time.Second)
		}
	}
	b.ReportMetric((cpuTime(b)-cpu).Seconds()/float64(hours)*24, "cpu-s/day")
	b.ReportMetric(float64(t.posts)/float64(hours), "posts/hour")
}
