package onboard

import (
	"cmp"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// clockSkew is how wrong a clock may be before it matters: service windows are counted to
// the second by Meta's timestamps, and signatures with a time live shortly.
const clockSkew = 30 * time.Second

// lookClock compares the clock with that of the Graph API, as its answers tell it.
func lookClock(r *run) (verdict, string) {
	graph := cmp.Or(r.cfg.Graph.BaseURL, cloudapi.DefaultBaseURL) + "/" + cmp.Or(r.cfg.Graph.Version, cloudapi.DefaultVersion) + "/"
	req, err := http.NewRequestWithContext(r.ctx, http.MethodHead, graph, nil)
	if err != nil {
		return r.because(ReasonNotLooked), ""
	}
	before := r.now()
	res, err := probeClient(r.cfg.Graph.HTTPClient).Do(req)
	if err != nil {
		return r.because(ReasonNotLooked), ""
	}
	_ = res.Body.Close()
	theirs, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return r.because(ReasonNotLooked), ""
	}
	// The header is cut to seconds; the truth lies between the call and the answer.
	after := r.now()
	skew := time.Duration(0)
	switch {
	case theirs.Add(time.Second).Before(before):
		skew = before.Sub(theirs)
	case theirs.After(after):
		skew = theirs.Sub(after)
	}
	skew = skew.Round(time.Second)
	if skew > clockSkew {
		return r.because(ReasonClock, skew.String()), skew.String()
	}
	return r.fine(), ""
}
