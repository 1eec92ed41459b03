package channel_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
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
	experiment(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) { c.Poll = time.Second }}, func(t *testing.T, l *lab) {
		st.commits(func(context.Context, *store.Batch) error { return stateErr{} })
		for i := range 600 {
			require.Error(t, l.Accept(channeltest.Body(channeltest.Stranger(i).Text(time.Now(), "wamid.1", "hello"))))
			l.Pass(5 * time.Second)
		}
		logs := l.Logs.String()
		require.Contains(t, logs, "SQLSTATE 53100")
		require.NotContains(t, logs, "canary")
		require.LessOrEqual(t, strings.Count(logs, "channel: accept failed"), 8)
		require.Less(t, strings.Count(logs, "level=ERROR")+strings.Count(logs, "level=WARN"), 60, "in 50 minutes")
		st.commits(nil)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "hello"))
		l.Pass(time.Minute)
		require.Contains(t, l.Logs.String(), "channel: accept failed: over")
		require.Contains(t, l.Logs.String(), "times=600")
		require.Equal(t, []string{"hello"}, l.Host.Texts())
	})
}

func TestTheHostsErrorSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"for good":      {channel.ErrPermanent, "host: permanent failure"},
		"by its reason": {errors.Join(reasoned{}, channel.ErrPermanent), "host: permanent failure: crm_timeout"},
		"by its reason behind the permanence": {
			fmt.Errorf("%w: %w", channel.ErrPermanent, reasoned{}), "host: permanent failure: crm_timeout",
		},
		"by its reason behind a timeout": {errors.Join(context.DeadlineExceeded, reasoned{}), "host: crm_timeout"},
		"too late":                       {context.DeadlineExceeded, "timed out"},
		"by the system":                  {&fs.PathError{Op: "rename", Path: "/files/kim.png", Err: syscall.ENOSPC}, "failed: no space left on device"},
		"by SQLSTATE":                    {stateErr{}, "failed: SQLSTATE 53100"},
		"by code":                        {channeltest.Answered{Code: 131056, Status: 400}, "failed: code 131056: throttled_pair"},
		"by HTTP status":                 {channeltest.Answered{Code: 0, Status: 503}, "failed: HTTP 503 Service Unavailable: temporary"},
		"by its word":                    {reasoned{}, "host: crm_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: func(cfg *channel.Config) { cfg.HostTries = 1 }}, func(t *testing.T, l *lab) {
				l.Host.Fails(func(string, int) error { return c.err })
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.Equal(t, c.want, l.Letters("host")[0].Reason)
				require.NotContains(t, l.Logs.String(), "canary")
			})
		})
	}
}
