package console_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestWhoMayOnlyLookSeesNoWayToWrite(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Contains(t, s.get(alice, "/c/"+id).text, `data-mode="reply"`)
		page := s.get(victor, "/c/"+id).text
		require.Contains(t, page, "hello")
		require.NotContains(t, page, `data-mode="reply"`)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+id+"/reply", "text", "hi", "key", "12345678").Code)
		require.Len(t, s.Messages(id), 1)
	})
}

func TestAConsoleThatIsReadOnlyChangesNothing(t *testing.T) {
	with(t, func(c *console.Config) { c.ReadOnly = true }, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.NotContains(t, s.get(alice, "/c/"+id).text, `data-mode="reply"`)
		for _, path := range []string{"/talk/" + id + "/reply", "/message/" + s.Messages(id)[0].ID + "/cancel"} {
			require.Equal(t, http.StatusForbidden, s.post(alice, path, "text", "hi", "key", "12345678").Code, path)
		}
		require.Len(t, s.Messages(id), 1)
	})
}

func TestTheConversationsOfOneTenantAreNothingToAnother(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "our secret")
		m := s.Messages(id)[0]
		for _, by := range []struct {
			name string
			get  func(path string) answer
			code int
		}{
			{"another tenant", func(p string) answer { return s.get(bob, p) }, http.StatusNotFound},
			{"who has no right at all", func(p string) answer { return s.get(nobody, p) }, http.StatusForbidden},
			{"who administers and may not read", func(p string) answer { return s.get(root, p) }, http.StatusForbidden},
		} {
			for _, path := range []string{"/talk/" + id, "/talk/" + id + "/older?before=" + m.ID, "/files/" + m.ID + "/0"} {
				a := by.get(path)
				require.Equal(t, by.code, a.Code, by.name+" "+path)
				require.NotContains(t, a.text, "secret")
			}
			for _, path := range []string{"/", "/c/" + id, "/list", "/list?view=all", "/list?view=all&channel=support", "/list?q=secret"} {
				require.NotContains(t, by.get(path).text, "our secret", by.name+" "+path)
			}
		}
		require.Equal(t, http.StatusNotFound, s.post(bob, "/talk/"+id+"/reply", "text", "hi", "key", "12345678").Code)
		require.Equal(t, http.StatusNotFound, s.post(bob, "/talk/"+id+"/check", "text", "hi").Code)
		require.Len(t, s.Messages(id), 1)
		foreign, none := s.post(bob, "/talk/"+id+"/check"), s.post(bob, "/talk/v_aaaaaaaaaaaaaaaaaaaaaaaa/check")
		require.Equal(t, none.text, foreign.text, "a foreign conversation is like none")
	})
}

func TestOneTalkDoesNotShowTheMessagesOfAnother(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		s.Post(channeltest.Stranger(1).Text(time.Now(), "wamid.0", "of a stranger"))
		s.Pass(10 * time.Second)
		theirs := s.Messages(s.Conversation().ID)[0]
		s.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "of Kim"))
		s.Pass(10 * time.Second)
		for _, c := range s.Conversations() {
			if c.ID != theirs.Conversation {
				require.Equal(t, http.StatusNotFound, s.get(alice, "/talk/"+c.ID+"/older?before="+theirs.ID).Code)
			}
		}
	})
}

// shelf keeps one file.
type shelf struct{ asked []string }

func (f *shelf) Open(_ context.Context, ref string) (io.ReadCloser, error) {
	f.asked = append(f.asked, ref)
	return io.NopCloser(strings.NewReader("<script>alert(1)</script>")), nil
}

func (*shelf) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	_, err := io.Copy(io.Discard, body)
	return "../../etc/passwd", err
}

func TestAnAddressNamesNoFile(t *testing.T) {
	files := &shelf{}
	with(t, func(c *console.Config) { c.Files = files }, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		m := s.Messages(id)[0].ID
		for _, path := range []string{
			"/files/" + m + "/0", "/files/" + m + "/-1", "/files/" + m + "/99999999999999999999", "/files/..%2f..%2fetc%2fpasswd/0",
			"/files/" + m + "/..%2f..%2f0", "/static/x/..%2f..%2fconsole.go", "/static/x/layout.html",
		} {
			require.Equal(t, http.StatusNotFound, s.get(alice, path).Code, path)
		}
		require.Empty(t, files.asked)
	})
}

func TestAFormThatComesTwiceIsOneMessage(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		for range 10 {
			require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "once", "key", "0123456789").Code)
		}
		require.Len(t, s.Messages(id), 2)
		other := s.post(alice, "/talk/"+id+"/reply", "text", "something else", "key", "0123456789")
		require.Equal(t, http.StatusConflict, other.Code)
		require.Contains(t, other.text, "key_reused")
		require.Equal(t, http.StatusBadRequest, s.post(alice, "/talk/"+id+"/reply", "text", "no key").Code)
		require.Len(t, s.Messages(id), 2)
	})
}

// hostile are texts that would do something if a page took them for markup.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</textarea><script>alert(1)</script>`,
	`javascript:alert(1)`, `<svg/onload=alert(1)>`, "`${alert(1)}`", `{{.}}`, `</script><script>alert(1)</script>`, `<!--`, `&lt;script&gt;`,
	`<a href="javascript:alert(1)">x</a>`, `*<b>bold</b>*`, "\u202egnp.exe", `<style>*{display:none}</style>`, `<base href=//evil.example>`,
}

func TestTextsOfOthersAreNeverMarkup(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		for i, text := range hostile {
			f := channeltest.Stranger(i)
			f.Name = text
			s.Post(f.Message(time.Now(), "wamid."+text, "text", map[string]any{"body": text},
				"referral", map[string]any{"source_type": "ad", "source_id": "1", "source_url": "javascript:alert(1)", "headline": text}))
		}
		s.Pass(20 * time.Second)
		require.Len(t, s.Conversations(), len(hostile))
		plain := s.get(alice, "/").text
		for _, c := range s.Conversations() {
			require.NoError(t, s.desk.SetTopic(t.Context(), alice, c.ID, c.Preview))
			require.NoError(t, s.desk.SetTags(t.Context(), alice, c.ID, []string{c.Preview}))
			page := s.get(alice, "/c/"+c.ID+"?view=all&q=&topic=%22%3E%3Cscript%3E").text + plain
			for _, mark := range []string{"<script>", "<img src=x", "onerror=alert(1)>", "<svg/onload", "<b>bold", `href="javascript:`, "<style>", "<base ", "' onmouseover='alert"} {
				require.NotContains(t, page, mark)
			}
		}
	})
}
