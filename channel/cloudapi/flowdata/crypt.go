package flowdata

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

// envelope is a request as it comes over the network; its texts are base64.
type envelope struct {
	Data []byte `json:"encrypted_flow_data"`
	Key  []byte `json:"encrypted_aes_key"` // encrypted with the public key of the business
	IV   []byte `json:"initial_vector"`
}

const (
	aesKeySize = 16
	ivSize     = 16
	tagSize    = 16
)

var errClosed = errors.New("flowdata: the request cannot be opened with any of the keys")

// session is the key of one request, with which its answer is encrypted, too.
type session struct {
	gcm cipher.AEAD
	iv  []byte
}

// open decrypts a body with the first key that fits: the session key with RSA-OAEP and
// SHA-256, the data with AES-128-GCM under a vector of 16 bytes.
func open(body []byte, keys []*rsa.PrivateKey) (plain []byte, s session, err error) {
	var e envelope
	if json.Unmarshal(body, &e) != nil || len(e.IV) != ivSize || len(e.Data) < tagSize {
		return nil, session{}, errClosed
	}
	for _, key := range keys {
		secret, err := rsa.DecryptOAEP(sha256.New(), nil, key, e.Key, nil)
		if err != nil || len(secret) != aesKeySize {
			continue
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			continue
		}
		gcm, err := cipher.NewGCMWithNonceSize(block, ivSize)
		if err != nil {
			continue
		}
		if plain, err := gcm.Open(nil, e.IV, e.Data, nil); err == nil {
			return plain, session{gcm: gcm, iv: e.IV}, nil
		}
	}
	return nil, session{}, errClosed
}

// seal encrypts an answer: the same key, and the vector with every bit flipped.
func (s session) seal(plain []byte) string {
	iv := make([]byte, len(s.iv))
	for i, b := range s.iv {
		iv[i] = ^b
	}
	return base64.StdEncoding.EncodeToString(s.gcm.Seal(nil, iv, plain, nil))
}

var errKey = errors.New("flowdata: parse key: not an RSA private key in PEM without a password")

// ParseKey reads an RSA private key in PEM, as PKCS#1 or PKCS#8. A key with a password has
// to be stored without it first, in the safe that the host keeps its secrets in.
func ParseKey(data []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errKey
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errKey
	}
	return key, nil
}

// PublicKey is the public half in PEM, as cloudapi.Number.SetPublicKey takes it.
func PublicKey(key *rsa.PrivateKey) (string, error) {
	if key == nil {
		return "", errKey
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("flowdata: public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
