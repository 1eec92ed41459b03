package console_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// The figures that a page holds to, in bytes as they go over the line.
const (
	mostFirstLoad = 120 << 10 // the page with a talk, and all scripts and styles
	mostTen       = 60 << 10  // what ten messages cost an open page
)

// gzipped asks for something as a browser does, and returns it and its weight.
func (s *site) gzipped(path string) (body string, weight int) {
	s.T.Helper()
	r := httptest.NewRequestWithContext(s.T.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	a := s.do(r, &alice)
	require.Equal(s.T, http.StatusOK, a.Code, path)
	require.Equal(s.T, "gzip", a.Header().Get("Content-Encoding"), path)
	zip, err := gzip.NewReader(bytes.NewReader(a.Body.Bytes()))
	require.NoError(s.T, err)
	plain, err := io.ReadAll(zip)
	require.NoError(s.T, err)
	return string(plain), a.Body.Len()
}

var staticBase = regexp.MustCompile(`/static/[0-9a-f]+/`)

var modules = regexp.MustCompile(`(?:from|import\()\s*"\./([a-z]+\.js)"`)

func TestAPageIsLight(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for i := range 60 {
			s.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprintf("wamid.%d", i), "Hello, is my bike ready? I would like to fetch it today."))
		}
		s.Pass(time.Minute)
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.k", "hello"))
		s.Pass(time.Minute)
		id := s.Conversations()[0].ID
		for i := range 60 {
			s.Post(channeltest.Kim.Text(time.Now(), fmt.Sprintf("wamid.k%d", i), strings.Repeat("The chain rattles. ", 8)))
		}
		s.Pass(time.Minute)
		page, total := s.gzipped("/c/" + id)
		base := staticBase.FindString(page)
		seen := map[string]bool{}
		load := []string{"main.js", "console.css"}
		for len(load) > 0 {
			name := load[0]
			load = load[1:]
			if seen[name] {
				continue
			}
			seen[name] = true
			text, weight := s.gzipped(base + name)
			total += weight
			for _, m := range modules.FindAllStringSubmatch(text, -1) {
				load = append(load, m[1])
			}
		}
		require.Greater(t, len(seen), 8)
		t.Logf("the first load weighs %d bytes in %d files", total, len(seen)+1)
		require.LessOrEqual(t, total, mostFirstLoad)

		w := s.listen(alice, "?view=all&open="+id, "")
		begun := len(w.String())
		for i := range 10 {
			s.Post(channeltest.Kim.Text(time.Now(), fmt.Sprintf("wamid.ten%d", i), "Hello, is my bike ready? I would like to fetch it today."))
			s.Pass(3 * time.Second)
		}
		w.end()
		all, _ := w.patches(t)
		n := 0
		for _, p := range all {
			n += len(p.Messages)
		}
		require.GreaterOrEqual(t, n, 10)
		cost := len(w.String()) - begun
		t.Logf("ten messages cost an open page %d bytes", cost)
		require.LessOrEqual(t, cost, mostTen)
	})
}

func TestAScriptThatHasAPartAlreadyGetsNothing(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		for _, path := range []string{"/list", "/talk/" + id, "/panel/" + id} {
			first := s.get(alice, path)
			tag := first.Header().Get("ETag")
			require.NotEmpty(t, tag, path)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Header.Set("If-None-Match", tag)
			again := s.do(r, &alice)
			require.Equal(t, http.StatusNotModified, again.Code, path)
			require.Empty(t, again.text)
		}
	})
}
