package cloudapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// A flow is made as a draft, corrected until Meta finds no fault, and published. The
// simulator stands for Meta here.
func ExampleAccount_CreateFlow() {
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	if err != nil {
		log.Fatal(err)
	}

	ctx, ours := context.Background(), client.Account(account.ID)
	made, err := ours.CreateFlow(ctx, cloudapi.NewFlow{
		Name: "How was it?", Categories: []cloudapi.FlowCategory{cloudapi.FlowSurvey}, JSON: json.RawMessage(`{"version":"7.1"}`),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range made.Problems {
		fmt.Println(p.Message)
	}
	flow := ours.Flow(made.ID)
	problems, err := flow.SetJSON(ctx, []byte(`{"version":"7.1","screens":[{"id":"ASK","terminal":true,"layout":{"type":"SingleColumnLayout","children":[]}}]}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(problems), "problems left")
	if err := flow.Publish(ctx); err != nil {
		log.Fatal(err)
	}
	info, err := flow.Info(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Status)
	// Output:
	// The property 'screens' must be a list of at least one screen.
	// 0 problems left
	// PUBLISHED
}
