package flowdata_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
	"github.com/kanava-go/kanava/webhook"
)

// FuzzHandler throws bodies at the handler: signed as they are, and encrypted as Meta
// would. It must not panic, and answers in the clear only with a status of its own.
func FuzzHandler(f *testing.F) {
	for _, s := range []string{
		``, `null`, `[]`, `{}`, `{"action":"ping"}`, `{"action":"INIT","screen":null,"data":null}`, `{"action":"data_exchange","screen":"A","data":{"a":1},"flow_token":"t"}`,
		`{"action":"data_exchange","data":{"error":"e","error_message":7}}`, `{"action":7}`, `{"action":"x","data":[]}`,
		`{"encrypted_flow_data":"AA==","encrypted_aes_key":"AA==","initial_vector":"AAAAAAAAAAAAAAAAAAAAAA=="}`,
		`{"encrypted_flow_data":"AAAAAAAAAAAAAAAAAAAAAAAA","encrypted_aes_key":null,"initial_vector":"AAAAAAAAAAAAAAAAAAAAAA=="}`,
	} {
		f.Add(s)
	}
	h, err := flowdata.NewHandler(flowdata.Config{
		AppSecrets: []string{"s"}, Keys: keys()[:1],
		Answer: func(_ context.Context, r *flowdata.Request) (flowdata.Response, error) {
			var v any
			return flowdata.Response{Screen: r.Screen, Data: r.Data}, r.Decode(&v)
		},
	})
	if err != nil {
		f.Fatal(err)
	}
	secret, iv := make([]byte, 16), make([]byte, 16)
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &keys()[0].PublicKey, secret, nil)
	if err != nil {
		f.Fatal(err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		f.Fatal(err)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sealed, err := json.Marshal(map[string][]byte{
			"encrypted_flow_data": gcm.Seal(nil, iv, []byte(text), nil), "encrypted_aes_key": wrapped, "initial_vector": iv,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{text, string(sealed)} {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			r.Header.Set(webhook.SignatureHeader, webhook.Sign("s", []byte(body)))
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			switch rec.Code {
			case 400, 421, 500:
				if rec.Body.Len() > 0 {
					t.Fatalf("status %d has a body", rec.Code)
				}
			case 200:
				flipped := make([]byte, len(iv))
				for i := range iv {
					flipped[i] = iv[i] ^ 0xff
				}
				answer, err := base64.StdEncoding.DecodeString(rec.Body.String())
				if err != nil {
					t.Fatal(err)
				}
				if plain, err := gcm.Open(nil, flipped, answer, nil); err != nil || !json.Valid(plain) {
					t.Fatal("the answer cannot be opened, or is no JSON")
				}
			default:
				t.Fatalf("status %d", rec.Code)
			}
		}
	})
}
