package helpdesk

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

func TestTheWholeWayOfAMessageOverHTTPAndSQLite(t *testing.T) {
	const card = "4111 1111 1111 1111"
	s := serve(t, t.TempDir())

	s.do("/phone/say", "text", "Is my bike ready? My card is "+card)
	conversationID := s.ticket()
	s.sees(conversationID, "Is my bike ready?")
	s.do("/conversations/"+conversationID+"/reply", "text", "It is. You wrote "+card)
	s.shows("It is. You wrote")
	s.sees(conversationID, `class="ticks read"`)
	require.NotContains(t, s.get("/conversations/"+conversationID), "4111 1111 1111", "masked in the ticket, in both directions")
	require.Contains(t, s.get("/tickets"), "#1")

	s.do("/clock", "by", "24h")
	before := s.get("/phone")
	status, text := s.post("/conversations/"+conversationID+"/reply", "text", "Too late")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, text, "window closed at")
	require.Equal(t, before, s.get("/phone"), "nothing was sent")

	require.Contains(t, s.get("/templates"), "we_answered/en")
	require.Contains(t, s.get("/templates/fields?key=we_answered/en&conversation="+conversationID), `value="Robin Sample"`)
	values := []string{"name", "we_answered/en", "body[0].text", "Robin", "body[1].text", "your bike"}
	status, text = s.post("/templates/preview", values...)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Hello Robin, we have an answer to your question about your bike.")
	status, text = s.post("/conversations/"+conversationID+"/template", "name", "we_answered/en", "body[0].text", "Robin")
	require.Equal(t, http.StatusUnprocessableEntity, status, "a value is missing")
	require.Equal(t, "Subject is missing.", strings.TrimSpace(text))
	s.do("/conversations/"+conversationID+"/template", values...)
	s.shows("Hello Robin, we have an answer")
	s.shows("data-tap=\"Tell me\"")
	s.do("/phone/tap", "label", "Tell me")
	s.eventually(func() bool {
		status, _ := s.post("/conversations/"+conversationID+"/reply", "text", "Open again")
		return status == http.StatusNoContent
	}, "the tap opened the window again")
	s.shows("Open again")
	s.do("/conversations/"+conversationID+"/template", "name", "ready_for_pickup/en",
		"body[0].text", "your bike", "body[1].text", "noon", "buttons[0].url_suffix", "4711")
	s.shows("your bike is ready")
	s.shows("https://workshop.example.com/jobs/4711")

	s.stop()
	for where, content := range map[string]string{"files": s.files(), "log": s.log.String(), "output": s.out.String()} {
		require.NotContains(t, content, "4111 1111 1111", where)
		require.NotContains(t, content, "4111111111111111", where)
	}
	require.NotContains(t, s.log.String(), "Robin")

	again := serve(t, s.dir)
	require.Equal(t, conversationID, again.ticket(), "a restart on the same folder shows the same tickets")
	again.sees(conversationID, "Open again")
}

func TestTheWebhookRefusesWhatIsNotSigned(t *testing.T) {
	s := serve(t, t.TempDir())
	post := func(body []byte, signature string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/webhook", bytes.NewReader(body))
		require.NoError(t, err)
		if signature != "" {
			req.Header.Set("X-Hub-Signature-256", signature)
		}
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	body := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	require.Equal(t, http.StatusUnauthorized, post(body, ""))
	require.Equal(t, http.StatusUnauthorized, post(body, webhook.Sign("wrong", body)))
	require.Equal(t, http.StatusRequestEntityTooLarge, post(bytes.Repeat([]byte(" "), 5<<20), webhook.Sign("wrong", nil)))
}

func TestTheConsoleRefusesOtherSites(t *testing.T) {
	s := serve(t, t.TempDir())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/phone/say", strings.NewReader("text=x"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://elsewhere.example")
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
}

func TestLiveNamesEveryMissingVariable(t *testing.T) {
	t.Parallel()
	err := Main(t.Context(), []string{"-live", "-dir", t.TempDir()}, func(name string) string {
		return map[string]string{"WHATSAPP_TOKEN": "EAAx"}[name]
	}, os.Stdout, os.Stderr)
	for _, name := range []string{"WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"} {
		require.ErrorContains(t, err, name)
	}
	require.NotContains(t, err.Error(), "WHATSAPP_TOKEN")
}

func TestAFileInTheWayOfTheFolderIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	err := Main(t.Context(), []string{"-dir", path}, os.Getenv, os.Stdout, os.Stderr)
	require.ErrorContains(t, err, "create folder")
}
