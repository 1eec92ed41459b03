package channel

import (
	"mime"
	"strings"

	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/internal/filename"
)

// maxBytes is the size of the largest file that is taken.
func maxBytes(p *settings.FilePolicy) int64 {
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
