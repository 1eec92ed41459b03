package message

import (
	"math"
	"mime"
	"slices"
)

// fileTypes are the files that a kind of content can carry.
type fileTypes struct {
	max   int64
	types []string
}

// files has the documented types and sizes. Meta writes MB and KB without saying
// which; the larger reading is taken, so that nothing is refused that may pass.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
// (checked September 2026)
var files = map[Kind]fileTypes{
	KindImage:   {5 << 20, []string{"image/jpeg", "image/png"}},
	KindVideo:   {16 << 20, []string{"video/mp4", "video/3gpp"}},
	KindAudio:   {16 << 20, []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}},
	KindSticker: {500 << 10, []string{"image/webp"}},
	KindDocument: {100 << 20, []string{
		"text/plain", "application/pdf",
		"application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}},
}

// FileTypes returns the media types of the files that WhatsApp can send, sorted.
func FileTypes() []string {
	var all []string
	for _, f := range files {
		all = append(all, f.types...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// MaxFile gives the size in bytes of the largest file of a media type, such as
// "image/png", that can go out as content of a kind; 0 if the kind cannot carry
// such a file. Parameters of the type are ignored. A sticker that does not move is
// limited to 100 KB, which the type does not tell.
func MaxFile(kind Kind, mediaType string) int64 {
	base, _, err := mime.ParseMediaType(mediaType)
	if f := files[kind]; err == nil && slices.Contains(f.types, base) {
		return f.max
	}
	return 0
}

// CheckFor reports whether the file can go out as content of a kind, as an
// [*InvalidError]: Meta itself says so late, often only by a status webhook with code
// 131053 after it has accepted the message. It looks at MIME and Size and not into
// Body; an unknown Size passes.
func (u Upload) CheckFor(kind Kind) error {
	most := MaxFile(kind, u.MIME)
	switch {
	case most == 0:
		return &InvalidError{Problems: []Problem{{Path: string(kind) + ".mime_type", Rule: RuleForbidden, Severity: SeverityError}}}
	case u.Size > most:
		return &InvalidError{Problems: []Problem{{
			Path: string(kind) + ".file_size", Rule: RuleTooLarge, Severity: SeverityError, Limit: int(most), Actual: int(min(u.Size, math.MaxInt)),
		}}}
	}
	return nil
}
