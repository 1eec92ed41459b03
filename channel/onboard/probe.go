package onboard

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// ProbeResult is what a callback address did with the calls that Meta would make, and with
// those of a stranger.
type ProbeResult struct {
	// Host is the host of the address: paths can hold secrets.
	Host string
	// Status is what it answered to the signed call, or to the handshake if that failed;
	// 0 if it could not be reached.
	Status int
	// Took is the time of the signed call. Meta asks for a median below 250 milliseconds.
	Took time.Duration
	// Verdict is the first thing that is wrong; [ReasonDone] if nothing is.
	Verdict Reason
}

// OK reports whether nothing is wrong.
func (p ProbeResult) OK() bool { return p.Verdict == ReasonDone }

// emptyBody is a webhook without anything in it: any receiver takes it and does nothing.
const emptyBody = `{"object":"whatsapp_business_account","entry":[]}`

// Probe calls a callback address as Meta would: the handshake with verifyToken has to
// return the challenge, and an empty webhook signed with appSecret has to be taken. As a
// stranger it must be turned away: a handshake with another token, and a body whose
// signature is wrong. What it sends holds nothing of any customer and changes nothing.
//
// An empty verifyToken or appSecret leaves out the calls that need it. The error of a
// broken address is in the result.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
// (checked 2026-10-06)
func Probe(ctx context.Context, client *http.Client, address, verifyToken, appSecret string) ProbeResult {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ProbeResult{Verdict: ReasonCallbackAddress}
	}
	p := &probing{ctx: ctx, client: probeClient(client), url: u, result: ProbeResult{Host: u.Host, Verdict: ReasonDone}}
	if verifyToken != "" {
		p.handshake(verifyToken)
	}
	if appSecret != "" {
		p.deliver(appSecret)
	}
	return p.result
}

// probing is one examination.
type probing struct {
	ctx    context.Context
	client *http.Client
	url    *url.URL
	result ProbeResult
}

// wrong notes the first thing that is wrong; a handshake that is too willing does no harm by
// itself, and gives way to what does.
func (p *probing) wrong(reason Reason, status int) {
	if p.result.OK() || p.result.Verdict == ReasonCallbackBelievesToken {
		p.result.Verdict, p.result.Status = reason, status
	}
}

// handshake shows the verify token, and then another one.
func (p *probing) handshake(token string) {
	challenge := rand.Text()
	status, body, reached := p.get(token, challenge)
	switch {
	case !reached:
		p.wrong(ReasonCallbackUnreachable, 0)
		return
	case status >= 300 && status < 400:
		p.wrong(ReasonCallbackRedirects, status)
		return
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		p.wrong(ReasonVerifyToken, status)
		return
	case status != http.StatusOK:
		p.wrong(ReasonCallbackRefuses, status)
		return
	case strings.TrimSpace(body) != challenge:
		p.wrong(ReasonChallenge, status)
		return
	}
	challenge = rand.Text()
	if status, body, reached := p.get(rand.Text(), challenge); reached && status == http.StatusOK && strings.Contains(body, challenge) {
		p.wrong(ReasonCallbackBelievesToken, status)
	}
}

// deliver sends an empty webhook, signed rightly and then wrongly.
func (p *probing) deliver(secret string) {
	if p.result.Verdict == ReasonCallbackUnreachable {
		return
	}
	body := []byte(emptyBody)
	began := time.Now()
	status, reached := p.post(body, webhook.Sign(secret, body))
	p.result.Took = time.Since(began)
	switch {
	case !reached:
		p.wrong(ReasonCallbackUnreachable, 0)
		return
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		p.wrong(ReasonCallbackSecret, status)
		return
	case status != http.StatusOK:
		p.wrong(ReasonCallbackRefuses, status)
		return
	}
	if p.result.Status == 0 {
		p.result.Status = status
	}
	if status, reached := p.post(body, webhook.Sign(rand.Text(), body)); reached && status < 300 {
		p.wrong(ReasonCallbackBelieves, status)
	}
}

// get makes the call of a handshake.
func (p *probing) get(token, challenge string) (status int, body string, reached bool) {
	u := *p.url
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", token)
	q.Set("hub.challenge", challenge)
	u.RawQuery = q.Encode()
	return p.call(http.MethodGet, u.String(), nil, "")
}

// post makes the call of a webhook.
func (p *probing) post(body []byte, signature string) (status int, reached bool) {
	status, _, reached = p.call(http.MethodPost, p.url.String(), body, signature)
	return status, reached
}

// maxProbe bounds what is read of an answer.
const maxProbe = 4 << 10

func (p *probing) call(method, address string, body []byte, signature string) (status int, answer string, reached bool) {
	req, err := http.NewRequestWithContext(p.ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, "", false
	}
	req.Header.Set("User-Agent", "kanava-onboard/1")
	if signature != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Hub-Signature-256", signature)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, "", false
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxProbe))
	return res.StatusCode, string(data), err == nil
}

// probeClient is the host's client, or one of ours, that follows no redirect.
func probeClient(host *http.Client) *http.Client {
	c := &http.Client{Timeout: 10 * time.Second}
	if host != nil {
		copied := *host
		c = &copied
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Jar = nil
	return c
}
