package twilio_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/template"
)

func texts(values ...string) []template.Value {
	var all []template.Value
	for _, v := range values {
		all = append(all, template.Text(v))
	}
	return all
}

func TestTemplatesGoOutAsTheirContent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content twiliotest.ContentConfig
		values  template.Values
		sees    twiliotest.Bubble
	}{
		"a text": {
			twiliotest.ContentConfig{Value: `{"body":"Hi {{1}}, parcel {{2}} is here."}`},
			template.Values{Body: texts("Noor", "C-41")}, twiliotest.Bubble{Text: "Hi Noor, parcel C-41 is here."},
		},
		"variables out of order": {
			twiliotest.ContentConfig{Value: `{"body":"Parcel {{7}} of {{2}} is here, {{7}}."}`},
			template.Values{Body: texts("C-41", "Noor")}, twiliotest.Bubble{Text: "Parcel C-41 of Noor is here, C-41."},
		},
		"named variables": {
			twiliotest.ContentConfig{Value: `{"body":"Hi {{name}}, parcel {{ parcel }} is here."}`},
			template.Values{Body: texts("Noor", "C-41")}, twiliotest.Bubble{Text: "Hi Noor, parcel C-41 is here."},
		},
		"nothing to fill in": {
			twiliotest.ContentConfig{Value: `{"body":"We are open again."}`}, template.Values{}, twiliotest.Bubble{Text: "We are open again."},
		},
		"a file with the body": {
			twiliotest.ContentConfig{Type: "twilio/media", Value: `{"body":"Bill {{1}} here.","media":["https://cdn.example/bills/{{2}}"]}`},
			template.Values{
				Header: template.HeaderValue{Media: &template.Media{Kind: template.MediaImage, Link: "https://cdn.example/bills/41.pdf"}},
				Body:   texts("41"),
			},
			twiliotest.Bubble{Text: "Bill 41 here.", Media: "https://cdn.example/bills/41.pdf"},
		},
		"quick replies": {
			twiliotest.ContentConfig{Type: "twilio/quick-reply", Value: `{"body":"Come on {{1}} then?","actions":[{"type":"QUICK_REPLY","title":"Yes","id":"y"}]}`},
			template.Values{Body: texts("Tuesday")},
			twiliotest.Bubble{Text: "Come on Tuesday then?", Buttons: []twiliotest.Choice{{ID: "y", Title: "Yes"}}},
		},
		"a link with a tail": {
			twiliotest.ContentConfig{Type: "twilio/call-to-action", Value: `{"body":"Parcel {{1}} left.","actions":[{"type":"URL","title":"Track","url":"https://t.example/{{2}}"}]}`},
			template.Values{Body: texts("C-41"), Buttons: []template.ButtonValue{{Suffix: "c41"}}},
			twiliotest.Bubble{Text: "Parcel C-41 left.", Buttons: []twiliotest.Choice{{Title: "Track"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			dana := sim.AddUser(twiliotest.UserConfig{Phone: phone})
			c.content.Name = "notice"
			sim.AddContent(c.content)
			client := newClient(t, sim, nil)
			catalog, err := template.NewCatalog(template.CatalogConfig{})
			require.NoError(t, err)
			require.NoError(t, client.SyncTemplates(t.Context(), noon, catalog))
			d, ok := catalog.Lookup("notice", "en")
			require.True(t, ok)
			require.True(t, d.Sendable(noon).OK)
			m, _, err := d.Bind(c.values)
			require.NoError(t, err)
			receipt, err := client.Number(line).Send(t.Context(), to(&message.Template{Message: m}))
			require.NoError(t, err)
			c.sees.SID, c.sees.State = receipt.ID, "delivered"
			require.Equal(t, []twiliotest.Bubble{c.sees}, dana.Sees(line), "outside of any window")
			require.Empty(t, sim.Audit())
		})
	}
}

func TestAVariableThatStandsInTwoPartsSaysOneThing(t *testing.T) {
	t.Parallel()
	sim := twiliotest.New(twiliotest.Config{})
	sim.AddSender(line)
	dana := sim.AddUser(twiliotest.UserConfig{Phone: phone})
	sim.AddContent(twiliotest.ContentConfig{
		Name: "notice", Type: "twilio/call-to-action",
		Value: `{"body":"Parcel {{1}} left.","actions":[{"type":"URL","title":"Track","url":"https://t.example/{{1}}"}]}`,
	})
	client := newClient(t, sim, nil)
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	require.NoError(t, client.SyncTemplates(t.Context(), noon, catalog))
	d, ok := catalog.Lookup("notice", "en")
	require.True(t, ok)
	send := func(body, suffix string) error {
		m, _, err := d.Bind(template.Values{Body: texts(body), Buttons: []template.ButtonValue{{Suffix: suffix}}})
		require.NoError(t, err)
		out := to(&message.Template{Message: m})
		checked := client.Number(line).Check(out)
		_, err = client.Number(line).Send(t.Context(), out)
		require.Equal(t, err == nil, checked == nil)
		return err
	}
	require.ErrorIs(t, send("C-41", "c41"), message.ErrInvalid, "one would stand where the other belongs")
	require.Empty(t, dana.Sees(line))
	require.NoError(t, send("C-41", "C-41"))
	require.Len(t, dana.Sees(line), 1)
}

func TestTheCatalogKnowsWhereAContentStands(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	sid := sim.AddContent(twiliotest.ContentConfig{Name: "notice", Value: `{"body":"Hi {{1}} there."}`})
	client := newClient(t, sim, nil)
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	at := noon
	for _, c := range []struct {
		review   string
		sendable bool
	}{{"pending", false}, {"approved", true}, {"paused", false}, {"rejected", false}, {"disabled", false}, {"something new", false}} {
		sim.Review(sid, c.review)
		at = at.Add(1)
		require.NoError(t, client.SyncTemplates(t.Context(), at, catalog))
		d, ok := catalog.Lookup("notice", "en")
		require.True(t, ok, c.review)
		require.Equal(t, c.sendable, d.Sendable(at).OK, c.review)
	}
}

func TestOfTwoContentsUnderOneNameTheOneThatCanBeSentStandsForTheTemplate(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"rejected", "paused", "disabled", "pending"} {
		for _, first := range []bool{true, false} {
			sim := twiliotest.New(twiliotest.Config{})
			sim.AddSender(line)
			dana := sim.AddUser(twiliotest.UserConfig{Phone: phone})
			add := func(good bool) {
				if good {
					sim.AddContent(twiliotest.ContentConfig{Name: "notice", Value: `{"body":"Hi {{1}}, it is here."}`})
				} else {
					sim.Review(sim.AddContent(twiliotest.ContentConfig{Name: "notice", Value: `{"body":"Hi {{1}} and {{2}}, it is here."}`}), other)
				}
			}
			add(first)
			add(!first)
			client := newClient(t, sim, nil)
			catalog, err := template.NewCatalog(template.CatalogConfig{})
			require.NoError(t, err)
			for i := range 2 {
				require.NoError(t, client.SyncTemplates(t.Context(), noon.Add(time.Duration(i)*time.Minute), catalog))
			}
			d, ok := catalog.Lookup("notice", "en")
			require.True(t, ok, other)
			require.True(t, d.Sendable(noon).OK, "%s, and first: %t", other, first)
			m, _, err := d.Bind(template.Values{Body: texts("Noor")})
			require.NoError(t, err, other)
			_, err = client.Number(line).Send(t.Context(), to(&message.Template{Message: m}))
			require.NoError(t, err, other)
			require.Equal(t, "Hi Noor, it is here.", dana.Sees(line)[0].Text, other)
		}
	}
}

func TestATemplateWithoutContentIsNotSendable(t *testing.T) {
	t.Parallel()
	sim, _ := newSim()
	var d template.Definition
	require.NoError(t, d.UnmarshalJSON([]byte(`{"name":"other","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Hello there."}]}`)))
	m, _, err := d.Bind(template.Values{})
	require.NoError(t, err)
	for name, templates := range map[string]*twilio.Templates{"none known": new(twilio.Templates), "nil": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, sim, func(cfg *twilio.Config) { cfg.Templates = templates })
			_, err := c.Number(line).Send(t.Context(), to(&message.Template{Message: m}))
			require.ErrorIs(t, err, template.ErrNotSendable)
			f, ok := message.FailureOf(err)
			require.True(t, ok)
			require.Equal(t, message.ClassTemplate, f.Class)
		})
	}
}

func TestContentsThatAreNoTemplatesAreLeftOut(t *testing.T) {
	t.Parallel()
	var templates twilio.Templates
	raw := func(kind, value string) twilio.Content {
		return twilio.Content{
			SID: "HX1", Language: "en", Types: map[string]rawJSON{kind: rawJSON(value)},
			Approval: &twilio.Approval{Name: "x", Category: "UTILITY", Status: "approved"},
		}
	}
	for name, c := range map[string]twilio.Content{
		"never submitted":      {SID: "HX1", Types: map[string]rawJSON{"twilio/text": rawJSON(`{"body":"x"}`)}},
		"an unknown type":      raw("twilio/hologram", `{"body":"x"}`),
		"no JSON of its type":  raw("twilio/text", `[]`),
		"no body":              raw("twilio/text", `{}`),
		"an unknown button":    raw("twilio/quick-reply", `{"body":"x","actions":[{"type":"BEAM"}]}`),
		"a link with a middle": raw("twilio/call-to-action", `{"body":"x","actions":[{"type":"URL","title":"t","url":"https://a.example/{{1}}/x"}]}`),
		"two files":            raw("twilio/media", `{"body":"x","media":["https://a.example/1","https://a.example/2"]}`),
	} {
		require.False(t, templates.Add(c), name)
	}
	require.True(t, templates.Add(raw("twilio/text", `{"body":"Hello."}`)))
}
