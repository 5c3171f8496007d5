package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

const (
	// sctpProtocol is SCTP's number in an IP header.
	sctpProtocol = 132
	// sctpHeader is what precedes the payload: the common header, and an INIT chunk with one parameter, in which the
	// payload is. A packet that begins no association would be invalid to the node's connection tracking, and dropped.
	sctpHeader = 12 + 20 + 4
	// sctpInit is the type of an INIT chunk; sctpParameter a type whose parameter is skipped without a report.
	sctpInit      = 1
	sctpParameter = 0x8abc
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sctpPorts are the source and destination port of a packet.
type sctpPorts struct{ from, to uint16 }

// encode makes a packet of a payload; RFC 9260 has the fields.
func (p sctpPorts) encode(payload []byte) []byte {
	to := make([]byte, sctpHeader, sctpHeader+len(payload))
	binary.BigEndian.PutUint16(to[0:], p.from)
	binary.BigEndian.PutUint16(to[2:], p.to)
	chunk := to[12:]
	chunk[0] = sctpInit
	binary.BigEndian.PutUint16(chunk[2:], uint16(sctpHeader-12+len(payload)))
	binary.BigEndian.PutUint32(chunk[4:], 1)
	binary.BigEndian.PutUint32(chunk[8:], 64<<10)
	binary.BigEndian.PutUint16(chunk[12:], 1)
	binary.BigEndian.PutUint16(chunk[14:], 1)
	binary.BigEndian.PutUint32(chunk[16:], 1)
	binary.BigEndian.PutUint16(chunk[20:], sctpParameter)
	binary.BigEndian.PutUint16(chunk[22:], uint16(4+len(payload)))
	to = append(to, payload...)
	binary.LittleEndian.PutUint32(to[8:], crc32.Checksum(to, castagnoli))
	return to
}

// decodeSCTP answers false for anything that encode did not make of a packet's payload. The payload's own checksum
// finds what was changed.
func decodeSCTP(from []byte) (packet, sctpPorts, bool) {
	if len(from) < sctpHeader || from[12] != sctpInit || binary.BigEndian.Uint16(from[32:]) != sctpParameter {
		return packet{}, sctpPorts{}, false
	}
	p, ok := decode(from[sctpHeader:])
	return p, sctpPorts{from: binary.BigEndian.Uint16(from), to: binary.BigEndian.Uint16(from[2:])}, ok
}

// sctpConn sends each write as one packet.
type sctpConn struct {
	net.Conn
	ports sctpPorts
}

// dialSCTP takes any port of its own for 0.
func dialSCTP(to string, port int) (net.Conn, error) {
	host, service, _ := net.SplitHostPort(to)
	target, err := netip.ParseAddr(host)
	toPort, wrong := strconv.ParseUint(service, 10, 16)
	if err != nil || wrong != nil || port < 0 || port > 65535 {
		return nil, fmt.Errorf("%w: SCTP goes from a port to an address and port, not from %d to %q", errUsage, port, to)
	}
	if port == 0 {
		port = 49152 + rand.IntN(16384)
	}
	conn, err := dialRaw(target, sctpProtocol)
	if err != nil {
		return nil, err
	}
	return sctpConn{conn, sctpPorts{from: uint16(port), to: uint16(toPort)}}, nil
}

func (c sctpConn) Write(payload []byte) (int, error) {
	if _, err := c.Conn.Write(c.ports.encode(payload)); err != nil {
		return 0, err
	}
	return len(payload), nil
}

// dialRaw opens a socket for packets of a protocol to and from one address.
func dialRaw(to netip.Addr, protocol int) (*net.IPConn, error) {
	family := 4
	if to.Is6() {
		family = 6
	}
	return net.DialIP(fmt.Sprintf("ip%d:%d", family, protocol), nil, &net.IPAddr{IP: to.AsSlice(), Zone: to.Zone()})
}

// listenSCTP opens a socket for each family that there is; none where raw sockets are not allowed, so that all else can be
// counted there.
func listenSCTP() ([]*net.IPConn, error) {
	var conns []*net.IPConn
	for _, family := range []int{4, 6} {
		conn, err := net.ListenIP(fmt.Sprintf("ip%d:%d", family, sctpProtocol), nil)
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EAFNOSUPPORT) {
			continue
		}
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
		if err := enlarge(conn); err != nil {
			return conns, err
		}
	}
	return conns, nil
}

// countSCTP counts at whatever port a packet has come: no kernel hands them out by port.
func (s *server) countSCTP(packets *net.IPConn) error {
	buffer := make([]byte, 60+sctpHeader+maxPacket+1)
	for {
		n, from, err := packets.ReadFromIP(buffer)
		if err != nil {
			return err
		}
		if p, ports, ok := decodeSCTP(buffer[:n]); ok {
			address, _ := netip.AddrFromSlice(from.IP)
			s.board.count(p, netip.AddrPortFrom(address.Unmap(), ports.from), time.Now())
		}
	}
}
