package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestAnswersNameOnlyWhatIsTheCustomersNow(t *testing.T) {
	t.Parallel()
	const phone = "13125550187"
	first, next := channeltest.Face{Phone: phone, Bsuid: "US.1"}, channeltest.Face{Phone: phone, Bsuid: "US.2"}
	hidden := channeltest.Face{Bsuid: "US.1", Username: "kim"}
	at := func(minute int) time.Time { return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name  string
		items []channeltest.Item
		want  map[string]message.Recipient // by the text of the conversation's first message
	}{
		{"one person with a number", []channeltest.Item{first.Text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {Phone: phone, BSUID: "US.1"}}},
		{"a number that somebody else has now", []channeltest.Item{first.Text(at(1), "wamid.1", "a"), next.Text(at(2), "wamid.2", "b")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"the same, learned the other way round", []channeltest.Item{next.Text(at(2), "wamid.2", "b"), first.Text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"a number that the person does not show any more", []channeltest.Item{first.Text(at(1), "wamid.1", "a"), hidden.Text(at(2), "wamid.2", "c")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}}},
		{"a number that came back", []channeltest.Item{
			first.Text(at(1), "wamid.1", "a"), next.Text(at(2), "wamid.2", "b"), first.Text(at(3), "wamid.3", "c")},
			map[string]message.Recipient{"a": {Phone: phone, BSUID: "US.1"}, "b": {BSUID: "US.2"}}},
		{"a number without a BSUID", []channeltest.Item{channeltest.Face{Phone: phone}.Text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {Phone: phone}}},
		{"somebody who moved to another number", []channeltest.Item{
			first.Text(at(1), "wamid.1", "a"), first.Moved(at(2), "wamid.n", channeltest.Face{Phone: "13125550199", Bsuid: "US.3"}), next.Text(at(3), "wamid.2", "b"),
			channeltest.Face{Phone: "13125550199", Bsuid: "US.3"}.Text(at(4), "wamid.3", "c")},
			map[string]message.Recipient{"a": {Phone: "13125550199", BSUID: "US.3"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"the identifier of an enterprise only", []channeltest.Item{channeltest.Face{Parent: "US.ENT.1"}.Text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {BSUID: "US.ENT.1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				for _, it := range tt.items {
					l.Post(it)
					l.Pass(20 * time.Second)
				}
				list := l.Conversations()
				require.Len(t, list, len(tt.want))
				for _, c := range list {
					begin := l.Messages(c.ID)[0].Text
					_, err := l.Reply(c.ID, begin)
					require.NoError(t, err)
				}
				l.Pass(5 * time.Second)
				got := map[string]message.Recipient{}
				for _, out := range l.Line.Sent {
					got[channeltest.TextOf(out)] = out.To
				}
				require.Equal(t, tt.want, got)
			})
		})
	}
}
