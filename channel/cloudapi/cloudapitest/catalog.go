package cloudapitest

import (
	"cmp"
	"slices"
)

// catalog is a product catalog connected to an account.
type catalog struct {
	id       string
	name     string
	products []string
}

// CatalogConfig describes a product catalog.
type CatalogConfig struct {
	ID   string // "" = generated
	Name string // "" = "Products"

	// Products are the retailer ids of what the catalog holds; nil means that it has
	// whatever is asked for.
	Products []string
}

// AddCatalog connects a product catalog to the account and returns its id. Product
// messages must name a connected catalog and products of it.
func (a *Account) AddCatalog(cfg CatalogConfig) (id string) {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range a.catalogs {
		if c.id == cfg.ID {
			return c.id
		}
	}
	if cfg.ID == "" {
		cfg.ID = w.newID()
	}
	c := &catalog{id: cfg.ID, name: cmp.Or(cfg.Name, "Products"), products: slices.Clone(cfg.Products)}
	a.catalogs = append(a.catalogs, c)
	a.turns++
	return c.id
}

// listCatalogs answers GET /{waba-id}/product_catalogs.
func listCatalogs(c *call) *graphError {
	all := c.target.account.catalogs
	return c.list(len(all), func(e *enc, i int) {
		e.obj(func() {
			e.key("name").str(all[i].name)
			e.key("id").str(all[i].id)
		})
	})
}

// disconnectCatalog answers DELETE /{waba-id}/product_catalogs.
func disconnectCatalog(c *call) *graphError {
	a, id := c.target.account, c.param("catalog_id")
	if !slices.ContainsFunc(a.catalogs, func(x *catalog) bool { return x.id == id }) {
		return badParam("Param catalog_id is not that of a connected catalog.")
	}
	a.catalogs = slices.DeleteFunc(a.catalogs, func(x *catalog) bool { return x.id == id })
	return c.success()
}

// wantedProduct is a product of a catalog that a message shows.
type wantedProduct struct{ catalog, product string }

// checkProducts refuses products that the account's catalogs do not have. A message
// that leaves the catalog out means the account's first.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products
// (checked 2026-11-29)
func (c *call) checkProducts(d *draft) *graphError {
	catalogs := c.target.number.account.catalogs
	for _, p := range d.shows {
		i := slices.IndexFunc(catalogs, func(x *catalog) bool { return x.id == p.catalog || p.catalog == "" })
		if i < 0 {
			return fail(131009, "The catalog "+p.catalog+" is not connected to the account.")
		}
		if p.product != "" && catalogs[i].products != nil && !slices.Contains(catalogs[i].products, p.product) {
			return fail(131009, "The product "+p.product+" is not in the catalog.")
		}
	}
	return nil
}
