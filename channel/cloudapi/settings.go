package cloudapi

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// Settings of a number. In an update, nil parts stay as they are.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
// https://developers.facebook.com/documentation/business-messaging/whatsapp/local-storage
// (checked September 2026)
type Settings struct {
	Calling  *CallSettings
	Storage  *StorageSettings
	Identity *bool // whether sends are checked against the user's identity key
	// PayloadEncryption is Meta's object as it is: few hosts need it.
	PayloadEncryption json.RawMessage
	// Extra holds the parts that this version does not know, as read. It is not
	// written.
	Extra map[string]json.RawMessage
}

// StorageSettings say where message content is kept.
type StorageSettings struct {
	// Status is IN_COUNTRY_STORAGE_ENABLED, IN_COUNTRY_STORAGE_DISABLED,
	// NO_STORAGE_ENABLED or DEFAULT, always in upper case. It can be changed only
	// while the number is not registered.
	Status string `json:"status"`
	// Region of in-country storage, such as "BR".
	Region string `json:"data_localization_region,omitempty"`
	// RetentionMinutes of a number without storage.
	RetentionMinutes int `json:"retention_minutes,omitempty"`
}

// CallSettings say how the number can be called.
type CallSettings struct {
	Status         string     `json:"status,omitempty"`               // ENABLED or DISABLED
	IconVisibility string     `json:"call_icon_visibility,omitempty"` // DEFAULT or DISABLE_ALL
	Icons          *CallIcons `json:"call_icons,omitempty"`
	// Hours replaces the whole timetable.
	Hours              *CallHours `json:"call_hours,omitempty"`
	CallbackPermission string     `json:"callback_permission_status,omitempty"` // ENABLED or DISABLED
	// SIP is Meta's object as it is.
	SIP json.RawMessage `json:"sip,omitempty"`
}

// CallIcons restrict who sees the call button.
type CallIcons struct {
	Countries []string `json:"restrict_to_user_countries,omitempty"` // ISO codes
}

// CallHours are when the number answers calls.
type CallHours struct {
	Status   string        `json:"status"`                // ENABLED or DISABLED
	TimeZone string        `json:"timezone_id,omitempty"` // such as "Europe/Helsinki"
	Weekly   []OpeningTime `json:"weekly_operating_hours,omitempty"`
	Holidays []Holiday     `json:"holiday_schedule,omitempty"` // at most 20
}

// OpeningTime is one slot of the week; at most two a day, not overlapping.
type OpeningTime struct {
	Day   string `json:"day_of_week"` // MONDAY, …
	Open  string `json:"open_time"`   // "0900"
	Close string `json:"close_time"`  // "1730"
}

// Holiday is an exception for one date.
type Holiday struct {
	Date  string `json:"date"` // YYYY-MM-DD
	Start string `json:"start_time"`
	End   string `json:"end_time"`
}

type wireIdentity struct {
	Enable *bool `json:"enable_identity_key_check,omitempty"`
	Old    *bool `json:"enabled,omitempty"` // spelling of the API description
}

// Settings reads the settings of the number.
func (n *Number) Settings(ctx context.Context) (Settings, error) {
	var parts map[string]json.RawMessage
	if err := n.client.get(ctx, "get settings", n.id, nil, &parts, "settings"); err != nil {
		return Settings{}, err
	}
	s := Settings{PayloadEncryption: parts["payload_encryption"]}
	part(parts, "calling", &s.Calling)
	part(parts, "storage_configuration", &s.Storage)
	if s.Storage != nil {
		s.Storage.Status = strings.ToUpper(s.Storage.Status)
	}
	var id wireIdentity
	part(parts, "user_identity_change", &id)
	if s.Identity = id.Enable; s.Identity == nil {
		s.Identity = id.Old
	}
	delete(parts, "payload_encryption")
	s.Extra = parts
	return s, nil
}

// part takes a part out of the settings, unless it is of another form: then it
// stays and ends in Extra.
func part[T any](parts map[string]json.RawMessage, key string, into *T) {
	raw, ok := parts[key]
	if !ok {
		return
	}
	var v T
	if json.Unmarshal(raw, &v) == nil {
		*into = v
		delete(parts, key)
	}
}

const maxSlots, maxHolidays = 2, 20

// check checks the documented limits of a timetable.
func (h *CallHours) check(op string) error {
	slots := make(map[string]int)
	for _, t := range h.Weekly {
		if slots[t.Day]++; slots[t.Day] > maxSlots {
			return invalid(op, "a day has more than %d slots", maxSlots)
		}
	}
	if len(h.Holidays) > maxHolidays {
		return invalid(op, "%d holidays, allowed are %d", len(h.Holidays), maxHolidays)
	}
	return nil
}

// UpdateSettings changes the parts of the settings that are not nil, at least one.
func (n *Number) UpdateSettings(ctx context.Context, s Settings) error {
	const op = "update settings"
	if s.Calling != nil && s.Calling.Hours != nil {
		if err := s.Calling.Hours.check(op); err != nil {
			return err
		}
	}
	in := struct {
		Calling  *CallSettings    `json:"calling,omitempty"`
		Storage  *StorageSettings `json:"storage_configuration,omitempty"`
		Identity *wireIdentity    `json:"user_identity_change,omitempty"`
		Payload  json.RawMessage  `json:"payload_encryption,omitempty"`
	}{Calling: s.Calling, Storage: s.Storage, Payload: s.PayloadEncryption}
	if s.Identity != nil {
		in.Identity = &wireIdentity{Enable: s.Identity}
	}
	if err := refuse(op, changes(in)); err != nil {
		return err
	}
	return n.change(ctx, op, nil, in, "settings")
}

// Commerce are the settings of a number's catalog.
type Commerce struct {
	CartEnabled    bool
	CatalogVisible bool
}

// Commerce reads the commerce settings. Meta's defaults are a cart and no visible
// catalog.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/sell-products-and-services
// (checked March 2026)
func (n *Number) Commerce(ctx context.Context) (Commerce, error) {
	var out struct {
		Data []struct {
			Cart    *bool `json:"is_cart_enabled"`
			Catalog *bool `json:"is_catalog_visible"`
		} `json:"data"`
	}
	if err := n.client.get(ctx, "get commerce settings", n.id, nil, &out, "whatsapp_commerce_settings"); err != nil {
		return Commerce{}, err
	}
	c := Commerce{CartEnabled: true}
	if len(out.Data) > 0 {
		if v := out.Data[0].Cart; v != nil {
			c.CartEnabled = *v
		}
		if v := out.Data[0].Catalog; v != nil {
			c.CatalogVisible = *v
		}
	}
	return c, nil
}

// SetCommerce changes the commerce settings.
func (n *Number) SetCommerce(ctx context.Context, c Commerce) error {
	query := url.Values{
		"is_cart_enabled":    {strconv.FormatBool(c.CartEnabled)},
		"is_catalog_visible": {strconv.FormatBool(c.CatalogVisible)},
	}
	return n.change(ctx, "set commerce settings", query, nil, "whatsapp_commerce_settings")
}
