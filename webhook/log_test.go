package webhook_test

import (
	"bytes"
	"log/slog"
)

// slogString logs v and returns the record.
func slogString(v any) string {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", slog.Any("v", v))
	return b.String()
}
