package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/webhook"
	"github.com/stretchr/testify/require"
)

func TestDoctorSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	listening(t, s)
	history := filepath.Join(t.TempDir(), "doctor.jsonl")

	got := shell{now: time.Now}.run(t, "doctor", s.flag, "--history", history)
	require.Zero(t, got.code, got.all)
	screen(t, "doctor", steady(got.out))

	s.control("POST", "number/quality", `{"score":"RED"}`)
	got = shell{now: time.Now}.run(t, "doctor", s.flag, "--history", history, "--json")
	require.Zero(t, got.code, "a warning")
	var e examination
	require.NoError(t, json.Unmarshal([]byte(got.out), &struct {
		Grade   *onboard.Grade
		Changes *[]onboard.Change
	}{&e.Grade, &e.Changes}))
	require.Equal(t, onboard.Warn, e.Grade)
	require.Len(t, e.Changes, 1)
	require.Equal(t, onboard.CheckQuality, e.Changes[0].ID)
	require.True(t, e.Changes[0].Worse)
	require.Equal(t, 1, shell{now: time.Now}.run(t, "doctor", s.flag, "--strict").code)

	s.control("POST", "number/status", `{"status":"BANNED"}`)
	got = shell{now: time.Now}.run(t, "doctor", s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.out, "✗ Number")

	got = shell{now: time.Now}.run(t, "doctor", s.flag, "--skip", "qualty")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "did you mean quality?")
	require.NotContains(t, got.all, s.Token)
}

func TestDoctorFindsAWebhookThatBelievesEverybody(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	defer open.Close()
	s.control("POST", "webhook", `{"url":"`+open.URL+`"}`)
	got := shell{now: time.Now}.run(t, "doctor", s.flag)
	require.Equal(t, 1, got.code, got.out)
	require.Contains(t, got.out, "✗ Callback of the app")
}

func TestConnectGoesTheWholeWayInSteps(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	listening(t, s)
	dir := t.TempDir()
	sh := shell{now: time.Now}
	with := func(args ...string) []string {
		return append([]string{"connect", s.flag, "--file", filepath.Join(dir, "c.json")}, args...)
	}
	got := sh.run(t, with()...)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "--phone and --name")

	got = sh.run(t, with("--phone", "+12025550177")...)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "--name is needed", "in the words of the flags")

	got = sh.run(t, with("--phone", "+12025550177", "--name", "Lucky Two")...)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.out, "▸ Number is yours")
	got.out, _, _ = strings.Cut(got.out, "\nNot there yet.") // the path of the file is of the test
	screen(t, "connect-waits", steadyTimes(steady(got.out)))

	code := ""
	for _, n := range s.control("GET", "numbers", "")["numbers"].([]any) {
		if c, _ := n.(map[string]any)["code"].(string); c != "" {
			code = c
		}
	}
	require.NotEmpty(t, code)
	got = sh.run(t, with("--code", "000000")...)
	require.Equal(t, 1, got.code, "a wrong code")
	require.Contains(t, got.out, "▸ Number is yours")
	got = sh.run(t, with("--code", code)...)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.out, "✓ Number is yours")

	sh.env = map[string]string{"WHATSAPP_PIN": "246810"}
	got = sh.run(t, with("--to", "+13125550101")...)
	require.Zero(t, got.code, got.all)
	require.Contains(t, got.out, "The channel is live.")
	require.NotContains(t, got.all, "246810")
	raw, err := os.ReadFile(filepath.Join(dir, "c.json"))
	require.NoError(t, err)
	for _, secret := range []string{"246810", code, s.Token, s.Secret, s.Verify} {
		require.NotContains(t, string(raw), secret)
	}

	got = sh.run(t, with("--without", "profile")...)
	require.Contains(t, got.out, "- Business profile", "what the flags say later counts")
	got = sh.run(t, with("--take-over")...)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "--webhook is needed")

	got = sh.run(t, with("--phone", "+12025550188")...)
	require.Equal(t, 2, got.code, "the checklist is of another number")
	got = sh.run(t, with("--leave", "--json")...)
	var result connected
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.NotEmpty(t, result.Steps)
}

func TestConnectByEmbeddedSignupKeepsTheCustomersToken(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	listening(t, s)
	dir := t.TempDir()
	sh := shell{now: time.Now, env: map[string]string{"WHATSAPP_PIN": "246810"}}
	with := func(args ...string) []string {
		return append([]string{"connect", s.flag, "--signup", "--file", filepath.Join(dir, "c.json"), "--token-file", filepath.Join(dir, "token")}, args...)
	}
	got := sh.run(t, with("--phone", "+12025550177", "--name", "Lucky Two")...)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.out, "▸ Access token", "the code of the page is missing")
	code := s.control("POST", "signup", "{}")["code"].(string)
	got = sh.run(t, with("--signup-code", code)...)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.out, "✓ Access token")
	raw, err := os.ReadFile(filepath.Join(dir, "token"))
	require.NoError(t, err)
	token := strings.TrimSpace(string(raw))
	require.NotEmpty(t, token)
	require.NotContains(t, got.all, token)
	got = sh.run(t, with()...)
	require.Contains(t, got.out, "✓ Access token", "it goes on with the token that was kept")
	require.Contains(t, got.out, "▸ Number is yours")
	state, err := os.ReadFile(filepath.Join(dir, "c.json"))
	require.NoError(t, err)
	require.NotContains(t, string(state), token)
}

// steadyTimes replaces times of the day.
func steadyTimes(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if before, _, ok := strings.Cut(line, "Look again at "); ok {
			line = before + "Look again at 2026-11-30 12:00 UTC."
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestTheCodeIsAskedForWithACountdown(t *testing.T) {
	t.Parallel()
	prompt := onboard.Prompt{Kind: onboard.PromptCode, Expires: today.Add(9*time.Minute + 5*time.Second), Resend: today.Add(time.Minute), Left: 2}
	require.Equal(t, "Good for 9:05. Enter alone: later.", countdown(prompt, today))
	require.Contains(t, countdown(prompt, today.Add(time.Hour)), "has expired")
	require.Equal(t, "Or type sms or voice for another code, in 1 minute; 2 tries left.", codeHint(prompt, today))

	p := shell{terminal: true, stdin: " 123456 \n\n"}.program(io.Discard, &buffer{})
	p.progress = progress{out: io.Discard}
	a := newAsking(p)
	answer, err := a.question(t.Context(), prompt)
	require.NoError(t, err)
	require.Equal(t, "123456", answer)
	_, err = a.question(t.Context(), prompt)
	require.ErrorIs(t, err, onboard.ErrLater, "Enter alone")
	_, err = a.question(t.Context(), prompt)
	require.ErrorIs(t, err, onboard.ErrLater, "the input has ended")
}

func TestConnectAsksAtATerminal(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	got := shell{now: time.Now, terminal: true, stdin: "\n", env: map[string]string{"NO_COLOR": "1"}}.run(t,
		"connect", s.flag, "--phone", "+12025550177", "--name", "Lucky Two", "--file", filepath.Join(t.TempDir(), "c.json"))
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "The simulator sent the code")
	require.Contains(t, got.errs, "Enter alone: later.")
	require.Contains(t, got.errs, "of 14:", "progress in place")
}

func TestThePINIsNotShownWhileItIsTyped(t *testing.T) {
	t.Parallel()
	var shown buffer
	p := shell{terminal: true, stdin: "123456\n654321\n"}.program(io.Discard, &shown)
	p.progress = progress{out: &shown, live: true, columns: 80}
	a := newAsking(p)
	_, err := a.question(t.Context(), onboard.Prompt{Kind: onboard.PromptPIN, Text: "The PIN"})
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(shown.String(), "> \x1b[8m\x1b[0m"), "%q", shown.String())
	_, err = a.question(t.Context(), onboard.Prompt{Kind: onboard.PromptCode, Text: "The code"})
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(shown.String(), "> "), "%q", shown.String())
}

func TestNothingOfOthersCommandsTheTerminal(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	l := listening(t, s, "--texts")
	s.control("POST", "users/0/text", `{"text":"a\u001b]0;title\u0007b\u001b[2Jc\u009b31md"}`)
	eventually(t, "the text is shown", func() bool { return strings.Contains(l.out.String(), "text of") })
	require.NotContains(t, l.out.String(), "\x1b")
	require.NotContains(t, l.out.String(), "\u009b")
	require.NotContains(t, l.out.String(), "\a")
	require.Equal(t, "\x1b[31mred\x1b[0m\n\ttab", harmless("\x1b[31mred\x1b[0m\n\ttab"), "our colours stay")
	require.Equal(t, "\uFFFD[8m\uFFFD[30;40m\uFFFD[0;31m", harmless("\x1b[8m\x1b[30;40m\x1b[0;31m"), "nothing is hidden in the colour of its ground")
	require.Equal(t, "\uFFFDexe.gpj\uFFFD", harmless("\u202eexe.gpj\u2069"), "nothing is read the other way round")
	var out bytes.Buffer
	p := &program{out: &out, json: true, outTerminal: true}
	require.NoError(t, p.print(map[string]string{"name": "a\u009b31m\u202eb\x1b[8m é 😀"}, nil))
	require.Equal(t, "{\n  \"name\": \"a\\u009b31m\\u202eb\\u001b[8m é 😀\"\n}\n", out.String())
	got := shell{}.run(t, "explain", "\x1b]0;title\a")
	require.NotContains(t, got.errs, "\x1b")
}

func TestACardIsMaskedInAFieldThatNobodyKnows(t *testing.T) {
	t.Parallel()
	var out buffer
	l := &listener{p: shell{}.program(&out, io.Discard)}
	require.NoError(t, l.show(&webhook.Event{Field: "field 4111111111111111", Payload: &webhook.Unknown{}}))
	require.Contains(t, out.String(), "unknown")
	require.NotContains(t, out.String(), "4111111111111111")
}

func TestARedirectTakesNoWebhook(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	var reached atomic.Int32
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			reached.Add(1)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}))
	defer site.Close()
	file := write(t, t.TempDir(), "w.jsonl", `{"object":"whatsapp_business_account","entry":[]}`)
	got := shell{}.run(t, "replay", file, "--to", site.URL+"/webhook", s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "answered with 302: it leads to another address")
	require.Zero(t, reached.Load())

	l := listening(t, s, "--forward", site.URL+"/webhook")
	s.control("POST", "users/0/text", `{"text":"hello"}`)
	eventually(t, "the redirect is told", func() bool { return strings.Contains(l.errs.String(), "answered 302") })
	require.Zero(t, reached.Load(), "the page that it leads to would have said 200")
}

// program3000 is a user's program: it notes what comes, and answers as it is told.
type program3000 struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	bodies []string
	secret string
	t      *testing.T
}

func newProgram3000(t *testing.T, secret string) *program3000 {
	t.Helper()
	p := &program3000{status: 200, secret: secret, t: t}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *program3000) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = webhook.Verify(body, r.Header.Get(webhook.SignatureHeader), p.secret)
	}
	if err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies = append(p.bodies, string(body))
	w.WriteHeader(p.status)
}

func (p *program3000) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bodies
}

func TestListenShowsForwardsRecordsAndReplayRepeats(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	own := newProgram3000(t, s.Secret)
	record := filepath.Join(t.TempDir(), "webhooks.jsonl")
	l := listening(t, s, "--forward", own.URL, "--record", record, "--texts")
	s.control("POST", "users/0/text", `{"text":"my card is 4242 4242 4242 4242"}`)
	s.control("POST", "users/1/image", `{"text":"this one"}`)
	eventually(t, "both are shown", func() bool { return strings.Count(l.out.String(), "\n") == 2 })
	require.Contains(t, l.out.String(), "message: text of 30 characters: my card is XXXX XXXX XXXX 4242")
	require.Contains(t, l.out.String(), "message: image (image/")
	require.Len(t, own.got(), 2)
	require.Contains(t, strings.Join(own.got(), ""), "4242 4242 4242 4242", "what is passed on is untouched")
	require.Zero(t, l.stop(), "Ctrl-C is its proper end")
	raw, err := os.ReadFile(record)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "4242 4242 4242 4242")
	require.NotContains(t, l.out.String()+l.errs.String(), s.Secret)

	second := newProgram3000(t, s.Secret)
	got := shell{}.run(t, "replay", record, "--to", second.URL, s.flag)
	require.Zero(t, got.code, got.errs)
	require.Len(t, second.got(), 2)
	require.Contains(t, got.out, "2 webhooks sent")
	second.mu.Lock()
	second.status = 401
	second.mu.Unlock()
	got = shell{}.run(t, "replay", record, "--to", second.URL, s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "has the program the same app secret?")
	got = shell{}.run(t, "replay", write(t, t.TempDir(), "empty.jsonl", ""), s.flag)
	require.Contains(t, got.errs, "holds no webhooks")

	chats := shell{now: time.Now}.run(t, "window", record)
	require.Zero(t, chats.code)
	require.Equal(t, 2, strings.Count(chats.out, "open"), chats.out)
	require.NotContains(t, chats.out, "13125550101", "people by their last digits")
}

func TestListenLeavesWhatYourProgramDoesNotTake(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	own := newProgram3000(t, s.Secret)
	own.status = 500
	l := listening(t, s, "--forward", own.URL)
	s.control("POST", "users/0/text", `{"text":"Hello?"}`)
	eventually(t, "it says so", func() bool { return strings.Contains(l.errs.String(), "answered 500") })
	require.Empty(t, l.out.String())
	own.mu.Lock()
	own.status = 200
	own.mu.Unlock()
	s.control("POST", "clock", `{"advance":"2m"}`)
	eventually(t, "WhatsApp sends it again", func() bool { return strings.Contains(l.out.String(), "message: text of 6 characters") })
}

func TestListenWithoutASimulatorNeedsItsSecrets(t *testing.T) {
	t.Parallel()
	got := shell{}.run(t, "listen")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN")
	l := shell{env: map[string]string{"WHATSAPP_APP_SECRET": "a secret", "WHATSAPP_VERIFY_TOKEN": "a token"}}.start(t, "listen", "--addr", "0", "--json")
	site := ""
	eventually(t, "it listens", func() bool {
		_, rest, ok := strings.Cut(l.out.String(), `{"listening":"`)
		site, _, _ = strings.Cut(rest, `"`)
		return ok
	})
	sample, err := os.ReadFile(filepath.Join("testdata", "sample.json"))
	require.NoError(t, err)
	status, err := post(t.Context(), site, "a secret", sample)
	require.NoError(t, err)
	require.Equal(t, 200, status)
	status, err = post(t.Context(), site, "a guess", sample)
	require.NoError(t, err)
	require.Equal(t, 401, status)
	require.Zero(t, l.stop())
	for _, private := range []string{"bike", "Robin", "13125550143", "wamid", "This one", "a secret"} {
		require.NotContains(t, l.out.String(), private)
	}
	require.Equal(t, 6, strings.Count(l.out.String(), `"event"`))
}

func TestAnAddressInUseIsNamedWithItsFlag(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	taken := strings.TrimPrefix(s.Site, "http://")
	got := shell{}.run(t, "listen", s.flag, "--addr", taken)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "in use by another program: choose one with --addr")
	file := write(t, t.TempDir(), "people.csv", "to,first_name,order\n+13125550101,Dana,1\n")
	got = shell{}.run(t, "notify", file, "--template", "order_update", "--yes", s.flag, "--webhook-addr", taken)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "choose one with --webhook-addr")
}

func TestSendAndItsRefusals(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	got := shell{}.run(t, "send", "+13125550101", "Hello", s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "window closed")
	s.control("POST", "users/0/text", `{"text":"Hello?"}`)
	got = shell{}.run(t, "send", "+1 (312) 555-0101", "Hello", s.flag)
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "Accepted by WhatsApp as wamid.")
	got = shell{}.run(t, "send", "+13125550101", "--template", "order_update", "--value", "first_name=Ada, of course", "--value", "order=17", s.flag, "--json")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, `"id":"wamid.`)
	for _, masked := range [][]string{{"my card is 4242 4242 4242 4242"}, {"--template", "order_update", "--value", "first_name=Ada", "--value", "order=4242424242424242"}} {
		got = shell{}.run(t, append([]string{"send", "+13125550101", s.flag}, masked...)...)
		require.Zero(t, got.code, got.errs)
		require.Contains(t, got.errs, "A card number is masked")
	}
	for n := range 9 {
		sent, err := json.Marshal(s.control("GET", "traffic/"+strconv.Itoa(max(1, n)), ""))
		require.NoError(t, err)
		require.NotRegexp(t, "4242 ?4242", string(sent), "neither the text nor the value was sent")
	}
	got = shell{}.run(t, "send", "+13125550101", "", s.flag)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.errs, "nothing to send")
	got = shell{}.run(t, "send", "+13125550101", strings.Repeat("x", 5000), s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "5000 characters, at most 4096")
	s.control("POST", "intercept", `{"lost":"answer"}`)
	got = shell{}.run(t, "send", "+13125550101", "Hello", s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "it may have been sent; look before you send it again")
	for args, says := range map[string]string{
		"--template order_updat":                 "did you mean order_update?",
		"--template order_update":                "first_name:",
		"--template order_update --value frst=1": `has no value "frst"; it takes first_name, order`,
		"--template order_update --value x":      "is NAME=VALUE",
		"--template order_update --language de":  "does not exist in de, but in en_US",
	} {
		got = shell{}.run(t, append([]string{"send", "+13125550101", s.flag}, strings.Fields(args)...)...)
		require.Equal(t, 2, got.code, args)
		require.Contains(t, got.errs, says, args)
	}
}

func TestTemplatesAsFiles(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	dir := filepath.Join(t.TempDir(), "templates")
	got := shell{}.run(t, "templates", "list", s.flag)
	require.Zero(t, got.code)
	screen(t, "templates-list", got.out)
	require.Zero(t, shell{}.run(t, "templates", "pull", dir, s.flag).code)
	got = shell{}.run(t, "templates", "diff", dir, s.flag)
	require.Zero(t, got.code, got.all)
	require.Zero(t, shell{}.run(t, "templates", "lint", "--strict", dir).code)

	file := filepath.Join(dir, "order_update.en_US.json")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(raw), "is on its way", "has left us", 1)), 0o600))
	write(t, dir, "pickup.en_US.json", `{"name":"pickup","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Your bike is ready."}]}`)
	got = shell{}.run(t, "templates", "diff", dir, s.flag)
	require.Equal(t, 1, got.code)
	screen(t, "templates-diff", got.out)
	got = shell{}.run(t, "templates", "push", dir, s.flag)
	require.Equal(t, 2, got.code, "nobody is there to be asked")
	require.Contains(t, got.errs, "--yes")
	got = shell{stdin: "n\n", terminal: true}.run(t, "templates", "push", dir, s.flag)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "nothing was done")
	got = shell{stdin: "y\n", terminal: true}.run(t, "templates", "push", dir, s.flag)
	require.Zero(t, got.code, got.all)
	got = shell{}.run(t, "templates", "diff", dir, s.flag)
	require.Zero(t, got.code, got.all)
	got = shell{}.run(t, "templates", "preview", "order_update", "--value", "order=18", s.flag)
	require.Zero(t, got.code)
	screen(t, "templates-preview", got.out)
	require.Equal(t, got.out, shell{}.run(t, "templates", "preview", file, "--value", "order=18").out)
}

func TestLintPrintsLinesAsCompilersDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.json", "{\"name\":\"Bad Name\",\"language\":\"en\",\"category\":\"UTILITY\",\n \"components\":[\n  {\"type\":\"BODY\",\"text\":\"{{1}} is here\"},\n  {\"type\":\"FOOTER\",\"text\":\""+strings.Repeat("long ", 20)+"\"}]}")
	write(t, dir, "b.json", `{"name": }`)
	write(t, dir, "c.json", `{"name":"pickup","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Hi {{1}}, it is ready.","example":{"body_text":[["Ada"]]}}]}`)
	write(t, dir, "d/c.json", `{"name":"pickup","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Ready."}]}`)
	write(t, dir, "m1.txt", "Hello {{customer.nme}},\nsee you {{tomorrow}}.\n")
	write(t, dir, "m2.txt", "&((template=[[pickp]] language=[[en]]))&")
	write(t, dir, "m3.md", "&((template=[[pickup]] language=[[de]] body_text=[[Ada]]))&")
	write(t, dir, "m4.md", "&((template=[[pickup]] language=[[en))&")
	write(t, dir, "m5.md", "Hello {{customer.first_name}}, your ticket is {{ ticket }}.")
	write(t, dir, "notes.doc", "not looked at")
	got := shell{}.run(t, "templates", "lint", dir)
	require.Equal(t, 1, got.code)
	screen(t, "templates-lint", strings.ReplaceAll(got.out, dir+string(filepath.Separator), ""))
	got = shell{}.run(t, "templates", "lint", dir, "--json")
	var findings []finding
	require.NoError(t, json.Unmarshal([]byte(got.out), &findings))
	require.Greater(t, len(findings), 6)
	require.Zero(t, shell{}.run(t, "templates", "lint", filepath.Join(dir, "m5.md")).code)
	require.Equal(t, 2, shell{}.run(t, "templates", "lint", filepath.Join(dir, "notes.doc")).code)
	require.Equal(t, 2, shell{}.run(t, "templates", "lint", t.TempDir()).code)
}

func TestRedactMasksFilesAndInput(t *testing.T) {
	t.Parallel()
	const chat = "hi\nmy card is 4242 4242 4242 4242 exp 03/27 cvv 123\nand this is about the parcel that never came to us\norder 4539148803436467\n"
	for _, tc := range []struct{ name, args, in, out, report string }{
		{
			"counts what it masks", "", chat,
			"hi\nmy card is XXXX XXXX XXXX 4242 exp 03/27 cvv XXX\nand this is about the parcel that never came to us\norder 4539148803436467\n",
			"masked card: 1, security code: 1\n",
		},
		{"has nothing to do", "", "hi\n", "hi\n", "masked nothing\n"},
		{
			"takes the options", "--keep first6_last4 --mask # --strict", chat,
			"hi\nmy card is 4242 42## #### 4242 exp 03/27 cvv ###\nand this is about the parcel that never came to us\norder 453914######6467\n",
			"masked card: 2, security code: 1\n",
		},
		{
			"explains without the number", "--explain", "my card is 4242 4242 4242 4242",
			"my card is XXXX XXXX XXXX 4242",
			"bytes 11 to 30: card (visa, strong): number alone\nmasked card: 1\n",
		},
		{"reports in JSON", "--json", "4242424242424242", "XXXXXXXXXXXX4242", `{"masked":{"card":1}}` + "\n"},
		{
			"looks at parts of documents", "--values text.body,**.caption",
			`{"id":"4242424242424242","text":{"body":"4242424242424242"}}` + "\n\n" + `{"image":{"caption":"4111111111111111"}}`,
			`{"id":"4242424242424242","text":{"body":"XXXXXXXXXXXX4242"}}` + "\n\n" + `{"image":{"caption":"XXXXXXXXXXXX1111"}}`,
			"masked document: 2\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := shell{stdin: tc.in}.run(t, append([]string{"redact"}, strings.Fields(tc.args)...)...)
			require.Zero(t, got.code, got.errs)
			require.Equal(t, tc.out, got.out)
			require.Equal(t, tc.report, got.errs)
			file := write(t, t.TempDir(), "in.txt", tc.in)
			got = shell{}.run(t, append([]string{"redact", file}, strings.Fields(tc.args)...)...)
			require.Equal(t, tc.out, got.out)
		})
	}
	for args, code := range map[string]int{"--keep all": 2, "--mask 7": 2, "--explain --values a": 2, "--values a": 1} {
		got := shell{stdin: `{"a":"4242424242424242"`}.run(t, append([]string{"redact"}, strings.Fields(args)...)...)
		require.Equal(t, code, got.code, args)
		require.NotContains(t, got.all, "4242424242424242")
	}
}

func TestWindowReadsBodiesAndRecordings(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile(filepath.Join("testdata", "sample.json"))
	require.NoError(t, err)
	got := shell{stdin: string(sample)}.run(t, "window", "-", "--at", "2026-11-18T12:00:00Z")
	require.Zero(t, got.code, got.errs)
	screen(t, "window", got.out)
	for args, says := range map[string]string{"- --at yesterday": "--at is a time", "-": "is not JSON"} {
		got = shell{stdin: "x"}.run(t, append([]string{"window"}, strings.Fields(args)...)...)
		require.NotZero(t, got.code)
		require.Contains(t, got.errs, says)
	}
}

func TestTriggerDoesWhatThePageDoes(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	got := shell{}.run(t, "trigger", s.flag)
	require.Zero(t, got.code)
	require.Contains(t, got.out, "give-up-number")
	for args, says := range map[string]string{
		"text text=Hello?":             "Done: id wamid.",
		"users/1/text text=Hello?":     "Done: id wamid.",
		"clock advance=24h":            "Done: now 20",
		"intercept code=131056":        "Done",
		"block --user 2":               "Done.",
		"marketing-cap on=true":        "Done.",
		"state":                        `"access_token"`,
		"traffic limit=1 kind=control": `"traffic"`,
		"text --help-kind":             "text: Writes a text.",
	} {
		got = shell{}.run(t, append([]string{"trigger", s.flag}, strings.Fields(args)...)...)
		require.Zero(t, got.code, "%s: %s", args, got.errs)
		require.Contains(t, got.out, says, args)
	}
	for args, says := range map[string]string{
		"txt": "did you mean", "text txt=1": "did you mean text?", "text Hello": "NAME=VALUE", "intercept times=x": "is a number", "intercept times=NaN": "is a number", "intercept times=+1": "is a number",
		"marketing-cap on=perhaps": "is true or false", "order items=x": "must be JSON", "users/99/text text=x": "simulator refused",
	} {
		got = shell{}.run(t, append([]string{"trigger", s.flag}, strings.Fields(args)...)...)
		require.NotZero(t, got.code, args)
		require.Contains(t, got.errs, says, args)
	}
	got = shell{}.run(t, "trigger", "--sim=1")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.errs, "start one with kanava simulate")
}

func TestSimulatePrintsWhatToPutInPlaceOfMetas(t *testing.T) {
	t.Parallel()
	r := shell{}.start(t, "simulate", "--addr", "0")
	eventually(t, "it has started", func() bool { return strings.Contains(r.out.String(), "verify token") })
	require.Zero(t, r.stop())
	screen(t, "simulate", steady(r.out.String()))
	r = shell{env: map[string]string{"SIMULATOR_APP_SECRET": "my own"}}.start(t, "simulate", "--addr", "0", "--json")
	eventually(t, "it has started", func() bool { return strings.Contains(r.out.String(), `"app_secret":"my own"`) })
	require.Equal(t, 1, shell{}.run(t, "simulate", "--addr", "0.0.0.0:0").code, "only here")
}

func TestAValueOfAGestureIsWhatItSays(t *testing.T) {
	t.Parallel()
	values := map[string]parameter{"on": {Type: "boolean"}, "times": {Type: "integer"}, "text": {Type: "string"}}
	for arg, want := range map[string]string{
		"on=False": `{"on":false}`, "on=F": `{"on":false}`, "on=0": `{"on":false}`, "on=TRUE": `{"on":true}`, "on=t": `{"on":true}`,
		"times=2": `{"times":2}`, "text=2": `{"text":"2"}`, "text:=2": `{"text":2}`,
	} {
		got, err := gesture{Method: "POST", Values: values}.body([]string{arg})
		require.NoError(t, err, arg)
		require.Equal(t, want, string(got), arg)
	}
	got, err := gesture{Method: "GET", Values: values}.body([]string{"text:=2", "times=3"})
	require.NoError(t, err)
	require.Equal(t, `{"text":"2","times":"3"}`, string(got), "all that is in an address is text")
}

func TestHalfALastLineSpoilsNoRecording(t *testing.T) {
	t.Parallel()
	s := simulated(t)
	const whole = `{"received":"2026-11-29T12:00:00Z","body":{"object":"whatsapp_business_account","entry":[]}}` + "\n"
	for name, c := range map[string]struct {
		text string
		sent int // before it is added to; 0 = refused
	}{
		"cut off within a word":           {whole + whole + whole[:len(whole)/2], 2},
		"cut off at once":                 {whole + `{"re`, 1},
		"nothing but the beginning of it": {whole[:30], 0},
		"whole, but for the line break":   {whole + strings.TrimSpace(whole), 2},
	} {
		file := write(t, t.TempDir(), "webhooks.jsonl", c.text)
		own := newProgram3000(t, s.Secret)
		got := shell{}.run(t, "replay", file, "--to", own.URL, s.flag)
		require.Equal(t, c.sent > 0, got.code == 0, "%s: %s", name, got.errs)
		require.Len(t, own.got(), c.sent, name)

		j, err := openJournal(file, recordBegins)
		require.NoError(t, err, name)
		require.NoError(t, j.add(recorded{Received: today, Body: json.RawMessage(`{"entry":[]}`)}), name)
		require.NoError(t, j.close(), name)
		got = shell{}.run(t, "replay", file, "--to", own.URL, s.flag)
		require.Zero(t, got.code, "%s: %s", name, got.errs)
		require.Len(t, own.got(), c.sent+c.sent+1, "%s: what is added is there", name)
	}
}

func TestAFileThatIsNoRecordingLosesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"notes of mine", "a\nb", strings.Repeat("x", 200_000), "{}\n{\"other\":"} {
		file := write(t, t.TempDir(), "f", text)
		j, err := openJournal(file, recordBegins)
		require.NoError(t, err)
		require.NoError(t, j.add(1))
		require.NoError(t, j.close())
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, text+"\n1\n", string(raw))
	}
	long := strings.Repeat("y", 200_000)
	file := write(t, t.TempDir(), "f", "1\n"+recordBegins+long)
	require.NoError(t, endLine(file, recordBegins))
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "1\n", string(raw), "the half line is longer than a piece that is read")
}

func TestHalfALastLineSpoilsNoHistory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "doctor.jsonl")
	report := func(grade onboard.Grade) onboard.Report {
		return onboard.Report{Version: 1, Taken: today, Checks: []onboard.Check{{ID: onboard.CheckQuality, Grade: grade}}}
	}
	cut := `{"version":1,"taken":"2026-`
	for i, grade := range []onboard.Grade{onboard.OK, onboard.Warn, onboard.OK} {
		before, err := os.ReadFile(file)
		if i > 0 {
			require.NoError(t, err)
		}
		write(t, filepath.Dir(file), "doctor.jsonl", string(before)+cut)
		changes, err := compareHistory(file, report(grade))
		require.NoError(t, err)
		require.Len(t, changes, min(i, 1), "compared with the last whole one")
	}
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(raw), cut+"{")
	require.Equal(t, 3, strings.Count(string(raw), "\n"))
	_, err = compareHistory(write(t, t.TempDir(), "notes", "notes of mine"), report(onboard.OK))
	require.Error(t, err)
}
