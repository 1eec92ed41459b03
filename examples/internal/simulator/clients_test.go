package simulator

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/examples/internal/npmtest"
)

// clients are programs that others wrote, by the script that drives each, with how many
// steps at least must go well.
var clients = map[string]int{
	"whatsapp-api-js": 25, "great-detail": 20, "kapso": 20, "whatsapp-business": 14, "whatsapp-cloud-api": 12, "wrapper": 12, "official": 12,
}

// TestClientsThatOthersWroteRunUnchanged installs clients of the Cloud API from the npm
// registry, as the lock file pins them, and runs each against a simulator of its own:
// sends of every kind it has, media, templates, numbers, profile, QR codes, flows, and its
// parser on the webhooks.
func TestClientsThatOthersWroteRunUnchanged(t *testing.T) {
	dir := npmtest.Install(t, "clients")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for name, steps := range clients {
		t.Run(name, func(t *testing.T) { runClient(ctx, t, dir, name, steps) })
	}
}

// runClient runs one script and reads its report.
func runClient(ctx context.Context, t *testing.T, dir, name string, steps int) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	site, out := started(t, "-tls", "-ca", ca, "-graph-addr", "localhost:0")
	second := regexp.MustCompile(`also under +(https://\S+)`).FindStringSubmatch(out.String())[1]
	port := strconv.Itoa(pgtest.Port(t))
	env, err := json.Marshal(map[string]string{
		"base": site, "tls": second, "ca": ca, "token": testToken, "number": numberID, "account": accountID, "app": appID,
		"secret": fixed("app secret", 32), "verify": fixed("verify token", 16), "catalog": catalogID, "to": "13125550101", "port": port,
	})
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, "node", name+".mjs")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SIMULATOR="+string(env), "NODE_EXTRA_CA_CERTS="+ca, "NO_PROXY=localhost,127.0.0.1", "NODE_NO_WARNINGS=1")
	report, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", report)
	good := 0
	for line := range strings.Lines(string(report)) {
		switch {
		case strings.HasPrefix(line, "ok "):
			good++
		case strings.HasPrefix(line, "FAIL "):
			t.Error(strings.TrimSpace(line))
		case strings.HasPrefix(line, "cannot "):
			t.Log(strings.TrimSpace(line))
		}
	}
	require.GreaterOrEqual(t, good, steps, "%s", report)
	t.Logf("%d steps", good)
}

// TestTheGuidesBotAnswers runs the program of the guide as it stands there.
func TestTheGuidesBotAnswers(t *testing.T) {
	t.Parallel()
	npmtest.Node(t)
	readme, err := os.ReadFile(filepath.Join("..", "..", "guides", "simulator.md"))
	require.NoError(t, err)
	_, code, ok := strings.Cut(string(readme), "```js\n")
	require.True(t, ok)
	code, _, _ = strings.Cut(code, "```")
	port := strconv.Itoa(pgtest.Port(t))
	require.Contains(t, code, "8080")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bot.mjs"), []byte(strings.ReplaceAll(code, "8080", port)), 0o600))
	site, _ := started(t)
	status, env := get(t, http.DefaultClient, site+"/control/env", "")
	require.Equal(t, 200, status)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".env"), []byte(env), 0o600))
	cmd := exec.CommandContext(t.Context(), "node", "--env-file=.env", "bot.mjs")
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	require.Eventually(t, func() bool {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, patience, 50*time.Millisecond)
	post(t, site, "webhook", `{"url":"http://127.0.0.1:`+port+`/webhook"}`)
	post(t, site, "users/0/text", `{"text":"Hello?"}`)
	require.Eventually(t, func() bool {
		post(t, site, "settle", `{}`)
		_, chat := get(t, http.DefaultClient, site+"/control/users/0/chat", "")
		return strings.Contains(chat, "You wrote: Hello?")
	}, patience, 100*time.Millisecond)
	// Somebody who hides the phone number is answered as well.
	post(t, site, "users/2/text", `{"text":"And I?"}`)
	require.Eventually(t, func() bool {
		post(t, site, "settle", `{}`)
		_, chat := get(t, http.DefaultClient, site+"/control/users/2/chat", "")
		return strings.Contains(chat, "You wrote: And I?")
	}, patience, 100*time.Millisecond)
	v := post(t, site, "probe", `{}`)
	require.Contains(t, v["verdict"], "a stranger", "it checks no signature, as the guide says")
}
