package channel_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// acceptAll stands in for WhatsApp's servers in the examples.
func acceptAll(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"messaging_product":"whatsapp","contacts":[{"input":"13125550187","wa_id":"13125550187"}],"messages":[{"id":"wamid.example"}]}`)
}

// customerWrites delivers a signed webhook, as WhatsApp would.
func customerWrites(h http.Handler, text string) {
	body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages",
		"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"13125550142","phone_number_id":"106540352242922"},
		"contacts":[{"profile":{"name":"Robin Sample"},"wa_id":"13125550187","user_id":"US.1"}],
		"messages":[{"from":"13125550187","from_user_id":"US.1","id":"wamid.in","timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`,
		time.Now().Unix(), text)
	req := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", webhook.Sign("the app secret", []byte(body)))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		panic(rec.Code)
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
