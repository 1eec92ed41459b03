package webhook

import "github.com/kanava-go/kanava/internal/jsonscan"

// cards reads the address cards of a message.
func (p *parser) cards(key string, part value) Content {
	if !part.Exists() {
		return nil
	}
	c := new(Contacts)
	l := part.Elements()
	for l.Next() {
		v := l.Value()
		if v.Kind() != jsonscan.Object {
			p.flaw(key, "objects", v.Kind().String())
			return nil
		}
		c.Cards = append(c.Cards, p.card(v.Iter()))
	}
	return c
}

// card reads one address card. A vCard and the parts may come together or alone.
func (p *parser) card(it jsonscan.Iter) Card {
	var c Card
	for it.Next() {
		switch it.Key() {
		case "origin":
			c.Origin = p.text(&it)
		case "birthday":
			c.Birthday = p.text(&it)
		case "vcard":
			c.VCard = p.text(&it)
		case "name":
			c.Name = p.cardName(p.object(&it))
		case "org":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "company":
					c.Company = p.text(&o)
				case "department":
					c.Team = p.text(&o)
				case "title":
					c.Title = p.text(&o)
				}
			}
		case "phones":
			c.Phones = each(p, &it, (*parser).cardPhone)
		case "emails":
			c.Emails = each(p, &it, (*parser).cardEntry)
		case "urls":
			c.URLs = each(p, &it, (*parser).cardEntry)
		case "addresses":
			c.Addresses = each(p, &it, (*parser).cardAddress)
		}
	}
	return c
}

// cardName reads name.
func (p *parser) cardName(it jsonscan.Iter) CardName {
	var n CardName
	for it.Next() {
		switch it.Key() {
		case "formatted_name":
			n.Formatted = p.text(&it)
		case "first_name":
			n.First = p.text(&it)
		case "last_name":
			n.Last = p.text(&it)
		case "middle_name":
			n.Middle = p.text(&it)
		case "prefix":
			n.Prefix = p.text(&it)
		case "suffix":
			n.Suffix = p.text(&it)
		}
	}
	return n
}

// cardPhone reads an element of phones. The number stays as written, which a person
// may want to see; wa_id is the form to use.
func (p *parser) cardPhone(it jsonscan.Iter) CardPhone {
	var c CardPhone
	for it.Next() {
		switch it.Key() {
		case "phone":
			c.Phone = p.text(&it)
		case "wa_id":
			c.WAID = phoneDigits(p.text(&it))
		case "type":
			c.Type = p.text(&it)
		}
	}
	return c
}

// cardEntry reads an e-mail address or a link.
func (p *parser) cardEntry(it jsonscan.Iter) CardEntry {
	var e CardEntry
	for it.Next() {
		switch it.Key() {
		case "email", "url":
			e.Value = p.text(&it)
		case "type":
			e.Type = p.text(&it)
		}
	}
	return e
}

// cardAddress reads an element of addresses.
func (p *parser) cardAddress(it jsonscan.Iter) CardAddress {
	var a CardAddress
	for it.Next() {
		switch it.Key() {
		case "street":
			a.Street = p.text(&it)
		case "city":
			a.City = p.text(&it)
		case "state":
			a.State = p.text(&it)
		case "zip":
			a.Zip = p.text(&it)
		case "country":
			a.Country = p.text(&it)
		case "country_code":
			a.CountryCode = p.text(&it)
		case "type":
			a.Type = p.text(&it)
		}
	}
	return a
}
