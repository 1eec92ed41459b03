package filename

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSafe is the length of a safe name in bytes: file systems take 255.
const maxSafe = 120

// extensions of media types, the usual one first.
var extensions = map[string][]string{
	"image/jpeg": {".jpg", ".jpeg", ".jfif"}, "image/png": {".png"}, "image/webp": {".webp"}, "image/gif": {".gif"},
	"image/heic": {".heic", ".heif"}, "image/avif": {".avif"}, "image/bmp": {".bmp"}, "image/tiff": {".tiff", ".tif"},
	"video/mp4": {".mp4", ".m4v"}, "video/3gpp": {".3gp", ".3gpp"}, "video/quicktime": {".mov"}, "video/webm": {".webm"}, "video/avi": {".avi"},
	"audio/ogg": {".ogg", ".opus", ".oga"}, "audio/mpeg": {".mp3"}, "audio/mp4": {".m4a"}, "audio/aac": {".aac"}, "audio/amr": {".amr"},
	"audio/3gpp": {".3gp"}, "audio/wave": {".wav"}, "audio/flac": {".flac"}, "audio/midi": {".mid", ".midi"},
	"application/pdf": {".pdf"}, "text/plain": {".txt", ".log", ".md"}, "text/csv": {".csv"}, "text/vcard": {".vcf"},
	"application/zip": {".zip"}, "application/msword": {".doc"}, "application/vnd.ms-excel": {".xls"}, "application/vnd.ms-powerpoint": {".ppt"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {".docx"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {".xlsx"},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {".pptx"},
	"application/vnd.oasis.opendocument.text":                                   {".odt"},
	"application/vnd.oasis.opendocument.spreadsheet":                            {".ods"},
	"application/vnd.oasis.opendocument.presentation":                           {".odp"},
}

// Safe makes of the name of a file, which may be anything, one under which the file can be
// stored and shown: no path, no control or direction characters, nothing that a file system
// or a shell reads, not too long, and with an extension that fits the media type, ".bin" if
// that is none of those known here.
func Safe(name, mediaType string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune("<>:\"|?*$`;&%'", r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .-")
	fits, known := extensions[mediaType]
	if !known {
		fits = []string{".bin"}
	}
	stem, ext := name, path.Ext(name)
	if slices.Contains(fits, strings.ToLower(ext)) {
		stem = strings.TrimSuffix(name, ext)
	} else {
		ext = fits[0]
		stem = withoutExtensions(stem)
	}
	stem = cut(strings.Trim(stem, " .-"), maxSafe-len(ext))
	if stem == "" {
		stem = "file"
	}
	if device[strings.ToLower(stem)] {
		stem = "_" + stem
	}
	return stem + ext
}

// withoutExtensions takes off what looks like extensions of another type: short and made of
// letters and digits, as ".pdf.exe".
func withoutExtensions(stem string) string {
	for range maxExtensions {
		ext := path.Ext(stem)
		if len(ext) < 2 || len(ext) > 6 || strings.ContainsFunc(ext[1:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			break
		}
		stem = strings.TrimSuffix(stem, ext)
	}
	return stem
}

// device are the names that Windows keeps for devices, whatever the extension.
var device = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "com5": true, "com6": true, "com7": true, "com8": true, "com9": true,
	"lpt1": true, "lpt2": true, "lpt3": true, "lpt4": true, "lpt5": true, "lpt6": true, "lpt7": true, "lpt8": true, "lpt9": true,
}

// cut cuts s to at most n bytes, between runes.
func cut(s string, n int) string {
	for len(s) > n {
		_, w := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-w]
	}
	return s
}
