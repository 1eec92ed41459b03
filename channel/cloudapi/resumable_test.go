package cloudapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// uploads is the resumable upload API: it takes as many bytes of each request as
// it is told to, then the connection breaks.
type uploads struct {
	t      *testing.T
	takes  []int // per POST; none left: all
	got    []byte
	posts  int
	asked  int
	status int // instead of breaking
}

func (u *uploads) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := func(status int, body string) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/uploads"):
		return answer(200, `{"id":"upload:MTphdA==?sig=ARZqkGCA-_"}`)
	case r.Method == http.MethodGet:
		require.Equal(u.t, "OAuth "+token, r.Header.Get("Authorization"))
		require.Equal(u.t, "sig=ARZqkGCA-_", r.URL.RawQuery, "the signature is passed on as it is")
		require.Equal(u.t, "/v26.0/upload:MTphdA==", r.URL.Path)
		u.asked++
		return answer(200, fmt.Sprintf(`{"id":"upload:MTphdA==","file_offset":%d}`, len(u.got)))
	}
	u.posts++
	require.Equal(u.t, strconv.Itoa(len(u.got)), r.Header.Get("File_offset"))
	require.Equal(u.t, "OAuth "+token, r.Header.Get("Authorization"))
	if len(u.takes) > 0 {
		part := make([]byte, u.takes[0])
		u.takes = u.takes[1:]
		n, _ := io.ReadFull(r.Body, part)
		u.got = append(u.got, part[:n]...)
		if u.status != 0 {
			return answer(u.status, `{"error":{"code":100}}`)
		}
		return nil, errors.New("connection reset by peer")
	}
	rest, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	require.Equal(u.t, r.ContentLength, int64(len(rest)))
	u.got = append(u.got, rest...)
	return answer(200, `{"h":"4::aW1hZ2UvanBlZw==:ARY"}`)
}

func TestAResumableUploadContinuesWhereItBroke(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789"), 500)
	run := func(t *testing.T, u *uploads, in message.Upload) (string, error) {
		u.t = t
		c, err := cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: u}})
		require.NoError(t, err)
		return c.App("634974688087057").UploadFile(t.Context(), in)
	}
	file := func() message.Upload {
		return message.Upload{Name: "a.png", MIME: "image/png", Size: int64(len(data)), Body: bytes.NewReader(data)}
	}
	synctest.Test(t, func(t *testing.T) {
		u := &uploads{}
		handle, err := run(t, u, file())
		require.NoError(t, err)
		require.Equal(t, "4::aW1hZ2UvanBlZw==:ARY", handle)
		require.True(t, bytes.Equal(data, u.got))

		// Breaks with progress are no failures: there may be more than the retries.
		u = &uploads{takes: []int{1000, 1000, 500, 500, 100, 100, 100, 0}}
		_, err = run(t, u, file())
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, u.got))
		require.Equal(t, 9, u.posts)

		// Without progress it ends.
		u = &uploads{takes: []int{100, 0, 0, 0, 0, 0}}
		_, err = run(t, u, file())
		require.Error(t, err)
		require.Equal(t, 5, u.posts)

		// A refusal for good is not repeated.
		u = &uploads{takes: []int{100}, status: 400}
		_, err = run(t, u, file())
		require.Error(t, err)
		require.Equal(t, 1, u.posts)

		// A source that cannot go back works if nothing was lost.
		in := file()
		in.Body = iotest.OneByteReader(bytes.NewReader(data))
		u = &uploads{}
		_, err = run(t, u, in)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, u.got))

		in.Body = io.LimitReader(bytes.NewReader(data), int64(len(data)))
		u = &uploads{takes: []int{100}}
		u.got = nil
		_, err = run(t, u, in)
		if err != nil { // the transport had read further than the platform
			require.ErrorContains(t, err, "cannot go back")
		}
	})
}

func TestASessionCanBeContinuedByAnotherProcess(t *testing.T) {
	t.Parallel()
	data := []byte("0123456789")
	u := &uploads{t: t, got: []byte("0123")}
	c, err := cloudapi.New(cloudapi.Config{Token: token, HTTPClient: &http.Client{Transport: u}})
	require.NoError(t, err)
	var progress []int64
	_, err = c.App("1").ContinueUpload(t.Context(), "upload:MTphdA==?sig=ARZqkGCA-_", message.Upload{
		Size: 10, Body: bytes.NewReader(data), Progress: func(n int64) { progress = append(progress, n) },
	})
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(u.got))
	require.Equal(t, []int64{10}, progress)

	u.got = []byte("more than the file has")
	_, err = c.App("1").ContinueUpload(t.Context(), "upload:MTphdA==?sig=ARZqkGCA-_", message.Upload{Size: 10, Body: bytes.NewReader(data)})
	require.Error(t, err)
}
