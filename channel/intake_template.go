package channel

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// merge adds what is newer in other. Catalogs order facts by time as well, so that nothing
// depends on which comes first.
func (n *templateNews) merge(other *templateNews) {
	newest(&n.Status, other.Status, func(f *template.StatusFact) time.Time { return f.At })
	newest(&n.Quality, other.Quality, func(f *template.QualityFact) time.Time { return f.At })
	newest(&n.Category, other.Category, func(f *template.CategoryFact) time.Time { return f.At })
	newest(&n.Components, other.Components, func(f *template.ComponentsFact) time.Time { return f.At })
}

func newest[F any](old **F, f *F, at func(*F) time.Time) {
	if f != nil && (*old == nil || at(f).After(at(*old))) {
		*old = f
	}
}

// tell gives the news to a catalog.
func (n *templateNews) tell(c *template.Catalog) {
	if f := n.Status; f != nil {
		f.Ref = n.Ref
		c.SetStatus(*f)
	}
	if f := n.Quality; f != nil {
		f.Ref = n.Ref
		c.SetQuality(*f)
	}
	if f := n.Category; f != nil {
		f.Ref = n.Ref
		c.SetCategory(*f)
	}
	if f := n.Components; f != nil {
		f.Ref = n.Ref
		c.SetComponents(*f)
	}
}

// templateNews shares what WhatsApp says about a template of an account.
func (u *unit) templateNews(account string, t webhook.Template, fact templateNews) error {
	ref := template.Ref{Name: t.Name, Language: t.Language}
	key := aboutTemplate + "|" + opaque.ID("t_", account, ref.Name, ref.Language)
	var news templateNews
	if _, err := u.Load(kindShared, key, &news); err != nil {
		return err
	}
	news.Account, news.Ref = account, ref
	news.merge(&fact)
	u.After(func() { u.core.tellCatalogs(&news) })
	u.choresSoon(account)
	return u.share(key, &news)
}

// learnTemplate takes over what another process was told about a template.
func (it *intake) learnTemplate(r *store.Record) error {
	var news templateNews
	if err := json.Unmarshal(r.Body, &news); err != nil {
		return fmt.Errorf("channel: decode template news: %w", errDamaged)
	}
	it.tellCatalogs(&news)
	return nil
}

// tellCatalogs gives the news to the catalog of every channel of the account, once each.
func (h *core) tellCatalogs(news *templateNews) {
	seen := map[*template.Catalog]bool{nil: true}
	for _, ch := range h.channels.view().byID {
		if ch.Account == news.Account && !seen[ch.Templates] {
			seen[ch.Templates] = true
			news.tell(ch.Templates)
		}
	}
}
