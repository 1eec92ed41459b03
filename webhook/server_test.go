package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// pipeListener is a listener without sockets, so that servers can run in a
// synctest bubble.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// dial returns the client's end of a new connection.
func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// serve runs h on a server of its own until the test ends.
func serve(t *testing.T, h http.Handler) (*http.Server, *pipeListener) {
	t.Helper()
	l := newPipeListener()
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return s, l
}

// request is a signed POST of body as it goes over the wire.
func request(body string) string {
	return fmt.Sprintf("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s: %s\r\n\r\n%s",
		len(body), webhook.SignatureHeader, webhook.Sign(testSecret, []byte(body)), body)
}

func status(t *testing.T, c net.Conn) int {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestSlowBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{}
		h, _ := handler(t, sink, func(c *webhook.Config) { c.BodyTimeout = 3 * time.Second })
		_, l := serve(t, wrapped{h})
		c := l.dial()
		defer c.Close()
		start := time.Now()
		req := request(string(fixtures.Get("messages_text")))
		go func() { _, _ = io.WriteString(c, req[:len(req)-10]) }() // and then nothing
		require.Equal(t, http.StatusRequestTimeout, status(t, c))
		require.Equal(t, 3*time.Second, time.Since(start), "in the bubble time is exact")
		require.Empty(t, sink.deliveries)
	})
}

func TestRefusedRequestsDoNotWaitForTheirBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := handler(t, &recorder{}, func(c *webhook.Config) { c.BodyTimeout = 3 * time.Second })
		_, l := serve(t, h)
		c := l.dial()
		defer c.Close()
		start := time.Now()
		go func() { _, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n") }()
		require.Equal(t, http.StatusUnauthorized, status(t, c))
		require.LessOrEqual(t, time.Since(start), 3*time.Second)
	})
}

// wrapped hides the ResponseWriter behind a wrapper, as middleware does.
type wrapped struct{ http.Handler }

func (h wrapped) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Handler.ServeHTTP(struct {
		http.ResponseWriter
		unwrapper
	}{w, unwrapper{w}}, r)
}

type unwrapper struct{ w http.ResponseWriter }

func (u unwrapper) Unwrap() http.ResponseWriter { return u.w }

func TestConnectionCarriesFurtherRequestsAfterASlowSink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := handler(t, webhook.SinkFunc(func(context.Context, *webhook.Delivery) error {
			<-time.After(30 * time.Second) // longer than the time for the body, which is over
			return nil
		}), func(c *webhook.Config) { c.BodyTimeout, c.Timeout = time.Second, time.Minute })
		_, l := serve(t, h)
		c := l.dial()
		defer c.Close()
		for range 2 {
			go func() { _, _ = io.WriteString(c, request(string(fixtures.Get("messages_text")))) }()
			require.Equal(t, http.StatusOK, status(t, c))
		}
	})
}

func TestSinkHasADeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := handler(t, webhook.SinkFunc(func(ctx context.Context, _ *webhook.Delivery) error {
			<-ctx.Done()
			return fmt.Errorf("store: %w", ctx.Err())
		}), func(c *webhook.Config) { c.Timeout = 2 * time.Second })
		start := time.Now()
		require.Equal(t, http.StatusServiceUnavailable, post(h, fixtures.Get("messages_text"), testSecret).Code)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

type ctxKey struct{}

func TestSinkSurvivesAClientThatHangsUp(t *testing.T) {
	t.Parallel()
	sink := webhook.SinkFunc(func(ctx context.Context, _ *webhook.Delivery) error {
		if ctx.Value(ctxKey{}) != "tenant" {
			return errors.New("value of the request is lost")
		}
		return ctx.Err()
	})
	h, _ := handler(t, sink, nil)
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), ctxKey{}, "tenant"))
	cancel()
	body := string(fixtures.Get("messages_text"))
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, []byte(body)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
}

func TestShutdownWaitsForTheDeliveryInHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Bool
		h, _ := handler(t, webhook.SinkFunc(func(ctx context.Context, _ *webhook.Delivery) error {
			select {
			case <-time.After(5 * time.Second):
				done.Store(true)
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}), nil)
		s, l := serve(t, h)
		c := l.dial()
		defer c.Close()
		go func() { _, _ = io.WriteString(c, request(string(fixtures.Get("messages_text")))) }()
		synctest.Wait() // the sink is at work
		answer := make(chan int, 1)
		go func() { answer <- status(t, c) }()
		require.NoError(t, s.Shutdown(t.Context()))
		require.True(t, done.Load())
		require.Equal(t, http.StatusOK, <-answer)
	})
}

func TestHandlerBehindARouterAndAPrefix(t *testing.T) {
	t.Parallel()
	h, _ := handler(t, &recorder{}, nil)
	mux := http.NewServeMux()
	mux.Handle("/in/{tenant}/whatsapp", http.StripPrefix("/in", h))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/in/a/whatsapp?hub.mode=subscribe&hub.verify_token=token&hub.challenge=42")
	require.NoError(t, err)
	challenge, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "42", string(challenge))

	body := string(fixtures.Get("messages_text_wire_escaped"))
	req, err := http.NewRequest(http.MethodPost, srv.URL+"/in/a/whatsapp", strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, []byte(body)))
	resp, err = http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Zero(t, resp.ContentLength, "the answer is empty")
}

func TestManyDeliveriesAtOnce(t *testing.T) {
	t.Parallel()
	var events atomic.Int64
	h, _ := handler(t, webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		for e := range d.Events() {
			events.Add(1)
			_ = e.Key()
			_ = e.AppendBody(nil)
		}
		return nil
	}), nil)
	body := fixtures.Get("envelope_batch_mixed")
	for range 16 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for range 20 {
				require.Equal(t, http.StatusOK, post(h, body, testSecret).Code)
			}
		})
	}
	t.Cleanup(func() { require.Equal(t, int64(16*20*6), events.Load()) })
}
