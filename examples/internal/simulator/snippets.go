package simulator

import "strings"

// snippet is a first send in one language.
type snippet struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// snippets send a text to the first person in the languages people ask for, with nothing
// but what the language brings along, and the settings as a file. The person must have
// written within 24 hours.
func (s *server) snippets() []snippet {
	fill := strings.NewReplacer("BASE", s.site, "TOKEN", s.token, "NUMBER", s.number.ID, "TO", "+"+s.people.all()[0].Phone())
	out := make([]snippet, 0, len(snippetTexts))
	for _, x := range snippetTexts {
		out = append(out, snippet{x[0], strings.TrimSpace(fill.Replace(x[1])) + "\n"})
	}
	return append(out, snippet{".env", s.environment()})
}

// environment is what a program needs, as a file of environment variables.
func (s *server) environment() string {
	var b strings.Builder
	for _, v := range [][2]string{
		{"BASE_URL", s.site}, {"TOKEN", s.token}, {"PHONE_NUMBER_ID", s.number.ID}, {"ACCOUNT_ID", s.account.ID},
		{"APP_SECRET", s.app.Secret}, {"VERIFY_TOKEN", s.app.VerifyToken},
	} {
		b.WriteString("WHATSAPP_" + v[0] + "=" + v[1] + "\n")
	}
	return b.String()
}

var snippetTexts = [][2]string{
	{"curl", `
curl BASE/v26.0/NUMBER/messages \
  -H "Authorization: Bearer TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello from curl"}}'
`},
	{"Node", `
const r = await fetch("BASE/v26.0/NUMBER/messages", {
  method: "POST",
  headers: { Authorization: "Bearer TOKEN", "Content-Type": "application/json" },
  body: JSON.stringify({ messaging_product: "whatsapp", to: "TO", type: "text", text: { body: "Hello from Node" } }),
});
console.log(r.status, await r.json());
`},
	{"Python", `
import json, urllib.request

body = {"messaging_product": "whatsapp", "to": "TO", "type": "text", "text": {"body": "Hello from Python"}}
request = urllib.request.Request(
    "BASE/v26.0/NUMBER/messages", json.dumps(body).encode(),
    {"Authorization": "Bearer TOKEN", "Content-Type": "application/json"})
print(urllib.request.urlopen(request).read().decode())
`},
	{"Go", `
package main

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

func main() {
	client, err := cloudapi.New(cloudapi.Config{Token: "TOKEN", BaseURL: "BASE", InsecureHTTP: true})
	if err != nil {
		panic(err)
	}
	receipt, err := client.Number("NUMBER").Send(context.Background(), message.Outbound{
		To: message.Recipient{Phone: "TO"}, Content: &message.Text{Body: "Hello from Go"},
	})
	fmt.Println(receipt.ID, err)
}
`},
	{"PHP", `
<?php
$curl = curl_init("BASE/v26.0/NUMBER/messages");
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ["Authorization: Bearer TOKEN", "Content-Type: application/json"],
    CURLOPT_POSTFIELDS => json_encode([
        "messaging_product" => "whatsapp", "to" => "TO", "type" => "text", "text" => ["body" => "Hello from PHP"],
    ]),
]);
echo curl_exec($curl);
`},
	{".NET", `
using System.Net.Http.Json;

using var client = new HttpClient { BaseAddress = new Uri("BASE/v26.0/") };
client.DefaultRequestHeaders.Authorization = new("Bearer", "TOKEN");
var answer = await client.PostAsJsonAsync("NUMBER/messages",
    new { messaging_product = "whatsapp", to = "TO", type = "text", text = new { body = "Hello from .NET" } });
Console.WriteLine(await answer.Content.ReadAsStringAsync());
`},
}
