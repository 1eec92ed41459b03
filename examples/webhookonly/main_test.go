package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

func none(string) string { return "" }

func TestDemoShowsEventsAndNothingOfWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-demo"}, none, &out))
	for _, line := range []string{
		"answered 200 with the challenge 42",
		"message: text of 24 characters",
		"message: image (image/jpeg)",
		"message: a kind this program does not know",
		"our message delivered",
		"our message failed, error 131047",
		"template order_delay is now APPROVED",
		"answered 401",
	} {
		require.Contains(t, out.String(), line)
	}
	for _, private := range []string{"bike", "Robin", "13125550143", "wamid", "This one", "demo-secret"} {
		require.NotContains(t, out.String(), private)
	}
}

func TestMissingVariablesAreNamed(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), nil, none, io.Discard)
	require.ErrorContains(t, err, "WHATSAPP_APP_SECRET")
	require.ErrorContains(t, err, "WHATSAPP_VERIFY_TOKEN")
	require.ErrorContains(t, err, "-demo")
	require.Error(t, run(t.Context(), []string{"-what"}, none, io.Discard))
	require.NoError(t, run(t.Context(), []string{"-h"}, none, io.Discard))
}

func TestListensAndStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	lines := make(chan string, 1)
	all := make(chan string, 1)
	go func() {
		buf := make([]byte, 1000)
		n, _ := out.Read(buf)
		lines <- string(buf[:n])
		rest, _ := io.ReadAll(out)
		all <- string(rest)
	}()
	done := make(chan error, 1)
	getenv := func(name string) string { return "value of " + name }
	go func() {
		done <- run(ctx, []string{"-addr", "localhost:0"}, getenv, in)
		_ = in.Close()
	}()
	url := regexp.MustCompile(`http://\S+/webhook`).FindString(<-lines)
	require.NotEmpty(t, url)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(sample))
	require.NoError(t, err)
	req.Header.Set(webhook.SignatureHeader, webhook.Sign(getenv("WHATSAPP_APP_SECRET"), sample))
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	stop()
	require.NoError(t, <-done)
	rest := <-all
	require.Equal(t, 6, strings.Count(rest, "  2026-11-18 "), fmt.Sprint(rest))
	require.Contains(t, rest, "stopping")
}
