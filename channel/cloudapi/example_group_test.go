package cloudapi_test

import (
	"context"
	"fmt"
	"log"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/template"
)

// People ask to join a group by its link, and the business decides. The simulator stands for
// Meta and for the phone.
func ExampleGroup_Approve() {
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{OBA: true})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	if err != nil {
		log.Fatal(err)
	}

	ctx, ours := context.Background(), client.Number(number.ID)
	if _, err := ours.CreateGroup(ctx, cloudapi.NewGroup{Subject: "Garden club", Approval: true}); err != nil {
		log.Fatal(err)
	}
	for g, err := range ours.Groups(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		world.AddUser(cloudapitest.UserConfig{}).Join(number.Groups()[0])
		group := ours.Group(g.ID)
		for wish, err := range group.JoinRequests(ctx) {
			if err != nil {
				log.Fatal(err)
			}
			decided, err := group.Approve(ctx, wish.ID)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(len(decided.Done), "approved,", len(decided.Failed), "failed")
		}
		info, err := group.Info(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.Subject, info.Count)
	}
	// Output:
	// 1 approved, 0 failed
	// Garden club 1
}

// One call makes or changes an authentication template in several languages, whose words are
// Meta's own; they are reviewed like any other.
func ExampleAccount_UpsertTemplates() {
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
	code := template.Definition{Name: "code", Category: template.Authentication, Components: []template.Component{
		&template.Body{AddSecurityRecommendation: new(true)},
		&template.Buttons{Buttons: []template.Button{&template.OTPButton{Delivery: template.OTPCopyCode}}},
	}}
	made, err := ours.UpsertTemplates(ctx, code, "en_US", "fi")
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range made {
		fmt.Println(t.Language, t.Status)
	}
	// Output:
	// en_US PENDING
	// fi PENDING
}
