package cloudapi_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// Frames of HTTP/2, RFC 9113, as far as the tests need them.
const (
	frameData, frameHeaders, frameReset, frameSettings, frameGoAway = 0, 1, 3, 4, 7

	flagEndStream, flagAck, flagEndHeaders = 1, 1, 4

	noError, protocolError, internalError, refusedStream, streamCancelled = 0, 1, 2, 7, 8
)

// http2Server counts the requests that it received in full and answers each as
// told. Meta speaks HTTP/2, and so does the client's own transport: there net/http
// repeats requests by itself for reasons of its own.
type http2Server struct {
	ln     net.Listener
	client *http.Client
	answer func(c *http2Conn, stream uint32)

	mu        sync.Mutex
	processed int
	conns     []net.Conn
	wg        sync.WaitGroup
}

func newHTTP2Server(t *testing.T, answer func(*http2Conn, uint32)) *http2Server {
	certificates := httptest.NewTLSServer(nil)
	t.Cleanup(certificates.Close)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certificates.TLS.Certificates, NextProtos: []string{"h2"}})
	require.NoError(t, err)
	roots := certificates.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	s := &http2Server{ln: ln, answer: answer, client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
	}}}
	s.wg.Go(s.accept)
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		ln.Close()
		s.mu.Lock()
		for _, conn := range s.conns {
			conn.Close() // one that was opened for nothing may not be idle yet
		}
		s.mu.Unlock()
		s.wg.Wait()
	})
	return s
}

func (s *http2Server) accept() {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		c := &http2Conn{Conn: conn, server: s}
		s.mu.Unlock()
		s.wg.Go(c.serve)
	}
}

func (s *http2Server) number(t *testing.T) *cloudapi.Number {
	c, err := cloudapi.New(cloudapi.Config{Token: token, BaseURL: "https://" + s.ln.Addr().String(), HTTPClient: s.client})
	require.NoError(t, err)
	return c.Number("1")
}

// http2Conn is the server's end of one connection.
type http2Conn struct {
	net.Conn
	server *http2Server
}

func (c *http2Conn) serve() {
	defer c.Close()
	preface := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	if _, err := io.ReadFull(c, preface); err != nil {
		return
	}
	c.frame(frameSettings, 0, 0, nil)
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		length := binary.BigEndian.Uint32(head) >> 8
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		if _, err := io.CopyN(io.Discard, c, int64(length)); err != nil {
			return
		}
		switch {
		case kind == frameSettings && flags&flagAck == 0:
			c.frame(frameSettings, flagAck, 0, nil)
		case (kind == frameData || kind == frameHeaders) && flags&flagEndStream != 0:
			c.server.mu.Lock()
			c.server.processed++
			c.server.mu.Unlock()
			c.server.answer(c, stream)
		}
	}
}

func (c *http2Conn) frame(kind, flags byte, stream uint32, payload []byte) {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	b = append(b, flags)
	b = binary.BigEndian.AppendUint32(b, stream)
	_, _ = c.Write(append(b, payload...))
}

// ok answers 200, which is the entry 8 of the static table of HPACK.
func (c *http2Conn) ok(stream uint32) {
	c.frame(frameHeaders, flagEndHeaders, stream, []byte{0x88})
	c.frame(frameData, flagEndStream, stream, []byte(acceptedJSON))
}

func (c *http2Conn) reset(stream, code uint32) {
	c.frame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
}

func (c *http2Conn) goAway(last, code uint32) {
	c.frame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code))
}

// A request that has gone out in full is never repeated behind the client's back,
// whatever the server says about it.
func TestHTTP2FaultsNeverDoubleASend(t *testing.T) {
	t.Parallel()
	reset := func(code uint32) func(*http2Conn, uint32) {
		return func(c *http2Conn, stream uint32) { c.reset(stream, code) }
	}
	for _, c := range []struct {
		name   string
		answer func(c *http2Conn, stream uint32)
	}{
		{"a reset without an error", reset(noError)},
		{"a reset for a protocol error", reset(protocolError)},
		{"a reset for an internal error", reset(internalError)},
		{"a reset because the stream was refused", reset(refusedStream)},
		{"a reset because it was cancelled", reset(streamCancelled)},
		{"the connection goes away and disowns the stream", func(c *http2Conn, _ uint32) { c.goAway(0, noError) }},
		{"the connection goes away with an error", func(c *http2Conn, stream uint32) { c.goAway(stream, internalError); c.Close() }},
		{"the connection closes", func(c *http2Conn, _ uint32) { c.Close() }},
		{"the headers of the answer are damaged", func(c *http2Conn, stream uint32) {
			c.frame(frameHeaders, flagEndHeaders|flagEndStream, stream, []byte{0xff, 0xff, 0xff, 0xff, 0xff})
		}},
		{"the answer ends early", func(c *http2Conn, stream uint32) {
			c.frame(frameHeaders, flagEndHeaders, stream, []byte{0x88})
			c.reset(stream, internalError)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, call := range []func(*cloudapi.Number) error{
				func(n *cloudapi.Number) error { _, err := n.Send(t.Context(), hello); return err },
				func(n *cloudapi.Number) error { return n.Deregister(t.Context()) }, // has no body
			} {
				s := newHTTP2Server(t, c.answer)
				err := call(s.number(t))
				require.ErrorIs(t, err, message.ErrOutcomeUnknown)
				require.NotContains(t, err.Error(), token)
				f, isFailer := message.FailureOf(err)
				require.True(t, isFailer)
				require.Equal(t, message.ClassTemporary, f.Class)
				s.mu.Lock()
				require.Equal(t, 1, s.processed)
				s.mu.Unlock()
			}
		})
	}
}

// A read may be repeated, but by the client, which waits and counts.
func TestHTTP2FaultsAreNotHammered(t *testing.T) {
	t.Parallel()
	s := newHTTP2Server(t, func(c *http2Conn, stream uint32) { c.reset(stream, protocolError) })
	c, err := cloudapi.New(cloudapi.Config{Token: token, BaseURL: "https://" + s.ln.Addr().String(), HTTPClient: s.client, Retries: -1})
	require.NoError(t, err)
	_, err = c.Number("1").Info(t.Context())
	require.ErrorContains(t, err, "gave the request back")
	require.NotErrorIs(t, err, message.ErrOutcomeUnknown)
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, 1, s.processed)
}

func TestHTTP2ConnectionsAreUsedUntilTheyGoAway(t *testing.T) {
	t.Parallel()
	s := newHTTP2Server(t, func(c *http2Conn, stream uint32) {
		if stream == 19 { // the tenth of the connection
			c.goAway(stream, noError)
		}
		c.ok(stream)
	})
	n := s.number(t)
	for range 25 {
		_, err := n.Send(t.Context(), hello)
		require.NoError(t, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, 25, s.processed)
	require.Len(t, s.conns, 3)
}
