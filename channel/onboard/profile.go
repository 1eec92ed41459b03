package onboard

import (
	"errors"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// fillProfile makes the profile what the plan says, and looks at what is missing. In
// coexistence the profile belongs to the app.
func (r *run) fillProfile() verdict {
	if r.coexists() {
		return r.because(ReasonInApp)
	}
	have, err := r.clientNumber().Profile(r.ctx)
	if err != nil {
		return r.failed(err, nil)
	}
	change, wanted := difference(have, r.state.Plan.Profile)
	if have.PictureURL == "" && r.cfg.Picture != nil {
		handle, v := r.uploadPicture()
		if v.status != "" || r.fatal != nil {
			return v
		}
		change.PictureHandle, wanted = handle, true
	}
	if wanted {
		if err := r.clientNumber().UpdateProfile(r.ctx, change); err != nil {
			return r.failed(err, map[int]Reason{131009: ReasonProfile, 100: ReasonProfile})
		}
		if have, err = r.clientNumber().Profile(r.ctx); err != nil {
			return r.failed(err, nil)
		}
	}
	if missing := emptyParts(have); len(missing) > 0 {
		return r.because(ReasonProfileEmpty, strings.Join(missing, ", "))
	}
	return r.because(ReasonDone)
}

// uploadPicture uploads the picture and gives its handle.
func (r *run) uploadPicture() (string, verdict) {
	if r.state.AppID == "" {
		return "", r.because(ReasonNoApp)
	}
	picture, err := r.cfg.Picture(r.ctx)
	if err != nil {
		return "", r.stop(err)
	}
	if picture.MIME != "image/jpeg" && picture.MIME != "image/png" {
		return "", r.stop(errors.New("the picture must be image/jpeg or image/png"))
	}
	handle, err := r.client.App(r.state.AppID).UploadFile(r.ctx, picture)
	if err != nil {
		return "", r.failed(err, map[int]Reason{100: ReasonPicture})
	}
	return handle, verdict{}
}

// difference is what has to change for a profile to be as planned.
func difference(have cloudapi.Profile, plan ProfilePlan) (change cloudapi.ProfileChange, any bool) {
	change = plan.change()
	for _, f := range []struct {
		is   string
		want **string
	}{
		{have.About, &change.About}, {have.Address, &change.Address}, {have.Description, &change.Description}, {have.Email, &change.Email},
	} {
		if *f.want != nil && **f.want == f.is {
			*f.want = nil
		}
		any = any || *f.want != nil
	}
	if slices.Equal(change.Websites, have.Websites) {
		change.Websites = nil
	}
	if change.Vertical == have.Vertical {
		change.Vertical = ""
	}
	return change, any || len(change.Websites) > 0 || change.Vertical != ""
}

// emptyParts are the parts of a profile that people look for and do not find.
func emptyParts(p cloudapi.Profile) []string {
	var out []string
	for _, f := range []struct{ name, value string }{
		{"about", p.About}, {"description", p.Description}, {"email", p.Email}, {"websites", strings.Join(p.Websites, "")},
		{"vertical", strings.ReplaceAll(p.Vertical, "UNDEFINED", "")}, {"picture", p.PictureURL},
	} {
		if f.value == "" {
			out = append(out, f.name)
		}
	}
	return out
}
