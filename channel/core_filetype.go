package channel

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

// headLength is how much of a file is looked at to tell what it is.
const headLength = 512

// readHead reads the beginning of a file, all of it if it is shorter. One that was cut off is no shorter
// one, although some readers say so as io.ReadFull says it of a file that ends.
func readHead(file io.Reader) (head []byte, err error) {
	head = make([]byte, headLength)
	n := 0
	for n < len(head) && err == nil {
		var more int
		more, err = file.Read(head[n:])
		n += more
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return head[:n], err
}

// signatures are the beginnings of files that net/http does not tell, or tells as text.
var signatures = []struct{ magic, mime string }{
	{"\x7fELF", "application/x-executable"}, {"\xca\xfe\xba\xbe", "application/java-vm"}, {"\xfe\xed\xfa", "application/x-mach-binary"},
	{"\xcf\xfa\xed\xfe", "application/x-mach-binary"}, {"\xce\xfa\xed\xfe", "application/x-mach-binary"},
	{"#!AMR", "audio/amr"}, {"#!", "application/x-sh"}, {"fLaC", "audio/flac"}, {"ADIF", "audio/aac"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", oleContainer}, {"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"},
	{"{\\rtf", "application/rtf"}, {"II*\x00", "image/tiff"}, {"MM\x00*", "image/tiff"}, {"BEGIN:VCARD", "text/vcard"},
}

// brands are what a file of the MPEG-4 family says of itself.
var brands = []struct{ brand, mime string }{
	{"M4A", "audio/mp4"}, {"M4B", "audio/mp4"}, {"3gp", "video/3gpp"}, {"3g2", "video/3gpp"}, {"qt", "video/quicktime"},
	{"hei", "image/heic"}, {"hev", "image/heic"}, {"mif1", "image/heic"}, {"msf1", "image/heic"}, {"avi", "image/avif"}, {"", "video/mp4"},
}

const (
	oleContainer = "application/x-ole-storage"
	zipContainer = "application/zip"
	notKnown     = "application/octet-stream"
)

// contained are the kinds of documents that are containers of a general form.
var contained = map[string][]string{
	oleContainer: {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook"},
}

// textExtensions are the extensions under which a text is opened as a text; "" is none.
var textExtensions = []string{"", ".txt", ".text", ".log", ".md"}

// A finding says what a file is.
type finding struct {
	// mime is the media type by the content, or what was declared where that tells nothing.
	mime string
	// proven says that the content shows it. A type that is not proven is a claim.
	proven bool
}

// inspect tells what a file is by its beginning, by its name where that is a text, and by
// what was declared where the content leaves several possibilities. What a program would run
// is never taken for something else because of a claim.
func inspect(head []byte, declared, name string) finding {
	claim, _, err := mime.ParseMediaType(declared)
	if err != nil {
		claim = ""
	}
	if found := bySignature(head); found != "" {
		switch {
		case found == claim:
		case found == "video/mp4" && (claim == "audio/mp4" || claim == "audio/aac"), found == "video/3gpp" && strings.HasPrefix(claim, "audio/"):
			found = "audio/" + strings.TrimPrefix(found, "video/") // without a picture
		case slices.Contains(contained[found], claim):
			found = claim
		}
		return finding{found, true}
	}
	found := http.DetectContentType(head)
	base, _, _ := strings.Cut(found, ";")
	switch {
	case base == "application/ogg":
		return finding{"audio/ogg", true}
	case base == "text/plain":
		return finding{textType(head, name, found), true}
	case base == zipContainer && strings.HasPrefix(claim, "application/") && claim != "application/pdf":
		return finding{declared, office(head, claim)} // an office document, for example
	case base == notKnown && !checkable(claim):
		return finding{cmp.Or(declared, found), false}
	}
	return finding{found, base != notKnown}
}

// bySignature tells what net/http does not; "" if nothing is known.
func bySignature(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.mime
		}
	}
	switch {
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		for _, b := range brands {
			if bytes.HasPrefix(head[8:], []byte(b.brand)) {
				return b.mime
			}
		}
	case bytes.HasPrefix(head, []byte("MZ")) && bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }):
		return "application/x-msdownload"
	case len(head) > 3 && head[0] == 0xFF && head[1]&0xF6 == 0xF0:
		return "audio/aac"
	case len(head) > 3 && head[0] == 0xFF && head[1]&0xE0 == 0xE0 && head[1]&0x18 != 0x08 && head[1]&0x06 != 0 && head[2]&0xF0 != 0xF0:
		return "audio/mpeg"
	}
	return ""
}

// checkable says whether files of a type have a beginning by which they are known here, so
// that a claim without it is false.
func checkable(claim string) bool {
	switch claim {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "audio/ogg", "audio/mpeg", "video/mp4", "video/webm",
		"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/zip":
		return true
	}
	return strings.HasPrefix(claim, "application/vnd.openxmlformats-") || strings.HasPrefix(claim, "text/")
}

// textType is what a text is: markup can hold a script whatever its name is, and the name
// decides what opens it. found is its type as a text.
func textType(head []byte, name, found string) string {
	if s := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"); len(s) > 1 && s[0] == '<' &&
		(s[1] == '!' || s[1] == '?' || s[1]|0x20 >= 'a' && s[1]|0x20 <= 'z') {
		if bytes.Contains(bytes.ToLower(s), []byte("<svg")) {
			return "image/svg+xml"
		}
		return "text/html"
	}
	ext := strings.ToLower(path.Ext(strings.TrimRight(name, " .")))
	if slices.Contains(textExtensions, ext) {
		return found
	}
	if ext == ".csv" {
		return "text/csv"
	}
	if ext == ".vcf" {
		return "text/vcard"
	}
	return "application/x-" + word(strings.TrimPrefix(ext, ".")) // a script, mostly: what runs it goes by the name
}

// office says whether an archive begins like the document that it claims to be.
func office(head []byte, claim string) bool {
	switch {
	case claim == zipContainer:
		return true
	case strings.HasPrefix(claim, "application/vnd.openxmlformats-"):
		for _, first := range []string{"[Content_Types].xml", "_rels/", "docProps/", "word/", "xl/", "ppt/"} {
			if len(head) > 30 && bytes.HasPrefix(head[30:], []byte(first)) {
				return true
			}
		}
	case strings.HasPrefix(claim, "application/vnd.oasis.opendocument."), claim == "application/epub+zip":
		return len(head) > 38 && bytes.HasPrefix(head[30:], []byte("mimetype"+claim))
	}
	return false
}

// isOpus says whether an Ogg file holds Opus with one channel, as voice messages need.
func isOpus(head []byte) bool {
	i := bytes.Index(head, []byte("OpusHead"))
	return bytes.HasPrefix(head, []byte("OggS")) && i >= 0 && i+9 < len(head) && head[i+9] == 1
}
