package console_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
)

func TestAnAgentLooksAfterAConversation(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		do := func(what string, pairs ...string) *conversation.Conversation {
			a := s.post(alice, "/talk/"+id+"/do/"+what, pairs...)
			require.Equal(t, http.StatusNoContent, a.Code, what+a.text)
			return s.Conversation()
		}
		require.Equal(t, "alice", do("take").State.Assignee)
		require.Equal(t, "victor", do("assign", "agent", "victor").State.Assignee)
		require.Empty(t, do("assign", "agent", "").State.Assignee)
		require.Equal(t, []string{"late", "two words"}, do("tags", "tags", "two words, late").Tags)
		require.Equal(t, "delivery", do("topic", "topic", " delivery ").Topic)
		c := do("pending", "for", "24h")
		require.Equal(t, rules.QueuePending, c.State.Queue)
		require.WithinDuration(t, time.Now().Add(24*time.Hour), c.State.ReturnAt, time.Second)
		require.Equal(t, rules.QueueNew, do("new").State.Queue)
		do("note", "text", "call back")
		require.Contains(t, s.get(alice, "/talk/"+id).text, "call back")
		c = do("resolve", "topic", "refund")
		require.Equal(t, rules.QueueResolved, c.State.Queue)
		require.Equal(t, "refund", c.Topic)
		require.Contains(t, s.get(alice, "/talk/"+id).text, `data-act="reopen"`)
		require.Equal(t, rules.QueueNew, do("reopen").State.Queue)
	})
}

func TestWhatCannotBeDoneIsSaidInASentence(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		for _, c := range []struct {
			what, field, value string
			status             int
		}{
			{"pending", "for", "nonsense", 422},
			{"pending", "for", "-1h", 422},
			{"pending", "for", "99999h", 422},
			{"tags", "tags", strings.Repeat("x", 101), 422},
			{"tags", "tags", strings.Repeat("x,y", 1) + strings.Repeat(",z", 1) + ",\x00", 422},
			{"topic", "topic", strings.Repeat("x", 201), 422},
			{"topic", "topic", "\xff", 422},
			{"note", "text", "  ", 422},
			{"note", "text", "\x00", 422},
			{"unheard-of", "", "", 404},
		} {
			a := s.post(alice, "/talk/"+id+"/do/"+c.what, c.field, c.value)
			require.Equal(t, c.status, a.Code, c.what+" "+c.value+a.text)
			require.Contains(t, a.text, `"text":"`)
		}
		for _, what := range []string{"assign", "take", "typing"} {
			require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+id+"/do/"+what).Code, what)
		}
		require.Len(t, s.Messages(id), 1)
		require.NotContains(t, s.Logs.String(), "request failed")
	})
}

func TestAClosedWindowIsAnsweredWithATemplate(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		s.Pass(25 * time.Hour)
		refused := s.post(alice, "/talk/"+id+"/reply", "text", "too late", "key", "12345678")
		require.Equal(t, http.StatusConflict, refused.Code)
		require.Contains(t, refused.text, "window_closed")

		require.Contains(t, s.get(alice, "/talk/"+id+"/templates").text, `data-pick="visit/en"`)
		require.NotContains(t, s.get(alice, "/talk/"+id+"/templates?q=nothing+like+it").text, "data-pick")
		form := s.get(alice, "/talk/"+id+"/form?template=visit/en").text
		require.Contains(t, form, `name="body[0].text"`)
		preview := s.post(alice, "/talk/"+id+"/preview", "template", "visit/en", "body[0].text", "<b>Tuesday</b>").text
		require.Contains(t, preview, "&lt;b&gt;Tuesday&lt;/b&gt;")
		misfit := s.post(alice, "/talk/"+id+"/template", "template", "visit/en", "key", "template-1")
		require.Equal(t, http.StatusUnprocessableEntity, misfit.Code)
		require.Contains(t, misfit.text, "is missing")
		for range 3 {
			a := s.post(alice, "/talk/"+id+"/template", "template", "visit/en", "body[0].text", "Tuesday", "key", "template-1")
			require.Equal(t, http.StatusNoContent, a.Code, a.text)
		}
		require.Len(t, s.Messages(id), 2, "once")
		gone := s.post(alice, "/talk/"+id+"/template", "template", "gone/en", "key", "template-2")
		require.Equal(t, http.StatusConflict, gone.Code)
		for _, path := range []string{"/templates", "/form?template=visit/en"} {
			require.Equal(t, http.StatusForbidden, s.get(victor, "/talk/"+id+path).Code)
			require.Equal(t, http.StatusNotFound, s.get(bob, "/talk/"+id+path).Code)
		}
	})
}

func TestPreparedAnswers(t *testing.T) {
	macros := func(c *console.Config) {
		c.Macros = func(context.Context, access.Actor, string) []console.Macro {
			return []console.Macro{{ID: "hours", Title: "Opening hours", Text: "We open at 9.", Shorthand: "&((template=[[reminder]] language=[[en]]))&"}}
		}
	}
	with(t, macros, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Contains(t, s.get(alice, "/talk/"+id+"/macros?q=HOURS").text, `data-macro="hours"`)
		require.NotContains(t, s.get(alice, "/talk/"+id+"/macros?q=other").text, "data-macro")
		require.Contains(t, s.get(alice, "/talk/"+id+"/macro?macro=hours").text, "We open at 9.")
		require.Equal(t, http.StatusNotFound, s.get(alice, "/talk/"+id+"/macro?macro=none").Code)
		require.Equal(t, http.StatusForbidden, s.get(victor, "/talk/"+id+"/macros").Code)
		for range 2 {
			require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/macro", "macro", "hours", "key", "macro-001").Code)
		}
		require.Len(t, s.Messages(id), 2)
	})
}

// file posts a file as a browser does.
func (s *site) file(by access.Actor, id, name, kind, content string) answer {
	s.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {kind},
	})
	require.NoError(s.T, err)
	_, err = part.Write([]byte(content))
	require.NoError(s.T, err)
	require.NoError(s.T, form.Close())
	r := httptest.NewRequestWithContext(s.T.Context(), http.MethodPost, "/talk/"+id+"/file", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Console", "1")
	return s.do(r, &by)
}

func TestThePanelShowsWhatIsKnown(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		page := s.get(alice, "/panel/"+id).text
		require.Contains(t, page, "13125550187")
		require.NotContains(t, page, "/export")
		require.Equal(t, http.StatusNotFound, s.get(bob, "/panel/"+id).Code)
		require.Equal(t, http.StatusForbidden, s.get(nobody, "/panel/"+id).Code)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/panel/"+id+"/marketing/stop").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/panel/"+id+"/marketing/stop").Code)
		require.Contains(t, s.get(alice, "/panel/"+id).text, "wants no marketing since")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/panel/"+id+"/marketing/resume").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/panel/"+id+"/marketing/record", "where", "shop <b>", "wording", "v2").Code)
		require.Contains(t, s.get(alice, "/panel/"+id).text, "shop &lt;b&gt;")
		require.Equal(t, http.StatusUnprocessableEntity, s.post(alice, "/panel/"+id+"/marketing/record", "where", "shop").Code)
	})
}

func TestOnlyAdministratorsExportAndErase(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Equal(t, http.StatusForbidden, s.post(alice, "/panel/"+id+"/export").Code)
		_, customer, err := s.Hub.Conversation(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, http.StatusForbidden, s.post(alice, "/panel/"+id+"/erase", "sure", customer.ID).Code)
		chief := alice
		chief.Admin = true
		export := s.post(chief, "/panel/"+id+"/export")
		require.Equal(t, http.StatusOK, export.Code)
		require.Contains(t, export.Header().Get("Content-Disposition"), "attachment")
		require.Contains(t, export.text, "hello")
		require.Equal(t, http.StatusUnprocessableEntity, s.post(chief, "/panel/"+id+"/erase", "sure", "on").Code)
		require.Len(t, s.Conversations(), 1)
		require.Equal(t, http.StatusNoContent, s.post(chief, "/panel/"+id+"/erase", "sure", customer.ID).Code)
		require.Empty(t, s.Conversations())
	})
}

func TestATextThatIsTooLongForOneMessageGoesOutInParts(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		long := strings.Repeat("A sentence. ", 600)
		require.NotContains(t, s.post(alice, "/talk/"+id+"/check", "text", long, "key", "12345678").text, "refused")
		for range 2 { // the second time it is known by its key
			require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", long, "key", "12345678").Code)
		}
		s.Pass(time.Minute)
		require.Len(t, s.Line.Texts(), 2)
		require.Contains(t, s.post(victor, "/talk/"+id+"/check", "text", long, "key", "12345679").text, "refused")
	})
}
