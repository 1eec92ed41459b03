package helpdesk

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

func TestTheWholeWayOfAMessageOverHTTPAndSQLite(t *testing.T) {
	const card = "4111 1111 1111 1111"
	s := serve(t, t.TempDir())

	s.do("/phone/say", "text", "Is my bike ready? My card is "+card)
	conversationID := s.ticket()
	at := talk(conversationID)
	s.sees(conversationID, "Is my bike ready?")
	s.do(at+"/reply", "text", "It is. You wrote "+card, "key", "answer-1")
	s.shows("It is. You wrote")
	s.sees(conversationID, "ticks read")
	require.NotContains(t, s.get(at), "4111 1111 1111", "masked in the ticket, in both directions")
	require.Contains(t, s.get(at), "#1")

	s.do("/clock", "by", "24h")
	before := s.get("/phone")
	status, text := s.post(at+"/reply", "text", "Too late", "key", "answer-2")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "More than 24 hours have passed")
	require.Equal(t, before, s.get("/phone"), "nothing was sent")

	require.Contains(t, s.get(at+"/templates"), "we_answered/en")
	require.Contains(t, s.get(at+"/form?template=we_answered/en"), `value="Robin"`)
	values := []string{"template", "we_answered/en", "key", "answer-3", "body[0].text", "Robin", "body[1].text", "your bike"}
	status, text = s.post(at+"/preview", values...)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "Hello Robin, we have an answer to your question about your bike.")
	status, text = s.post(at+"/template", "template", "we_answered/en", "key", "answer-3", "body[0].text", "Robin")
	require.Equal(t, http.StatusUnprocessableEntity, status, "a value is missing")
	require.Contains(t, text, "subject: is missing")
	s.do(at+"/template", values...)
	s.shows("Hello Robin, we have an answer")
	s.shows("data-tap=\"Tell me\"")
	s.do("/phone/tap", "label", "Tell me")
	s.eventually(func() bool {
		status, _ := s.post(at+"/reply", "text", "Open again", "key", "answer-4")
		return status == http.StatusNoContent
	}, "the tap opened the window again")
	s.shows("Open again")
	s.do(at+"/template", "template", "ready_for_pickup/en", "key", "answer-5",
		"body[0].text", "your bike", "body[1].text", "noon", "buttons[0].url_suffix", "4711")
	s.shows("your bike is ready")
	s.shows("https://workshop.example.com/jobs/4711")

	s.stop()
	for where, content := range map[string]string{"files": s.files(), "log": s.log.String(), "output": s.out.String()} {
		require.False(t, strings.Contains(content, "4111 1111 1111") || strings.Contains(content, "4111111111111111"), "a card number in the "+where)
	}
	require.NotContains(t, s.log.String(), "Robin")

	again := serve(t, s.dir)
	require.Equal(t, conversationID, again.ticket(), "a restart on the same folder shows the same tickets")
	again.sees(conversationID, "Open again")
}

func TestARestartOnTheSameFolderGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.do("/phone/say", "text", "Is my bike ready?")
	id := s.ticket()
	s.do("/phone/gesture", "gesture", "Picture")
	s.sees(id, "This is the wheel")
	s.do("/clock", "by", "3h")
	s.do(talk(id)+"/reply", "text", "It is.", "key", "answer-1")
	s.shows("It is.")
	s.shows("This is the wheel")
	picture := onPhoneAt.FindString(s.get("/phone"))
	require.True(t, strings.HasPrefix(s.get(html.UnescapeString(picture)), "\x89PNG"), "a picture is on the phone: "+picture)
	s.stop()

	again := serve(t, s.dir)
	again.shows("It is.")
	again.shows("This is the wheel")
	require.Contains(t, again.get("/phone"), "Is my bike ready?")
	require.True(t, strings.HasPrefix(again.get(html.UnescapeString(picture)), "\x89PNG"), "the picture, too")
	now, err := strconv.ParseInt(again.header("/phone", "X-Now"), 10, 64)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(3*time.Hour), time.UnixMilli(now), 30*time.Minute, "the clock is as far ahead")
	again.do(talk(id)+"/reply", "text", "Are you coming?", "key", "answer-2")
	again.shows("Are you coming?") // WhatsApp knows that the window is open
	again.do("/phone/say", "text", "On my way")
	again.sees(id, "On my way")
	again.do("/phone/gesture", "gesture", "Thumbs up")
	again.sees(id, "👍")
	again.stop()
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "phones.json"), []byte("{"), 0o600))
	err = Main(t.Context(), []string{"-addr", "localhost:0", "-dir", s.dir}, os.Getenv, io.Discard, io.Discard)
	require.ErrorContains(t, err, "phones.json is damaged")
}

var onPhoneAt = regexp.MustCompile(`/phone/file\?[^"]*`)

func TestWhateverAPhoneCanDoArrivesAtTheConsole(t *testing.T) {
	s := serve(t, t.TempDir())
	s.do("/phone/say", "text", "Hello")
	id := s.ticket()
	s.do(talk(id)+"/reply", "text", "Hello Robin", "key", "answer-1")
	s.shows("Hello Robin")
	for gesture, seen := range map[string]string{
		"Picture": "This is the wheel", "Document": "receipt.pdf", "Place": "openstreetmap.org", "Contact card": "A friend with a bike",
		"Forwarded text": "Forwarded", "Click on an ad": "Spring check for free", "Card number": "card number masked", "Thumbs up": "👍",
		"Voice message": "<audio",
	} {
		s.do("/phone/gesture", "gesture", gesture)
		s.sees(id, seen)
	}
	var picture string
	s.eventually(func() bool {
		if found := pictures.FindStringSubmatch(s.get(talk(id))); found != nil {
			picture = found[1]
		}
		return picture != ""
	}, "the picture was fetched")
	require.True(t, strings.HasPrefix(s.get(picture), "\x89PNG"))
	status, text := s.post("/phone/gesture", "gesture", "no such")
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "The phone has no message to do that with.\n", text)
}

var pictures = regexp.MustCompile(`<img src="(/console/files/[^"]*)"`)

func TestAStormLosesNothingAndDoublesNothing(t *testing.T) {
	s := serve(t, t.TempDir())
	status, text := s.post("/storm")
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, "20 customers wrote 200 messages")
	require.Contains(t, text, ": 0 lost, 0 doubled, in ")
	require.NotContains(t, text, "Rules of the platform")
}

func TestWhoSitsAtTheConsoleHasTheRightsOfTheirRole(t *testing.T) {
	s := serve(t, t.TempDir())
	s.do("/phone/say", "text", "Hello")
	id := s.ticket()
	as := func(person, path string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader("text=Hello&key=12345678"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("X-Console", "1")
		req.AddCookie(&http.Cookie{Name: personCookie, Value: person})
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	require.Equal(t, http.StatusForbidden, as("vera", talk(id)+"/reply"))
	require.Equal(t, http.StatusNoContent, as("lee", talk(id)+"/reply"))
	require.Equal(t, http.StatusForbidden, as("lee", "/console/panel/"+id+"/export"))
	require.Equal(t, http.StatusOK, as("you", "/console/panel/"+id+"/export"))
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

func TestAGraphAddressThatIsNoneIsNamed(t *testing.T) {
	t.Parallel()
	err := Main(t.Context(), []string{"-live", "-graph", "nonsense", "-dir", t.TempDir()}, func(name string) string { return account[name] }, os.Stdout, os.Stderr)
	require.ErrorContains(t, err, "-graph")
	side, err := live(func(name string) string { return account[name] }, "http://localhost:8090")
	require.NoError(t, err)
	require.NotNil(t, side.Sender)
}
