package cloudapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
)

// A solution partner takes a customer's account over after Embedded Signup: the partner's
// system user gets access, and the partner's credit line pays.
func ExampleAccount_ShareCredit() {
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	partner := world.AddPortfolio(cloudapitest.PortfolioConfig{})
	partner.AddCreditLine("Partner Ltd")
	account := world.AddAccount(cloudapitest.AccountConfig{Portfolio: partner})
	account.SetPayment(false)
	client, err := cloudapi.New(cloudapi.Config{Token: world.AddApp(cloudapitest.AppConfig{}).Token(account), HTTPClient: world.Client()})
	if err != nil {
		log.Fatal(err)
	}

	ctx, customer := context.Background(), client.Account(account.ID)
	const systemUser = "77"
	if err := customer.AssignUser(ctx, systemUser, cloudapi.TaskManage); err != nil {
		log.Fatal(err)
	}
	for line, err := range client.Business(partner.ID).CreditLines(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		sharing, err := customer.ShareCredit(ctx, line.ID, "USD")
		if err != nil {
			log.Fatal(err)
		}
		shared, err := customer.CreditShared(ctx, sharing)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line.LegalName, "pays:", shared)
	}
	// Output: Partner Ltd pays: true
}

// The users of a portfolio that have access to an account, and what they may do.
func ExampleAccount_AssignUser() {
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	account := world.AddAccount(cloudapitest.AccountConfig{})
	client, err := cloudapi.New(cloudapi.Config{Token: world.AddApp(cloudapitest.AppConfig{}).Token(account), HTTPClient: world.Client()})
	if err != nil {
		log.Fatal(err)
	}

	ctx, ours := context.Background(), client.Account(account.ID)
	if err := ours.AssignUser(ctx, "77", cloudapi.TaskMessaging, cloudapi.TaskManageTemplates); err != nil {
		log.Fatal(err)
	}
	for user, err := range ours.AssignedUsers(ctx, account.Portfolio.ID) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.ID, user.Tasks)
	}
	// Output: 77 [MESSAGING MANAGE_TEMPLATES]
}

// A number needs a public key before its flows can have an endpoint. Whoever registers the
// number anew sets it once more.
func ExampleNumber_SetPublicKey() {
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	account := world.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{})
	client, err := cloudapi.New(cloudapi.Config{Token: world.AddApp(cloudapitest.AppConfig{}).Token(account), HTTPClient: world.Client()})
	if err != nil {
		log.Fatal(err)
	}

	private, err := rsa.GenerateKey(rand.Reader, 2048) // made once and stored: flowdata.ParseKey reads it
	if err != nil {
		log.Fatal(err)
	}
	public, err := flowdata.PublicKey(private)
	if err != nil {
		log.Fatal(err)
	}
	ctx, ours := context.Background(), client.Number(number.ID)
	if err := ours.SetPublicKey(ctx, public); err != nil {
		log.Fatal(err)
	}
	key, err := ours.PublicKey(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Status, key.PEM == public)
	// Output: VALID true
}
