// Package limitertest holds an implementation of cloudapi.Limiter to its contract, for a host that
// brings its own and for those that are here: the one of a single process, package sharelimit and
// package redislimit.
//
//	func TestMyLimiter(t *testing.T) {
//		limitertest.Run(t, func(t *testing.T, limits cloudapi.Limits) (process func() cloudapi.Limiter) {
//			shared := … // where nothing is known yet
//			return func() cloudapi.Limiter { … } // the limiter of one more process on it
//		})
//	}
//
// A limiter of a single process returns the same one each time. The cases take some seconds by the
// machine's clock, and none of them depends on how fast it is: what is looked at is how much was
// granted in the time that it took. Each case is named after what it checks and, when it fails,
// quotes the sentence of the contract. The suite has been seen to catch mistakes: its own tests hold
// a broken limiter against every case.
package limitertest
