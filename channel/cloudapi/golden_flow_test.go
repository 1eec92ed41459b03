package cloudapi_test

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

func flow(c *cloudapi.Client) *cloudapi.Flow { return account(c).Flow("594425479261596") }

const flowPath = "/594425479261596"

func flowOperations() []operation {
	return []operation{
		{
			"create a flow",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).CreateFlow(ctx, cloudapi.NewFlow{
					Name: "Survey", Categories: []cloudapi.FlowCategory{cloudapi.FlowSurvey}, JSON: json.RawMessage(`{"version":"7.1"}`), Publish: true,
					Endpoint: "https://example.com/flows",
				})
			},
			"POST", accountPath + "/flows", "",
			`{"name":"Survey","categories":["SURVEY"],"flow_json":"{\"version\":\"7.1\"}","publish":true,"endpoint_uri":"https://example.com/flows"}`,
			`{"id":"594425479261596","success":true,"validation_errors":[{"error":"INVALID_PROPERTY_VALUE","error_type":"FLOW_JSON_ERROR",
			"message":"Invalid value found for property 'type'.","line_start":10,"line_end":10,"column_start":21,"column_end":34,"pointers":[]}]}`,
			cloudapi.FlowSaved{ID: "594425479261596", Problems: []cloudapi.FlowProblem{{
				Code: "INVALID_PROPERTY_VALUE", Type: "FLOW_JSON_ERROR", Message: "Invalid value found for property 'type'.",
				Line: 10, LineEnd: 10, Column: 21, ColumnEnd: 34,
			}}},
		},
		{
			"copy a flow of the account",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).CreateFlow(ctx, cloudapi.NewFlow{Name: "Copy", Categories: []cloudapi.FlowCategory{cloudapi.FlowOther}, CloneFrom: "1"})
			},
			"POST", accountPath + "/flows", "", `{"name":"Copy","categories":["OTHER"],"clone_flow_id":"1"}`, `{"id":"2"}`, cloudapi.FlowSaved{ID: "2"},
		},
		{
			"list flows",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(account(c).Flows(ctx)) },
			"GET", accountPath + "/flows",
			"fields=id,name,status,categories,validation_errors,json_version,data_api_version,endpoint_uri,application,updated_at&limit=100", "",
			`{"data":[{"id":"1","name":"Survey","status":"DRAFT","categories":["SURVEY"],"validation_errors":[]},{"id":2,"status":"FUTURE"}]}`,
			[]cloudapi.FlowInfo{{ID: "1", Name: "Survey", Status: cloudapi.FlowDraft, Categories: []cloudapi.FlowCategory{"SURVEY"}}, {ID: "2", Status: "FUTURE"}},
		},
		{
			"read a flow",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return flow(c).Info(ctx) },
			"GET", flowPath,
			"fields=id,name,status,categories,validation_errors,json_version,data_api_version,endpoint_uri,application,updated_at,health_status", "",
			`{"id":"594425479261596","name":"Book","status":"PUBLISHED","categories":["APPOINTMENT_BOOKING"],"json_version":"7.1","data_api_version":"3.0",
			"endpoint_uri":"https://example.com/flows","application":{"id":"634974688087057","name":"Lucky","link":"x"},"updated_at":"2026-11-01T00:00:00+0000",
			"health_status":{"can_send_message":"LIMITED"}}`,
			cloudapi.FlowInfo{
				ID: "594425479261596", Name: "Book", Status: cloudapi.FlowPublished, Categories: []cloudapi.FlowCategory{cloudapi.FlowAppointmentBooking},
				JSONVersion: "7.1", DataAPIVersion: "3.0", Endpoint: "https://example.com/flows", AppID: "634974688087057", Updated: day,
				Health: &cloudapi.Health{CanSend: "LIMITED"},
			},
		},
		{
			"update a flow",
			only(func(ctx context.Context, c *cloudapi.Client) error {
				return flow(c).Update(ctx, cloudapi.FlowChange{Name: "New", Endpoint: "https://example.com/f", AppID: "7", Categories: []cloudapi.FlowCategory{cloudapi.FlowSignUp}})
			}),
			"POST", flowPath, "", `{"name":"New","categories":["SIGN_UP"],"endpoint_uri":"https://example.com/f","application_id":"7"}`, done, nil,
		},
		{
			"list the files of a flow",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return collect(flow(c).Assets(ctx)) },
			"GET", flowPath + "/assets", "limit=100", "",
			`{"data":[{"name":"flow.json","asset_type":"FLOW_JSON","download_url":"https://scontent.xx.fbcdn.net/m1"}],"paging":{"cursors":{"before":"Q","after":"Q"}}}`,
			[]cloudapi.FlowAsset{{Name: "flow.json", Type: "FLOW_JSON", URL: "https://scontent.xx.fbcdn.net/m1"}},
		},
		{
			"publish a flow", only(func(ctx context.Context, c *cloudapi.Client) error { return flow(c).Publish(ctx) }),
			"POST", flowPath + "/publish", "", "", done, nil,
		},
		{
			"deprecate a flow", only(func(ctx context.Context, c *cloudapi.Client) error { return flow(c).Deprecate(ctx) }),
			"POST", flowPath + "/deprecate", "", "", done, nil,
		},
		{
			"delete a flow", only(func(ctx context.Context, c *cloudapi.Client) error { return flow(c).Delete(ctx) }),
			"DELETE", flowPath, "", "", done, nil,
		},
		{
			"preview a flow",
			func(ctx context.Context, c *cloudapi.Client) (any, error) { return flow(c).Preview(ctx, true) },
			"GET", flowPath, "fields=preview.invalidate(true)", "",
			`{"preview":{"preview_url":"https://business.facebook.com/wa/manage/flows/1/preview/?token=2","expires_at":"2026-11-01T00:00:00+0000"},"id":"1"}`,
			cloudapi.FlowPreview{URL: "https://business.facebook.com/wa/manage/flows/1/preview/?token=2", Expires: day},
		},
		{
			"read a figure of a flow",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return flow(c).Metric(ctx, cloudapi.FlowMetricQuery{Metric: cloudapi.FlowErrorRate, Granularity: "HOUR", Since: day, Until: day.AddDate(0, 0, 2)})
			},
			"GET", flowPath, "fields=metric.name(ENDPOINT_REQUEST_ERROR_RATE).granularity(HOUR).since(2026-11-01).until(2026-11-03)", "",
			`{"id":"1","metric":{"granularity":"HOUR","name":"ENDPOINT_REQUEST_ERROR_RATE","data_points":[{"timestamp":"2026-11-01T00:00:00+0000",
			"data":[{"key":"TIMEOUT","value":0.25},{"key":"HTTP_CODE_500","value":"0.5"}]}]}}`,
			[]cloudapi.FlowPoint{{Time: day, Values: map[string]float64{"TIMEOUT": 0.25, "HTTP_CODE_500": 0.5}}},
		},
		{
			"copy flows of another account",
			func(ctx context.Context, c *cloudapi.Client) (any, error) {
				return account(c).MigrateFlows(ctx, "1", "a", "b")
			},
			"POST", accountPath + "/migrate_flows", "", `{"source_waba_id":"1","source_flow_names":["a","b"]}`,
			`{"migrated_flows":[{"source_name":"a","source_id":"2","migrated_id":"3"}],"failed_flows":[{"source_name":"b","error_code":"4233041","error_message":"no"}]}`,
			cloudapi.MigratedFlows{Done: map[string]string{"a": "3"}, Failed: map[string]string{"b": "no"}},
		},
	}
}

func TestTheDefinitionOfAFlowIsUploadedAsAFile(t *testing.T) {
	t.Parallel()
	const definition = `{"version":"7.1","screens":[]}`
	c, s := newClient(t, nil, ok(`{"success":true,"validation_errors":[{"error":"E","message":"m"}]}`))
	problems, err := flow(c).SetJSON(t.Context(), []byte(definition))
	require.NoError(t, err)
	require.Equal(t, []cloudapi.FlowProblem{{Code: "E", Message: "m"}}, problems)
	x := s.got[0]
	require.Equal(t, "/v26.0"+flowPath+"/assets", x.path)
	_, params, err := mime.ParseMediaType(x.header.Get("Content-Type"))
	require.NoError(t, err)
	form, err := multipart.NewReader(strings.NewReader(string(x.body)), params["boundary"]).ReadForm(1 << 20)
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"name": {"flow.json"}, "asset_type": {"FLOW_JSON"}}, form.Value)
	require.Equal(t, "application/json", form.File["file"][0].Header.Get("Content-Type"))
	file, err := form.File["file"][0].Open()
	require.NoError(t, err)
	got, err := io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, definition, string(got))
}

func TestFlowsThatMetaWouldRefuseAreNotSent(t *testing.T) {
	t.Parallel()
	survey := []cloudapi.FlowCategory{cloudapi.FlowSurvey}
	create := func(f cloudapi.NewFlow) func(context.Context, *cloudapi.Client) error {
		return func(ctx context.Context, c *cloudapi.Client) error {
			_, err := account(c).CreateFlow(ctx, f)
			return err
		}
	}
	for name, do := range map[string]func(context.Context, *cloudapi.Client) error{
		"a flow without a name":          create(cloudapi.NewFlow{Categories: survey}),
		"a name of 201 characters":       create(cloudapi.NewFlow{Name: strings.Repeat("ä", 201), Categories: survey}),
		"a flow without a category":      create(cloudapi.NewFlow{Name: "n"}),
		"a definition that is no JSON":   create(cloudapi.NewFlow{Name: "n", Categories: survey, JSON: json.RawMessage(`{"a"`)}),
		"a definition that is null":      create(cloudapi.NewFlow{Name: "n", Categories: survey, JSON: json.RawMessage(`null`)}),
		"an endpoint without encryption": create(cloudapi.NewFlow{Name: "n", Categories: survey, Endpoint: "http://example.com"}),
		"JSON and another flow":          create(cloudapi.NewFlow{Name: "n", Categories: survey, JSON: json.RawMessage(`{}`), CloneFrom: "1"}),
		"a flow to publish without JSON": create(cloudapi.NewFlow{Name: "n", Categories: survey, Publish: true}),
		"an update to an odd endpoint": func(ctx context.Context, c *cloudapi.Client) error {
			return flow(c).Update(ctx, cloudapi.FlowChange{Endpoint: "x"})
		},
		"a definition that is no object": func(ctx context.Context, c *cloudapi.Client) error {
			_, err := flow(c).SetJSON(ctx, []byte(`[]`))
			return err
		},
		"an id that is a path": func(ctx context.Context, c *cloudapi.Client) error { return account(c).Flow("1/publish").Delete(ctx) },
		"a figure without a name": func(ctx context.Context, c *cloudapi.Client) error {
			_, err := flow(c).Metric(ctx, cloudapi.FlowMetricQuery{})
			return err
		},
		"a figure that asks for more": func(ctx context.Context, c *cloudapi.Client) error {
			_, err := flow(c).Metric(ctx, cloudapi.FlowMetricQuery{Metric: "A),name"})
			return err
		},
		"flows to copy without a name": func(ctx context.Context, c *cloudapi.Client) error {
			_, err := account(c).MigrateFlows(ctx, "1")
			return err
		},
		"a hundred and one flows to copy": func(ctx context.Context, c *cloudapi.Client) error {
			_, err := account(c).MigrateFlows(ctx, "1", make([]string, 101)...)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s := newClient(t, nil)
			err := do(t.Context(), c)
			require.ErrorIs(t, err, message.ErrInvalid)
			require.Empty(t, s.got)
		})
	}
}

// The calls of a flow count against the account that it belongs to.
func TestFlowsCountAgainstTheirAccount(t *testing.T) {
	t.Parallel()
	limiter := &counting{}
	c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Limiter = limiter }, ok(done), ok(`{"data":[]}`), ok(`{}`))
	require.NoError(t, flow(c).Publish(t.Context()))
	_, err := collect(flow(c).Assets(t.Context()))
	require.NoError(t, err)
	_, err = flow(c).Preview(t.Context(), false)
	require.NoError(t, err)
	require.Equal(t, []string{"102290129340398", "102290129340398", "102290129340398"}, limiter.accounts)
}

type counting struct{ accounts []string }

func (l *counting) Acquire(_ context.Context, p cloudapi.Permit) (time.Duration, error) {
	l.accounts = append(l.accounts, p.Account)
	return 0, nil
}

func (l *counting) Observe(context.Context, cloudapi.Permit, cloudapi.Observation) {}
