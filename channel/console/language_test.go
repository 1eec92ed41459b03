package console

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

func allWords(t *testing.T) *catalogue {
	t.Helper()
	c, err := newCatalogue(nil)
	require.NoError(t, err)
	return c
}

var (
	inTemplates = regexp.MustCompile(`say "([^"]+)"`)
	begins      = regexp.MustCompile(`print "([^"]+)" `)
	inScripts   = regexp.MustCompile(`say\("([^"]+)"`)
	verbs       = regexp.MustCompile(`%[sd]|\{\w+\}`)
)

func TestEveryLanguageHasEverySentence(t *testing.T) {
	t.Parallel()
	c := allWords(t)
	first := c.offered[0]
	for _, l := range c.offered {
		require.Equal(t, slices.Sorted(maps.Keys(first.words)), slices.Sorted(maps.Keys(l.words)), l.Tag)
		for key, text := range l.words {
			require.NotEmpty(t, strings.TrimSpace(text), l.Tag+" "+key)
			want, got := verbs.FindAllString(first.words[key], -1), verbs.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			require.Equal(t, want, got, l.Tag+" "+key+": the places to fill in")
		}
	}
}

func TestEverySentenceThatIsSaidIsThere(t *testing.T) {
	t.Parallel()
	words := allWords(t).offered[0].words
	said := func(pattern *regexp.Regexp, prefix, text string) {
		for _, m := range pattern.FindAllStringSubmatch(text, -1) {
			for _, key := range m[1:] {
				if key != "" {
					require.Contains(t, words, prefix+key)
				}
			}
		}
	}
	read := func(from fs.FS, pattern string, f func(string)) {
		files, err := fs.Glob(from, pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			raw, err := fs.ReadFile(from, name)
			require.NoError(t, err)
			f(string(raw))
		}
	}
	read(sources, "templates/*.html", func(text string) {
		said(inTemplates, "", text)
		for _, m := range begins.FindAllStringSubmatch(text, -1) {
			require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(words)), func(k string) bool { return strings.HasPrefix(k, m[1]) }), m[1])
		}
	})
	read(static, "static/*.js", func(text string) { said(inScripts, "js.", text) })
	for _, p := range allPages() {
		if p.nav != "" {
			require.Contains(t, words, p.nav)
		}
	}
	for _, v := range views {
		require.Contains(t, words, "view."+v.name)
	}
}

func TestAPageSpeaksTheLanguageThatTheBrowserLikesBest(t *testing.T) {
	t.Parallel()
	c := allWords(t)
	for accept, want := range map[string]string{
		"": "en", "en-GB,en;q=0.9": "en", "xx": "en", "*": "en", "en;q=nonsense": "en",
		"fi": "fi", "de-AT,en;q=0.5": "de", "en;q=0.5, ar;q=0.8": "ar", "ja-JP": "ja", "fr;q=0, en": "en", "sv, fi;q=0.3, en;q=0.2": "fi",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", accept)
		require.Equal(t, want, c.of(r).Tag, accept)
	}
}

func TestWhyAMessageFailedIsSaidInTheLanguage(t *testing.T) {
	t.Parallel()
	f := &conversation.Failure{Class: "recipient_unreachable", Title: "Undeliverable", Hint: "Try another way."}
	for _, l := range allWords(t).offered {
		if l.Tag == "en" {
			require.Equal(t, "Undeliverable. Try another way.", l.failed(f))
		} else {
			require.Equal(t, l.words["failure.recipient_unreachable"], l.failed(f), l.Tag)
		}
		require.Equal(t, "New. Do.", l.failed(&conversation.Failure{Class: "of the future", Title: "New", Hint: "Do."}))
	}
}

func TestEveryWordOfTheHubIsKnown(t *testing.T) {
	t.Parallel()
	words := allWords(t).offered[0].words
	for _, s := range []conversation.DeliveryState{
		conversation.Scheduled, conversation.Queued, conversation.Uncertain, conversation.Accepted, conversation.Sent, conversation.Delivered,
		conversation.Read, conversation.Played, conversation.Failed, conversation.Cancelled,
	} {
		require.Contains(t, words, "state."+string(s))
	}
	for _, p := range []window.Phase{
		window.PhaseNever, window.PhaseOpen, window.PhaseClosing4h, window.PhaseClosing1h, window.PhaseClosing15m, window.PhaseClosed,
	} {
		require.Contains(t, words, "window."+string(p))
	}
	for _, s := range []rules.State{
		{}, {Queue: rules.QueueNew, WaitingSince: time.Unix(1, 0)}, {Queue: rules.QueueNew}, {Queue: rules.QueuePending}, {Queue: rules.QueueResolved},
		{Queue: rules.QueueNew, WaitingSince: time.Unix(1, 0), LastAgentReply: time.Unix(1, 0)},
	} {
		require.Contains(t, words, "status."+statusOf(&s))
	}
}
