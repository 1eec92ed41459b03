package helpdesk

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// ask sends a request whose headers, Host among them, a test chooses.
func (s *site) ask(method, path string, header map[string]string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader("text=x"))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		req.Host = host
	}
	answer, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func TestTheConsoleAnswersOnlyUnderANameOfThisMachine(t *testing.T) {
	t.Parallel()
	s := within(t).site
	for host, welcome := range map[string]bool{
		"localhost": true, "localhost:8080": true, "LocalHost:1": true, "127.0.0.1": true, "127.8.8.8:80": true, "[::1]": true, "[::1]:8080": true,
		"rebound.example": false, "rebound.example:8080": false, "localhost.rebound.example": false, "127.0.0.1.rebound.example": false,
		"rebound.localhost:80": false, "localhost.": false, "0.0.0.0:8080": false, "[::]": false, "192.168.1.5:8080": false, "2130706433": false, "localhost@rebound.example": false,
	} {
		for path, method := range map[string]string{
			"/": "GET", "/console/": "GET", "/console/list": "GET", "/phone": "GET", "/static/app.js": "GET", "/phone/say": "POST", "/clock": "POST",
			"/console/talk/x/reply": "POST",
		} {
			// Once a name points here, the browser takes its page for one of the console's own.
			answer := s.ask(method, path, map[string]string{"Host": host, "Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"})
			refused := answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusMisdirectedRequest
			require.Equal(t, welcome, !refused, "%s %s under %s: %d", method, path, host, answer.StatusCode)
		}
	}
}

func TestABrowserUnderAnotherNameSeesNothingOfTheConsole(t *testing.T) {
	t.Parallel()
	in := within(t)
	in.writes("Robin Reed", "Is my bike ready?")
	page := browsertest.Open(t, 800, 600)
	at, err := url.Parse(in.url)
	require.NoError(t, err)
	page.Do(chromedp.Navigate("http://rebound.localhost:"+at.Port()+"/console/list"), chromedp.WaitVisible("body")) // browsers take it for this machine
	require.Equal(t, "The console does not answer under this name.", strings.TrimSpace(page.Text("body")))
}

func TestOtherSitesCannotActThroughTheBrowser(t *testing.T) {
	t.Parallel()
	s := within(t).site
	for _, path := range []string{
		"/phone/say", "/phone/tap", "/phone/gesture", "/clock", "/person", "/storm",
		"/console/talk/v_1/reply", "/console/talk/v_1/template", "/console/talk/v_1/do/resolve", "/console/panel/v_1/erase", "/console/language",
	} {
		for name, header := range map[string]map[string]string{
			"another site":              {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
			"another port":              {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
			"an old browser":            {"Origin": "https://elsewhere.example"},
			"a page without an origin":  {"Origin": "null"},
			"a sandboxed page, by name": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
		} {
			require.Equal(t, http.StatusForbidden, s.ask("POST", path, header).StatusCode, "%s from %s", path, name)
		}
	}
}

func TestEveryAnswerForbidsGuessesAndFramesOfOthers(t *testing.T) {
	t.Parallel()
	in := within(t)
	_, conversationID := in.writes("Robin Reed", "Is my bike ready?")
	for path, status := range map[string]int{
		"/": 200, "/console/": 200, "/console/list": 200, talk(conversationID): 200, talk("nobody"): 404, "/phone": 200, "/static/app.js": 200,
		"/static/": 404, "/nothing": 404, "/console/nothing": 404,
	} {
		answer := in.ask("GET", path, nil)
		require.Equal(t, status, answer.StatusCode, path)
		policy := answer.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.Contains(t, policy, "default-src 'none'", path)
		require.NotContains(t, policy, "unsafe", path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			require.Equal(t, want, answer.Header.Get(name), "%s of %s", name, path)
		}
	}
}

func TestThePageOfAnotherSiteCannotFrameTheConsole(t *testing.T) {
	t.Parallel()
	in := within(t)
	var used atomic.Int32
	in.net.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/console/" {
			used.Add(1)
		}
		return true
	})
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<iframe src="`+in.url+`/console/" onload="document.title='loaded'"></iframe>`)
	}))
	defer other.Close()
	page := browsertest.Open(t, 800, 600)
	page.Do(chromedp.Navigate(other.URL))
	page.Until("document.title === 'loaded'") // a frame has loaded when its scripts have
	require.Zero(t, used.Load(), "the console came to life in the frame")
}

func TestOnlyWhatPagesNeedIsServedAsAFile(t *testing.T) {
	t.Parallel()
	s := within(t).site
	for _, path := range []string{
		"", "page.html", "phone.html", "web/", "web/page.html", "..%2fmain.go", "%2e%2e/main.go", "app.js/", "style.css%00", "index.html",
	} {
		answer := s.ask("GET", "/static/"+path, nil)
		require.GreaterOrEqual(t, answer.StatusCode, 400, path)
		raw, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NotContains(t, string(raw), "{{", path)
		require.NotContains(t, string(raw), "<a ", path)
	}
	for path, kind := range map[string]string{
		"style.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		require.Equal(t, kind, s.ask("GET", "/static/"+path, nil).Header.Get("Content-Type"))
	}
}

var account = map[string]string{
	"WHATSAPP_TOKEN": "EAAx", "WHATSAPP_PHONE_NUMBER_ID": "106540352242922", "WHATSAPP_APP_SECRET": "secret", "WHATSAPP_VERIFY_TOKEN": "verify",
}

func TestLiveShowsThePublicNothingButTheWebhook(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), func(name string) string { return account[name] }, "-live", "-webhook-addr", "localhost:0")
	var public string
	s.eventually(func() bool {
		for _, at := range address.FindAllString(s.out.String(), -1) {
			if before, ok := strings.CutSuffix(at, "/webhook."); ok {
				public = before
			}
		}
		return public != ""
	}, "the address of the webhook is printed")
	require.NotEqual(t, s.url, public)
	console := s.url
	require.Contains(t, s.get("/"), businessName)
	require.Equal(t, http.StatusNotFound, s.ask("POST", "/webhook", nil).StatusCode, "the console takes no webhooks")
	require.Equal(t, http.StatusNotFound, s.ask("POST", "/phone/say", nil).StatusCode, "no customer is simulated")
	require.Equal(t, http.StatusMisdirectedRequest, s.ask("GET", "/console/", map[string]string{"Host": "tunnel.example"}).StatusCode)

	s.url = public
	for _, path := range []string{"/", "/console/", "/console/events", "/console/talk/x", "/static/app.js", "/phone", "/webhook/"} {
		require.Equal(t, http.StatusNotFound, s.ask("GET", path, map[string]string{"Host": "tunnel.example"}).StatusCode, path)
		require.Equal(t, http.StatusNotFound, s.ask("GET", path, nil).StatusCode, path)
	}
	require.Equal(t, http.StatusNotFound, s.ask("POST", "/console/talk/x/reply", nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, s.ask("POST", "/webhook", map[string]string{"Host": "tunnel.example"}).StatusCode, "not signed")
	const handshake = "/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
	require.Equal(t, "1158201444", s.get(handshake+"verify"))
	require.NotContains(t, s.get(handshake+"wrong"), "1158201444")
	s.url = console
}

func TestAConsoleThatOthersCouldReachIsRefused(t *testing.T) {
	t.Parallel()
	addresses := []string{":0", "0.0.0.0:0", "[::]:0"}
	if all, err := net.InterfaceAddrs(); err == nil {
		for _, a := range all {
			if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
				addresses = append(addresses, net.JoinHostPort(ip.IP.String(), "0"))
			}
		}
	}
	for _, addr := range addresses {
		for _, live := range []string{"-live=false", "-live"} {
			ctx, cancel := context.WithCancel(t.Context())
			err := Main(ctx, []string{"-addr", addr, live, "-webhook-addr", "localhost:0", "-dir", t.TempDir()},
				func(name string) string { return account[name] }, io.Discard, io.Discard)
			cancel()
			require.ErrorContains(t, err, "nobody has to sign in", addr)
		}
	}
}

func TestAWebhookAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	err = Main(t.Context(), []string{"-live", "-addr", "localhost:0", "-webhook-addr", taken.Addr().String(), "-dir", t.TempDir()},
		func(name string) string { return account[name] }, io.Discard, io.Discard)
	require.ErrorContains(t, err, "-webhook-addr", "a tunnel would lead to nowhere on another port")
}

func TestTheAddressThatIsPrintedIsOneThatAnswers(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 1, 1), Port: 8081}
	for asked, want := range map[string]string{
		"localhost:8080": "localhost:8081", "127.0.1.1:0": "127.0.1.1:8081", "my-machine:8080": "127.0.1.1:8081",
	} {
		require.Equal(t, want, shown(asked, at), asked)
	}
}
