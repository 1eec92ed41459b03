package webhook_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// Vectors computed with openssl dgst -sha256 -hmac test_app_secret.
var signatureVectors = []struct{ body, header string }{
	{`{"object":"whatsapp_business_account","entry":[]}`, "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"},
	{`{"object": "whatsapp_business_account", "entry": []}`, "sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"},
	{`{"text":"caf\u00e9 \ud83d\ude00 https:\/\/example.com"}`, "sha256=c3bbca6f737cf54562a80db66e7679b09182259b76a9a3ecf61ca8ea79e92b3c"},
	{`{"text":"café 😀 https://example.com"}`, "sha256=956b411e610944ac7b2db1cb6d22bb96e3c3558f223f63d6eb12656026381b42"},
	{string(fixtures.Get("messages_text_wire_escaped")), "sha256=48b0e9cc1ae68c8a70f7a82c30c8a810a755e8c9eaeec59b947550323f3e9769"},
}

const testSecret = "test_app_secret"

func TestSignaturesOfKnownBodies(t *testing.T) {
	t.Parallel()
	for _, v := range signatureVectors {
		require.Equal(t, v.header, webhook.Sign(testSecret, []byte(v.body)))
		secret, err := webhook.Verify([]byte(v.body), v.header, testSecret)
		require.NoError(t, err)
		require.Zero(t, secret)
	}
	_, err := webhook.Verify([]byte(signatureVectors[2].body), signatureVectors[3].header, testSecret)
	require.ErrorIs(t, err, webhook.ErrSignature, "a body that was decoded and encoded again is another body")
}

func TestSignatureHeaders(t *testing.T) {
	t.Parallel()
	body := []byte(signatureVectors[0].body)
	right := signatureVectors[0].header
	digits := strings.TrimPrefix(right, "sha256=")
	for _, tt := range []struct {
		name, header string
		ok           bool
	}{
		{"as Meta sends it", right, true},
		{"upper-case hex: the same bytes", "sha256=" + strings.ToUpper(digits), true},
		{"missing", "", false},
		{"empty behind the prefix", "sha256=", false},
		{"no prefix", digits, false},
		{"an upper-case prefix", "SHA256=" + digits, false},
		{"another algorithm", "sha1=" + digits[:40], false},
		{"a space before", " " + right, false},
		{"a space behind", right + " ", false},
		{"a space behind the prefix", "sha256= " + digits[1:], false},
		{"one digit short", right[:len(right)-1], false},
		{"one digit too many", right + "0", false},
		{"no hex", "sha256=" + strings.Repeat("z", 64), false},
		{"one wrong bit", right[:len(right)-1] + "7", false},
		{"all zero", "sha256=" + strings.Repeat("0", 64), false},
		{"quoted", `"` + right + `"`, false},
		{"two of them", right + "," + right, false},
		{"characters of several bytes", "sha256=" + strings.Repeat("é", 32), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			secret, err := webhook.Verify(body, tt.header, testSecret)
			if tt.ok {
				require.NoError(t, err)
				require.Zero(t, secret)
				return
			}
			require.ErrorIs(t, err, webhook.ErrSignature)
			require.Equal(t, -1, secret)
			if len(tt.header) > 8 {
				require.NotContains(t, err.Error(), tt.header[8:])
			}
		})
	}
}

func TestSeveralSecrets(t *testing.T) {
	t.Parallel()
	v, err := webhook.NewVerifier("new", "old")
	require.NoError(t, err)
	for want, secret := range []string{"new", "old"} {
		got, err := v.Verify([]byte("body"), webhook.Sign(secret, []byte("body")))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := v.Verify([]byte("body"), webhook.Sign("other", []byte("body")))
	require.ErrorIs(t, err, webhook.ErrSignature)
	require.Equal(t, -1, got)
}

func TestWithoutASecretNothingVerifies(t *testing.T) {
	t.Parallel()
	forged := webhook.Sign("", []byte("body"))
	_, err := webhook.Verify([]byte("body"), forged)
	require.ErrorIs(t, err, webhook.ErrSignature, "no secret")
	_, err = webhook.Verify([]byte("body"), forged, "")
	require.ErrorIs(t, err, webhook.ErrSignature, "an empty secret")
	_, err = webhook.NewVerifier("good", "")
	require.ErrorIs(t, err, webhook.ErrSignature, "an empty secret among others")
	_, err = new(webhook.Verifier).Verify([]byte("body"), forged)
	require.ErrorIs(t, err, webhook.ErrSignature, "the zero Verifier")
}

func TestVerifierIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	v, err := webhook.NewVerifier(testSecret)
	require.NoError(t, err)
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for range 50 {
				for _, vec := range signatureVectors {
					_, err := v.Verify([]byte(vec.body), vec.header)
					require.NoError(t, err)
				}
			}
		})
	}
}
