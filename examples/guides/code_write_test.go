package guides

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// syncTemplates reads the templates of an account.
func syncTemplates(ctx context.Context, client *cloudapi.Client, account string) (*template.Catalog, error) {
	catalog, err := template.NewCatalog(template.CatalogConfig{DefaultLanguage: "en"})
	if err != nil {
		return nil, err
	}
	return catalog, catalog.Sync(time.Now(), client.Account(account).Templates(ctx, cloudapi.TemplateQuery{}))
}

// answer writes an answer, or says why it cannot go.
func answer(ctx context.Context, hub *channel.Hub, by conversation.Author, id, text string) error {
	_, err := hub.Reply(ctx, by, channel.Reply{
		Conversation: id, Content: &message.Text{Body: text}, Key: "draft 71 of ticket 4711",
	})
	switch {
	case errors.Is(err, window.ErrClosed):
		_, err = hub.Reply(ctx, by, channel.Reply{
			Conversation: id, Template: &channel.Template{
				Name: "case_update", Values: template.Values{Body: []template.Value{template.Text("Noor"), template.Text("C-41")}},
			},
		})
	case err != nil:
		why := explain.Error(err)
		fmt.Println(why.Status, why.Text, why.Do)
	}
	return err
}

// macro is a prepared answer for both sides of the window.
func macro(ctx context.Context, hub *channel.Hub, by conversation.Author, id string, ticket map[string]string) error {
	_, err := hub.RunMacro(ctx, by, channel.Macro{
		Conversation: id,
		Text:         "Hello {{customer.name}}, your order {{order}} is on its way.",
		Shorthand:    "&((template=[[order_update]] language=[[en]] body_text=[[{{customer.name}}]] body_text=[[{{order}}]]))&",
		Lookup: func(name string) (string, bool) {
			value, ok := ticket[name]
			return value, ok
		},
	})
	return err
}

// consent keeps the evidence of an opt-in.
func consent(ctx context.Context, hub *channel.Hub, phone string) error {
	return hub.RecordConsent(ctx, "support", message.Recipient{Phone: phone}, conversation.Consent{
		At: time.Now(), Where: "order form", Wording: "2026-10: news about my orders by WhatsApp", Categories: []string{"utility"},
	})
}

// writeToAll writes to everybody in a file.
func writeToAll(ctx context.Context, hub *channel.Hub, by conversation.Author, rows iter.Seq2[channel.Notification, error], dry bool) error {
	for result := range hub.NotifyAll(ctx, by, campaign.Campaign{Key: "november news", Dry: dry}, rows) {
		if result.Err != nil {
			fmt.Println(explain.Error(result.Err).Text, result.Err) // the first says which row, the second is for you
		}
	}
	return ctx.Err()
}

// rows reads a file with a column for the phone number and one for the name.
func rows(path string) iter.Seq2[channel.Notification, error] {
	return func(yield func(channel.Notification, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(channel.Notification{}, err)
			return
		}
		defer f.Close()
		lines := csv.NewReader(f)
		for {
			line, err := lines.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			n := channel.Notification{Channel: "support"}
			if err == nil {
				n.To, n.Key = message.Recipient{Phone: line[0]}, line[0]
				n.Template = &channel.Template{Name: "news", Values: template.Values{Body: []template.Value{template.Text(line[1])}}}
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// bounded is a channel that may spend 250 euros a month.
func bounded(s settings.Settings) settings.Settings {
	s.TimeZone = "Europe/Helsinki"
	s.Budget = &pricing.Budget{Limit: 250_000_000, LowWater: 50_000_000, Monthly: true}
	return s
}

// spent says what a channel has spent, month by month.
func spent(ctx context.Context, hub *channel.Hub) error {
	all, err := hub.Spending(ctx, "support")
	for _, row := range all {
		fmt.Println(row)
	}
	return err
}
