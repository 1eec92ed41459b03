package helpdesk

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Without -password-file the console acts for whoever reaches it. It therefore listens on this machine only,
// and no page of another site may use what is around the console through the agent's browser; the console
// sees to itself.

// pagePolicy lets a page load and frame what this program serves and nothing else, and nobody frame it.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// guard protects the page around the console and everything under it.
func (a *app) guard(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection().Handler(next) // refuses forms and scripts of other sites
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		if !a.answersUnder(r.Host) {
			// DNS can make any name point to this machine. To the browser, such a site's
			// page and the console would then be one and the same site.
			http.Error(w, "The console does not answer under this name.", http.StatusForbidden)
			return
		}
		own.ServeHTTP(w, r)
	})
}

// answersUnder reports whether the pages answer under a host, with or without a port.
func (a *app) answersUnder(host string) bool {
	if a.hosts == nil {
		return loopbackHost(host)
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.ContainsFunc(a.hosts, func(h string) bool { return strings.EqualFold(strings.Trim(h, "[]"), strings.Trim(host, "[]")) })
}

// loopbackHost reports whether host, with or without a port, names this machine itself.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if strings.HasPrefix(host, "[") {
		host = strings.TrimSuffix(host[1:], "]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// onlyHere refuses a listener that other machines can reach, unless they have to sign in, or may do without; and
// in both cases the names have to be known under which it is asked.
func onlyHere(l net.Listener, o *Options) error {
	if at, ok := l.Addr().(*net.TCPAddr); ok && at.IP.IsLoopback() {
		return nil
	}
	if o.PasswordFile == "" && !o.InsecureOpen {
		return fmt.Errorf("helpdesk: -addr: %s can be reached from elsewhere, and nobody has to sign in: use localhost, or the flags -password-file and -host of examples/helpdesk", l.Addr())
	}
	if len(o.Hosts) == 0 {
		return fmt.Errorf("helpdesk: -addr: %s can be reached from elsewhere: say with -host NAME under which name", l.Addr())
	}
	return nil
}
