package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// metaHosts are the names of Meta's servers that a program may have built in.
var metaHosts = []string{"graph.facebook.com", "api.facebook.com", "lookaside.fbsbx.com"}

// certificate makes an authority that lives as long as the program, and a certificate
// of it for Meta's hosts and this machine. Only the authority's certificate leaves the
// program, and it is good for those names only.
func certificate(hosts []string, now time.Time) (cert tls.Certificate, authority []byte, err error) {
	names, addresses := slices.Clone(metaHosts), []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	for _, host := range append([]string{"localhost", "host.docker.internal"}, hosts...) {
		if ip := net.ParseIP(host); ip != nil {
			addresses = append(addresses, ip)
		} else if host != "" && !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	caKey, err1 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	key, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	serial, err3 := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err := errors.Join(err1, err2, err3); err != nil {
		return cert, nil, fmt.Errorf("simulator: make certificate: %w", err)
	}
	ca := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "WhatsApp simulator (for tests only)"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(30 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return cert, nil, fmt.Errorf("simulator: make certificate: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: new(big.Int).Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: metaHosts[0]},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, DNSNames: names, IPAddresses: addresses,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return cert, nil, fmt.Errorf("simulator: make certificate: %w", err)
	}
	authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	return tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: key}, authority, nil
}

// writeAuthority puts the authority's certificate where programs can be told to trust it.
func writeAuthority(file string, authority []byte) error {
	if err := os.WriteFile(file, authority, 0o644); err != nil { //nolint:gosec // a certificate is public
		return fmt.Errorf("simulator: write certificate: %w", err)
	}
	return nil
}

// tunnel is an HTTP proxy that leads to Meta's hosts, which are the simulator, and to
// nowhere else: HTTPS_PROXY=http://localhost:8090.
type tunnel struct {
	next  http.Handler
	tls   *tls.Config
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newTunnel(next http.Handler, cert tls.Certificate) *tunnel {
	return &tunnel{
		next: next, conns: make(chan net.Conn), done: make(chan struct{}),
		tls: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
	}
}

// ServeHTTP implements http.Handler: it answers CONNECT and leaves the rest to next.
func (t *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		t.next.ServeHTTP(w, r)
		return
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != "443" || !slices.Contains(metaHosts, host) {
		http.Error(w, "this proxy leads to Meta's hosts only", http.StatusForbidden)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "the connection cannot be taken over", http.StatusInternalServerError)
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	if buffered.Reader.Buffered() > 0 { // nobody may speak before the answer
		_ = conn.Close()
		return
	}
	select {
	case t.conns <- tls.Server(conn, t.tls):
	case <-t.done:
		_ = conn.Close()
	}
}

// Accept, Close and Addr make the tunnel a listener for what comes out of it.
func (t *tunnel) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (t *tunnel) Close() error { t.once.Do(func() { close(t.done) }); return nil }

// Addr implements net.Listener.
func (t *tunnel) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
