// Package browsertest drives the pages of the examples in a headless Chromium.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// hang bounds what waits for a browser. It ends a test that would never end, and no test that is slow.
const hang = 2 * time.Minute

// A Page is a tab of a browser of its own, closed when the test ends.
type Page struct {
	t   *testing.T
	ctx context.Context
}

// Open starts a browser with a window of this size in pixels. Without a Chromium on
// the machine the test is skipped, or fails where services are required.
func Open(t *testing.T, width, height int64) *Page {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("KANAVA_REQUIRE_SERVICES") != "" {
			t.Fatal("no chromium on this machine, and services are required")
		}
		t.Skip("no chromium on this machine: the page is not tested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.WSURLReadTimeout(hang), chromedp.WindowSize(int(width), int(height)))
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	_, err := chromedp.Run(tab, chromedp.EmulateViewport(width, height))
	require.NoError(t, err)
	return &Page{t: t, ctx: tab}
}

// OpenIn is Open for somebody who likes a colour scheme, "light" or "dark".
func OpenIn(t *testing.T, scheme string, width, height int64) *Page {
	t.Helper()
	p := Open(t, width, height)
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(t, err)
	return p
}

// Before runs a script in every page that is opened from now on, before its own.
func (p *Page) Before(script string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	require.NoError(p.t, err)
}

// Cookie sets a cookie for the site of an address, and returns when the browser has it: what a script sets
// may come too late for a page that is asked for at once.
func (p *Page) Cookie(site, path, name, value string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{URL: site, Path: path, Name: name, Value: value})
	require.NoError(p.t, err)
}

// Do performs steps one after the other and fails the test if they never end.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	limited, cancel := context.WithTimeout(p.ctx, hang)
	defer cancel()
	require.NoError(p.t, chromedp.Do(limited, steps...))
}

// Text returns what the first element that matches the selector shows.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Text(selector))
	require.NoError(p.t, err)
	return text
}

// Until waits for an expression in the page to become true, and fails the test if it
// does not.
func (p *Page) Until(expression string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression))
		return err == nil && ok // an error while the page is being loaded
	}, hang, 20*time.Millisecond, expression)
}

// Press clicks the first element that matches the selector, once there is one, also in a
// list that may be drawn again at any moment.
func (p *Page) Press(selector string) {
	p.t.Helper()
	p.Until("(e => e ? (e.click(), true) : false)(document.querySelector(" + strconv.Quote(selector) + "))")
}

// Fits fails the test if the page is wider than the window.
func (p *Page) Fits() {
	p.t.Helper()
	wider, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	require.NoError(p.t, err)
	require.False(p.t, wider, "the page is wider than the window")
}

// Picture saves a screenshot if KANAVA_SCREENSHOTS names a folder.
func (p *Page) Picture(name string) {
	p.t.Helper()
	dir := os.Getenv("KANAVA_SCREENSHOTS")
	if dir == "" {
		return
	}
	raw, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o600))
}

// Value returns what an expression is, as text.
func (p *Page) Value(expression string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	require.NoError(p.t, err)
	return text
}

// Run runs a script, such as one that is read from a file, and returns what its promise is resolved with, as text. The
// policy of the page does not count for it.
func (p *Page) Run(script string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	return text
}
