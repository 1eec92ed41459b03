package sharelimit_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/limitertest"
	"github.com/kanava-go/kanava/channel/sharelimit"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestTheLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	limitertest.Run(t, func(t *testing.T, limits cloudapi.Limits) func() cloudapi.Limiter {
		s := memstore.New()
		return func() cloudapi.Limiter {
			return process(t, s, sharelimit.Config{Limits: limits, Timeout: time.Minute}) // a busy machine is no outage
		}
	})
}
