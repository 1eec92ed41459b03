package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func TestAnswersNameOnlyWhatIsTheCustomersNow(t *testing.T) {
	t.Parallel()
	const phone = "13125550187"
	first, next := face{phone: phone, bsuid: "US.1"}, face{phone: phone, bsuid: "US.2"}
	hidden := face{bsuid: "US.1", username: "kim"}
	at := func(minute int) time.Time { return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name  string
		items []item
		want  map[string]message.Recipient // by the text of the conversation's first message
	}{
		{"one person with a number", []item{first.text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {Phone: phone, BSUID: "US.1"}}},
		{"a number that somebody else has now", []item{first.text(at(1), "wamid.1", "a"), next.text(at(2), "wamid.2", "b")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"the same, learned the other way round", []item{next.text(at(2), "wamid.2", "b"), first.text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"a number that the person does not show any more", []item{first.text(at(1), "wamid.1", "a"), hidden.text(at(2), "wamid.2", "c")},
			map[string]message.Recipient{"a": {BSUID: "US.1"}}},
		{"a number that came back", []item{
			first.text(at(1), "wamid.1", "a"), next.text(at(2), "wamid.2", "b"), first.text(at(3), "wamid.3", "c")},
			map[string]message.Recipient{"a": {Phone: phone, BSUID: "US.1"}, "b": {BSUID: "US.2"}}},
		{"a number without a BSUID", []item{face{phone: phone}.text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {Phone: phone}}},
		{"somebody who moved to another number", []item{
			first.text(at(1), "wamid.1", "a"), first.moved(at(2), "wamid.n", face{phone: "13125550199", bsuid: "US.3"}), next.text(at(3), "wamid.2", "b"),
			face{phone: "13125550199", bsuid: "US.3"}.text(at(4), "wamid.3", "c")},
			map[string]message.Recipient{"a": {Phone: "13125550199", BSUID: "US.3"}, "b": {Phone: phone, BSUID: "US.2"}}},
		{"the identifier of an enterprise only", []item{face{parent: "US.ENT.1"}.text(at(1), "wamid.1", "a")},
			map[string]message.Recipient{"a": {BSUID: "US.ENT.1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				for _, it := range tt.items {
					l.post(it)
					l.pass(20 * time.Second)
				}
				list := l.conversations()
				require.Len(t, list, len(tt.want))
				for _, c := range list {
					begin := l.messages(c.ID)[0].Text
					_, err := l.reply(c.ID, begin)
					require.NoError(t, err)
				}
				l.pass(5 * time.Second)
				got := map[string]message.Recipient{}
				for _, out := range l.line.sent {
					got[textOf(out)] = out.To
				}
				require.Equal(t, tt.want, got)
			})
		})
	}
}
