package template

import "encoding/json"

// decodeParameter reads one parameter. What it cannot represent without loss it
// keeps whole, as it came: a parameter has no Extra, because Bind makes none, and
// what other clients add is rare.
func decodeParameter(raw json.RawMessage) Parameter {
	unknown := Parameter{Raw: compact(raw)}
	o, err := parseObject(raw)
	if err != nil {
		return unknown
	}
	var p Parameter
	take(o, "type", &p.Type)
	if !p.known() {
		unknown.Type = p.Type
		return unknown
	}
	take(o, "parameter_name", &p.Name)
	key := string(p.Type) // the value is the member named like the type
	switch p.Type {
	case ParamText, ParamPayload, ParamCouponCode:
		take(o, key, &p.Text)
	case ParamTTLMinutes:
		takeInt(o, key, &p.Number)
	case ParamAction, ParamOrderStatus, ParamTapTarget:
		takeRaw(o, key, &p.Raw)
	default:
		read := false
		takeObject(o, key, func(inner object) {
			read = p.hasNumbers(inner)
			p.decodeObject(inner)
			if len(inner) > 0 {
				o[key] = nil // something was left: not lossless
			}
		})
		if !read {
			return unknown
		}
	}
	if len(o) > 0 {
		return unknown
	}
	return p
}

// hasNumbers reports whether o has the numbers that are written whatever they are: one that
// is missing must not become 0.
func (p *Parameter) hasNumbers(o object) bool {
	var needed []string
	switch p.Type {
	case ParamCurrency:
		needed = []string{"amount_1000"}
	case ParamLocation:
		needed = []string{"latitude", "longitude"}
	}
	for _, key := range needed {
		switch string(o[key]) {
		case "", "null", `""`:
			return false
		}
	}
	return true
}

// decodeObject reads a value that is an object; what is left of it says that it
// was more than this package knows.
func (p *Parameter) decodeObject(o object) {
	switch p.Type {
	case ParamCurrency:
		take(o, "fallback_value", &p.Text)
		take(o, "code", &p.Currency)
		takeInt(o, "amount_1000", &p.Number)
	case ParamDateTime:
		take(o, "fallback_value", &p.Text)
	case ParamImage, ParamVideo, ParamGIF, ParamDocument:
		p.Media = &Media{Kind: MediaKind(p.Type)}
		takeID(o, "id", &p.Media.ID)
		take(o, "link", &p.Media.Link)
		take(o, "filename", &p.Media.Filename)
	case ParamLocation:
		p.Location = &Location{}
		takeFloat(o, "latitude", &p.Location.Latitude)
		takeFloat(o, "longitude", &p.Location.Longitude)
		take(o, "name", &p.Location.Name)
		take(o, "address", &p.Location.Address)
	case ParamProduct:
		p.Product = &Product{}
		takeID(o, "product_retailer_id", &p.Product.RetailerID)
		takeID(o, "catalog_id", &p.Product.CatalogID)
	case ParamOffer:
		takeInt(o, "expiration_time_ms", &p.Number)
	}
}

// takeFloat is take for coordinates, which some clients write as strings.
func takeFloat(o object, key string, dst *float64) {
	raw := o[key]
	var s string
	if take(o, key, &s); s == "" {
		take(o, key, dst)
		return
	}
	if json.Unmarshal([]byte(s), dst) != nil {
		o[key] = raw
	}
}
