package message_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestFilesHaveTheDocumentedTypesAndSizes(t *testing.T) {
	t.Parallel()
	const kb, mb = 1 << 10, 1 << 20
	for _, c := range []struct {
		kind message.Kind
		mime string
		max  int64
	}{
		{message.KindImage, "image/jpeg", 5 * mb},
		{message.KindImage, "image/png", 5 * mb},
		{message.KindImage, "image/webp", 0},
		{message.KindImage, "image/gif", 0},
		{message.KindVideo, "video/mp4", 16 * mb},
		{message.KindVideo, "video/3gpp", 16 * mb},
		{message.KindVideo, "video/quicktime", 0},
		{message.KindAudio, "audio/ogg; codecs=opus", 16 * mb},
		{message.KindAudio, "Audio/MPEG", 16 * mb},
		{message.KindAudio, "audio/wav", 0},
		{message.KindSticker, "image/webp", 500 * kb},
		{message.KindDocument, "application/pdf", 100 * mb},
		{message.KindDocument, "text/plain; charset=utf-8", 100 * mb},
		{message.KindDocument, "application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * mb},
		{message.KindDocument, "application/zip", 0},
		{message.KindDocument, "", 0},
		{message.KindText, "text/plain", 0},
		{"", "image/png", 0},
	} {
		require.Equal(t, c.max, message.MaxFile(c.kind, c.mime), "%s as %s", c.mime, c.kind)
		up := message.Upload{Name: "secret.bin", MIME: c.mime, Size: c.max}
		if c.max == 0 {
			require.ErrorIs(t, up.CheckFor(c.kind), message.ErrInvalid)
			continue
		}
		require.NoError(t, up.CheckFor(c.kind))
		up.Size = 0 // not known
		require.NoError(t, up.CheckFor(c.kind))
		up.Size = c.max + 1
		invalid, isInvalid := errors.AsType[*message.InvalidError](up.CheckFor(c.kind))
		require.True(t, isInvalid)
		require.Equal(t, []message.Problem{{
			Path: string(c.kind) + ".file_size", Rule: message.RuleTooLarge, Severity: message.SeverityError, Limit: int(c.max), Actual: int(c.max + 1),
		}}, invalid.Problems)
		require.NotContains(t, invalid.Error(), "secret")
	}
}
