package cloudapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// zeros is an endless source.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestLargeFilesAreStreamed moves 100 MB each way and counts every byte that was
// allocated meanwhile, by the client and by the server together.
func TestLargeFilesAreStreamed(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("moves 200 MB, which the race detector multiplies")
	}
	const size = 100 << 20
	digest := sha256.New()
	_, err := io.CopyN(digest, zeros{}, size)
	require.NoError(t, err)
	var received int64
	var srv *httptest.Server
	buf := make([]byte, 32<<10)
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/media"):
			n, _ := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r.Body}, buf)
			received = n
			_, _ = io.WriteString(w, `{"id":"7"}`)
		case strings.HasSuffix(r.URL.Path, "/7"):
			fmt.Fprintf(w, `{"url":"%s/file","mime_type":"video/mp4","sha256":"%s","file_size":%d}`, srv.URL, hex.EncodeToString(digest.Sum(nil)), size)
		default:
			w.Header().Set("Content-Length", fmt.Sprint(size))
			_, _ = io.CopyBuffer(struct{ io.Writer }{w}, io.LimitReader(zeros{}, size), buf)
		}
	}))
	defer srv.Close()
	client, err := cloudapi.New(cloudapi.Config{
		Token: token, BaseURL: srv.URL, InsecureHTTP: true, HTTPClient: srv.Client(), MediaHosts: []string{strings.TrimPrefix(srv.URL, "http://")},
	})
	require.NoError(t, err)
	number := client.Number("1")
	allocated := func(f func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}

	up := allocated(func() {
		id, err := number.Upload(t.Context(), message.Upload{Name: "film.mp4", MIME: "video/mp4", Size: size, Body: io.LimitReader(zeros{}, size)})
		require.NoError(t, err)
		require.Equal(t, "7", id)
	})
	require.Greater(t, received, int64(size))
	down := allocated(func() {
		d, err := number.Download(t.Context(), "7")
		require.NoError(t, err)
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{d.Body}, make([]byte, 32<<10))
		require.NoError(t, err)
		require.Equal(t, int64(size), n)
		require.NoError(t, d.Body.Close())
	})
	t.Logf("allocated for 100 MB: %d KB up, %d KB down", up>>10, down>>10)
	require.Less(t, up, uint64(1<<20))
	require.Less(t, down, uint64(1<<20))
}
