package convert_test

import (
	"fmt"

	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/template/convert"
)

func ExampleChatwoot_Values() {
	params, err := convert.ParseChatwoot([]byte(`{"name":"visit","language":"en","processed_params":{"body":{"2":"Tue","1":"Noor"}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d := &template.Definition{Name: "visit", Language: "en", Components: []template.Component{&template.Body{Text: "Hi {{1}}, see you {{2}}."}}}
	values, err := params.Values(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, p, _ := d.Bind(values)
	fmt.Println(p.Text())
	// Output:
	// Hi Noor, see you Tue.
}

func ExampleContentVariables_Values() {
	variables, err := convert.ParseContentVariables(`{"1":"Noor","2":"p-17"}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := &template.Definition{Name: "parcel", Language: "en", Components: []template.Component{
		&template.Body{Text: "Hi {{1}}, it is here."},
		&template.Buttons{Buttons: []template.Button{&template.URLButton{Text: "Track", URL: "https://parcels.example.org/{{1}}"}}},
	}}
	values, err := variables.Values(d, convert.TwilioMapping{Buttons: map[int]string{0: "2"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, p, _ := d.Bind(values)
	fmt.Println(p.Text())
	// Output:
	// Hi Noor, it is here.
	// [Track] https://parcels.example.org/p-17
}
