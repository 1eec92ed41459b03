package channel_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// stateErr is an error as PostgreSQL's drivers have them.
type stateErr struct{}

func (stateErr) Error() string { return "canary: no space left on device" }

func (stateErr) SQLState() string { return "53100" }

// reasoned is an error of the host that says why.
type reasoned struct{}

func (reasoned) Error() string { return "canary of the host" }

func (reasoned) Reason() string { return "crm_timeout" }

func TestADiskThatIsFullIsToldFirstNowAndThenAndLast(t *testing.T) {
	t.Parallel()
	st := &ailing{Store: memstore.New()}
	experiment(t, labOptions{store: st, config: func(c *channel.Config) { c.Poll = time.Second }}, func(t *testing.T, l *lab) {
		st.commits(func(context.Context, *store.Batch) error { return stateErr{} })
		for i := range 600 {
			require.Error(t, l.accept(body(stranger(i).text(time.Now(), "wamid.1", "hello"))))
			l.pass(5 * time.Second)
		}
		logs := l.logs.String()
		require.Contains(t, logs, "SQLSTATE 53100")
		require.NotContains(t, logs, "canary")
		require.LessOrEqual(t, strings.Count(logs, "channel: accept failed"), 8)
		require.Less(t, strings.Count(logs, "level=ERROR")+strings.Count(logs, "level=WARN"), 60, "in 50 minutes")
		st.commits(nil)
		l.post(kim.text(time.Now(), "wamid.2", "hello"))
		l.pass(time.Minute)
		require.Contains(t, l.logs.String(), "channel: accept failed: over")
		require.Contains(t, l.logs.String(), "times=600")
		require.Equal(t, []string{"hello"}, l.host.texts())
	})
}

func TestTheHostsErrorSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"by its reason":  {errors.Join(reasoned{}, channel.ErrPermanent), "host: permanent failure"},
		"by SQLSTATE":    {stateErr{}, "failed: SQLSTATE 53100"},
		"by code":        {answered{131056, 400}, "failed: code 131056: throttled_pair"},
		"by HTTP status": {answered{0, 503}, "failed: HTTP 503 Service Unavailable: temporary"},
		"by its word":    {reasoned{}, "host: crm_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{config: func(cfg *channel.Config) { cfg.HostTries = 1 }}, func(t *testing.T, l *lab) {
				l.host.fails(func(string, int) error { return c.err })
				l.say(kim, "wamid.1", "hello")
				require.Equal(t, c.want, l.letters("host")[0].Reason)
				require.NotContains(t, l.logs.String(), "canary")
			})
		})
	}
}
