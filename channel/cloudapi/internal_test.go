package cloudapi

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"157.240.1.53:443": true, "[2a03:2880:f12d:83:face:b00c:0:25de]:443": true,
		"127.0.0.1:443": false, "10.1.2.3:443": false, "172.16.0.1:443": false, "192.168.1.1:443": false, "169.254.169.254:80": false,
		"100.64.0.1:443": false, "0.0.0.0:443": false, "224.0.0.1:443": false, "255.255.255.255:443": false,
		"[::1]:443": false, "[fe80::1%25eth0]:443": false, "[fc00::1]:443": false, "[::]:443": false, "[ff02::1]:443": false,
		"[::ffff:127.0.0.1]:443": false, "[::ffff:10.0.0.1]:443": false, "[64:ff9b::a00:1]:443": false, "[64:ff9b::9df0:135]:443": true,
		"no address": false, "host.example:443": false, "": false,
	} {
		require.Equal(t, want, refusePrivate("tcp", address, nil) == nil, address)
	}
}

// Without a client of the host, the one for media does not connect to private
// addresses, and the one for the Graph API has no such limit.
func TestTheOwnMediaClientIsGuarded(t *testing.T) {
	t.Parallel()
	graph, media := clients(nil, true)
	const closed = "https://127.0.0.1:1/"
	_, err := media.Get(closed)
	require.ErrorIs(t, err, errPrivate)
	_, err = graph.Get(closed)
	require.Error(t, err)
	require.NotErrorIs(t, err, errPrivate)
	_, media = clients(nil, false)
	_, err = media.Get(closed)
	require.NotErrorIs(t, err, errPrivate)
}
