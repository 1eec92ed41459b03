package redislimit_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/limitertest"
	"github.com/kanava-go/kanava/channel/redislimit"
)

func TestTheLimiterKeepsTheContract(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	limitertest.Run(t, func(t *testing.T, limits cloudapi.Limits) func() cloudapi.Limiter {
		return func() cloudapi.Limiter {
			return process(t, addr, redislimit.Config{Limits: limits, Timeout: patience}) // a busy machine is no outage
		}
	})
}
