package simulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

func itoa(n int) string { return strconv.Itoa(n) }

// console collects what a program prints.
type console struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(b)
}

// String returns all of it.
func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

// run is the program, with the arguments of kanava simulate.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	o := Options{Errs: errs, Started: func(v Values) error { v.Text(out); return nil }}
	flags := pflag.NewFlagSet("simulate", pflag.ContinueOnError)
	o.Flags(flags)
	flags.StringVar(&o.Secret, "secret", "", "")
	flags.StringVar(&o.Verify, "verify", "", "")
	for i, arg := range args {
		if strings.HasPrefix(arg, "-") && arg != "-" {
			args[i] = "-" + arg
		}
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	return Run(ctx, o)
}

// patience bounds what takes a moment when nothing is wrong: it only tells a hang from a slow machine.
const patience = 3 * time.Minute

// started runs the program until the test ends and returns its base URL.
func started(t *testing.T, args ...string) (site string, out *console) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &console{}
	done := make(chan error, 1)
	go func() { done <- run(ctx, append([]string{"-addr", "localhost:0"}, args...), out, out) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "verify token") }, patience, 10*time.Millisecond)
	return regexp.MustCompile(`base URL +(\S+)`).FindStringSubmatch(out.String())[1], out
}

// post makes a call of the control API.
func post(t *testing.T, site, path, body string) map[string]any {
	t.Helper()
	resp, err := http.Post(site+"/control/"+path, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var v map[string]any
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&v))
	require.Equal(t, 200, resp.StatusCode, "%v", v)
	return v
}

func get(t *testing.T, client *http.Client, address, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(raw)
}

var testToken = "EAA" + fixed("access token", 60)

func TestAResetStartsAnewUnderTheSameIds(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	shakes := 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			mu.Lock()
			shakes++
			mu.Unlock()
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		}
	}))
	defer hook.Close()
	site, _ := started(t, "-webhook", hook.URL)
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return shakes == 1
	}, patience, 10*time.Millisecond)
	post(t, site, "users/0/text", `{"text":"Hello?"}`)
	post(t, site, "users", `{"name":"Ada"}`)
	post(t, site, "reset", `{}`)
	_, state := get(t, http.DefaultClient, site+"/control/state", "")
	var v struct {
		People []person `json:"people"`
		Hook   string   `json:"webhook"`
		ID     string   `json:"phone_number_id"`
	}
	require.NoError(t, json.Unmarshal([]byte(state), &v))
	require.Len(t, v.People, 3)
	require.Empty(t, v.People[0].Last)
	require.Equal(t, hook.URL, v.Hook)
	require.Equal(t, numberID, v.ID)
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, 2, shakes)
}

func TestTheSecondAddressIsGraphAlone(t *testing.T) {
	t.Parallel()
	site, out := started(t, "-graph-addr", "127.0.0.1:0")
	second := regexp.MustCompile(`also under +(http://\S+)`).FindStringSubmatch(out.String())[1]
	status, _ := get(t, http.DefaultClient, second+"/v26.0/"+numberID, testToken)
	require.Equal(t, 200, status)
	for _, path := range []string{"/", "/control/state", "/control/", "/static/app.js"} {
		status, body := get(t, http.DefaultClient, second+path, "")
		require.GreaterOrEqual(t, status, 400, path)
		require.Contains(t, body, `"fbtrace_id"`, path)
	}
	_, body := get(t, http.DefaultClient, second+"/v26.0/"+numberID+"/message_qrdls", testToken)
	require.NotContains(t, body, site)
}

func TestACertificateForMetasHosts(t *testing.T) {
	t.Parallel()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	site, out := started(t, "-tls", "-ca", ca, "-graph-addr", "localhost:0")
	authority, err := os.ReadFile(ca)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(authority))
	trust := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}

	// A hosts file: the name leads to the second address.
	second := regexp.MustCompile(`also under +https://(localhost:\d+)`).FindStringSubmatch(out.String())[1]
	hosts := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, second)
	}}}
	status, body := get(t, hosts, "https://graph.facebook.com/v26.0/"+numberID, testToken)
	require.Equal(t, 200, status, body)

	// HTTPS_PROXY: the first address is a proxy that leads to Meta's hosts.
	proxy, err := url.Parse(site)
	require.NoError(t, err)
	proxied := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, Proxy: http.ProxyURL(proxy)}}
	status, body = get(t, proxied, "https://graph.facebook.com/v26.0/"+numberID+"/message_qrdls", testToken)
	require.Equal(t, 200, status, body)
	post(t, site, "users/0/image", `{}`)
	_, chat := get(t, http.DefaultClient, site+"/control/users/0/chat", "")
	id := regexp.MustCompile(`"id":"(\d+)"`).FindStringSubmatch(chat)[1]
	_, body = get(t, proxied, "https://graph.facebook.com/v26.0/"+id, testToken)
	var media struct{ URL string }
	require.NoError(t, json.Unmarshal([]byte(body), &media))
	require.True(t, strings.HasPrefix(media.URL, "https://graph.facebook.com/"), media.URL)
	status, body = get(t, proxied, media.URL, testToken)
	require.Equal(t, 200, status)
	require.Contains(t, body, "fictional image")
	status, _ = get(t, proxied, "https://graph.facebook.com/control/state", "")
	require.Equal(t, 403, status, "the tunnel is Graph alone, and Graph wants a token")
	req, err := http.NewRequest(http.MethodGet, "https://example.com/", nil)
	require.NoError(t, err)
	_, err = proxied.Do(req)
	require.Error(t, err, "it leads nowhere else")
}

func TestTakenPortsAreLeftAlone(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	l, err := listen(context.Background(), taken.Addr().String(), true)
	require.NoError(t, err)
	require.NotEqual(t, taken.Addr().String(), l.Addr().String())
	require.NoError(t, l.Close())
	_, err = listen(context.Background(), taken.Addr().String(), false)
	require.Error(t, err)
	for _, bad := range []string{"8090", "localhost:http-ish"} {
		_, err = listen(context.Background(), bad, true)
		require.ErrorContains(t, err, "simulator: listen")
	}
}

func TestARecordingHasNoSecretsAndIsActedOutAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recording, log := filepath.Join(dir, "traffic.jsonl"), filepath.Join(dir, "log.jsonl")
	acts := func(site string) []string {
		_, chat := get(t, http.DefaultClient, site+"/control/users/0/chat", "")
		var v struct{ Messages []struct{ ID, Text string } }
		require.NoError(t, json.Unmarshal([]byte(chat), &v))
		var out []string
		for _, m := range v.Messages {
			out = append(out, m.ID+" "+m.Text)
		}
		return out
	}
	var first []string
	t.Run("record", func(t *testing.T) {
		site, _ := started(t, "-record", recording, "-log", log, "-seed", "5")
		post(t, site, "users/0/text", `{"text":"My card is 4111 1111 1111 1111"}`)
		post(t, site, "clock", `{"advance":"1h"}`)
		post(t, site, "users/0/place", `{"text":"Here"}`)
		get(t, http.DefaultClient, site+"/v26.0/"+numberID, testToken)
		get(t, http.DefaultClient, site+"/v26.0/debug_token?input_token="+testToken, testToken)
		resp, err := http.Post(site+"/v26.0/"+numberID+"/messages", "application/json", strings.NewReader(
			`{"messaging_product":"whatsapp","to":"+13125550101","text":{"body":"Thank you"},"access_token":"EAAsomebodys0wn"}`))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		first = acts(site)
		require.Len(t, first, 2)
	})
	raw, err := os.ReadFile(recording)
	require.NoError(t, err)
	for _, secret := range []string{testToken, "EAAsomebodys0wn", fixed("app secret", 32), "4111 1111 1111 1111"} {
		require.NotContains(t, string(raw), secret)
	}
	require.Contains(t, string(raw), "Thank you")
	lines, err := os.ReadFile(log)
	require.NoError(t, err)
	require.NotContains(t, string(lines), "Thank you")
	for _, line := range bytes.Split(bytes.TrimSpace(append(raw, lines...)), []byte("\n")) {
		require.True(t, json.Valid(line), "%s", line)
	}
	t.Run("replay", func(t *testing.T) {
		site, out := started(t, "-replay", recording, "-seed", "5")
		require.Eventually(t, func() bool { return strings.Contains(out.String(), "replayed 3 acts, 0 of them") }, patience, 20*time.Millisecond)
		again := acts(site)
		require.Equal(t, strings.Fields(first[0])[0], strings.Fields(again[0])[0], "the same wamids")
		require.Equal(t, first[1], again[1])
		_, state := get(t, http.DefaultClient, site+"/control/state", "")
		var v struct{ Now time.Time }
		require.NoError(t, json.Unmarshal([]byte(state), &v))
		require.Greater(t, time.Until(v.Now), 50*time.Minute, "the clock was moved again")
	})
}

func TestARecordingThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(file, []byte("hello\n"), 0o600))
	err := replay(context.Background(), file, http.NotFoundHandler(), io.Discard)
	require.ErrorContains(t, err, "line 1")
	err = replay(context.Background(), file+"y", http.NotFoundHandler(), io.Discard)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, "POST /x", redacted(exchange{Line: "POST /x"}).Line)
	require.NotContains(t, fmt.Sprint(redacted(exchange{Request: "a=1&access_token=abc&b=2"})), "abc")
}
