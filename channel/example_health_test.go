package channel_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// The process lives as long as it answers; it is ready while its store answers and nothing
// waits for long. An orchestrator restarts what does not live: a store or a ticket system that
// is down is no reason for that.
func ExampleHub_Health() {
	hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: helpdesk{}})
	check(err)

	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		health, err := hub.Health(r.Context())
		if err != nil || !health.Running || health.Delay.Std() > 5*time.Minute {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health) // keep this address private: it names your channels
	})

	for _, path := range []string{"/healthz", "/readyz"} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(path, rec.Code)
	}
	// Output:
	// /healthz 200
	// /readyz 503
}
