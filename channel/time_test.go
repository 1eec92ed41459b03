package channel_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// TestATimeFromTheFutureCountsAsNow gives every kind of event a time of a hundred years ahead,
// and then says something else.
func TestATimeFromTheFutureCountsAsNow(t *testing.T) {
	t.Parallel()
	far := func() time.Time { return time.Now().AddDate(126, 0, 0) }
	to := message.Recipient{Phone: kim.phone}
	t.Run("a message", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.post(kim.text(far(), "wamid.1", "from the future"))
			l.pass(time.Minute)
			other := stranger(1)
			l.say(other, "wamid.2", "later")
			list := l.conversations()
			require.Len(t, list, 2)
			for _, c := range list {
				require.False(t, c.LastActivity.After(time.Now()))
			}
			l.say(kim, "wamid.3", "now")
			for _, c := range l.conversations() {
				if c.Inbound == 2 {
					require.Equal(t, "now", c.Preview)
				}
			}
		})
	})
	t.Run("an echo", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.post(kim.echo(far(), "wamid.1", "text", map[string]any{"body": "from the future"}))
			l.pass(time.Minute)
			require.False(t, l.conversation().LastActivity.After(time.Now()))
		})
	})
	t.Run("a wish", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", "hello")
			l.post(kim.preference(far(), webhook.PreferenceStop))
			l.pass(time.Minute)
			l.post(kim.preference(time.Now(), webhook.PreferenceResume))
			l.pass(time.Minute)
			changes := l.host.of(conversation.PreferenceChanged)
			require.Len(t, changes, 2)
			require.True(t, changes[1].Customer.MarketingStopped.IsZero())
		})
	})
	t.Run("an edit", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", "one")
			l.post(kim.edit(far(), "wamid.2", "wamid.1", "two"))
			l.pass(time.Minute)
			l.post(kim.edit(time.Now(), "wamid.3", "wamid.1", "three"))
			l.pass(time.Minute)
			require.Equal(t, "three", l.messages(l.conversation().ID)[0].Text)
		})
	})
	t.Run("a reaction", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", "one")
			l.post(kim.reaction(far(), "wamid.2", "wamid.1", "👍"))
			l.pass(time.Minute)
			l.post(kim.reaction(time.Now(), "wamid.3", "wamid.1", ""))
			l.pass(time.Minute)
			require.Empty(t, l.messages(l.conversation().ID)[0].Reactions[0].Emoji)
		})
	})
	t.Run("a name", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			old := kim
			old.name = "Name of 2126"
			l.post(old.text(far(), "wamid.1", "one"))
			l.pass(time.Minute)
			l.say(kim, "wamid.2", "two")
			require.Equal(t, kim.name, l.host.received[1].Customer.Name)
		})
	})
	t.Run("what the host says", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", "hello")
			require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{At: far(), Where: "w", Wording: "v"}))
			require.NoError(t, l.agents.StopMarketing(t.Context(), alice, "support", to, far()))
			l.pass(time.Minute)
			require.NoError(t, l.agents.ResumeMarketing(t.Context(), alice, "support", to, time.Now()))
			require.NoError(t, l.hub.ReportStanding(t.Context(), "support", far(), channel.Standing{Quality: "RED"}))
			l.pass(time.Minute)
			require.NoError(t, l.hub.ReportStanding(t.Context(), "support", time.Now(), channel.Standing{Quality: "GREEN"}))
			l.say(kim, "wamid.2", "again")
			require.True(t, l.host.received[1].Customer.MarketingStopped.IsZero())
		})
	})
}

// TestMarketingIsStoppedAndResumedByAWord goes through the ways in which people write one.
func TestMarketingIsStoppedAndResumedByAWord(t *testing.T) {
	t.Parallel()
	o := labOptions{settings: func(s *channel.Settings) {
		s.OptOutWords, s.OptInWords = channel.OptOutWords(), channel.OptInWords("en", "de_AT")
	}}
	for _, text := range []string{
		"stop", "STOP", " Stop! ", "*STOP*", "_stop_", "STOP 🙏", "🛑 stop 🛑", "ＳＴＯＰ", "«stop»", "„Stopp“", "stop?", "stop.", "(stop)", "st\u200bop",
		"𝗦𝗧𝗢𝗣", "Stop all", "opt  out", "Arrêt", "arret", "СТОП", "停止", "退訂", "إيقاف", "¡Baja!", "SEIS", "stop\ufe0f",
	} {
		experiment(t, o, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", text)
			require.Len(t, l.host.of(conversation.PreferenceChanged), 1, "%q stops", text)
			l.say(kim, "wamid.2", "Start!")
			changes := l.host.of(conversation.PreferenceChanged)
			require.Len(t, changes, 2)
			require.Equal(t, webhook.PreferenceResume, changes[1].Reason)
			require.True(t, changes[1].Customer.MarketingStopped.IsZero())
		})
	}
	for _, text := range []string{"stop, that is not what I meant", "do not stop", "bus stop", "stopped", "🛑", "?", "start", "stop 2"} {
		experiment(t, o, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.1", text)
			require.Empty(t, l.host.of(conversation.PreferenceChanged), "%q says nothing about marketing", text)
		})
	}
}

func TestANewerConsentLiftsAStop(t *testing.T) {
	t.Parallel()
	o := labOptions{settings: func(s *channel.Settings) { s.OptOutWords = []string{"stop"} }}
	experiment(t, o, func(t *testing.T, l *lab) {
		to := message.Recipient{Phone: kim.phone}
		consent := func(at time.Time, categories ...string) conversation.Consent {
			return conversation.Consent{At: at, Where: "form", Wording: "v1", Categories: categories}
		}
		before := time.Now()
		l.pass(time.Minute)
		l.say(kim, "wamid.1", "stop")
		stopped := func() bool {
			l.say(kim, "wamid."+time.Now().String(), "hello")
			return !l.host.received[len(l.host.received)-1].Customer.MarketingStopped.IsZero()
		}
		require.True(t, stopped())
		require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, consent(before)))
		require.True(t, stopped(), "that was before")
		require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, consent(time.Now(), "utility")))
		require.True(t, stopped(), "that is something else")
		require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, consent(time.Now(), "marketing")))
		require.False(t, stopped())
	})
}

// Nothing that is stored is dated ahead, whatever said so: neither in a record nor in its place
// in a list.
func TestNothingIsStoredAheadOfItsTime(t *testing.T) {
	t.Parallel()
	far := time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)
	ahead := regexp.MustCompile(`2126-|\b49[0-9]{8}\b`)
	terminated := func() item {
		it := kim.call(far, "wacid.2", "terminate")
		c := it.value["calls"].([]any)[0].(map[string]any)
		c["start_time"], c["end_time"], c["duration"] = stamp(far), stamp(far.Add(time.Minute)), 60
		return it
	}
	standby := kim.text(far, "wamid.standby", "x")
	free := map[string]any{"id": "c", "origin": map[string]any{"type": "referral_conversion"}, "expiration_timestamp": stamp(far)}
	for name, its := range map[string][]item{
		"a text":                     {kim.text(far, "wamid.t", "x")},
		"a later kind":               {kim.message(far, "wamid.h", "hologram", map[string]any{})},
		"a message in a group":       {kim.text(far, "wamid.g", "x", "group_id", "G1")},
		"a standby message":          {{field: "standby", value: map[string]any{"standby": standby.value}}},
		"an edit":                    {kim.edit(far, "wamid.e", "wamid.1", "y")},
		"an edit of the unknown":     {kim.edit(far, "wamid.e", "wamid.never", "y")},
		"a reaction to the unknown":  {kim.reaction(far, "wamid.r", "wamid.never", "👍")},
		"a deletion":                 {kim.revoke(far, "wamid.d", "wamid.1")},
		"a reaction":                 {kim.reaction(far, "wamid.r", "wamid.1", "👍")},
		"a missed call":              {kim.call(far, "wacid.1", "connect"), kim.call(far, "wacid.1", "terminate")},
		"a call":                     {terminated()},
		"a stop":                     {kim.preference(far, "stop")},
		"a new number":               {kim.moved(far, "wamid.n", face{phone: "13125550199", bsuid: "US.9"})},
		"an echo":                    {kim.echo(far, "wamid.o", "text", map[string]any{"body": "x"})},
		"the history":                {kim.past(far, "wamid.p", "x", false), kim.past(far, "wamid.q", "x", true)},
		"sent":                       {kim.status(far, outWAMID("hi"), "", "sent")},
		"delivered":                  {kim.status(far, outWAMID("hi"), "", "delivered")},
		"read":                       {kim.status(far, outWAMID("hi"), "", "read")},
		"failed":                     {kim.fails(outWAMID("hi"), "", 131050), kim.status(far, outWAMID("hi"), "", "failed", "errors", []any{map[string]any{"code": 131050}})},
		"a time without charge":      {kim.status(far, outWAMID("hi"), "", "sent", "conversation", free)},
		"an alert":                   {accountNews(far, "account_alerts", map[string]any{"alert_type": "A", "alert_severity": "CRITICAL"})},
		"a quality":                  {accountNews(far, "phone_number_quality_update", map[string]any{"display_phone_number": labDisplay, "event": "FLAGGED", "current_limit": "TIER_250"})},
		"the status of a template":   {accountNews(far, "message_template_status_update", map[string]any{"event": "PAUSED", "message_template_name": "reminder", "message_template_language": "en"})},
		"the category of a template": {accountNews(far, "template_category_update", map[string]any{"new_category": "MARKETING", "message_template_name": "reminder", "message_template_language": "en"})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "hello")
				_, err := l.reply(l.conversation().ID, "hi")
				require.NoError(t, err)
				l.pass(time.Second)
				l.post(its...)
				l.pass(3 * time.Minute)
				everything(t, l.store, func(text string) { require.NotRegexp(t, ahead, text) })
				for _, kind := range []string{"customer", "alias", "conversation", "message", "log", "counter", "money", "standing", "notice", "shared", "member", "reach"} {
					list, err := l.store.List(t.Context(), store.Query{Kind: kind, Limit: 1000})
					require.NoError(t, err)
					for _, r := range list {
						require.Less(t, r.Sort, dawn.Add(48*time.Hour).UnixMicro(), "%s %s", kind, r.Key)
						require.NotRegexp(t, ahead, string(r.Body))
					}
				}
			})
		})
	}
}
