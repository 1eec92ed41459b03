package flowdata_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"

	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
)

// A flow that books a table: the first screen offers days, the answer to it is checked,
// and the flow ends.
func Example() {
	type table struct {
		Day    string `json:"day"`
		People int    `json:"people"`
	}
	screens := flowdata.NewScreens()
	screens.Init(func(context.Context, *flowdata.Request) (flowdata.Response, error) {
		return flowdata.Response{Screen: "TABLE", Data: map[string]any{"days": []string{"Friday", "Saturday"}}}, nil
	})
	flowdata.On(screens, "TABLE", func(_ context.Context, r *flowdata.Request, in table) (flowdata.Response, error) {
		if in.People > 8 {
			return flowdata.Response{Screen: "TABLE", Error: "We have eight seats."}, nil
		}
		return flowdata.Finish(r, map[string]any{"day": in.Day}), nil
	})

	key, err := rsa.GenerateKey(rand.Reader, 2048) // flowdata.ParseKey reads a stored one
	if err != nil {
		panic(err)
	}
	handler, err := flowdata.NewHandler(flowdata.Config{
		AppSecrets: []string{"the app's secret"}, Keys: []*rsa.PrivateKey{key}, Answer: screens.Answer,
	})
	if err != nil {
		panic(err)
	}
	http.NewServeMux().Handle("POST /flows", handler)

	response, err := screens.Answer(context.Background(), &flowdata.Request{Action: flowdata.Exchange, Screen: "TABLE", Data: []byte(`{"people":9}`)})
	fmt.Println(response.Error, err)
	// Output: We have eight seats. <nil>
}
