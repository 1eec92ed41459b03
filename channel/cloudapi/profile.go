package cloudapi

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Profile is what users see about the business.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/business-profiles
// (checked September 2026)
type Profile struct {
	About       string   `json:"about"`       // 1 to 139 characters
	Address     string   `json:"address"`     // at most 256
	Description string   `json:"description"` // at most 512
	Email       string   `json:"email"`       // at most 128
	Websites    []string `json:"websites"`    // at most 2, each at most 256, with scheme
	// Vertical is the trade, such as RETAIL or PROF_SERVICES; see [Verticals].
	Vertical string `json:"vertical"`
	// PictureURL is where the picture can be seen; to change it see
	// ProfileChange.PictureHandle.
	PictureURL string `json:"profile_picture_url"`
}

// ProfileChange changes a profile: nil fields stay as they are, pointers to empty
// strings clear (except About, which cannot be empty). [Number.UpdateProfile] wants at least one.
type ProfileChange struct {
	About       *string  `json:"about,omitempty"`
	Address     *string  `json:"address,omitempty"`
	Description *string  `json:"description,omitempty"`
	Email       *string  `json:"email,omitempty"`
	Websites    []string `json:"websites,omitempty"`
	Vertical    string   `json:"vertical,omitempty"`
	// PictureHandle is what [App.UploadFile] gave for a picture; it serves once.
	PictureHandle string `json:"profile_picture_handle,omitempty"`
}

// Verticals are the trades that a profile can be set to.
func Verticals() []string {
	return strings.Fields("OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT " +
		"PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS")
}

// Validate checks the limits and reports all broken ones at once. The error
// matches message.ErrInvalid and names fields and lengths only.
func (p ProfileChange) Validate() error {
	var problems []error
	limit := func(field string, s *string, least, most int) {
		if s != nil {
			problems = append(problems, length(field, *s, least, most))
		}
	}
	limit("about", p.About, 1, 139)
	limit("address", p.Address, 0, 256)
	limit("description", p.Description, 0, 512)
	limit("email", p.Email, 0, 128)
	if len(p.Websites) > 2 {
		problems = append(problems, fmt.Errorf("websites are %d, allowed are 2", len(p.Websites)))
	}
	for i, w := range p.Websites {
		limit(fmt.Sprintf("websites[%d]", i), &w, 1, 256)
		if u, err := url.Parse(w); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			problems = append(problems, fmt.Errorf("websites[%d] is not an http address", i))
		}
	}
	return refuse("update profile", problems...)
}

// Profile reads the profile of the number.
func (n *Number) Profile(ctx context.Context) (Profile, error) {
	var out struct {
		Data []Profile `json:"data"`
	}
	fields := url.Values{"fields": {"about,address,description,email,profile_picture_url,websites,vertical"}}
	if err := n.client.get(ctx, "get profile", n.id, fields, &out, "whatsapp_business_profile"); err != nil {
		return Profile{}, err
	}
	if len(out.Data) == 0 {
		return Profile{}, nil
	}
	return out.Data[0], nil
}

// UpdateProfile changes the profile of the number. The limits are checked first;
// see [ProfileChange.Validate].
func (n *Number) UpdateProfile(ctx context.Context, p ProfileChange) error {
	if err := cmp.Or(p.Validate(), refuse("update profile", changes(p))); err != nil {
		return err
	}
	in := struct {
		Product string `json:"messaging_product"`
		ProfileChange
	}{product, p}
	return n.change(ctx, "update profile", nil, in, "whatsapp_business_profile")
}
