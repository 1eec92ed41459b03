package simulator

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/examples/internal/browsertest"
)

// lowContrast lists texts that are harder to read than WCAG 2.2 level AA allows: a ratio
// below 4.5, or 3 for large ones, against the colour behind them.
const lowContrast = `(() => {
  const lin = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const parse = c => (c.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const lum = ([r, g, b]) => .2126 * lin(r) + .7152 * lin(g) + .0722 * lin(b);
  const over = (top, under) => { const a = top[3] ?? 1; return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)); };
  const behind = e => {
    const stack = [];
    for (; e; e = e.parentElement) stack.push(parse(getComputedStyle(e).backgroundColor));
    return stack.reverse().reduce((under, c) => over(c, under), [255, 255, 255]);
  };
  const bad = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!walk.currentNode.data.trim() || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.disabled) continue;
    const bg = behind(e), fg = over(parse(style.color), bg), [hi, lo] = [lum(fg), lum(bg)].sort((a, b) => b - a), ratio = (hi + .05) / (lo + .05);
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) bad.push(walk.currentNode.data.trim().slice(0, 30) + " " + ratio.toFixed(2));
  }
  return bad.join("; ");
})()`

// unnamed lists controls that a screen reader could not name.
const unnamed = `[...document.querySelectorAll("button, input, select, a, dialog")].filter(e =>
  !(e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.labels?.length || e.title)).map(e => e.outerHTML.slice(0, 80)).join("; ")`

func TestThePageMeetsWCAG(t *testing.T) {
	page := browsertest.Open(t, 1400, 1000)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible("#snippet pre"))
	page.Do(chromedp.SendKeys("#text", "Hello?\n"), chromedp.WaitVisible(".bubble.mine"))
	r.control("POST", "settle", `{}`)
	r.sendRaw(ask)
	r.call("GET", "/v20.0/"+numberID, "", "Authorization", "Bearer "+r.s.token) // advice
	r.control("POST", "clock", `{"advance":"25h"}`)
	r.send("late")
	page.Until(`(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
	page.Do(chromedp.WaitVisible("#rules .finding"), chromedp.WaitVisible("#rules .mild"), chromedp.WaitVisible("#traffic pre"))
	page.Press("#probe")
	page.Do(chromedp.WaitVisible("#verdict .attack"))
	for _, scheme := range []string{"light", "dark"} {
		// The rules for dark screens are made to hold or not, whatever the machine prefers.
		media := map[string]string{"light": "not all", "dark": "all"}[scheme]
		page.Until(`window.dark ||= [...document.styleSheets[0].cssRules].find(r => r.conditionText?.includes("dark")), dark.media.mediaText = "` + media + `", true`)
		for _, list := range []string{lowContrast, unnamed} {
			page.Until(`window.found = ` + list + `, true`)
			require.Empty(t, page.Value("window.found"), scheme)
		}
	}
	page.Until(`document.documentElement.lang === "en" && document.querySelectorAll("h1").length === 1`)
	page.Picture("simulator-7-everything")
}

func TestAListOpensAndASecondPhoneStandsBeside(t *testing.T) {
	page := browsertest.Open(t, 1500, 950)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible(".hint"))
	page.Do(chromedp.SendKeys("#text", "Which sizes are there?\n"), chromedp.WaitVisible(".bubble.mine"))
	r.control("POST", "settle", `{}`)
	status, v := r.sendRaw(`"type":"interactive","interactive":{"type":"list","body":{"text":"Which size?"},"action":{"button":"See sizes","sections":[
		{"title":"Pots","rows":[{"id":"s","title":"Small","description":"12 cm"},{"id":"l","title":"Large"}]}]}}`)
	require.Equal(t, http.StatusOK, status, "%v", v)
	r.control("POST", "settle", `{}`)
	page.Do(chromedp.WaitVisible(".taps button"))
	require.Contains(t, page.Text(".taps button"), "See sizes")
	page.Press(".taps button")
	page.Do(chromedp.WaitVisible("#choices .row-choice"))
	page.Picture("simulator-8-list")
	page.Press("#choices .row-choice")
	page.Do(chromedp.WaitVisible(".bubble.mine .quote"))

	page.Until(`((s) => s.options.length > 1 && (s.value = "1", s.dispatchEvent(new Event("change")), true))(document.querySelector("#pinner"))`)
	page.Do(chromedp.WaitVisible("#beside .device"), chromedp.SendKeys("#beside input", "Me too\n"), chromedp.WaitVisible("#beside .bubble"))
	require.Equal(t, "Me too", r.s.people.all()[1].Sees(r.s.number)[0].Text)
	page.Fits()
	page.Picture("simulator-9-phones")

	page.Do(chromedp.SendKeys("#search", "sofia"))
	page.Until(`document.querySelectorAll(".person").length === 1`)
	page.Until(`((s) => (s.value = 50, s.dispatchEvent(new Event("change")), true))(document.querySelector("#weather-duplicate"))`)
	page.Until(`document.querySelector("#weather-duplicate ~ output").textContent === "50 %"`)
}

func TestFlowsAreMadeAndOrdersPaidOnThePage(t *testing.T) {
	page := browsertest.Open(t, 1500, 1250)
	r := newRig(t)
	page.Do(chromedp.Navigate(r.s.site), chromedp.WaitVisible(".hint"))
	page.Do(chromedp.SendKeys("#text", "May I pay?\n"), chromedp.WaitVisible(".bubble.mine"))
	r.control("POST", "settle", `{}`)
	status, v := r.sendRaw(orderMessage)
	require.Equal(t, http.StatusOK, status, "%v", v)
	r.control("POST", "settle", `{}`)
	page.Do(chromedp.WaitVisible(".taps button"))
	require.Contains(t, page.Text(".taps button"), "Review and Pay")
	page.Press(".taps button")

	r.offerFlow()
	page.Until(`[...document.querySelectorAll(".taps button")].filter(b => b.textContent === "Rate").map(b => b.click()).length === 1`)
	page.Do(chromedp.WaitVisible("#form-data"))
	require.Contains(t, strings.ToUpper(page.Text("#form-title")), "RATING")
	page.Press("#form-report")
	page.Do(chromedp.WaitVisible("#notice.good"))
	page.Picture("simulator-11-form")
	page.Until(`(document.querySelector("#form-data").value = '{"stars":4}', document.querySelector("#form-fields").requestSubmit(), true)`)
	page.Until(`[...document.querySelectorAll(".bubble.mine")].length === 2`) // the answers of the form

	page.Until(`[...document.querySelectorAll("#flows button")].map(b => b.click()).length === 1`) // Check
	page.Until(`document.querySelector("#notice").textContent.endsWith("is well.")`)

	page.Do(chromedp.SendKeys("#flow-name", "other\n"), chromedp.WaitVisible("#flows .row:nth-child(2) select"))
	page.Until(`((s) => (s.value = "BLOCKED", s.dispatchEvent(new Event("change")), true))(document.querySelector("#flows .row:nth-child(2) select"))`)
	require.Eventually(t, func() bool {
		r.control("POST", "settle", `{}`)
		r.mu.Lock()
		defer r.mu.Unlock()
		bodies := strings.Join(r.bodies, "")
		return r.s.account.Flows()[1].Status() == "BLOCKED" && strings.Contains(bodies, `"status":"captured"`) && strings.Contains(bodies, `\"stars\":4`)
	}, patience, 50*time.Millisecond)
	page.Fits()
	page.Until(`(document.querySelector("#flow-adder").scrollIntoView(), true)`)
	page.Picture("simulator-10-flows")
}

// TestTheSnippetsSend runs what the page shows in the languages that this machine has.
func TestTheSnippetsSend(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	run := map[string]struct {
		program string
		args    []string
		file    string
	}{
		"curl": {"bash", nil, "send.sh"}, "Node": {"node", nil, "send.mjs"}, "Python": {"python3", nil, "send.py"},
		"Go": {"go", []string{"run"}, "main.go"}, "PHP": {"php", nil, "send.php"},
	}
	sent := 0
	for _, x := range r.s.snippets() {
		how, ok := run[x.Name]
		if !ok {
			continue
		}
		path, err := exec.LookPath(how.program)
		if err != nil {
			t.Logf("not run, there is no %s: %s", how.program, x.Name)
			continue
		}
		dir := t.TempDir()
		if x.Name == "Go" { // within this module, whose packages it imports
			dir, err = os.MkdirTemp(".", "snippet-")
			require.NoError(t, err)
			defer func() { _ = os.RemoveAll(dir) }()
		}
		file := filepath.Join(dir, how.file)
		require.NoError(t, os.WriteFile(file, []byte(x.Code), 0o600))
		out, err := exec.Command(path, append(how.args, file)...).CombinedOutput()
		require.NoError(t, err, "%s: %s", x.Name, out)
		r.control("POST", "settle", `{}`)
		seen := r.s.people.all()[0].Sees(r.s.number)
		require.Equal(t, "Hello from "+x.Name, seen[len(seen)-1].Text, "%s", out)
		sent++
	}
	require.Positive(t, sent)
}
