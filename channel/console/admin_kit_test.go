package console_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
)

// sends posts a form as a browser does without a script, from a site of its own or another: "cross-site".
func (s *site) sends(by access.Actor, from, path string, pairs ...string) answer {
	s.T.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(s.T.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", cmp.Or(from, "same-origin"))
	return s.do(r, &by)
}
