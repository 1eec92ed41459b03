package console

import (
	"crypto/rand"
	"net"
	"net/http"
	"slices"
	"strings"
)

// guard keeps other sites and other names away from the console.
func (c *Console) guard(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.secure(w.Header())
		switch {
		case !c.answersTo(r.Host):
			// Any name can be made to point to this machine. To a browser, a page under such a name and
			// the console would be one site.
			http.Error(w, "The console does not answer under this name.", http.StatusMisdirectedRequest)
		case own.Check(r) != nil || changes(r) && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "":
			// Every browser says where a request that changes something comes from.
			http.Error(w, "The request does not come from the console.", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// secure sets what holds for every answer.
func (c *Console) secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(), camera=(), payment=()")
	h.Set("Cache-Control", "no-store")
	if len(c.FrameAncestors) == 0 {
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	}
	h.Set("Content-Security-Policy", c.policy(""))
}

// policy lets a page load what the console serves, run the scripts that carry the nonce, and nothing
// else.
func (c *Console) policy(nonce string) string {
	frames := "'none'"
	if len(c.FrameAncestors) > 0 {
		frames = strings.Join(c.FrameAncestors, " ")
	}
	rules := []string{"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors " + frames}
	if nonce != "" {
		rules = append(rules, "script-src 'nonce-"+nonce+"'", "style-src 'nonce-"+nonce+"'", "connect-src 'self'",
			"img-src 'self' blob:", "media-src 'self' blob:")
	}
	return strings.Join(rules, "; ")
}

func newNonce() string { return rand.Text() }

func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// answersTo reports whether the console answers under a host, with or without a port.
func (c *Console) answersTo(host string) bool {
	if c.InsecureAnyHost {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if c.Hosts != nil {
		return slices.ContainsFunc(c.Hosts, func(h string) bool {
			return strings.EqualFold(strings.TrimSuffix(strings.TrimPrefix(h, "["), "]"), host)
		})
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
