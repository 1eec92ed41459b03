package step

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type common struct {
	ID string `json:"id"`
}

type inner struct {
	Name string `json:"name,omitempty"`
	Note string
}

type whole struct {
	common
	At    time.Time         `json:"at,omitzero"`
	One   *inner            `json:"one,omitempty"`
	Many  []inner           `json:"many,omitempty"`
	By    map[string]inner  `json:"by,omitempty"`
	Words map[string]string `json:"words,omitempty"`
	Raw   json.RawMessage   `json:"raw,omitempty"`
	Tags  []string          `json:"tags,omitempty"`
	Not   string            `json:"-"`
	Again *whole            `json:"again,omitempty"`
	Own   selfMade          `json:"own,omitzero"`
	Owns  []selfMade        `json:"owns,omitempty"`
}

// selfMade has a JSON of its own: an object, or a number if there is little to say.
type selfMade struct {
	long string
	at   int
}

type ownWire struct {
	Long  string `json:"long,omitempty"`
	Times *struct {
		At int `json:"at,omitempty"`
	} `json:"times,omitempty"`
}

func (o selfMade) MarshalJSON() ([]byte, error) {
	if o.long == "" {
		return json.Marshal(o.at)
	}
	w := ownWire{Long: o.long}
	if o.at != 0 {
		w.Times = &struct {
			At int `json:"at,omitempty"`
		}{o.at}
	}
	return json.Marshal(w)
}

func (o *selfMade) UnmarshalJSON(text []byte) error {
	if text[0] != '{' {
		return json.Unmarshal(text, &o.at)
	}
	var w ownWire
	if err := json.Unmarshal(text, &w); err != nil || w.Long == "refused" {
		return errors.Join(err, errors.New("refused"))
	}
	if o.long = w.Long; w.Times != nil {
		o.at = w.Times.At
	}
	return nil
}

func TestFieldsOfANewerReleaseStay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ stored, change, want string }{
		"nothing that is new":        {`{"id":"a","words":{"x":"y"}}`, `{"id":"b"}`, ``},
		"what is not JSON":           {`{"id":`, `{"id":"b"}`, ``},
		"nothing at all":             {``, `{"id":"b"}`, ``},
		"at the top":                 {`{"id":"a","new":[1,{"x":2}]}`, `{"id":"b"}`, `{"id":"b","new":[1,{"x":2}]}`},
		"a name that differs":        {`{"id":"a","ID":"old"}`, `{"id":"b"}`, `{"id":"b","ID":"old"}`},
		"a field that is not stored": {`{"id":"a","-":1,"Not":2}`, `{"id":"a"}`, `{"id":"a","-":1,"Not":2}`},
		"inside":                     {`{"id":"a","one":{"name":"x","new":1}}`, `{"id":"a","one":{"name":"y","Note":""}}`, `{"id":"a","one":{"name":"y","Note":"","new":1}}`},
		"inside what was removed":    {`{"id":"a","one":{"name":"x","new":1}}`, `{"id":"a"}`, `{"id":"a"}`},
		"in a list that grew": {
			`{"id":"a","many":[{"name":"x","new":1},{"name":"y","new":2}]}`, `{"id":"a","many":[{"name":"x","Note":""},{"name":"z","Note":""},{"name":"w","Note":""}]}`,
			`{"id":"a","many":[{"name":"x","Note":"","new":1},{"name":"z","Note":"","new":2},{"name":"w","Note":""}]}`,
		},
		"in a list that shrank": {
			`{"id":"a","many":[{"name":"x","new":1},{"name":"y","new":2}]}`, `{"id":"a","many":[{"name":"y","Note":""}]}`, `{"id":"a","many":[{"name":"y","Note":""}]}`,
		},
		"by a name of which one went": {
			`{"id":"a","by":{"p":{"new":1},"q":{"new":2}}}`, `{"id":"a","by":{"q":{"Note":""}}}`, `{"id":"a","by":{"q":{"Note":"","new":2}}}`,
		},
		"words of a host that went":      {`{"id":"a","words":{"x":"y"},"new":1}`, `{"id":"a"}`, `{"id":"a","new":1}`},
		"raw JSON is the writer's":       {`{"id":"a","raw":{"x":1}}`, `{"id":"a","raw":{"y":1}}`, ``},
		"in a JSON of its own":           {`{"own":{"long":"x","new":1}}`, `{"own":{"long":"y"}}`, `{"own":{"long":"y","new":1}}`},
		"deep in a JSON of its own":      {`{"own":{"long":"x","times":{"at":1,"new":2}}}`, `{"own":{"long":"x","times":{"at":3}}}`, `{"own":{"long":"x","times":{"at":3,"new":2}}}`},
		"a JSON of its own known whole":  {`{"own":{"long":"x","times":{"at":1}}}`, `{"own":{"long":"y"}}`, ``},
		"what went from it":              {`{"own":{"long":"x","times":{"at":1,"new":2},"more":3}}`, `{"own":{"long":"y"}}`, `{"own":{"long":"y","more":3}}`},
		"a JSON of its own that changed": {`{"own":{"long":"x","new":1},"top":2}`, `{"own":7}`, `{"own":7,"top":2}`},
		"one that was a number":          {`{"own":7}`, `{"own":{"long":"y"}}`, ``},
		"one that it cannot read":        {`{"own":{"long":"refused","new":1},"top":1}`, `{"own":{"long":"y"}}`, `{"own":{"long":"y"},"top":1}`},
		"a list of them":                 {`{"owns":[{"long":"x","new":1},4]}`, `{"owns":[{"long":"x"},4]}`, `{"owns":[{"long":"x","new":1},4]}`},
		"in what holds itself":           {`{"id":"a","again":{"id":"b","new":1},"new":2}`, `{"id":"a","again":{"id":"c"}}`, `{"id":"a","again":{"id":"c"},"new":2}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, more := keep([]byte(c.change), []byte(c.stored), reflect.TypeFor[*whole]())
			if c.want == "" {
				require.False(t, more)
				require.Equal(t, c.change, string(got))
				return
			}
			require.True(t, more)
			require.JSONEq(t, c.want, string(got))
		})
	}
}
