package settings

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel/duration"
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

// DefaultFileTypes returns the media types that a channel takes by default: pictures, sound, films,
// PDF and plain text.
func DefaultFileTypes() []string {
	return []string{
		"image/jpeg", "image/png", "image/webp", "image/gif", "audio/*", "video/mp4", "video/3gpp", "application/pdf",
		"text/plain",
	}
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
