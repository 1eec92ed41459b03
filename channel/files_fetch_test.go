package channel_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

var pngFile = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 4000)...)

// postbox is a Media whose downloads the test decides on.
type postbox struct {
	channeltest.Nowhere
	mu   sync.Mutex
	n    int
	open func(try int) (message.Download, error)
}

func (p *postbox) Download(context.Context, string) (message.Download, error) {
	p.mu.Lock()
	p.n++
	n := p.n
	p.mu.Unlock()
	return p.open(n)
}

func download(content []byte, mime string) (message.Download, error) {
	return message.Download{Body: io.NopCloser(bytes.NewReader(content)), MIME: mime, Size: int64(len(content))}, nil
}

// drawer is an Attachments that can fail and can be asked to remove files.
type drawer struct {
	mu    sync.Mutex
	files map[string][]byte // by reference
	n     int
	fail  func(try int) error
}

func (d *drawer) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	raw, err := io.ReadAll(body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	if err != nil {
		return "", err
	}
	if d.fail != nil {
		if err := d.fail(d.n); err != nil {
			return "", err
		}
	}
	if d.files == nil {
		d.files = map[string][]byte{}
	}
	d.files["ref "+f.ID] = raw
	return "ref " + f.ID, nil
}

func (d *drawer) Remove(_ context.Context, ref string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, ref)
	return nil
}

// kept are the files, by reference.
func (d *drawer) kept() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.files)
}

// tries is how often Save was called.
func (d *drawer) tries() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n
}

// filing is a lab that fetches files.
func filing(open func(int) (message.Download, error), d channel.Attachments) channeltest.LabOptions {
	return channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.SlowPolls(c)
		c.Attachments = d
		c.Channels[0].Media = &postbox{open: open}
	}}
}

func TestWhatBecomesOfAFile(t *testing.T) {
	t.Parallel()
	busy := channeltest.Failure{Code: 131000}
	gone := channeltest.Failure{Code: 131052}
	for name, tt := range map[string]struct {
		open   func(try int) (message.Download, error)
		save   func(try int) error
		policy settings.FilePolicy
		failed string // part of the sentence for agents; "" for a file that arrives
		saves  int    // how often the host was asked; -1: does not matter
	}{
		"it arrives": {func(int) (message.Download, error) { return download(pngFile, "image/png") }, nil, settings.FilePolicy{}, "", 1},
		"WhatsApp is busy at first": {func(try int) (message.Download, error) {
			if try < 4 {
				return message.Download{}, busy
			}
			return download(pngFile, "image/png")
		}, nil, settings.FilePolicy{}, "", 1},
		"WhatsApp never answers":    {func(int) (message.Download, error) { return message.Download{}, busy }, nil, settings.FilePolicy{}, "in time", 0},
		"WhatsApp does not have it": {func(int) (message.Download, error) { return message.Download{}, gone }, nil, settings.FilePolicy{}, "could not be fetched", 0},
		"the connection breaks in the middle, once": {func(try int) (message.Download, error) {
			if try == 1 {
				return message.Download{Body: io.NopCloser(io.MultiReader(bytes.NewReader(pngFile), broken{})), Size: 1 << 20}, nil
			}
			return download(pngFile, "image/png")
		}, nil, settings.FilePolicy{}, "", 2},
		"the connection breaks before the first byte, once": {func(try int) (message.Download, error) {
			if try == 1 {
				return message.Download{Body: io.NopCloser(cut{}), MIME: "image/png", Size: int64(len(pngFile))}, nil
			}
			return download(pngFile, "image/png")
		}, nil, settings.FilePolicy{}, "", 1},
		"the connection breaks where nobody knows yet what it is, once": {func(try int) (message.Download, error) {
			if try == 1 {
				return message.Download{Body: io.NopCloser(io.MultiReader(bytes.NewReader(pngFile[:3]), cut{})), MIME: "image/png", Size: -1}, nil
			}
			return download(pngFile, "image/png")
		}, nil, settings.FilePolicy{}, "", 1},
		"the host's disk is full at first": {func(int) (message.Download, error) { return download(pngFile, "image/png") }, func(try int) error {
			if try < 3 {
				return errors.New("disk full")
			}
			return nil
		}, settings.FilePolicy{}, "", 3},
		"the host says that it never will": {
			func(int) (message.Download, error) { return download(pngFile, "image/png") },
			func(int) error { return channel.ErrPermanent }, settings.FilePolicy{}, "could not be stored", 1,
		},
		"a scan finds a virus": {
			func(int) (message.Download, error) { return download(pngFile, "image/png") },
			func(int) error { return channel.ErrFileRefused }, settings.FilePolicy{}, "refused", 1,
		},
		"it is another kind than it says": {
			func(int) (message.Download, error) { return download([]byte("MZ\x90\x00 program"), "image/png") },
			nil, settings.FilePolicy{}, "refused", 0,
		},
		"it is too large, and says so": {
			func(int) (message.Download, error) { return download(pngFile, "image/png") }, nil, settings.FilePolicy{MaxBytes: 100}, "refused", 0,
		},
		"it is too large, and does not say so": {func(int) (message.Download, error) {
			return message.Download{Body: io.NopCloser(bytes.NewReader(pngFile)), MIME: "image/png"}, nil
		}, nil, settings.FilePolicy{MaxBytes: 1000}, "refused", 1},
		"the channel takes no files": {
			func(int) (message.Download, error) { return download(pngFile, "image/png") }, nil, settings.FilePolicy{Allow: []string{}}, "refused", 0,
		},
		"the channel takes all files": {
			func(int) (message.Download, error) {
				return download([]byte("MZ\x90\x00 program"), "application/x-msdownload")
			},
			nil, settings.FilePolicy{Allow: []string{"*/*"}}, "", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &drawer{fail: tt.save}
			o := filing(tt.open, d)
			o.Settings = func(s *settings.Settings) { s.Files = tt.policy }
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
				l.Pass(20 * time.Hour)
				got := l.Messages(l.Conversation().ID)[0].Attachments[0]
				if tt.failed == "" {
					require.Len(t, l.Host.Of(conversation.AttachmentReady), 1)
					require.NotEmpty(t, got.Ref)
					require.Len(t, d.kept(), 1)
					require.Equal(t, int64(len(d.kept()[got.Ref])), got.Size)
				} else {
					require.Contains(t, got.Failed, tt.failed)
					require.Empty(t, got.Ref)
					changes := l.Host.Of(conversation.AttachmentFailed)
					require.Len(t, changes, 1)
					require.Equal(t, got.Failed, changes[0].Reason)
					require.Empty(t, d.kept(), "nothing of it is kept")
				}
				require.Equal(t, tt.saves, d.tries())
				require.Empty(t, l.Letters("media"))
			})
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// cut is the rest of a file whose connection broke, as net/http says it.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, fmt.Errorf("download: %w", io.ErrUnexpectedEOF) }

func TestAFileIsKnownByItsContent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content, declared, want string
	}{
		"a picture is what it is":                 {"\x89PNG\r\n\x1a\n", "text/plain", "image/png"},
		"a web page does not pass as text":        {"<html><script>", "text/plain", "text/html; charset=utf-8"},
		"what nobody knows is what it says":       {"\x00\x01\x02", "audio/amr", "audio/amr"},
		"what would have been known is not":       {"\x00\x01\x02", "application/pdf", "application/octet-stream"},
		"an office document is a kind of archive": {"PK\x03\x04", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"},
		"an archive that says it is a film":       {"PK\x03\x04", "video/mp4", "application/zip"},
		"a voice message":                         {"OggS\x00\x02", "audio/ogg; codecs=opus", "audio/ogg"},
		"nothing known and nothing said":          {"\x00\x01\x02", "", "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := filing(func(int) (message.Download, error) { return download([]byte(tt.content), tt.declared) }, &drawer{})
			o.Settings = func(s *settings.Settings) { s.Files.Allow = []string{"*/*"} }
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
				l.Pass(time.Minute)
				require.Equal(t, tt.want, l.Messages(l.Conversation().ID)[0].Attachments[0].MIME)
			})
		})
	}
}

func TestAFileOfADeletedMessageIsNotFetched(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, d)
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"), channeltest.Kim.Revoke(time.Now(), "wamid.2", "wamid.1"))
		l.Stop()
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.3"), channeltest.Kim.Revoke(time.Now(), "wamid.4", "wamid.3"))
		l.Run()
		l.Pass(time.Hour)
		for _, m := range l.Messages(l.Conversation().ID) {
			require.False(t, m.Deleted.IsZero())
			require.Empty(t, m.Attachments)
		}
	})
}

func TestAFileGoesWithTheMessageThatItsCustomerDeletes(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	slow := func(try int) (message.Download, error) {
		if try == 2 {
			<-time.After(20 * time.Second)
		}
		return download(pngFile, "image/png")
	}
	experiment(t, filing(slow, d), func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(time.Minute)
		require.Len(t, d.kept(), 1)
		l.Post(channeltest.Kim.Revoke(time.Now(), "wamid.2", "wamid.1"))
		l.Pass(time.Minute)
		require.Empty(t, d.kept())

		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.3"))
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Revoke(time.Now(), "wamid.4", "wamid.3"))
		l.Pass(time.Minute)
		require.Equal(t, 2, d.tries())
		require.Empty(t, d.kept(), "it was deleted while it was being fetched")
		require.Empty(t, l.Letters("media"))
	})
}

func TestFilesGoWhenTheirTimeIsOverAndTheirMessagesStay(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, d)
	o.Settings = func(s *settings.Settings) { s.Retention.Attachments = 2 * duration.Day }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(30 * time.Hour)
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.2"))
		l.Pass(20 * time.Hour)
		messages := l.Messages(l.Conversation().ID)
		require.Len(t, messages, 2)
		old, young := messages[0].Attachments[0], messages[1].Attachments[0]
		require.Empty(t, old.Ref)
		require.Contains(t, old.Failed, "older than this channel keeps files")
		require.NotEmpty(t, young.Ref)
		require.Len(t, d.kept(), 1)
		require.Contains(t, d.kept(), young.Ref)
		l.Pass(60 * time.Hour)
		require.Empty(t, d.kept())
		require.Len(t, l.Messages(l.Conversation().ID), 2)
	})
}

func TestFilesGoWithTheirMessagesAndTheirCustomer(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, d)
	o.Settings = func(s *settings.Settings) { s.Retention.Messages = 2 * duration.Day }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(60 * time.Hour)
		require.Empty(t, d.kept(), "past its retention")
		require.Empty(t, l.Conversations())

		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.2"))
		l.Pass(time.Hour)
		require.Len(t, d.kept(), 1)
		receipt, err := l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{Phone: channeltest.Kim.Phone})
		require.NoError(t, err)
		require.Empty(t, d.kept())
		require.Len(t, receipt.Attachments, 1)
	})
}

// keeper is an Attachments that cannot be asked to remove anything.
type keeper struct{ channel.Attachments }

func TestFilesThatTheHubCannotRemoveAreListedForTheHost(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, keeper{d})
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(time.Hour)
		receipt, err := l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{BSUID: channeltest.Kim.Bsuid})
		require.NoError(t, err)
		require.Len(t, receipt.Attachments, 1)
		require.Contains(t, d.kept(), receipt.Attachments[0])
	})
}

func TestWithoutAttachmentsTheHostGetsTheMediaID(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(time.Minute)
		require.Equal(t, "77", l.Host.Received[0].Message.Attachments[0].MediaID)
		require.Empty(t, l.Host.Of(conversation.AttachmentFailed))
	})
}

func TestUploadsAreRefusedWhereNothingCanBeSent(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		file := message.Upload{Name: "a.png", MIME: "image/png", Body: strings.NewReader("x")}
		_, err := l.Hub.Upload(t.Context(), "support", file)
		require.ErrorContains(t, err, "no Media")
		_, err = l.Hub.Upload(t.Context(), "none", file)
		require.ErrorIs(t, err, channel.ErrNoChannel)
		s := l.Hub.Channels()[0].Settings
		s.Enabled = false
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		_, err = l.Hub.Upload(t.Context(), "support", file)
		require.ErrorIs(t, err, channel.ErrDisabled)
	})
}

// opus is the beginning of an Ogg file with Opus in so many channels.
func opus(channels byte) string {
	return "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x13OpusHead\x01" + string(channels) + "\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
}

// TestTheDefaultListTakesNothingThatRuns shows each file to a channel without a policy of its
// own: what it declares does not help it.
func TestTheDefaultListTakesNothingThatRuns(t *testing.T) {
	t.Parallel()
	const mz, svg = "MZ\x90\x00\x03\x00\x00\x00\x04", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	mp4 := "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
	for name, tt := range map[string]struct {
		content, declared, file string
		takes                   string // the media type; "" if it is refused
	}{
		"a program as a film":               {mz, "video/mp4", "", ""},
		"a program as a sound":              {mz, "audio/mpeg", "", ""},
		"a program as a text":               {mz, "text/plain", "readme.txt", ""},
		"a program for Linux as a sound":    {"\x7fELF\x02\x01\x01", "audio/amr", "", ""},
		"an archive as a document":          {"PK\x03\x04rest", "application/pdf", "a.pdf", ""},
		"nobody knows what, as a sound":     {"\x00\x01\x02", "audio/x-anything", "", ""},
		"nobody knows what, as AMR":         {"\x00\x01\x02", "audio/amr", "", ""},
		"nobody knows what, as a film":      {"\x00\x01\x02", "video/3gpp", "", ""},
		"a batch file":                      {"@echo off\r\ndel *.*", "text/plain", "run.bat", ""},
		"a batch file with a dot":           {"@echo off\r\ndel *.*", "text/plain", "run.bat. ", ""},
		"a script":                          {"WScript.Echo(1)", "text/plain", "run.js", ""},
		"a script in capital letters":       {"WScript.Echo(1)", "text/plain", "RUN.JS", ""},
		"a shell script without a name":     {"#!/bin/sh\nrm -rf", "text/plain", "", ""},
		"a picture with a script":           {svg, "text/plain", "a.txt", ""},
		"a picture with a script, later":    {"\xef\xbb\xbf \n<!-- x -->" + svg, "image/png", "a.txt", ""},
		"a web page":                        {"<script>alert(1)</script>", "text/plain", "a.txt", ""},
		"an old office document":            {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/pdf", "a.pdf", ""},
		"a shortcut":                        {"L\x00\x00\x00\x01\x14\x02\x00", "image/jpeg", "", ""},
		"a picture that says it is another": {string(pngFile[:20]), "image/jpeg", "", "image/png"},
		"a text":                            {"hello", "text/plain", "a.txt", "text/plain; charset=utf-8"},
		"a text that begins with MZ":        {"MZ is the beginning", "text/plain", "a.txt", "text/plain; charset=utf-8"},
		"a document":                        {"%PDF-1.7\n", "application/octet-stream", "a.exe", "application/pdf"},
		"a film":                            {mp4, "video/mp4", "", "video/mp4"},
		"a film of an old phone":            {"\x00\x00\x00\x18ftyp3gp4\x00\x00", "video/3gpp", "", "video/3gpp"},
		"a sound in the form of a film":     {mp4, "audio/mp4", "", "audio/mp4"},
		"a sound of an iPhone":              {"\x00\x00\x00\x18ftypM4A \x00\x00", "audio/mp4", "", "audio/mp4"},
		"MP3 without a tag":                 {"\xff\xfb\x90\x44\x00", "audio/mpeg", "", "audio/mpeg"},
		"AAC":                               {"\xff\xf1\x50\x80\x00", "audio/aac", "", "audio/aac"},
		"AMR":                               {"#!AMR\n\x3c", "audio/amr", "", "audio/amr"},
		"a voice message":                   {opus(1), "audio/ogg; codecs=opus", "", "audio/ogg"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := filing(func(int) (message.Download, error) { return download([]byte(tt.content), tt.declared) }, &drawer{})
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "document", map[string]any{"id": "77", "mime_type": tt.declared, "filename": tt.file}))
				l.Pass(time.Minute)
				got := l.Messages(l.Conversation().ID)[0].Attachments[0]
				if tt.takes == "" {
					require.Contains(t, got.Failed, "refused")
					require.Empty(t, got.Ref)
					return
				}
				require.Empty(t, got.Failed)
				require.Equal(t, tt.takes, got.MIME)
			})
		})
	}
}

func TestAFileIsOfferedUnderASafeNameToo(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.png":                   "a.png",
		"../../etc/passwd":        "passwd.png",
		`C:\\Users\\x\\photo.PNG`: "photo.PNG",
		"photo.exe":               "photo.png",
		"invoice.pdf.exe":         "invoice.png",
		"a\u202egnp.exe":          "agnp.png",
		"a\r\nb\x00.png":          "ab.png",
		"CON.png":                 "_CON.png",
		"..":                      "file.png",
		"":                        "file.png",
		"a<b>|c?.png":             "a_b__c_.png",
		strings.Repeat("ä", 200):  strings.Repeat("ä", 58) + ".png",
	} {
		o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, &drawer{})
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "document", map[string]any{"id": "77", "mime_type": "image/png", "filename": name}))
			l.Pass(time.Minute)
			got := l.Messages(l.Conversation().ID)[0].Attachments[0]
			require.Equal(t, want, got.SafeName)
			require.Equal(t, name, got.Name, "beside the raw one")
		})
	}
}

// mailbox is a Media that takes every file.
type mailbox struct{ channeltest.Nowhere }

func (mailbox) Upload(_ context.Context, in message.Upload) (string, error) {
	raw, err := io.ReadAll(in.Body)
	return "id of " + strconv.Itoa(len(raw)), err
}

func TestFilesGoOutAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels[0].Media = mailbox{} }}
	experiment(t, o, func(t *testing.T, l *lab) {
		upload := func(content, mime, name string) (string, error) {
			return l.Hub.Upload(t.Context(), "support", message.Upload{Name: name, MIME: mime, Body: strings.NewReader(content)})
		}
		for _, bad := range [][3]string{
			{"MZ\x90\x00\x03", "application/pdf", "a.pdf"}, {"PK\x03\x04", "application/pdf", "a.pdf"}, {string(pngFile), "image/jpeg", "a.jpg"},
			{"@echo off", "text/plain", "run.bat"}, {"<svg><script/></svg>", "text/plain", "a.txt"}, {"\x00\x01", "audio/mpeg", ""},
			{"MZ\x90\x00\x03", "application/x-msdownload", "a.exe"}, {"%PDF-1.7", "", "a.pdf"},
		} {
			_, err := upload(bad[0], bad[1], bad[2])
			require.ErrorIs(t, err, channel.ErrFileRefused, bad[1])
		}
		l.Say(channeltest.Kim, "wamid.1", "hello")
		send := func(c message.Content) error {
			_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: l.Conversation().ID, Content: c})
			return err
		}
		voice, err := upload(opus(1), "audio/ogg; codecs=opus", "")
		require.NoError(t, err)
		require.NoError(t, send(&message.Audio{ID: voice, Voice: true}))
		for _, content := range []string{opus(2), "OggS\x00\x02 vorbis"} {
			id, err := upload(content, "audio/ogg", "")
			require.NoError(t, err)
			require.ErrorIs(t, send(&message.Audio{ID: id, Voice: true}), message.ErrInvalid)
			require.NoError(t, send(&message.Audio{ID: id}))
		}
		mp3, err := upload("ID3\x03\x00", "audio/mpeg", "")
		require.NoError(t, err)
		require.ErrorIs(t, send(&message.Audio{ID: mp3, Voice: true}), message.ErrInvalid)
		require.ErrorIs(t, send(&message.Image{ID: mp3}), message.ErrInvalid, "a sound is no picture")
		require.NoError(t, send(&message.Image{ID: "not uploaded here"}))
	})
}

func TestAttachmentsThatAreDownAreOneOutageAndLoseNoFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files, hours int
		fail         func(int) error
	}{
		"many files, an hour":             {40, 1, func(int) error { return errors.New("canary: no storage") }},
		"many files, eight hours":         {40, 8, func(int) error { return errors.New("canary: no storage") }},
		"one file, eight hours":           {1, 8, func(int) error { return errors.New("canary: no storage") }},
		"two files, an hour, with panics": {2, 1, func(int) error { panic("canary") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []hooks.OutageInfo
			d := &drawer{}
			var isDown atomic.Bool
			d.fail = func(n int) error {
				if isDown.Load() {
					return c.fail(n)
				}
				return nil
			}
			o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, d)
			config := o.Config
			o.Config = func(cfg *channel.Config) { config(cfg); outageWatch(&told)(cfg); cfg.Poll = 5 * time.Second }
			experiment(t, o, func(t *testing.T, l *lab) {
				isDown.Store(true)
				for i := range c.files {
					l.Post(channeltest.Stranger(i).Picture(time.Now(), fmt.Sprint("wamid.", i)))
				}
				l.Pass(time.Duration(c.hours) * time.Hour)
				require.Empty(t, d.kept())
				require.Len(t, told, 1)
				require.Equal(t, health.OutageAttachments, told[0].Kind)
				require.Empty(t, told[0].Channel)
				require.NotNil(t, l.health().Attachments)
				require.Less(t, d.tries(), c.hours*150+60, "one file at a time tries it")
				require.NotContains(t, l.Logs.String(), "canary")
				isDown.Store(false)
				l.Pass(time.Minute)
				require.Len(t, d.kept(), c.files, "all of them within a minute")
				require.Empty(t, l.Host.Of(conversation.AttachmentFailed))
				require.Len(t, told, 2)
				require.True(t, told[1].Over)
				require.Nil(t, l.health().Attachments)
			})
		})
	}
}

func TestAFileThatCannotBeStoredAmongOthersIsGivenUp(t *testing.T) {
	t.Parallel()
	var told []hooks.OutageInfo
	d := &poisonedDrawer{bad: map[string]bool{}}
	o := filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, d)
	config := o.Config
	o.Config = func(cfg *channel.Config) { config(cfg); outageWatch(&told)(cfg); cfg.Poll = 5 * time.Second }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Stranger(0).Picture(time.Now(), "wamid.bad"))
		l.Pass(time.Second)
		for i := range 30 {
			l.Post(channeltest.Stranger(1+i).Picture(time.Now(), fmt.Sprint("wamid.", i)))
			l.Pass(10 * time.Minute)
			require.Len(t, d.kept(), i+1, "the others arrive")
		}
		require.Len(t, l.Host.Of(conversation.AttachmentFailed), 1)
		require.LessOrEqual(t, len(told), 2, "at most one false alarm")
	})
}

// poisonedDrawer never stores the first file that it is given.
type poisonedDrawer struct {
	drawer
	bad map[string]bool
}

func (d *poisonedDrawer) Save(ctx context.Context, f channel.File, body io.Reader) (string, error) {
	d.mu.Lock()
	if len(d.bad) == 0 {
		d.bad[f.ID] = true
	}
	bad := d.bad[f.ID]
	d.mu.Unlock()
	if bad {
		return "", errors.New("no")
	}
	return d.drawer.Save(ctx, f, body)
}

func TestTheIDOfAFileCanBeItsName(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	save := saver(func(f channel.File, body io.Reader) (string, error) {
		raw, err := io.ReadAll(body)
		if err != nil {
			return "", err
		}
		return f.ID, os.WriteFile(filepath.Join(folder, f.ID), raw, 0o600)
	})
	experiment(t, filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, save), func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Picture(time.Now(), "wamid.1"))
		l.Pass(time.Minute)
		got := l.Messages(l.Conversation().ID)[0].Attachments[0]
		require.Regexp(t, `^[A-Za-z0-9_-]+$`, got.Ref)
		require.FileExists(t, filepath.Join(folder, got.Ref))
	})
}

// saver is an Attachments of one function.
type saver func(f channel.File, body io.Reader) (string, error)

func (s saver) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	return s(f, body)
}

func TestFilesThatStayAwayAreSeenByTheOperator(t *testing.T) {
	t.Parallel()
	t.Run("a channel that moves no files, in a hub that keeps them", func(t *testing.T) {
		t.Parallel()
		o := filing(nil, &drawer{})
		files := o.Config
		o.Config = func(c *channel.Config) { files(c); c.Channels[0].Media = nil }
		experiment(t, o, func(t *testing.T, l *lab) {
			require.Contains(t, l.Logs.String(), `level=WARN msg="channel: files are not fetched: the channel has no Media" channel=support`)
			_, err := l.Hub.Upload(t.Context(), "support", message.Upload{MIME: "image/png", Body: bytes.NewReader(pngFile)})
			require.ErrorIs(t, err, channel.ErrNoMedia)
		})
	})
	t.Run("nothing is said of files that the hub does not keep", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) { require.NotContains(t, l.Logs.String(), "Media") })
	})
	t.Run("a file that WhatsApp does not give", func(t *testing.T) {
		t.Parallel()
		gone := func(int) (message.Download, error) { return message.Download{}, channeltest.Failure{Code: 131052} }
		experiment(t, filing(gone, &drawer{}), func(t *testing.T, l *lab) {
			for _, wamid := range []string{"wamid.1", "wamid.2"} {
				l.Post(channeltest.Kim.Picture(time.Now(), wamid))
				l.Pass(time.Minute)
			}
			require.Equal(t, 1, strings.Count(l.Logs.String(), "channel: a file was given up"), "once for both")
			require.Contains(t, l.Logs.String(), "reason=\"failed: code 131052")
		})
	})
}
