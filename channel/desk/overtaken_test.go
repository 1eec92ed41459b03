package desk_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/stretchr/testify/require"
)

func TestNotesTagsAndTopicsAreToldAndLogged(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		note, err := l.agents.AddNote(t.Context(), alice, conv, "call back")
		require.NoError(t, err)
		for range 2 { // the same again is no change
			require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, []string{"vip", "bike"}))
			require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "a flat tyre"))
		}
		require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, nil))
		l.Pass(time.Second)
		by := conversation.Author{Kind: "agent", ID: "alice"}
		notes, tags, topics := l.Host.Of(conversation.NoteAdded), l.Host.Of(conversation.TagsChanged), l.Host.Of(conversation.TopicChanged)
		require.Len(t, notes, 1)
		require.Equal(t, note.ID, notes[0].Message.ID)
		require.Equal(t, by, notes[0].Author)
		require.Len(t, tags, 2)
		require.Equal(t, "bike, vip", tags[0].To)
		require.Equal(t, "bike, vip", tags[1].From)
		require.Empty(t, tags[1].To)
		require.Len(t, topics, 1)
		require.Equal(t, "a flat tyre", topics[0].To)
		log, err := l.agents.Events(t.Context(), alice, conv, 0)
		require.NoError(t, err)
		kinds := map[conversation.ChangeKind]int{}
		for _, e := range log {
			kinds[e.Kind]++
		}
		require.Equal(t, map[conversation.ChangeKind]int{conversation.NoteAdded: 1, conversation.TagsChanged: 2, conversation.TopicChanged: 1}, kinds)
	})
}
