package channel

import (
	"errors"
	"fmt"
	"mime"
	"strings"
)

// FilePolicy says which files of customers a channel takes. The zero policy takes the
// kinds in [DefaultFileTypes] up to 100 MB, WhatsApp's own limit.
type FilePolicy struct {
	// Allow lists media types, such as "image/png", "audio/*" or "*/*". nil means
	// DefaultFileTypes; an empty, non-nil list refuses every file.
	Allow []string `json:"allow,omitempty"`
	// MaxBytes is the size of the largest file; 0 means 100 MB.
	MaxBytes int64 `json:"max_bytes,omitempty"`
}

// DefaultFileTypes returns the media types that a channel takes by default: pictures,
// sound, films and PDF, which cannot run on an agent's computer.
func DefaultFileTypes() []string {
	return []string{
		"image/jpeg", "image/png", "image/webp", "image/gif", "audio/*", "video/mp4", "video/3gpp", "application/pdf",
		"text/plain",
	}
}

// ErrFileRefused says that a file is against the policy. Attachments.Save may return an
// error matching it, for example after a scan for viruses: the file is then not offered
// again, and agents see that it was refused.
var ErrFileRefused = errors.New("channel: file refused")

func (p *FilePolicy) maxBytes() int64 {
	if p.MaxBytes <= 0 {
		return 100 << 20
	}
	return p.MaxBytes
}

// admits checks a media type.
func (p *FilePolicy) admits(mediaType string) bool {
	base, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return false
	}
	list := p.Allow
	if list == nil {
		list = DefaultFileTypes()
	}
	for _, pattern := range list {
		family, any := strings.CutSuffix(strings.ToLower(pattern), "/*")
		switch {
		case pattern == "*/*", strings.EqualFold(pattern, base):
			return true
		case any && strings.HasPrefix(base, family+"/"):
			return true
		}
	}
	return false
}

func (p *FilePolicy) validate() error {
	if p.MaxBytes < 0 {
		return errors.New("files: max_bytes: negative")
	}
	for i, pattern := range p.Allow {
		family, sub, ok := strings.Cut(pattern, "/")
		if !ok || family == "" || sub == "" || strings.ContainsAny(pattern, " ;,") {
			return fmt.Errorf("files: allow[%d]: want a media type such as image/png or audio/*", i)
		}
	}
	return nil
}
