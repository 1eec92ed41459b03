package cloudapi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
)

// MediaInfo describes a file that Meta holds.
type MediaInfo struct {
	// ID is the media id: it lives 30 days if uploaded, 7 days if it came in a
	// webhook.
	ID string
	// URL is where the file can be fetched with the token, for 5 minutes. It is a
	// secret of sorts; [Number.Download] does the fetching.
	URL string
	// MIME is the type as claimed by the sender.
	MIME string
	// Size is the length in bytes, -1 if Meta does not say.
	Size int64
	// SHA256 is the digest in lower-case hexadecimal, empty if Meta does not say.
	SHA256 string
}

// LogValue shows type and size.
func (m MediaInfo) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID), slog.String("mime", m.MIME), slog.Int64("size", m.Size))
}

// Media describes the file with this media id. It fails if the file does not
// belong to the number.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
// (checked September 2026)
func (n *Number) Media(ctx context.Context, mediaID string) (MediaInfo, error) {
	if n.err != nil {
		return MediaInfo{}, n.err
	}
	cl, err := n.client.managementCall("get media", http.MethodGet, mediaID, n.guard(), nil)
	if err != nil {
		return MediaInfo{}, err
	}
	var w struct {
		ID     lenientString `json:"id"`
		URL    string        `json:"url"`
		MIME   string        `json:"mime_type"`
		SHA256 string        `json:"sha256"`
		Size   *lenientInt   `json:"file_size"`
	}
	cl.permit, cl.decode = Permit{}, decodeInto(&w)
	if err := n.client.do(ctx, cl); err != nil {
		return MediaInfo{}, err
	}
	info := MediaInfo{ID: string(w.ID), URL: w.URL, MIME: w.MIME, Size: -1, SHA256: hexDigest(w.SHA256)}
	if w.Size != nil && *w.Size > 0 {
		info.Size = int64(*w.Size)
	}
	return info, nil
}

// hexDigest reads a SHA-256 digest, which Meta gives in hexadecimal or in
// base64, and gives it in hexadecimal. What is neither is dropped.
func hexDigest(s string) string {
	if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
		return hex.EncodeToString(b)
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(s); err == nil && len(b) == 32 {
			return hex.EncodeToString(b)
		}
	}
	return ""
}
