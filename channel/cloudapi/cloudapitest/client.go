package cloudapitest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Client returns an HTTP client that reaches the world in process: the Graph API
// and media downloads under their real host names, and every mounted callback
// URL. It opens no sockets and therefore works inside testing/synctest. A request
// to any other host fails, and if it carries an access token the oracle notes it.
func (w *World) Client() *http.Client { return &http.Client{Transport: w.RoundTripper()} }

// RoundTripper is the transport of Client.
func (w *World) RoundTripper() http.RoundTripper { return roundTripper{w} }

type roundTripper struct{ w *World }

// RoundTrip implements http.RoundTripper.
func (t roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	h := t.w.hostHandler(r)
	if h == nil {
		return nil, errUnreachable
	}
	var rec recorder
	if err := rec.serve(h, r); err != nil {
		if cause := r.Context().Err(); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	return &http.Response{
		Status: strconv.Itoa(rec.code()) + " " + http.StatusText(rec.code()), StatusCode: rec.code(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(rec.body.Bytes())),
		ContentLength: int64(rec.body.Len()), Request: r,
	}, nil
}

// hostHandler finds who answers for the host of a request.
func (w *World) hostHandler(r *http.Request) http.Handler {
	switch host := r.URL.Host; {
	case r.URL.Scheme == "https" && (host == "graph.facebook.com" || host == "api.facebook.com" || host == "lookaside.fbsbx.com"),
		r.URL.Scheme+"://"+host == hostOf(w.cfg.GraphURL), r.URL.Scheme+"://"+host == hostOf(w.cfg.MediaURL):
		return http.HandlerFunc(w.serveGraph)
	}
	if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.RawQuery, "access_token") {
		w.note(RuleTokenLeak, "a request with an access token was sent to a host that is not Meta's", Case{What: r.URL.Hostname(), Where: r.Method + " " + r.URL.Path})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	u := *r.URL
	u.RawQuery = ""
	return w.mounts[u.String()]
}

// hostOf cuts a base URL down to scheme and host.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
