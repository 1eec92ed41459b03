package cloudapi_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// wire is a network of pipes under a real http.Transport: connections that break
// at a chosen byte, in virtual time, without sockets. It remembers who was dialled
// and which tokens went where.
type wire struct {
	t         *testing.T
	transport *http.Transport

	mu        sync.Mutex
	handlers  []func(*wireConn) // one per connection, the last for all further ones
	dials     []string
	processed int // requests received in full
	tokens    map[string]bool
	sent      int64 // bytes sent by the server
	wg        sync.WaitGroup
}

// wireConn is the server's end of a connection.
type wireConn struct {
	net.Conn
	w    *wire
	br   *bufio.Reader
	host string
}

var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

func newWire(t *testing.T, handlers ...func(*wireConn)) *wire {
	w := &wire{t: t, handlers: handlers, tokens: make(map[string]bool)}
	w.transport = &http.Transport{DialContext: w.dial}
	return w
}

func (w *wire) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials = append(w.dials, addr)
	h := w.handlers[0]
	if len(w.handlers) > 1 {
		w.handlers = w.handlers[1:]
	}
	if h == nil {
		return nil, errRefused
	}
	client, server := net.Pipe()
	w.wg.Go(func() {
		defer server.Close()
		h(&wireConn{Conn: server, w: w, br: bufio.NewReader(server), host: addr})
	})
	return client, nil
}

func (w *wire) client(change func(*cloudapi.Config)) *cloudapi.Client {
	cfg := cloudapi.Config{
		Token: token, HTTPClient: &http.Client{Transport: w.transport}, BaseURL: "http://graph.test", InsecureHTTP: true,
		MediaHosts: []string{"media.test", ".cdn.test"},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := cloudapi.New(cfg)
	require.NoError(w.t, err)
	return c
}

// end closes what is idle and waits for the servers; synctest then fails the test
// if any goroutine of the client is left.
func (w *wire) end() {
	w.transport.CloseIdleConnections()
	w.wg.Wait()
}

// request reads one whole request.
func (c *wireConn) request() bool {
	r, err := http.ReadRequest(c.br)
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return false
	}
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.processed++
	if a := r.Header.Get("Authorization"); a != "" {
		c.w.tokens[c.host] = true
	}
	return true
}

func (c *wireConn) say(format string, args ...any) bool {
	n, err := fmt.Fprintf(c, format, args...)
	c.w.mu.Lock()
	c.w.sent += int64(n)
	c.w.mu.Unlock()
	return err == nil
}

func (c *wireConn) answer(status int, header, body string) {
	c.say("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), header, body)
}

// accept answers requests as Meta does.
func accept(c *wireConn) {
	for c.request() {
		c.answer(200, "", acceptedJSON)
	}
}

func answering(status int, header, body string) func(*wireConn) {
	return func(c *wireConn) {
		for c.request() {
			c.answer(status, header, body)
		}
	}
}

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("x", 32<<10)
	long := hello
	long.Content = &message.Text{Body: strings.Repeat("ä", 4096)}
	cases := []struct {
		name      string
		out       message.Outbound // hello if it has no content
		first     func(*wireConn)  // the first connection; the others accept
		processed int              // requests that the server received in full
		ok        bool             // the send succeeds in the end
		uncertain bool
		class     message.Class
		mostBytes int64 // the server could send
	}{
		{name: "the server refuses the connection", first: nil, processed: 1, ok: true},
		// What fits into one buffer counts as sent as soon as it is there: net/http
		// does not tell whether the last flush succeeded.
		{name: "the connection closes before anything is read", first: func(*wireConn) {}, uncertain: true, class: message.ClassTemporary},
		{name: "the connection closes in the middle of the request", first: func(c *wireConn) {
			_, _ = io.CopyN(io.Discard, c, 100)
		}, uncertain: true, class: message.ClassTemporary},
		{name: "the connection closes in the middle of a long request", out: long, first: func(c *wireConn) {
			_, _ = io.CopyN(io.Discard, c, 100)
		}, processed: 1, ok: true},
		{name: "the connection closes one byte before the end of the request", first: func(c *wireConn) {
			var got strings.Builder
			one := make([]byte, 1)
			for !strings.HasSuffix(got.String(), `"our-1"`) { // the last byte is the closing brace
				if _, err := c.Read(one); err != nil {
					return
				}
				got.Write(one)
			}
		}, uncertain: true, class: message.ClassTemporary},
		{name: "the connection closes after the request", first: func(c *wireConn) { c.request() }, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "the status line is cut", first: func(c *wireConn) { c.request(); c.say("HTTP/1.1 20") }, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "the headers are cut", first: func(c *wireConn) { c.request(); c.say("HTTP/1.1 200 OK\r\nContent-Type: a") }, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "the answer is garbage", first: func(c *wireConn) { c.request(); c.say("\x16\x03\x01garbage\r\n\r\n") }, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "half of a good answer", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n%s", acceptedJSON[:40])
		}, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "half of a refusal is still a refusal", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 403 X\r\nContent-Length: 300\r\n\r\n{\"error\":{\"code\":13")
		}, processed: 1, class: message.ClassPermission},
		{name: "an answer that trickles", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n")
			for c.say("x") {
				time.Sleep(9 * time.Second)
			}
		}, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "no answer at all", first: func(c *wireConn) { c.request(); _, _ = c.Read(make([]byte, 1)) }, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "HTML instead of JSON", first: answering(200, "", "<html><title>Error</title></html>"), processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "an empty 200", first: answering(200, "", ""), processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "an empty 500", first: answering(500, "", ""), processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "a 502 of a proxy", first: answering(502, "", "<html>Bad Gateway</html>"), processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "a 503 of Meta that may come after acceptance", first: answering(503, "", `{"error":{"code":2}}`), processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "a 500 of Meta that comes before", first: answering(500, "", `{"error":{"code":131045}}`), processed: 1, class: message.ClassAccount},
		{name: "a throttle that passes", first: func(c *wireConn) {
			c.request()
			c.answer(400, "Connection: close\r\n", `{"error":{"code":130429}}`)
		}, processed: 2, ok: true},
		{name: "a redirect to another host", first: answering(307, "Location: http://evil.test/v26.0/1/messages\r\n", ""), processed: 1, class: message.ClassUnknown},
		{name: "a redirect to the same host", first: answering(308, "Location: http://graph.test/v25.0/1/messages\r\n", ""), processed: 1, class: message.ClassUnknown},
		{name: "a redirect that says done", first: answering(303, "Location: http://evil.test/\r\n", ""), processed: 1, uncertain: true, class: message.ClassUnknown},
		{name: "an answer of ten gigabytes", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
			for c.say("%s", endless) {
			}
		}, processed: 1, uncertain: true, class: message.ClassTemporary, mostBytes: 9 << 20},
		{name: "a refusal of ten gigabytes", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 400 X\r\nContent-Length: 10737418240\r\n\r\n")
			for c.say("%s", endless) {
			}
		}, processed: 1, class: message.ClassParameter, mostBytes: 9 << 20},
		{name: "a compressed answer that swells", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
			z, _ := gzip.NewWriterLevel(c, gzip.BestCompression)
			zeros := make([]byte, 1<<20)
			for range 64 {
				if _, err := z.Write(zeros); err != nil {
					return
				}
			}
		}, processed: 1, uncertain: true, class: message.ClassTemporary},
		{name: "headers without end", first: func(c *wireConn) {
			c.request()
			c.say("HTTP/1.1 200 OK\r\n")
			for i := 0; c.say("X-%d: %s\r\n", i, endless); i++ {
			}
		}, processed: 1, uncertain: true, class: message.ClassTemporary, mostBytes: 12 << 20},
		{name: "a wrong clock", first: answering(429, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n", ""), processed: 1, class: message.ClassThrottledAccount},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, c.first, accept)
				defer w.end()
				if c.out.Content == nil {
					c.out = hello
				}
				r, err := w.client(nil).Number("1").Send(t.Context(), c.out)
				w.transport.CloseIdleConnections()
				synctest.Wait()
				w.mu.Lock()
				defer w.mu.Unlock()
				require.Equal(t, c.processed, w.processed, "%v %+v", err, w.dials)
				require.Equal(t, c.ok, err == nil, "%v", err)
				if c.ok {
					require.Equal(t, "wamid.HBgL", r.ID)
				} else {
					f, isFailer := message.FailureOf(err)
					require.True(t, isFailer)
					require.Equal(t, c.class, f.Class)
					require.Equal(t, c.uncertain, f.Uncertain)
					require.Equal(t, c.uncertain, errors.Is(err, message.ErrOutcomeUnknown))
					require.NotContains(t, err.Error(), token)
				}
				for _, to := range w.dials {
					require.Equal(t, "graph.test:80", to, "only the Graph host is called")
				}
				if c.mostBytes > 0 {
					require.Less(t, w.sent, c.mostBytes)
				}
			})
		})
	}
}

// A read repeats what a send must not.
func TestReadsSurviveWhatSendsReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := func(c *wireConn) { c.request() }
		w := newWire(t, broken, broken, answering(200, "", `{"id":"1","status":"CONNECTED"}`))
		defer w.end()
		info, err := w.client(nil).Number("1").Info(t.Context())
		require.NoError(t, err)
		require.Equal(t, "CONNECTED", info.Status)
		require.Equal(t, 3, w.processed)
	})
}

func TestATokenRevokedInFlightIsReplacedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, func(c *wireConn) {
			c.request()
			c.answer(401, "", `{"error":{"code":190}}`)
			accept(c)
		})
		defer w.end()
		asked := 0
		client := w.client(func(cfg *cloudapi.Config) {
			cfg.Token, cfg.TokenSource = "", cloudapi.TokenFunc(func(context.Context) (string, error) {
				asked++
				return fmt.Sprint("token", min(asked, 2)), nil
			})
		})
		_, err := client.Number("1").Send(t.Context(), hello)
		require.NoError(t, err)
		require.Equal(t, 2, w.processed)
		require.Len(t, w.dials, 1, "the connection is used again")
	})
}

// Real sockets, real resets: whatever the kernel does with the bytes, no request
// is processed twice.
func TestResetsOnRealSocketsNeverDoubleASend(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var (
		mu        sync.Mutex
		processed = make(map[string]int)
		wg        sync.WaitGroup
	)
	wg.Go(func() {
		for n := 0; ; n++ {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			how := n % 4
			wg.Go(func() {
				defer conn.Close()
				if how == 0 { // reset at once
					_ = conn.(*net.TCPConn).SetLinger(0)
					return
				}
				br := bufio.NewReader(conn)
				for {
					r, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					body, _ := io.ReadAll(r.Body)
					mu.Lock()
					processed[string(body)]++
					mu.Unlock()
					if how == 1 { // reset instead of an answer
						_ = conn.(*net.TCPConn).SetLinger(0)
						return
					}
					fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(acceptedJSON), acceptedJSON)
					if how == 2 { // close a connection that the client wants to keep
						return
					}
				}
			})
		}
	})
	transport := &http.Transport{}
	client, err := cloudapi.New(cloudapi.Config{
		Token: token, BaseURL: "http://" + ln.Addr().String(), InsecureHTTP: true, HTTPClient: &http.Client{Transport: transport},
		Limits: cloudapi.Limits{Throughput: 1000}, Retries: 1,
	})
	require.NoError(t, err)
	accepted, uncertain := 0, 0
	for i := range 60 {
		out := hello
		out.OpaqueID = fmt.Sprint("message-", i)
		out.To.Phone = fmt.Sprintf("1650555%04d", i)
		switch _, err := client.Number("1").Send(t.Context(), out); {
		case err == nil:
			accepted++
		case errors.Is(err, message.ErrOutcomeUnknown):
			uncertain++
		}
	}
	transport.CloseIdleConnections()
	ln.Close()
	wg.Wait()
	for body, n := range processed {
		require.Equal(t, 1, n, body)
	}
	require.GreaterOrEqual(t, len(processed), accepted)
	require.LessOrEqual(t, len(processed), accepted+uncertain, "what was processed was accepted or reported as uncertain")
	require.Positive(t, accepted)
	require.Positive(t, uncertain)
}

func TestARefusedPortSendsNothing(t *testing.T) {
	t.Parallel()
	// A port that was free a moment ago may be anybody's by now. On this one nobody listens.
	client, err := cloudapi.New(cloudapi.Config{Token: token, BaseURL: "http://127.0.0.1:1", InsecureHTTP: true, Retries: -1})
	require.NoError(t, err)
	_, err = client.Number("1").Send(t.Context(), hello)
	f, isFailer := message.FailureOf(err)
	require.True(t, isFailer)
	require.Equal(t, message.Retry{Advice: message.RetryAfter, After: time.Second}, f.Retry)
	require.False(t, f.Uncertain)
}

func TestCompressedAnswersAreRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, func(c *wireConn) {
			c.request()
			var body strings.Builder
			z := gzip.NewWriter(&body)
			_, _ = io.WriteString(z, acceptedJSON)
			_ = z.Close()
			c.answer(200, "Content-Encoding: gzip\r\n", body.String())
		})
		defer w.end()
		r, err := w.client(nil).Number("1").Send(t.Context(), hello)
		require.NoError(t, err)
		require.Equal(t, "wamid.HBgL", r.ID)
	})
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, func(c *wireConn) {
			for i := 0; c.request(); i++ {
				if i%2 == 0 {
					c.answer(200, "", acceptedJSON)
				} else { // a refusal must not cost the connection
					c.answer(400, "", `{"error":{"code":131026}}`)
				}
			}
		})
		defer w.end()
		n := w.client(nil).Number("1")
		for range 20 {
			_, _ = n.Send(t.Context(), hello)
		}
		require.Len(t, w.dials, 1)
		require.Equal(t, 20, w.processed)
	})
}
