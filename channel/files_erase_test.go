package channel_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// slowCupboard takes a while after a file is in it, and forgets files by their File.ID.
type slowCupboard struct {
	cupboard
	after time.Duration
}

func (s *slowCupboard) Save(ctx context.Context, f channel.File, body io.Reader) (string, error) {
	ref, err := s.cupboard.Save(ctx, f, body)
	<-time.After(s.after)
	return ref, err
}

func (s *slowCupboard) Forget(ctx context.Context, fileID string) error {
	return s.Remove(ctx, "ours:"+fileID)
}

// count is how many files are in it.
func (s *cupboard) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// taken are the references of the files that were removed.
func (s *cupboard) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gone)
}

// unforgetting is an Attachments that removes files by their references only.
type unforgetting struct{ c *slowCupboard }

func (u unforgetting) Save(ctx context.Context, f channel.File, body io.Reader) (string, error) {
	return u.c.Save(ctx, f, body)
}

func (u unforgetting) Remove(ctx context.Context, ref string) error { return u.c.Remove(ctx, ref) }

// pausingStore calls a function of the test, once, when a hub has read what it is about to erase.
type pausingStore struct {
	*memstore.Store
	then func(b *store.Batch)
}

func (s *pausingStore) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if then := s.then; then != nil && len(b.Drop) > 0 {
		s.then = nil
		then(b)
	}
	return s.Store.Commit(ctx, b)
}

// filingCrews runs f with two hubs on one store: one that fetches files, and one that only erases.
func filingCrews(t *testing.T, keep channel.Attachments, media *slowMedia, f func(t *testing.T, fetches, erases *lab, between *pausingStore)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		shared := memstore.New()
		between := &pausingStore{Store: shared}
		join := func(st store.Store, name string) *lab {
			return newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
				c.Name, c.Attachments, c.Channels[0].Media, c.Poll = name, keep, media, time.Second
			}})
		}
		fetches, erases := join(shared, "a"), join(between, "b")
		fetches.Run()
		fetches.Post(picture("wamid.1"))
		f(t, fetches, erases, between)
		fetches.Stop()
	})
}

// erasures are the ways in which a message goes.
var erasures = map[string]func(t *testing.T, l *lab) error{
	"the customer is erased": func(t *testing.T, l *lab) error {
		_, err := l.Hub.EraseCustomer(t.Context(), "support", channeltest.Recipient(channeltest.Kim))
		return err
	},
	"the conversation is erased": func(t *testing.T, l *lab) error {
		_, err := l.Hub.EraseConversation(t.Context(), l.Conversation().ID)
		return err
	},
	"the message is erased": func(t *testing.T, l *lab) error {
		_, err := l.Hub.EraseMessage(t.Context(), l.Messages(l.Conversation().ID)[0].ID)
		return err
	},
}

func TestNothingIsLeftOfAFileWhoseMessageIsErasedWhileItIsFetched(t *testing.T) {
	t.Parallel()
	for name, erase := range erasures {
		t.Run(name+" while the host stores the file", func(t *testing.T) {
			t.Parallel()
			keep := &slowCupboard{after: 10 * time.Second}
			filingCrews(t, unforgetting{keep}, &slowMedia{}, func(t *testing.T, fetches, erases *lab, _ *pausingStore) {
				fetches.Pass(time.Second)
				require.Equal(t, 1, keep.count(), "the host has the file, and nobody knows it")
				require.NoError(t, erase(t, erases))
				fetches.Pass(time.Minute)
				require.Zero(t, keep.count())
				require.Empty(t, fetches.Letters("media"))
			})
		})
		t.Run(name+" while WhatsApp gives the file out", func(t *testing.T) {
			t.Parallel()
			keep := &cupboard{}
			filingCrews(t, keep, &slowMedia{after: 10 * time.Second}, func(t *testing.T, fetches, erases *lab, _ *pausingStore) {
				fetches.Pass(time.Second)
				require.NoError(t, erase(t, erases))
				fetches.Pass(time.Minute)
				require.Len(t, keep.taken(), 1, "it was brought all the same")
				require.Zero(t, keep.count())
			})
		})
		t.Run(name+", and the file comes when the erasure has begun", func(t *testing.T) {
			t.Parallel()
			keep := &cupboard{}
			filingCrews(t, keep, &slowMedia{after: 10 * time.Second}, func(t *testing.T, fetches, erases *lab, between *pausingStore) {
				fetches.Pass(time.Second)
				between.then = func(*store.Batch) {
					require.Zero(t, keep.count())
					fetches.Pass(30 * time.Second)
					require.Equal(t, 1, keep.count())
				}
				require.NoError(t, erase(t, erases))
				fetches.Pass(time.Minute)
				require.Zero(t, keep.count())
			})
		})
	}
}

// TestAFileThatNobodyKnowsIsForgotten has a process that is cut off from the store, as if it were killed, between
// storing a file and noting that.
func TestAFileThatNobodyKnowsIsForgotten(t *testing.T) {
	t.Parallel()
	for name, erase := range erasures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keep := &slowCupboard{after: 10 * time.Second}
			synctest.Test(t, func(t *testing.T) {
				shared := memstore.New()
				way := &cable{Store: shared}
				join := func(st store.Store, name string) *lab {
					return newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
						c.Name, c.Attachments, c.Channels[0].Media, c.Poll = name, keep, &slowMedia{}, time.Second
					}})
				}
				killed, other := join(way, "a"), join(shared, "b")
				killed.Run()
				killed.Post(picture("wamid.1"))
				killed.Pass(time.Second)
				require.Equal(t, 1, keep.count())
				way.set(true)
				require.NoError(t, erase(t, other))
				killed.Pass(time.Minute)
				require.Equal(t, 1, keep.count(), "nobody could know")
				other.Run()
				other.Pass(20 * time.Minute)
				require.Zero(t, keep.count())
				require.Empty(t, other.Letters("media"))
				way.set(false)
				other.Pass(time.Minute)
				killed.Stop()
				other.Stop()
			})
		})
	}
}

func TestAFileOfADeletedMessageIsForgotten(t *testing.T) {
	t.Parallel()
	keep := &slowCupboard{}
	o := withFiles(&slowMedia{}, nil, 0)
	config := o.Config
	o.Config = func(c *channel.Config) {
		config(c)
		c.Attachments = keep
		c.Channels[0].Media = &postbox{open: func(int) (message.Download, error) {
			return message.Download{}, channeltest.Failure{Code: 131000}
		}}
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(picture("wamid.1"))
		l.Pass(0)
		id := l.Messages(l.Conversation().ID)[0].ID
		_, err := keep.cupboard.Save(t.Context(), channel.File{ID: id + "-0"}, strings.NewReader("stored, and the process was killed"))
		require.NoError(t, err)
		l.Post(channeltest.Kim.Revoke(time.Now(), "wamid.d", "wamid.1"))
		l.Pass(time.Hour)
		require.Zero(t, keep.count())
	})
}

func TestAFileThatComesAfterItsTimeIsNotKept(t *testing.T) {
	t.Parallel()
	keep := &cupboard{}
	o := withFiles(&slowMedia{}, keep, 0)
	set := o.Settings
	o.Settings = func(s *settings.Settings) {
		set(s)
		s.Retention.Attachments = duration.Day
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Message(time.Now().Add(-25*time.Hour), "wamid.old", "image", map[string]any{"id": "77", "mime_type": "image/png"}))
		l.Post(picture("wamid.new"))
		l.Pass(time.Minute)
		list := l.Messages(l.Conversation().ID)
		require.Len(t, list, 2)
		require.Empty(t, list[0].Attachments[0].Ref)
		require.Contains(t, list[0].Attachments[0].Failed, "older than this channel keeps files")
		require.NotEmpty(t, list[1].Attachments[0].Ref)
		require.Equal(t, 1, keep.count())
	})
}
