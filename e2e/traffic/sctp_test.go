package main

import (
	"bytes"
	"errors"
	"hash/crc32"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func TestAnSCTPPacketComesBackAsItWasSent(t *testing.T) {
	want, ports := packet{flow: "a", seq: 1, total: 2, sent: time.UnixMicro(1)}, sctpPorts{from: 50_000, to: 7_000}
	raw := ports.encode(encoded(want, minPacket))
	if got, at, ok := decodeSCTP(raw); !ok || got != want || at != ports {
		t.Errorf("%+v, %+v, %v", got, at, ok)
	}
}

func TestAnSCTPPacketBeginsAnAssociation(t *testing.T) {
	raw := sctpPorts{from: 0x1234, to: 7_000}.encode(encoded(packet{flow: "a", total: 1}, minPacket))
	// RFC 9260, 3.1 and 3.3.2: ports, no tag; INIT, its length; initiate tag, window, streams, first number; parameter.
	head := []byte{0x12, 0x34, 0x1b, 0x58, 0, 0, 0, 0}
	chunk := []byte{1, 0, 0, 88, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0x8a, 0xbc, 0, 68}
	if !bytes.Equal(raw[:8], head) || !bytes.Equal(raw[12:36], chunk) || len(raw) != 100 {
		t.Errorf("% x", raw)
	}
	// RFC 9260, appendix A: CRC32c over the packet with zeros for the checksum, its lowest byte first.
	sum := crc32.Checksum(append(append(bytes.Clone(raw[:8]), 0, 0, 0, 0), raw[12:]...), castagnoli)
	if want := []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)}; !bytes.Equal(raw[8:12], want) {
		t.Errorf("checksum % x, want % x", raw[8:12], want)
	}
}

func TestForeignSCTPPacketsAreNotCounted(t *testing.T) {
	proper := sctpPorts{from: 1, to: 2}.encode(encoded(packet{flow: "a", total: 1}, minPacket))
	for name, change := range map[string]func([]byte) []byte{
		"short":             func(b []byte) []byte { return b[:sctpHeader-1] },
		"another chunk":     func(b []byte) []byte { b[12] = 6; return b },
		"another parameter": func(b []byte) []byte { b[33]++; return b },
		"a changed payload": func(b []byte) []byte { b[sctpHeader+20]++; return b },
	} {
		if p, _, ok := decodeSCTP(change(bytes.Clone(proper))); ok {
			t.Errorf("%s: counted as %+v", name, p)
		}
	}
}

// needsRaw skips a test where raw sockets are not allowed.
func needsRaw(t *testing.T) {
	t.Helper()
	probe, err := net.ListenIP("ip4:132", nil)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("raw sockets are not allowed here")
	}
	if err != nil {
		t.Fatal(err)
	}
	probe.Close()
}

func TestSCTPIsCountedOverBothFamilies(t *testing.T) {
	needsRaw(t)
	s := started(t)
	for name, to := range map[string]string{"sctp4": "127.0.0.1:7000", "sctp4b": "[127.0.0.1]:7000", "sctp6": "[::1]:7000"} {
		report, err := perform([]string{"send", "-protocol", "sctp", "-flow", name, "-to", to, "-n", "100", "-rate", "2000"})
		if err != nil || report.(sent).Sent != 100 || report.(sent).Refused != 0 {
			t.Fatalf("sent %+v, %v", report, err)
		}
		got, err := perform([]string{"stats", "-udp", strconv.Itoa(s.udpPort()), "-n", "100", name})
		if stats := got.(flowStats); err != nil || stats.Received != 100 || stats.Lost != 0 || stats.SocketDrops != 0 {
			t.Errorf("%s: %+v, %v", name, stats, err)
		}
	}
}

func TestOfAnSCTPHeaderTheSenderChoosesThePortOnly(t *testing.T) {
	needsRaw(t)
	conn, err := header{port: 7_123}.dialOver("sctp", "[::1]:7000")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.(sctpConn).ports; got != (sctpPorts{from: 7_123, to: 7_000}) {
		t.Errorf("%+v", got)
	}
	for name, dial := range map[string]func() (net.Conn, error){
		"a TOS":            func() (net.Conn, error) { return header{tos: 16}.dialOver("sctp", "127.0.0.1:7000") },
		"no checksum":      func() (net.Conn, error) { return header{unchecked: true}.dialOver("sctp", "127.0.0.1:7000") },
		"no port":          func() (net.Conn, error) { return header{}.dialOver("sctp", "127.0.0.1") },
		"a port too high":  func() (net.Conn, error) { return header{}.dialOver("sctp", "127.0.0.1:65536") },
		"a name":           func() (net.Conn, error) { return header{}.dialOver("sctp", "localhost:7000") },
		"another protocol": func() (net.Conn, error) { return header{}.dialOver("dccp", "127.0.0.1:7000") },
	} {
		if _, err := dial(); !errors.Is(err, errUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
