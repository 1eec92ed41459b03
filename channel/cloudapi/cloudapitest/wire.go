package cloudapitest

import (
	"cmp"
	"net/http"
	"strings"
)

// What every answer of Graph has in its header.
var (
	wireRevision = []string{"1031245789"}
	wireCache    = []string{"private, no-cache, no-store, must-revalidate"}
	wireExpires  = []string{"Sat, 01 Jan 2000 00:00:00 GMT"}
	wirePragma   = []string{"no-cache"}
	wireOrigin   = []string{"*"}
	wireExposed  = []string{"Facebook-Api-Version, X-App-Usage, X-Business-Use-Case-Usage, X-Fb-Rev, X-Fb-Trace-Id, X-Fb-Request-Id, Www-Authenticate"}
	wireVary     = []string{"Origin, Accept-Encoding"}
)

// wireHeaders writes the headers of every answer. The lists are shared: nobody may
// append to them.
func wireHeaders(h http.Header) {
	h["X-Fb-Rev"], h["Cache-Control"], h["Expires"], h["Pragma"] = wireRevision, wireCache, wireExpires, wirePragma
	h["Access-Control-Allow-Origin"], h["Access-Control-Expose-Headers"], h["Vary"] = wireOrigin, wireExposed, wireVary
}

// preflight answers OPTIONS, which a browser sends before a page of another origin may
// call: everything is allowed, since the token decides.
func preflight(h, asked http.Header) {
	wireHeaders(h)
	h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", cmp.Or(asked.Get("Access-Control-Request-Headers"), "Authorization, Content-Type, File_Offset"))
	h.Set("Access-Control-Max-Age", "3600")
	h.Set("Allow", "GET, POST, DELETE, OPTIONS")
	h.Set("Content-Length", "0")
}

// challenge is the www-authenticate header of a refusal, "" for one of another type.
func (g *graphError) challenge() string {
	if g.kind != "" {
		return ""
	}
	reason := "invalid_request"
	switch {
	case g.code == 190 || g.code == 102:
		reason = "invalid_token"
	case g.code == 10 || g.code >= 200 && g.code < 300:
		reason = "insufficient_scope"
	}
	// A header holds printable ASCII only, and the sentence may quote the request.
	sentence := strings.Map(func(r rune) rune {
		if r == '"' {
			return '\''
		}
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, g.message())
	return `OAuth "Facebook Platform" "` + reason + `" "` + sentence + `"`
}

// restEdges are the edges whose path may go on.
var restEdges = map[string]bool{"message_qrdls": true, "message_templates": true}
