package limitertest_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/limitertest"
)

// In the test file of the limiter; this one is for a single process, so that each process gets the same.
func ExampleRun() {
	_ = func(t *testing.T) { // TestMyLimiter
		limitertest.Run(t, func(_ *testing.T, limits cloudapi.Limits) func() cloudapi.Limiter {
			limiter := cloudapi.NewLimiter(limits)
			return func() cloudapi.Limiter { return limiter }
		})
	}
}
