package cloudapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

var (
	errHost    = errors.New("the address is not on the list of media hosts")
	errScheme  = errors.New("the address is not https")
	errPrivate = errors.New("the host has a private address")
)

// mediaURL checks an address before the token goes there. Addresses come from
// Meta's answers, but a host may also pass one on from a webhook.
func (c *Client) mediaURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errHost
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !c.insecure) {
		return nil, errScheme
	}
	if !c.mediaHost(strings.ToLower(u.Host), strings.ToLower(u.Hostname())) {
		return nil, errHost
	}
	return u, nil
}

// mediaHost looks a host up in the allow-list. host has the port, if one is
// given: then the entry must have it, too.
func (c *Client) mediaHost(host, name string) bool {
	_, err := netip.ParseAddr(name)
	number := err == nil
	for _, allowed := range c.mediaHosts {
		if !strings.HasPrefix(allowed, ".") {
			if host == allowed {
				return true
			}
		} else if strings.HasSuffix(host, allowed) && len(host) > len(allowed) && !number {
			return true
		}
	}
	return false
}

// foreignHost tells the operator which host would have to be allowed.
func (c *Client) foreignHost(ctx context.Context, raw string, err error) {
	u, bad := url.Parse(raw)
	if c.logger == nil || bad != nil {
		return
	}
	c.logger.LogAttrs(ctx, slog.LevelWarn, "cloudapi: file not downloaded", slog.String("host", u.Host), slog.String("error", err.Error()))
}

// refusePrivate is a net.Dialer.Control that keeps media downloads on the public
// Internet, whatever the name server answers.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return errPrivate
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return errPrivate
	}
	ip = ip.Unmap() // ::ffff:10.0.0.1 is 10.0.0.1
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) || nat64(ip) {
		return errPrivate
	}
	return nil
}

// shared is the address space of carriers' networks, RFC 6598.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// nat64 recognises IPv6 addresses that stand for IPv4 ones, RFC 6052: what is
// behind them is not checked, so they are refused if it would be.
func nat64(ip netip.Addr) bool {
	b := ip.As16()
	if !ip.Is6() || [12]byte(b[:12]) != [12]byte{0, 0x64, 0xff, 0x9b} {
		return false
	}
	v4 := netip.AddrFrom4([4]byte(b[12:]))
	return !v4.IsGlobalUnicast() || v4.IsPrivate() || shared.Contains(v4)
}
