package message

import "io"

// Image is a JPEG or PNG picture of at most 5 MB, 8 bits per channel.
//
// For this and every other media content exactly one of ID and Link is set. ID
// is the id of an uploaded file (it lives 30 days and may be used many times);
// Link is a public http(s) address that Meta fetches and caches for 10 minutes.
// Meta recommends ID: fetches fail for reasons outside the sender's control.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
// (checked September 2026)
type Image struct {
	ID      string `json:"id,omitempty"`
	Link    string `json:"link,omitempty"`
	Caption string `json:"caption,omitempty"` // at most MaxCaption characters
}

// Video is an MP4 or 3GPP film of at most 16 MB, H.264 with at most one AAC track.
type Video struct {
	ID      string `json:"id,omitempty"`
	Link    string `json:"link,omitempty"`
	Caption string `json:"caption,omitempty"` // at most MaxCaption characters
}

// Audio is a sound file of at most 16 MB: AAC, AMR, MP3, M4A or OGG with OPUS.
// It cannot carry a caption.
type Audio struct {
	ID   string `json:"id,omitempty"`
	Link string `json:"link,omitempty"`
	// Voice shows the file as a voice message. It needs OGG/OPUS mono; above
	// 512 KB the play button becomes a download button.
	Voice bool `json:"voice,omitempty"`
}

// Document is a file of at most 100 MB.
type Document struct {
	ID      string `json:"id,omitempty"`
	Link    string `json:"link,omitempty"`
	Caption string `json:"caption,omitempty"` // at most MaxCaption characters
	// Filename is what the user sees; its extension picks the icon. Empty gives
	// a generic name.
	Filename string `json:"filename,omitempty"`
}

// Sticker is a WebP picture of at most 100 KB, 500 KB if it moves.
type Sticker struct {
	ID   string `json:"id,omitempty"`
	Link string `json:"link,omitempty"`
}

// Upload is a file on its way to the platform. The one who uploads reads Body to
// its end and does not close it.
type Upload struct {
	// Name is the file name given to the platform; the user sees the name in
	// [Document], not this one. May be empty.
	Name string
	// MIME is the media type, such as "image/jpeg". Required: Meta refuses a
	// file whose type does not fit its content, often only when it is sent.
	MIME string
	// Size is the length of Body in bytes, 0 or less if not known. A known size
	// lets the upload announce its length; Body must then give exactly so much.
	Size int64
	// Ref is the host's own reference to the file, at most 1,000 bytes, which is kept with each message
	// that the file is sent in; no platform gets it. "" for none.
	Ref string
	// Body is the content.
	Body io.Reader
	// Progress, if not nil, is called with the bytes read from Body so far, from
	// the goroutine that reads; it must be quick.
	Progress func(sent int64)
}

// Download is a file that comes from the platform. Whoever receives it must
// close Body. Body fails with an error instead of io.EOF if what was read does
// not have the announced Size or SHA256.
type Download struct {
	// MIME is the type as the platform states it: a claim of the sender's phone,
	// not a fact about the bytes.
	MIME string
	// Size is the length in bytes, -1 if not known.
	Size int64
	// SHA256 is the digest in lower-case hexadecimal, empty if not known.
	SHA256 string
	// Body is the content.
	Body io.ReadCloser
}
