package cloudapi_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

func group(c *cloudapi.Client) *cloudapi.Group { return number(c).Group("Y2FwaV9ncm91cDox") }

const groupPath = "/Y2FwaV9ncm91cDox"

func groupOperations() []operation {
	const asked, product = `{"messaging_product":"whatsapp","request_id":"R1"}`, `{"messaging_product":"whatsapp"}`
	return []operation{
		{
			"create a group",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return number(c).CreateGroup(ctx, cloudapi.NewGroup{Subject: "Club", Description: "d", Approval: true})
			},
			"POST", numberPath + "/groups", "", `{"messaging_product":"whatsapp","subject":"Club","description":"d","join_approval_mode":"approval_required"}`, asked, "R1",
		},
		{
			"list groups", func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(number(c).Groups(ctx)) },
			"GET", numberPath + "/groups", "limit=100", "",
			`{"data":{"groups":[{"id":"G1","subject":"Club","created_at":"1793491200"}]},"paging":{"cursors":{"after":"A","before":"B"}}}`,
			[]cloudapi.GroupInfo{{ID: "G1", Subject: "Club", Created: day}},
		},
		{
			"read a group", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).Info(ctx) },
			"GET", groupPath, "fields=subject,description,suspended,creation_timestamp,join_approval_mode,total_participant_count,participants", "",
			`{"messaging_product":"whatsapp","id":"G1","subject":"Club","creation_timestamp":1793491200,"suspended":true,"description":"d","total_participant_count":"2",
			"participants":[{"wa_id":"16505550123","user_id":"US.1"},{"user_id":"US.2","username":"@pat"},{"wa_id":"US.3"}],"join_approval_mode":"approval_required"}`,
			cloudapi.GroupInfo{
				ID: "G1", Subject: "Club", Description: "d", Created: day, Suspended: true, Approval: true, Count: 2,
				Participants: []cloudapi.GroupPerson{{WAID: "16505550123", BSUID: "US.1"}, {BSUID: "US.2", Username: "pat"}, {BSUID: "US.3"}},
			},
		},
		{
			"change a group",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return group(c).Update(ctx, cloudapi.GroupChange{Subject: new("New"), Description: new("")})
			},
			"POST", groupPath, "", `{"messaging_product":"whatsapp","subject":"New","description":""}`, asked, "R1",
		},
		{
			"delete a group", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).Delete(ctx) },
			"DELETE", groupPath, "", "", asked, "R1",
		},
		{
			"read an invite link", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).InviteLink(ctx) },
			"GET", groupPath + "/invite_link", "", "", `{"messaging_product":"whatsapp","invite_link":"https://chat.whatsapp.com/L"}`, "https://chat.whatsapp.com/L",
		},
		{
			"renew an invite link", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).ResetInviteLink(ctx) },
			"POST", groupPath + "/invite_link", "", product, `{"invite_link":"https://chat.whatsapp.com/M"}`, "https://chat.whatsapp.com/M",
		},
		{
			"list join requests", func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(group(c).JoinRequests(ctx)) },
			"GET", groupPath + "/join_requests", "limit=100", "",
			`{"data":[{"join_request_id":"J1","wa_id":"16505550123","user_id":"US.1","username":"@kim","creation_timestamp":"1793491200"}]}`,
			[]cloudapi.JoinRequest{{ID: "J1", Person: cloudapi.GroupPerson{WAID: "16505550123", BSUID: "US.1", Username: "kim"}, Created: day}},
		},
		{
			"approve join requests", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).Approve(ctx, "J1", "J2") },
			"POST", groupPath + "/join_requests", "", `{"messaging_product":"whatsapp","join_requests":["J1","J2"]}`,
			`{"approved_join_requests":["J1"],"failed_join_requests":[{"join_request_id":"J2","errors":[{"code":131213}]}]}`,
			cloudapi.JoinDecision{Done: []string{"J1"}, Failed: map[string]message.Failure{"J2": message.Classify(131213, 0, 0, false)}},
		},
		{
			"reject join requests", func(ctx context.Context, c *cloudapi.Client) (any, error) { return group(c).Reject(ctx, "J1") },
			"DELETE", groupPath + "/join_requests", "", `{"messaging_product":"whatsapp","join_requests":["J1"]}`,
			`{"rejected_join_requests":["J1"]}`, cloudapi.JoinDecision{Done: []string{"J1"}},
		},
		{
			"take people out of a group",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return group(c).Remove(ctx, message.Recipient{Phone: "+16505550123"}, message.Recipient{BSUID: "US.1"})
			},
			"DELETE", groupPath + "/participants", "", `{"messaging_product":"whatsapp","participants":[{"user":"16505550123"},{"user":"US.1"}]}`, asked, "R1",
		},
	}
}

func partnerOperations() []operation {
	query := "end=1793491200&start=1792886400&template_ids=[2]"
	return []operation{
		{
			"read the key of the forms", func(ctx context.Context, c *cloudapi.Client) (any, error) { return number(c).PublicKey(ctx) },
			"GET", numberPath + "/whatsapp_business_encryption", "", "",
			`{"data":[{"business_public_key":"K","business_public_key_signature_status":"MISMATCH"}]}`, cloudapi.PublicKey{PEM: "K", Status: "MISMATCH"},
		},
		{
			"compare templates",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).CompareTemplates(ctx, "1", "2", cloudapi.Lookback7, day)
			},
			"GET", "/1/compare", query, "",
			`{"data":[{"metric":"BLOCK_RATE","type":"RELATIVE","order_by_relative_metric":["2","1"]},
			{"metric":"MESSAGE_SENDS","type":"NUMBER_VALUES","number_values":[{"key":"1","value":1000},{"key":"2","value":"2000"}]},
			{"metric":"TOP_BLOCK_REASON","type":"STRING_VALUES","string_values":[{"key":"1","value":"UNKNOWN_BLOCK_REASON"}]},{"metric":"FUTURE"}]}`,
			cloudapi.Comparison{FewerBlocks: []string{"2", "1"}, Sent: map[string]int{"1": 1000, "2": 2000}, BlockReasons: map[string]string{"1": "UNKNOWN_BLOCK_REASON"}},
		},
		{
			"make a template in several languages",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).UpsertTemplates(ctx, oneTimeCode(), "en_US", "fi")
			},
			"POST", accountPath + "/upsert_message_templates", "",
			`{"name":"code","category":"AUTHENTICATION","languages":["en_US","fi"],"components":[{"type":"BODY","add_security_recommendation":true},
			{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`,
			`{"data":[{"id":"1","status":"APPROVED","language":"en_US"},{"id":2,"status":"PENDING","language":"fi"}]}`,
			[]cloudapi.UpsertedTemplate{{ID: "1", Language: "en_US", Status: template.StatusApproved}, {ID: "2", Language: "fi", Status: template.StatusPending}},
		},
		{
			"list credit lines",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(c.Business("506914307656634").CreditLines(ctx))
			},
			"GET", "/506914307656634/extendedcredits", "fields=id,legal_entity_name&limit=100", "",
			`{"data":[{"id":"1972385232742146","legal_entity_name":"Lucky"}]}`, []cloudapi.CreditLine{{ID: "1972385232742146", LegalName: "Lucky"}},
		},
		{
			"share credit",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).ShareCredit(ctx, "1972385232742146", "USD")
			},
			"POST", "/1972385232742146/whatsapp_credit_sharing_and_attach", "waba_currency=USD&waba_id=102290129340398", "",
			`{"allocation_config_id":"58501441721238","waba_id":"102290129340398"}`, "58501441721238",
		},
		{
			"end the sharing of credit", only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).RevokeCredit(ctx, "58501441721238")
			}),
			"DELETE", "/58501441721238", "", "", done, nil,
		},
		{
			"give a user access", only(func(ctx context.Context, c *cloudapi.Client) error {
				return account(c).AssignUser(ctx, "7", cloudapi.TaskManage, cloudapi.TaskViewCost)
			}),
			"POST", accountPath + "/assigned_users", `tasks=["MANAGE","VIEW_COST"]&user=7`, "", done, nil,
		},
		{
			"take access away", only(func(ctx context.Context, c *cloudapi.Client) error { return account(c).UnassignUser(ctx, "7") }),
			"DELETE", accountPath + "/assigned_users", "user=7", "", done, nil,
		},
		{
			"list users",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return collect(account(c).AssignedUsers(ctx, "5"))
			},
			"GET", accountPath + "/assigned_users", "business=5&fields=id,name,tasks&limit=100", "",
			`{"data":[{"id":"7","name":"Robot","tasks":["MANAGE","FUTURE"]}]}`,
			[]cloudapi.AssignedUser{{ID: "7", Name: "Robot", Tasks: []cloudapi.Task{cloudapi.TaskManage, "FUTURE"}}},
		},
	}
}

func oneTimeCode() template.Definition {
	return template.Definition{Name: "code", Category: template.Authentication, Components: []template.Component{
		&template.Body{AddSecurityRecommendation: new(true)},
		&template.Buttons{Buttons: []template.Button{&template.OTPButton{Delivery: template.OTPCopyCode}}},
	}}
}

// With another base the archive is where everything else is.
func TestTemplatesAreArchivedAndTakenBack(t *testing.T) {
	t.Parallel()
	for _, archive := range []bool{true, false} {
		edge, call := "archive", (*cloudapi.Account).ArchiveTemplates
		if !archive {
			edge, call = "unarchive", (*cloudapi.Account).UnarchiveTemplates
		}
		answer := `{"` + edge + `d_templates":["1"],"failed_templates":{"2":{"error":"no"},"3":"never"}}`
		c, s := newClient(t, nil, ok(answer), ok(answer))
		got, err := call(account(c), t.Context(), "1", "2", "3")
		require.NoError(t, err)
		require.Equal(t, cloudapi.Archived{Done: []string{"1"}, Failed: map[string]string{"2": "no", "3": "never"}}, got)
		require.Equal(t, "/102290129340398/message_templates/"+edge, strings.TrimPrefix(s.got[0].path, "/v26.0"))
		requireJSON(t, `{"hsm_ids":["1","2","3"]}`, s.got[0].body)
	}
}

func TestTheArchiveOfMetaHasAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	var got string
	c, err := cloudapi.New(cloudapi.Config{Token: "t", HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r.URL.String()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"archived_templates":["1"]}`))}, nil
	})}})
	require.NoError(t, err)
	_, err = account(c).ArchiveTemplates(t.Context(), "1")
	require.NoError(t, err)
	require.Equal(t, "https://api.facebook.com/102290129340398/message_templates/archive", got)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCreditCountsOnlyIfTheAccountReceivesIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, funding string
		want          bool
	}{{"the account is paid for", "9", true}, {"something else pays", "8", false}, {"nothing pays", "", false}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, nil, ok(`{"receiving_credential":{"id":"9"},"id":"1"}`), ok(`{"primary_funding_id":"`+tc.funding+`"}`))
			got, err := account(c).CreditShared(t.Context(), "1")
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestGroupsKeysAndPartnersAreCheckedBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	picture := func(w, h int) []byte {
		var b bytes.Buffer
		require.NoError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil))
		return b.Bytes()
	}
	pemOf := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		require.NoError(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	long, err := rsa.GenerateKey(rand.Reader, 3072)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	labelled := oneTimeCode()
	labelled.Components[1].(*template.Buttons).Buttons[0].(*template.OTPButton).Text = "Copy"
	news := template.Definition{Name: "n", Category: template.Utility, Components: []template.Component{&template.Body{Text: "News."}}}
	c, s := newClient(t, nil)
	ctx := t.Context()
	for name, err := range map[string]error{
		"a group without a subject":         second(number(c).CreateGroup(ctx, cloudapi.NewGroup{})),
		"a subject of 129 characters":       second(number(c).CreateGroup(ctx, cloudapi.NewGroup{Subject: strings.Repeat("ä", 129)})),
		"a description that is too long":    second(number(c).CreateGroup(ctx, cloudapi.NewGroup{Subject: "s", Description: strings.Repeat("x", 2049)})),
		"a change of nothing":               second(group(c).Update(ctx, cloudapi.GroupChange{})),
		"an empty subject":                  second(group(c).Update(ctx, cloudapi.GroupChange{Subject: new("")})),
		"a picture that is none":            second(group(c).SetPicture(ctx, []byte("x"))),
		"a picture that is not square":      second(group(c).SetPicture(ctx, picture(200, 201))),
		"a picture that is too small":       second(group(c).SetPicture(ctx, picture(191, 191))),
		"nobody to remove":                  second(group(c).Remove(ctx)),
		"nine people to remove":             second(group(c).Remove(ctx, make([]message.Recipient, 9)...)),
		"a group to remove from a group":    second(group(c).Remove(ctx, message.Recipient{Group: "g"})),
		"no request to approve":             second(group(c).Approve(ctx)),
		"an id that is a path":              second(number(c).Group("a/b").Delete(ctx)),
		"a key that is none":                number(c).SetPublicKey(ctx, "x"),
		"a key of another size":             number(c).SetPublicKey(ctx, pemOf(&long.PublicKey)),
		"a key of another kind":             number(c).SetPublicKey(ctx, pemOf(&curve.PublicKey)),
		"no template to archive":            second(account(c).ArchiveTemplates(ctx)),
		"too many templates to archive":     second(account(c).UnarchiveTemplates(ctx, make([]string, 101)...)),
		"a template compared with itself":   second(account(c).CompareTemplates(ctx, "1", "1", cloudapi.Lookback7, day)),
		"a comparison over eight days":      second(account(c).CompareTemplates(ctx, "1", "2", 8, day)),
		"a comparison without an end":       second(account(c).CompareTemplates(ctx, "1", "2", cloudapi.Lookback7, time.Time{})),
		"a utility template in languages":   second(account(c).UpsertTemplates(ctx, news, "en")),
		"a code in no language":             second(account(c).UpsertTemplates(ctx, oneTimeCode())),
		"a code with a label":               second(account(c).UpsertTemplates(ctx, labelled, "en")),
		"a code without a button":           second(account(c).UpsertTemplates(ctx, template.Definition{Name: "n", Category: template.Authentication}, "en")),
		"credit in a currency that is none": second(account(c).ShareCredit(ctx, "1", "usd")),
		"a user without a task":             account(c).AssignUser(ctx, "1"),
		"a user without an id":              account(c).UnassignUser(ctx, ""),
	} {
		require.ErrorIs(t, err, message.ErrInvalid, name)
	}
	require.Empty(t, s.got)
}
