package channel_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// TestATimeFromTheFutureCountsAsNow gives every kind of event a time of a hundred years ahead,
// and then says something else.
func TestATimeFromTheFutureCountsAsNow(t *testing.T) {
	t.Parallel()
	far := func() time.Time { return time.Now().AddDate(126, 0, 0) }
	to := message.Recipient{Phone: channeltest.Kim.Phone}
	t.Run("a message", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Text(far(), "wamid.1", "from the future"))
			l.Pass(time.Minute)
			other := channeltest.Stranger(1)
			l.Say(other, "wamid.2", "later")
			list := l.Conversations()
			require.Len(t, list, 2)
			for _, c := range list {
				require.False(t, c.LastActivity.After(time.Now()))
			}
			l.Say(channeltest.Kim, "wamid.3", "now")
			for _, c := range l.Conversations() {
				if c.Inbound == 2 {
					require.Equal(t, "now", c.Preview)
				}
			}
		})
	})
	t.Run("an echo", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Echo(far(), "wamid.1", "text", map[string]any{"body": "from the future"}))
			l.Pass(time.Minute)
			require.False(t, l.Conversation().LastActivity.After(time.Now()))
		})
	})
	t.Run("a wish", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "hello")
			l.Post(channeltest.Kim.Preference(far(), webhook.PreferenceStop))
			l.Pass(time.Minute)
			l.Post(channeltest.Kim.Preference(time.Now(), webhook.PreferenceResume))
			l.Pass(time.Minute)
			changes := l.Host.Of(conversation.PreferenceChanged)
			require.Len(t, changes, 2)
			require.True(t, changes[1].Customer.MarketingStopped.IsZero())
		})
	})
	t.Run("an edit", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "one")
			l.Post(channeltest.Kim.Edit(far(), "wamid.2", "wamid.1", "two"))
			l.Pass(time.Minute)
			l.Post(channeltest.Kim.Edit(time.Now(), "wamid.3", "wamid.1", "three"))
			l.Pass(time.Minute)
			require.Equal(t, "three", l.Messages(l.Conversation().ID)[0].Text)
		})
	})
	t.Run("a reaction", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "one")
			l.Post(channeltest.Kim.Reaction(far(), "wamid.2", "wamid.1", "👍"))
			l.Pass(time.Minute)
			l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.3", "wamid.1", ""))
			l.Pass(time.Minute)
			require.Empty(t, l.Messages(l.Conversation().ID)[0].Reactions[0].Emoji)
		})
	})
	t.Run("a name", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			old := channeltest.Kim
			old.Name = "Name of 2126"
			l.Post(old.Text(far(), "wamid.1", "one"))
			l.Pass(time.Minute)
			l.Say(channeltest.Kim, "wamid.2", "two")
			require.Equal(t, channeltest.Kim.Name, l.Host.Received[1].Customer.Name)
		})
	})
	t.Run("what the host says", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "hello")
			require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, conversation.Consent{At: far(), Where: "w", Wording: "v"}))
			require.NoError(t, l.Hub.StopMarketing(t.Context(), "support", to, far()))
			l.Pass(time.Minute)
			require.NoError(t, l.Hub.ResumeMarketing(t.Context(), "support", to, time.Now()))
			require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", far(), health.Standing{Quality: "RED"}))
			l.Pass(time.Minute)
			require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{Quality: "GREEN"}))
			l.Say(channeltest.Kim, "wamid.2", "again")
			require.True(t, l.Host.Received[1].Customer.MarketingStopped.IsZero())
		})
	})
}

// TestMarketingIsStoppedAndResumedByAWord goes through the ways in which people write one.
func TestMarketingIsStoppedAndResumedByAWord(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) {
		s.OptOutWords, s.OptInWords = settings.OptOutWords(), settings.OptInWords("en", "de_AT")
	}}
	for _, text := range []string{
		"stop", "STOP", " Stop! ", "*STOP*", "_stop_", "STOP 🙏", "🛑 stop 🛑", "ＳＴＯＰ", "«stop»", "„Stopp“", "stop?", "stop.", "(stop)", "st\u200bop",
		"𝗦𝗧𝗢𝗣", "Stop all", "opt  out", "Arrêt", "arret", "СТОП", "停止", "退訂", "إيقاف", "¡Baja!", "SEIS", "stop\ufe0f",
	} {
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", text)
			require.Len(t, l.Host.Of(conversation.PreferenceChanged), 1, "%q stops", text)
			l.Say(channeltest.Kim, "wamid.2", "Start!")
			changes := l.Host.Of(conversation.PreferenceChanged)
			require.Len(t, changes, 2)
			require.Equal(t, webhook.PreferenceResume, changes[1].Reason)
			require.True(t, changes[1].Customer.MarketingStopped.IsZero())
		})
	}
	for _, text := range []string{"stop, that is not what I meant", "do not stop", "bus stop", "stopped", "🛑", "?", "start", "stop 2"} {
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", text)
			require.Empty(t, l.Host.Of(conversation.PreferenceChanged), "%q says nothing about marketing", text)
		})
	}
}

func TestANewerConsentLiftsAStop(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.OptOutWords = []string{"stop"} }}
	experiment(t, o, func(t *testing.T, l *lab) {
		to := message.Recipient{Phone: channeltest.Kim.Phone}
		consent := func(at time.Time, categories ...string) conversation.Consent {
			return conversation.Consent{At: at, Where: "form", Wording: "v1", Categories: categories}
		}
		before := time.Now()
		l.Pass(time.Minute)
		l.Say(channeltest.Kim, "wamid.1", "stop")
		stopped := func() bool {
			l.Say(channeltest.Kim, "wamid."+time.Now().String(), "hello")
			return !l.Host.Received[len(l.Host.Received)-1].Customer.MarketingStopped.IsZero()
		}
		require.True(t, stopped())
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, consent(before)))
		require.True(t, stopped(), "that was before")
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, consent(time.Now(), "utility")))
		require.True(t, stopped(), "that is something else")
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, consent(time.Now(), "marketing")))
		require.False(t, stopped())
	})
}

// Nothing that is stored is dated ahead, whatever said so: neither in a record nor in its place
// in a list.
func TestNothingIsStoredAheadOfItsTime(t *testing.T) {
	t.Parallel()
	far := time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)
	ahead := regexp.MustCompile(`2126-|\b49[0-9]{8}\b`)
	terminated := func() channeltest.Item {
		it := channeltest.Kim.Call(far, "wacid.2", "terminate")
		c := it.Value["calls"].([]any)[0].(map[string]any)
		c["start_time"], c["end_time"], c["duration"] = channeltest.Stamp(far), channeltest.Stamp(far.Add(time.Minute)), 60
		return it
	}
	standby := channeltest.Kim.Text(far, "wamid.standby", "x")
	free := map[string]any{"id": "c", "origin": map[string]any{"type": "referral_conversion"}, "expiration_timestamp": channeltest.Stamp(far)}
	for name, its := range map[string][]channeltest.Item{
		"a text":                     {channeltest.Kim.Text(far, "wamid.t", "x")},
		"a later kind":               {channeltest.Kim.Message(far, "wamid.h", "hologram", map[string]any{})},
		"a message in a group":       {channeltest.Kim.Text(far, "wamid.g", "x", "group_id", "G1")},
		"a standby message":          {{Field: "standby", Value: map[string]any{"standby": standby.Value}}},
		"an edit":                    {channeltest.Kim.Edit(far, "wamid.e", "wamid.1", "y")},
		"an edit of the unknown":     {channeltest.Kim.Edit(far, "wamid.e", "wamid.never", "y")},
		"a reaction to the unknown":  {channeltest.Kim.Reaction(far, "wamid.r", "wamid.never", "👍")},
		"a deletion":                 {channeltest.Kim.Revoke(far, "wamid.d", "wamid.1")},
		"a reaction":                 {channeltest.Kim.Reaction(far, "wamid.r", "wamid.1", "👍")},
		"a missed call":              {channeltest.Kim.Call(far, "wacid.1", "connect"), channeltest.Kim.Call(far, "wacid.1", "terminate")},
		"a call":                     {terminated()},
		"a stop":                     {channeltest.Kim.Preference(far, "stop")},
		"a new number":               {channeltest.Kim.Moved(far, "wamid.n", channeltest.Face{Phone: "13125550199", Bsuid: "US.9"})},
		"an echo":                    {channeltest.Kim.Echo(far, "wamid.o", "text", map[string]any{"body": "x"})},
		"the history":                {channeltest.Kim.Past(far, "wamid.p", "x", false), channeltest.Kim.Past(far, "wamid.q", "x", true)},
		"sent":                       {channeltest.Kim.Status(far, channeltest.OutWAMID("hi"), "", "sent")},
		"delivered":                  {channeltest.Kim.Status(far, channeltest.OutWAMID("hi"), "", "delivered")},
		"read":                       {channeltest.Kim.Status(far, channeltest.OutWAMID("hi"), "", "read")},
		"failed":                     {channeltest.Kim.Fails(channeltest.OutWAMID("hi"), "", 131050), channeltest.Kim.Status(far, channeltest.OutWAMID("hi"), "", "failed", "errors", []any{map[string]any{"code": 131050}})},
		"a time without charge":      {channeltest.Kim.Status(far, channeltest.OutWAMID("hi"), "", "sent", "conversation", free)},
		"an alert":                   {accountNews(far, "account_alerts", map[string]any{"alert_type": "A", "alert_severity": "CRITICAL"})},
		"a quality":                  {accountNews(far, "phone_number_quality_update", map[string]any{"display_phone_number": channeltest.LabDisplay, "event": "FLAGGED", "current_limit": "TIER_250"})},
		"the status of a template":   {accountNews(far, "message_template_status_update", map[string]any{"event": "PAUSED", "message_template_name": "reminder", "message_template_language": "en"})},
		"the category of a template": {accountNews(far, "template_category_update", map[string]any{"new_category": "MARKETING", "message_template_name": "reminder", "message_template_language": "en"})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				_, err := l.Reply(l.Conversation().ID, "hi")
				require.NoError(t, err)
				l.Pass(time.Second)
				l.Post(its...)
				l.Pass(3 * time.Minute)
				channeltest.Everything(t, l.Store, func(text string) { require.NotRegexp(t, ahead, text) })
				for _, kind := range []string{"customer", "alias", "conversation", "message", "log", "counter", "money", "standing", "notice", "shared", "member", "reach"} {
					list, err := l.Store.List(t.Context(), store.Query{Kind: kind, Limit: 1000})
					require.NoError(t, err)
					for _, r := range list {
						require.Less(t, r.Sort, channeltest.Dawn.Add(48*time.Hour).UnixMicro(), "%s %s", kind, r.Key)
						require.NotRegexp(t, ahead, string(r.Body))
					}
				}
			})
		})
	}
}
