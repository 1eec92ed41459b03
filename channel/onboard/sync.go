package onboard

import (
	"slices"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// syncApp has contacts and history handed over, each once, in the first 24 hours.
func (r *run) syncApp() verdict {
	if !r.coexists() {
		return r.because(ReasonNotCoexisting)
	}
	v := r.because(ReasonDone)
	for _, kind := range []cloudapi.SyncKind{cloudapi.SyncContacts, cloudapi.SyncHistory} {
		if slices.Contains(r.state.Synced, string(kind)) {
			continue
		}
		_, err := r.clientNumber().SyncApp(r.ctx, kind)
		switch {
		case err == nil, refusedWith(err, 2593107): // asked for before
		case refusedWith(err, 2593108):
			v = v.remark(ReasonSyncLate, string(kind))
		case refusedWith(err, 2593109):
			v = v.remark(ReasonSyncDeclined, string(kind))
		default:
			return r.failed(err, nil)
		}
		r.state.Synced = append(r.state.Synced, string(kind))
	}
	return v
}
