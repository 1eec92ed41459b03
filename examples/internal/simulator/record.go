package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/kanava-go/kanava/redact"
)

// secrets finds the values of parameters that must not stand in a recording, in a query,
// a form or JSON.
var secrets = regexp.MustCompile(`(?i)((?:access_token|appsecret_proof|client_secret|input_token|fb_exchange_token|verify_token|hub\.verify_token|pin)(?:=|"\s*:\s*"))[^"&\s]+`)

// redacted takes secrets and card numbers out of an exchange.
func redacted(x exchange, known ...string) exchange {
	for _, text := range []*string{&x.Line, &x.Note, &x.Request, &x.Response} {
		for _, secret := range known {
			if secret != "" {
				*text = strings.ReplaceAll(*text, secret, "[secret]")
			}
		}
		*text = redact.Cards(secrets.ReplaceAllString(*text, "${1}[secret]"))
	}
	return x
}

// lines writes exchanges as JSON Lines, with or without their bodies.
func lines(out io.Writer, bodies bool, known ...string) func(exchange) {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return func(x exchange) {
		x = redacted(x, known...)
		if !bodies {
			x.Request, x.Response = "", ""
		}
		_ = e.Encode(x) // a full disk must not end the simulation
	}
}

// replay does again what was done to a recorded world: every gesture, fault and move of
// the clock, at the pace of the recording, with pauses of two seconds at most. With the
// seed of the recording the webhooks are the same; what the program answers is its own.
func replay(ctx context.Context, file string, h http.Handler, out io.Writer) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("simulator: replay: %w", err)
	}
	defer func() { _ = f.Close() }()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	done, failed, before := 0, 0, time.Time{}
	for scan.Scan() {
		var x exchange
		if err := json.Unmarshal(scan.Bytes(), &x); err != nil {
			return fmt.Errorf("simulator: replay: line %d is none of a recording: %w", done+1, err)
		}
		method, path, _ := strings.Cut(x.Line, " ")
		// The webhook is the one of this start, not of the recording.
		if x.Kind != "control" || x.Status != http.StatusOK || path == "/control/webhook" || path == "/control/reset" {
			continue
		}
		if !before.IsZero() {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(min(max(x.Real.Sub(before), 0), 2*time.Second)):
			}
		}
		before = x.Real
		req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, strings.NewReader(x.Request))
		if err != nil {
			return fmt.Errorf("simulator: replay: %w", err)
		}
		req.Header.Set("Content-Type", "application/json")
		w := &silent{header: http.Header{}}
		h.ServeHTTP(w, req)
		if done++; w.status >= 400 {
			failed++
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("simulator: replay: %w", err)
	}
	fmt.Fprintf(out, "replayed %d acts, %d of them were refused this time\n", done, failed)
	return nil
}

// silent is a ResponseWriter of which only the status matters.
type silent struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (s *silent) Header() http.Header { return s.header }

// WriteHeader implements http.ResponseWriter.
func (s *silent) WriteHeader(status int) { s.status = status }

// Write implements http.ResponseWriter.
func (s *silent) Write(b []byte) (int, error) { return len(b), nil }
