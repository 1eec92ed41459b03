package channel

import (
	"errors"
	"fmt"
	"mime"
	"strings"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/internal/filename"
)

// FilePolicy says which files a channel takes from customers and lets agents send. A file is what
// its content says, and for texts its name; what was declared is believed only where a list names it
// and the content has no form. The zero policy takes [DefaultFileTypes] up to 100 MB, WhatsApp's own
// limit.
type FilePolicy struct {
	// Allow lists media types, such as "image/png", "audio/*" or "*/*". nil means DefaultFileTypes;
	// an empty, non-nil list refuses every file.
	Allow []string `json:"allow,omitzero"`
	// Send lists what agents may upload in the same way; nil means what WhatsApp can send at all.
	Send []string `json:"send,omitzero"`
	// MaxBytes is the size of the largest file; 0 means 100 MB.
	MaxBytes int64 `json:"max_bytes,omitempty"`
	// Wait is how long a message waits at most for its files before the host receives it, so that both
	// are filed together: up to 1 minute; 0: not at all. What comes later is told as before, and so is
	// what came in time. What the customer writes next waits behind it.
	Wait duration.Duration `json:"wait,omitempty"`
}

// DefaultFileTypes returns the media types that a channel takes by default: pictures, sound, films
// and PDF.
func DefaultFileTypes() []string {
	return []string{
		"image/jpeg", "image/png", "image/webp", "image/gif", "audio/*", "video/mp4", "video/3gpp", "application/pdf",
		"text/plain",
	}
}

func (p *FilePolicy) maxBytes() int64 {
	if p.MaxBytes <= 0 {
		return 100 << 20
	}
	return p.MaxBytes
}

// provable says whether content of a type can be told from other content: pictures, sounds,
// films and texts all can.
func provable(base string) bool {
	family, _, _ := strings.Cut(base, "/")
	return family == "image" || family == "audio" || family == "video" || checkable(base)
}

// admits checks what a file is against a list of media types; byDefault is taken for none.
// A claim that the content does not prove passes only where everything does, or this type is
// named and its content has no known form.
func admits(list, byDefault []string, v finding) bool {
	base, _, err := mime.ParseMediaType(v.mime)
	if err != nil {
		return false
	}
	if list == nil {
		list = byDefault
	}
	for _, pattern := range list {
		family, any := strings.CutSuffix(strings.ToLower(pattern), "/*")
		switch {
		case pattern == "*/*", strings.EqualFold(pattern, base) && (v.proven || !provable(base)):
			return true
		case any && v.proven && strings.HasPrefix(base, family+"/"):
			return true
		}
	}
	return false
}

// safeName is the name under which a file is offered.
func safeName(name, mediaType string) string {
	base, _, _ := mime.ParseMediaType(mediaType)
	return filename.Safe(name, base)
}

func (p *FilePolicy) validate() error {
	var problems []error
	if p.MaxBytes < 0 {
		problems = append(problems, errors.New("max_bytes: negative"))
	}
	for _, list := range []struct {
		name  string
		types []string
	}{{"allow", p.Allow}, {"send", p.Send}} {
		for i, pattern := range list.types {
			family, sub, ok := strings.Cut(pattern, "/")
			if !ok || family == "" || sub == "" || strings.ContainsAny(pattern, " ;,") {
				problems = append(problems, fmt.Errorf("%s[%d]: want a media type such as image/png or audio/*", list.name, i))
			}
		}
	}
	return errors.Join(problems...)
}
