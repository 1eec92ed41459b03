package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser returns a page in a headless Chromium. Without one on the machine the test is
// skipped, or fails where services are required.
func browser(t *testing.T, width, height int64) context.Context {
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
		chromedp.Flag("disable-quic", true), chromedp.WindowSize(int(width), int(height)))
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	page, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	_, err := chromedp.Run(page, chromedp.EmulateViewport(width, height))
	require.NoError(t, err)
	return page
}

// picture saves a screenshot if KANAVA_SCREENSHOTS names a folder.
func picture(t *testing.T, page context.Context, name string) {
	t.Helper()
	dir := os.Getenv("KANAVA_SCREENSHOTS")
	if dir == "" {
		return
	}
	raw, err := chromedp.Run(page, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o600))
}

func TestAPersonUsesTheConsole(t *testing.T) {
	page := browser(t, 1400, 860)
	s := serve(t, t.TempDir())
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(page, 30*time.Second)
		defer cancel()
		err := chromedp.Do(limited, steps...)
		require.NoError(t, err)
	}
	do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	picture(t, page, "1-empty")

	do(chromedp.SendKeys("#say input", "Hi! My bike has a loose chain. Can you have a look this week?\n"))
	do(chromedp.WaitVisible(".message.in"), chromedp.WaitVisible("#reply textarea"))
	do(chromedp.SendKeys("#reply textarea", "Sure! Bring it in any day before 6 pm. The check is free.\n"))
	do(chromedp.WaitVisible(".message.out .ticks.read"))
	do(chromedp.Click("#card"), chromedp.SendKeys("#say input", "\n"))
	do(chromedp.WaitVisible(".message .shield"))
	picture(t, page, "2-talk")

	do(chromedp.Click("[data-advance='24h']"), chromedp.WaitVisible("#template"), chromedp.WaitVisible("#preview .bubble"))
	picture(t, page, "3-closed")
	notice, err := chromedp.Run(page, chromedp.Text("#notice"))
	require.NoError(t, err)
	require.Contains(t, notice, "window is closed")
	do(chromedp.SendKeys("#template select", "we answered"), chromedp.WaitVisible("#fields input"))
	do(chromedp.SendKeys("#fields label:last-child input", "your bike"))
	picture(t, page, "3b-template")
	do(chromedp.Click("#template button[type=submit]"), chromedp.WaitVisible(".taps button"))
	sent, err := chromedp.Run(page, chromedp.Text("#screen"))
	require.NoError(t, err)
	require.Contains(t, sent, "about your bike")
	do(chromedp.Click(".taps button"), chromedp.WaitVisible("#reply textarea"))
	picture(t, page, "4-open-again")
}

func TestTheConsoleFitsAPhone(t *testing.T) {
	page := browser(t, 390, 844)
	s := serve(t, t.TempDir())
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(page, 30*time.Second)
		defer cancel()
		err := chromedp.Do(limited, steps...)
		require.NoError(t, err)
	}
	do(chromedp.Navigate(s.url), chromedp.WaitVisible("#say input"))
	do(chromedp.SendKeys("#say input", "Is my bike ready?\n"), chromedp.WaitVisible(".bubble.mine"))
	picture(t, page, "5-phone")
	do(chromedp.Click("[data-go=tickets]"), chromedp.WaitVisible(".ticket"))
	picture(t, page, "6-tickets")
	do(chromedp.Click(".ticket"), chromedp.WaitVisible("#reply textarea"))
	do(chromedp.SendKeys("#reply textarea", "It is. Come by any time!\n"), chromedp.WaitVisible(".message.out .ticks.read"))
	picture(t, page, "7-talk")
	overflow, err := chromedp.Run(page, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	require.NoError(t, err)
	require.False(t, overflow, "nothing sticks out to the side")
}
