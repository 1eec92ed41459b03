package cloudapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

func loopback(b *testing.B) *httptest.Server {
	b.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, acceptedJSON)
	}))
	b.Cleanup(srv.Close)
	return srv
}

// plainSend is what one would write with net/http alone.
func plainSend(ctx context.Context, client *http.Client, base string) error {
	type text struct {
		Body string `json:"body"`
	}
	type request struct {
		Product  string `json:"messaging_product"`
		Kind     string `json:"recipient_type"`
		To       string `json:"to"`
		Type     string `json:"type"`
		Text     text   `json:"text"`
		OpaqueID string `json:"biz_opaque_callback_data"`
	}
	ctx, cancel := context.WithTimeout(ctx, cloudapi.DefaultTimeout)
	defer cancel()
	body, err := json.Marshal(request{"whatsapp", "individual", "+16505550123", "text", text{"Hello, your order 1234 left the depot this morning."}, "our-1"})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v26.0/106540352242922/messages", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var w struct {
		Contacts []struct {
			WAID   string `json:"wa_id"`
			UserID string `json:"user_id"`
		} `json:"contacts"`
		Messages []struct {
			ID     string `json:"id"`
			Status string `json:"message_status"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(answer, &w); err != nil || resp.StatusCode != http.StatusOK || len(w.Messages) == 0 {
		return errors.New("not accepted")
	}
	return nil
}

// fullClient has limiter, repeats, proof and hooks on, and limits out of reach.
func fullClient(t testing.TB, base string, client *http.Client) *cloudapi.Number {
	c, err := cloudapi.New(cloudapi.Config{
		Token: token, AppSecret: secret, BaseURL: base, InsecureHTTP: true, HTTPClient: client,
		Limits: cloudapi.Limits{Throughput: 1_000_000, PairInterval: 1, PairBurst: 1_000_000_000},
		Hooks: cloudapi.Hooks{
			CallStart: func(ctx context.Context, _ cloudapi.CallInfo) context.Context { return ctx },
			CallDone:  func(context.Context, cloudapi.CallInfo, cloudapi.CallResult) {},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Number("106540352242922")
}

func longHello() message.Outbound {
	out := hello
	out.Content = &message.Text{Body: "Hello, your order 1234 left the depot this morning."}
	return out
}

// BenchmarkSend sends one text over loopback.
func BenchmarkSend(b *testing.B) {
	b.Run("net_http", func(b *testing.B) {
		srv := loopback(b)
		client := &http.Client{Transport: &http.Transport{}}
		b.ReportAllocs()
		for b.Loop() {
			if err := plainSend(b.Context(), client, srv.URL); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		srv := loopback(b)
		number, out := fullClient(b, srv.URL, &http.Client{Transport: &http.Transport{}}), longHello()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := number.Send(b.Context(), out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// accepting answers without a network: what is left is the client itself.
type accepting struct{}

func (accepting) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(acceptedJSON)), ContentLength: int64(len(acceptedJSON)), Request: r,
	}, nil
}

func TestASendAllocatesLittleMoreThanNetHTTP(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	client := &http.Client{Transport: accepting{}}
	number, out, ctx := fullClient(t, "http://graph.test", client), longHello(), t.Context()
	plain := testing.AllocsPerRun(200, func() {
		if err := plainSend(ctx, client, "http://graph.test"); err != nil {
			t.Error(err)
		}
	})
	ours := testing.AllocsPerRun(200, func() {
		if _, err := number.Send(ctx, out); err != nil {
			t.Error(err)
		}
	})
	t.Logf("net/http %v, ours %v", plain, ours)
	require.LessOrEqual(t, ours, plain+15)
}

// BenchmarkPermit decides with a million active pairs. The baseline is what one
// would write with x/time/rate alone: a limiter for the number and a map of
// limiters for the pairs, which never forgets one.
func BenchmarkPermit(b *testing.B) {
	const pairs = 1 << 20
	const number = "106540352242922"
	// All recipients in one string, visited in turn: a sender has the recipient at
	// hand. Where a pair is kept depends on its hash, so each look-up is a random
	// one all the same.
	const width = len("165010000000")
	var all strings.Builder
	for i := range pairs {
		all.WriteString("1650" + strconv.Itoa(10_000_000+i))
	}
	name := func(i int) string {
		at := i % pairs * width
		return all.String()[at : at+width]
	}
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	b.Run("ours", func(b *testing.B) {
		before := heap()
		l := cloudapi.NewLimiter(cloudapi.Limits{Throughput: 1_000_000_000})
		take := func(i int) {
			_, _ = l.Acquire(b.Context(), cloudapi.Permit{Number: number, Recipient: name(i)})
		}
		for i := range pairs {
			take(i)
		}
		perPair := (heap() - before) / pairs
		b.ReportAllocs()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			take(i)
		}
		b.ReportMetric(perPair, "B/pair")
	})
	b.Run("x_time_rate", func(b *testing.B) {
		before := heap()
		var mu sync.Mutex
		whole := rate.NewLimiter(1_000_000_000, 10_000_000)
		each := make(map[string]*rate.Limiter)
		take := func(i int) {
			now := time.Now()
			mu.Lock()
			defer mu.Unlock()
			key := number + "/" + name(i)
			l := each[key]
			if l == nil {
				l = rate.NewLimiter(rate.Every(6*time.Second), 45)
				each[key] = l
			}
			_ = l.AllowN(now, 1) && whole.AllowN(now, 1)
		}
		for i := range pairs {
			take(i)
		}
		perPair := (heap() - before) / pairs
		b.ReportAllocs()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			take(i)
		}
		b.ReportMetric(perPair, "B/pair")
	})
}

// BenchmarkRefusal reads a refusal.
func BenchmarkRefusal(b *testing.B) {
	c, s := newClient(b, func(cfg *cloudapi.Config) {
		cfg.Limits = cloudapi.Limits{Throughput: 1_000_000, PairInterval: 1, PairBurst: 1_000_000_000}
	})
	b.ReportAllocs()
	for b.Loop() {
		s.got, s.answers = s.got[:0], append(s.answers[:0], graph(400, 131047))
		if _, err := c.Number("1").Send(b.Context(), hello); err == nil {
			b.Fatal("no error")
		}
	}
}
