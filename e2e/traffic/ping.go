package main

import (
	"crypto/rand"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// echo is how a family asks for an answer and gets it; the target's kernel gives it.
type echo struct {
	protocol      int
	request, back byte
}

var (
	echo4 = echo{protocol: syscall.IPPROTO_ICMP, request: 8, back: 0}
	echo6 = echo{protocol: syscall.IPPROTO_ICMPV6, request: 128, back: 129}
)

// echoHeader is type, code, checksum, identifier and sequence number; the two last are the payload's business.
const echoHeader = 8

// encode makes a request of a payload.
func (e echo) encode(payload []byte) []byte {
	to := append(make([]byte, echoHeader, echoHeader+len(payload)), payload...)
	to[0] = e.request
	// For ICMPv6, whose checksum is also over addresses, the kernel writes it in any case.
	binary.BigEndian.PutUint16(to[2:], internetChecksum(to))
	return to
}

// decode answers false for anything but the answer to a request of ours.
func (e echo) decode(from []byte) (packet, bool) {
	if len(from) < echoHeader || from[0] != e.back {
		return packet{}, false
	}
	return decode(from[echoHeader:])
}

// internetChecksum is that of RFC 1071.
func internetChecksum(data []byte) uint16 {
	var sum uint32
	for i, b := range data {
		if i%2 == 0 {
			sum += uint32(b) << 8
		} else {
			sum += uint32(b)
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// echoConn sends each write as one request.
type echoConn struct {
	*net.IPConn
	echo
}

func dialEcho(to string) (echoConn, error) {
	target, err := netip.ParseAddr(to)
	if err != nil {
		return echoConn{}, fmt.Errorf("%w: pings go to an address, not to %q", errUsage, to)
	}
	e := echo4
	if target.Is6() {
		e = echo6
	}
	conn, err := dialRaw(target, e.protocol)
	if err != nil {
		return echoConn{}, err
	}
	return echoConn{conn, e}, enlarge(conn)
}

func (c echoConn) Write(payload []byte) (int, error) {
	if _, err := c.IPConn.Write(c.encode(payload)); err != nil {
		return 0, err
	}
	return len(payload), nil
}

// countAnswers runs until the socket is closed.
func (c echoConn) countAnswers(to *board) {
	buffer := make([]byte, 60+echoHeader+maxPacket+1)
	for {
		n, _, err := c.ReadFromIP(buffer)
		if err != nil {
			return
		}
		if p, ok := c.decode(buffer[:n]); ok {
			to.count(p, netip.AddrPort{}, time.Now())
		}
	}
}

// pings is what became of echo requests: lost are those without an answer, whichever way was at fault.
type pings struct {
	sent
	Received   int `json:"received"`
	Lost       int `json:"lost"`
	Duplicates int `json:"duplicates"`
}

func pingCommand(flags *flag.FlagSet, args []string) (pings, error) {
	n := flags.Int("n", 5, "echo requests")
	rate := flags.Int("rate", 1000, "requests a second")
	quiet := flags.Duration("quiet", 300*time.Millisecond, "end once no answer came for so long, five times as long while that to the last is missing")
	if err := parse(flags, args); err != nil {
		return pings{}, err
	}
	if flags.NArg() != 1 || *n < 1 || *n > maxArrivals || *rate < 1 || *rate > 1_000_000 || *quiet < 0 || *quiet >= statsTime/patience {
		return pings{}, fmt.Errorf("%w: traffic ping [-n 1..%d] [-rate 1..1000000] [-quiet DURATION under %s] ADDRESS",
			errUsage, maxArrivals, statsTime/patience)
	}
	conn, err := dialEcho(flags.Arg(0))
	if err != nil {
		return pings{}, err
	}
	defer conn.Close()
	return ping(conn, *n, *rate, *quiet)
}

func ping(conn echoConn, n, rate int, quiet time.Duration) (pings, error) {
	b := newBoard()
	go conn.countAnswers(b)
	// By its name it is told from other pings of the same address: every socket gets the answers to all of them.
	name := rand.Text()[:flowSize]
	report, err := send(conn, flow{name: name, packets: n, rate: rate, size: minPacket})
	if err != nil {
		return pings{}, err
	}
	got := b.settled(question{Flow: name, QuietMs: quiet.Milliseconds()})
	return pings{sent: report, Received: got.Received, Lost: n - got.Received, Duplicates: got.Duplicates}, nil
}
