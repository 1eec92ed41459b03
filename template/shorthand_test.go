package template_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

var (
	strict  = template.ShorthandOptions{}
	lenient = template.ShorthandOptions{Lenient: true}
)

func TestParseShorthand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want template.Shorthand
	}{
		"the least there is":         {`&((template=[[parcel_ready]]))&`, template.Shorthand{Template: "parcel_ready"}},
		"one without values":         {`&((namespace=[[0f2c_demo]] template=[[parcel_ready]] fallback=[[Your parcel is ready]] language=[[en_GB]]))&`, template.Shorthand{Namespace: "0f2c_demo", Template: "parcel_ready", Fallback: "Your parcel is ready", Language: "en_GB"}},
		"two values of the body":     {`&((namespace=[[0f2c_demo]] template=[[visit_reminder]] language=[[en]] body_text=[[Noor]] body_text=[[Tue 14:30]]))&`, template.Shorthand{Namespace: "0f2c_demo", Template: "visit_reminder", Language: "en", Body: []string{"Noor", "Tue 14:30"}}},
		"on several lines":           {"&((\n  template=[[map_card]]\r\n\theader_image=[[https://cdn.example.org/map.png]]\n  body_text=[[Dock 7]]\n))&", template.Shorthand{Template: "map_card", HeaderImage: "https://cdn.example.org/map.png", Body: []string{"Dock 7"}}},
		"without space":              {`&((template=[[claim_update]]header_document=[[https://files.example.org/c-41.pdf]]body_text=[[C-41]]body_text=[[approved]]button_index=[[0]]button_url=[[c-41]]))&`, template.Shorthand{Template: "claim_update", HeaderDocument: "https://files.example.org/c-41.pdf", Body: []string{"C-41", "approved"}, Buttons: []template.ShorthandButton{{Index: 0, URL: "c-41"}}}},
		"space around it":            {" \n&((template=[[a]]))&\t\r\n", template.Shorthand{Template: "a"}},
		"values keep their space":    {`&((template=[[a]] body_text=[[ x  y ]]))&`, template.Shorthand{Template: "a", Body: []string{" x  y "}}},
		"values may hold syntax":     {`&((template=[[a]] body_text=[[ ]x[[ key=[[y))& ]]))&`, template.Shorthand{Template: "a", Body: []string{" ]x[[ key=[[y))& "}}},
		"values may hold lines":      {"&((template=[[a]] fallback=[[x\ny]]))&", template.Shorthand{Template: "a", Fallback: "x\ny"}},
		"two buttons":                {`&((template=[[a]] button_index=[[1]] button_url=[[x]] button_index=[[0]] button_url=[[y]]))&`, template.Shorthand{Template: "a", Buttons: []template.ShorthandButton{{Index: 1, URL: "x"}, {Index: 0, URL: "y"}}}},
		"pairs in any order":         {`&((body_text=[[1]] language=[[nl]] body_text=[[2]] template=[[a]]))&`, template.Shorthand{Template: "a", Language: "nl", Body: []string{"1", "2"}}},
		"a value that begins with [": {`&((template=[[a]] body_text=[[[x]]))&`, template.Shorthand{Template: "a", Body: []string{"[x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := template.ParseShorthand(c.text, strict)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

func TestParseShorthandLeniently(t *testing.T) {
	t.Parallel()
	got, err := template.ParseShorthand(`Hello &((template=[[a]] colour=[[red]] header_title=[[T]] header_video=[[https://x.example/v.mp4]] `+
		`header_document_filename=[[f.pdf]] fallback=[[]] button_index=[[0]] button_payload=[[p]] body_currency=[[5]]))& bye`, lenient)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(template.Shorthand{
		Template: "a", HeaderText: "T", HeaderVideo: "https://x.example/v.mp4", HeaderFilename: "f.pdf",
		Buttons: []template.ShorthandButton{{Payload: "p"}},
		Unknown: []template.Pair{{Key: "colour", Value: "red"}, {Key: "body_currency", Value: "5"}},
		Before:  "Hello ", After: " bye",
	}, got))
}

func TestParseShorthandTellsWhereItFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		rule    template.ShorthandRule
		at      string // the fault is where this text begins; "" means at the end
		lenient bool   // also an error for the lenient parser
	}{
		"text before":               {`Hi &((template=[[a]]))&`, template.ShorthandText, "Hi", false},
		"text after":                {`&((template=[[a]]))& bye`, template.ShorthandText, "bye", false},
		"an unknown key":            {`&((template=[[a]] colour=[[red]]))&`, template.ShorthandUnknown, "colour", false},
		"an undocumented key":       {`&((template=[[a]] header_video=[[x]]))&`, template.ShorthandUnknown, "header_video", false},
		"an undocumented payload":   {`&((template=[[a]] button_index=[[0]] button_payload=[[x]]))&`, template.ShorthandUnknown, "button_payload", false},
		"an empty value":            {`&((template=[[a]] body_text=[[]]))&`, template.ShorthandEmpty, "]]))&", false},
		"no template":               {`&((language=[[en]]))&`, template.ShorthandNoTemplate, "))&", true},
		"nothing in it":             {`&(())&`, template.ShorthandNoTemplate, "))&", true},
		"a template twice":          {`&((template=[[a]] template =[[b]]))&`, template.ShorthandValue, " =[[b", true},
		"a key twice":               {`&((template=[[a]] language=[[en]] language=[[nl]]))&`, template.ShorthandTwice, "language=[[nl", true},
		"a capital in a key":        {`&((Template=[[a]]))&`, template.ShorthandKey, "Template", true},
		"a stray letter":            {`&((template=[[a]] ; language=[[en]]))&`, template.ShorthandKey, ";", true},
		"one bracket":               {`&((template=[a]))&`, template.ShorthandValue, "=[a", true},
		"a value that does not end": {`&((template=[[a] ))&`, template.ShorthandOpen, "=[[a]", true},
		"no end":                    {`&((template=[[a]] `, template.ShorthandNoEnd, "", true},
		"no end after a key":        {`&((template=[[a]] body_text`, template.ShorthandNoEnd, "", true},
		"a wrong end":               {`&((template=[[a]]))`, template.ShorthandKey, "))", true},
		"an index that is no digit": {`&((template=[[a]] button_index=[[x]] button_url=[[y]]))&`, template.ShorthandIndex, "button_index", true},
		"an index of two digits":    {`&((template=[[a]] button_index=[[10]] button_url=[[y]]))&`, template.ShorthandIndex, "button_index", true},
		"a suffix without index":    {`&((template=[[a]] button_url=[[y]]))&`, template.ShorthandNoIndex, "button_url", true},
		"an index without suffix":   {`&((template=[[a]] button_index=[[0]]))&`, template.ShorthandIdle, "button_index", true},
		"two indexes in a row":      {`&((template=[[a]] button_index=[[0]] button_index=[[1]] button_url=[[y]]))&`, template.ShorthandIdle, "button_index=[[1", true},
		"two suffixes for an index": {`&((template=[[a]] button_index=[[0]] button_url=[[x]] button_url=[[y]]))&`, template.ShorthandTwice, "button_url=[[y", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := len(c.text)
			if c.at != "" {
				at = strings.Index(c.text, c.at)
			}
			_, err := template.ParseShorthand(c.text, strict)
			require.Equal(t, &template.ShorthandError{Rule: c.rule, Offset: at}, err)
			_, err = template.ParseShorthand(c.text, lenient)
			if c.lenient {
				require.Equal(t, &template.ShorthandError{Rule: c.rule, Offset: at}, err)
			} else {
				require.NoError(t, err)
			}
		})
	}
	_, err := template.ParseShorthand("Good morning!", strict)
	require.ErrorIs(t, err, template.ErrNoShorthand)
	_, err = template.ParseShorthand("%((template:NAME))%", strict)
	require.ErrorIs(t, err, template.ErrNoShorthand, "another shorthand of Sunshine is left alone")
}

func TestParseShorthandSize(t *testing.T) {
	t.Parallel()
	frame := `&((template=[[a]] body_text=[[]]))&`
	fits := strings.Replace(frame, "[[]]", "[["+strings.Repeat("x", template.MaxShorthand-len(frame))+"]]", 1)
	require.Len(t, fits, template.MaxShorthand)
	_, err := template.ParseShorthand(fits, strict)
	require.NoError(t, err)
	_, err = template.ParseShorthand(fits+" ", strict)
	require.Equal(t, &template.ShorthandError{Rule: template.ShorthandSize, Offset: template.MaxShorthand}, err)
}

func TestFormatRefusesWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   template.Shorthand
		rule template.ShorthandRule
	}{
		"no template":                   {template.Shorthand{}, template.ShorthandNoTemplate},
		"the end of a value in a value": {template.Shorthand{Template: "a", Body: []string{"x]] template=[[b"}}, template.ShorthandBrackets},
		"a bracket at the end":          {template.Shorthand{Template: "a", Fallback: "see [1]"}, template.ShorthandBrackets},
		"an index of two digits":        {template.Shorthand{Template: "a", Buttons: []template.ShorthandButton{{Index: 10, URL: "x"}}}, template.ShorthandIndex},
		"an index below zero":           {template.Shorthand{Template: "a", Buttons: []template.ShorthandButton{{Index: -1, URL: "x"}}}, template.ShorthandIndex},
		"a button without value":        {template.Shorthand{Template: "a", Buttons: []template.ShorthandButton{{}}}, template.ShorthandIdle},
		"a known key among the unknown": {template.Shorthand{Template: "a", Unknown: []template.Pair{{Key: "language", Value: "en"}}}, template.ShorthandEncoding},
		"a key with a capital":          {template.Shorthand{Template: "a", Unknown: []template.Pair{{Key: "Colour", Value: "red"}}}, template.ShorthandEncoding},
		"a key of nothing":              {template.Shorthand{Template: "a", Unknown: []template.Pair{{Value: "red"}}}, template.ShorthandEncoding},
		"a shorthand before it":         {template.Shorthand{Template: "a", Before: "&(("}, template.ShorthandText},
		"too long":                      {template.Shorthand{Template: "a", Fallback: strings.Repeat("x", template.MaxShorthand)}, template.ShorthandSize},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := c.in.Format()
			require.Empty(t, text)
			se, ok := errors.AsType[*template.ShorthandError](err)
			require.True(t, ok)
			require.Equal(t, c.rule, se.Rule)
			require.Equal(t, -1, se.Offset)
		})
	}
}

// TestShorthandRoundTrip shows that what Format writes, ParseShorthand reads.
func TestShorthandRoundTrip(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 1))
	alphabet := []string{"a", "B", " ", "\n", "[", "]", "[[", "))&", "&", "=", "ä", "😀", "template", "{{x}}"}
	value := func() string {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		return b.String()
	}
	written := 0
	for range 5000 {
		s := template.Shorthand{
			Namespace: value(), Template: value(), Fallback: value(), Language: value(), HeaderText: value(), HeaderImage: value(),
			HeaderVideo: value(), HeaderDocument: value(), HeaderFilename: value(), Before: value(), After: value(),
		}
		for range rng.IntN(3) {
			s.Body = append(s.Body, value())
			s.Buttons = append(s.Buttons, template.ShorthandButton{Index: rng.IntN(10), URL: value(), Payload: value()})
			s.Unknown = append(s.Unknown, template.Pair{Key: fmt.Sprintf("k%s", strings.Repeat("_", rng.IntN(3))), Value: value()})
		}
		text, err := s.Format()
		if err != nil {
			continue
		}
		written++
		back, err := template.ParseShorthand(text, lenient)
		require.NoError(t, err, "%q", text)
		require.Empty(t, cmp.Diff(s, back), "%q", text)
	}
	require.Greater(t, written, 200)
}

// FuzzShorthand checks that the parser survives anything, that its faults lie
// inside the text, and that what it reads can be written and read again.
func FuzzShorthand(f *testing.F) {
	f.Add(`&((namespace=[[0f2c_demo]] template=[[visit_reminder]] fallback=[[Reminder]] language=[[en]] body_text=[[Noor]] body_text=[[Tue 14:30]]))&`)
	f.Add("x &((\n template=[[a]]header_title=[[T]] header_text=[[U]] button_index=[[0]]button_url=[[c-41]]button_payload=[[p]] k=[[]] ))& y")
	f.Add(`&((template=[[[a]]]))&`)
	f.Add(`&((&((template=[[a]]))&))&`)
	f.Add(`&((template=[[a] ]]))&`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, opt := range []template.ShorthandOptions{strict, lenient} {
			s, err := template.ParseShorthand(text, opt)
			if se, ok := errors.AsType[*template.ShorthandError](err); ok {
				require.GreaterOrEqual(t, se.Offset, 0)
				require.LessOrEqual(t, se.Offset, len(text))
				require.NotEmpty(t, se.Rule)
				continue
			}
			if err != nil {
				require.ErrorIs(t, err, template.ErrNoShorthand)
				continue
			}
			require.NotEmpty(t, s.Template)
			again, err := s.Format()
			if err != nil {
				// Values that came in empty, or text too long once spaced out.
				require.True(t, opt.Lenient || len(text) > template.MaxShorthand/2, "%v", err)
				continue
			}
			back, err := template.ParseShorthand(again, opt)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(s, back))
		}
	})
}

const claimUpdate = `{"name":"claim_update","language":"pt_BR","components":[{"type":"HEADER","format":"DOCUMENT"},
	{"type":"BODY","text":"Claim {{1}} is {{2}} now."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://claims.example.org/{{1}}"}]}]}`

func TestShorthandToMessage(t *testing.T) {
	t.Parallel()
	s, err := template.ParseShorthand(`&((namespace=[[0f2c_demo]]template=[[claim_update]]fallback=[[Update]]language=[[pt_BR]]header_document=[[https://files.example.org/c-41.pdf]]body_text=[[C-41]]body_text=[[approved]]button_index=[[0]]button_url=[[c-41]]))&`, strict)
	require.NoError(t, err)
	d := define(t, claimUpdate)
	v, err := s.Values(d, template.ShorthandMapping{})
	require.NoError(t, err)
	msg, _, err := d.Bind(v)
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"claim_update","language":{"code":"pt_BR"},"components":[
		{"type":"header","parameters":[{"type":"document","document":{"link":"https://files.example.org/c-41.pdf"}}]},
		{"type":"body","parameters":[{"type":"text","text":"C-41"},{"type":"text","text":"approved"}]},
		{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"c-41"}]}]}`, string(msg.AppendJSON(nil)))
}

func TestShorthandValues(t *testing.T) {
	t.Parallel()
	named := `{"name":"n","language":"en","parameter_format":"NAMED","components":[{"type":"HEADER","format":"TEXT","text":"Hi {{who}} there"},
		{"type":"BODY","text":"Yes {{b}}, {{a}}, {{b}}."}]}`
	for name, c := range map[string]struct {
		definition string
		in         template.Shorthand
		mapping    template.ShorthandMapping
		want       template.Values
		problems   string
	}{
		"names need consent": {named, template.Shorthand{Body: []string{"1"}}, template.ShorthandMapping{}, template.Values{}, "body: names-in-order"},
		"names in order of appearance": {named, template.Shorthand{HeaderText: "Ada", Body: []string{"1", "2", "3"}}, template.ShorthandMapping{NamesInOrder: true},
			template.Values{Header: template.HeaderValue{Text: template.NamedText("who", "Ada")}, Body: []template.Value{template.NamedText("b", "1"), template.NamedText("a", "2"), template.Text("3")}}, ""},
		"a picture": {claimUpdate, template.Shorthand{HeaderImage: "https://x.example/a.png"}, template.ShorthandMapping{},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: template.MediaImage, Link: "https://x.example/a.png"}}}, ""},
		"a video": {claimUpdate, template.Shorthand{HeaderVideo: "https://x.example/a.mp4"}, template.ShorthandMapping{},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: template.MediaVideo, Link: "https://x.example/a.mp4"}}}, ""},
		"a document with a name": {claimUpdate, template.Shorthand{HeaderDocument: "https://x.example/a", HeaderFilename: "a.pdf"}, template.ShorthandMapping{},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: template.MediaDocument, Link: "https://x.example/a", Filename: "a.pdf"}}}, ""},
		"two files": {claimUpdate, template.Shorthand{HeaderImage: "https://x.example/a.png", HeaderDocument: "https://x.example/a.pdf"}, template.ShorthandMapping{}, template.Values{}, "header: value-unexpected"},
		"buttons that count from 1": {claimUpdate, template.Shorthand{Buttons: []template.ShorthandButton{{Index: 1, URL: "x"}}}, template.ShorthandMapping{ButtonBase: 1},
			template.Values{Buttons: []template.ButtonValue{{Index: 0, Suffix: "x"}}}, ""},
		"a button beside the one that fits": {claimUpdate, template.Shorthand{Buttons: []template.ShorthandButton{{Index: 1, URL: "x"}}}, template.ShorthandMapping{}, template.Values{}, "buttons[1]: button-base (want buttons[0], got buttons[1])"},
		"a button far off is left to Bind": {claimUpdate, template.Shorthand{Buttons: []template.ShorthandButton{{Index: 5, URL: "x"}}}, template.ShorthandMapping{},
			template.Values{Buttons: []template.ButtonValue{{Index: 5, Suffix: "x"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.in.Values(define(t, c.definition), c.mapping)
			if c.problems != "" {
				be, ok := errors.AsType[*template.BindError](err)
				require.True(t, ok)
				require.Equal(t, c.problems, be.Problems.String())
				return
			}
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, got, cmpopts.EquateEmpty()))
		})
	}
}
