package cloudapi

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
)

// PublicKey is the key that phones encrypt with what they send to the endpoint of a flow.
type PublicKey struct {
	PEM string `json:"business_public_key"` // empty if the number has none
	// Status is VALID, or MISMATCH if the number was registered anew since: then set the
	// key once more.
	Status string `json:"business_public_key_signature_status"`
}

// PublicKey reads the key of the number; the zero PublicKey if it has none.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/whatsapp-business-encryption-api
// (checked 2026-11-29)
func (n *Number) PublicKey(ctx context.Context) (PublicKey, error) {
	var out struct {
		PublicKey
		Data []PublicKey `json:"data"`
	}
	err := n.client.get(ctx, "get public key", n.id, nil, &out, "whatsapp_business_encryption")
	if len(out.Data) > 0 {
		return out.Data[0], err
	}
	return out.PublicKey, err
}

// publicKeyBits is the size of the keys that numbers take.
const publicKeyBits = 2048

// SetPublicKey gives the number a key: RSA with 2,048 bits, in PEM. Package flowdata makes
// it out of the private one. Phones keep the former key for a while.
func (n *Number) SetPublicKey(ctx context.Context, key string) error {
	const op = "set public key"
	block, _ := pem.Decode([]byte(key))
	if block == nil || block.Type != "PUBLIC KEY" {
		return invalid(op, "the key must be an RSA public key in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok || public.N.BitLen() != publicKeyBits {
		return invalid(op, "the key must be an RSA public key of %d bits", publicKeyBits)
	}
	return n.change(ctx, op, nil, map[string]string{"business_public_key": key}, "whatsapp_business_encryption")
}
