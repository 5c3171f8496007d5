package main

import (
	"encoding/binary"
	"fmt"
)

const (
	// packetSize is the UDP payload of every counted packet, in bytes.
	packetSize = 64
	// flowSize bounds a flow's name, in bytes, in packets and in the header of a bulk stream.
	flowSize = 24
	// maxPackets bounds a flow, so that a forged packet cannot make the receiver reserve more than 2 MiB.
	maxPackets = 16 << 20
)

var packetMagic = [8]byte{'s', 'q', 'u', 'a', 'l', 'l', '0', '1'}

// packet is one of `total` packets of a flow; each carries the total, so that the receiver knows of
// losses at the end of a flow from any packet that arrived.
type packet struct {
	flow  string
	seq   uint32
	total uint32
}

// checkFlow refuses names that would not survive the fixed-width field.
func checkFlow(flow string) error {
	if flow == "" || len(flow) > flowSize {
		return fmt.Errorf("flow %q: want 1 to %d bytes", flow, flowSize)
	}
	for _, c := range []byte(flow) {
		if c < '!' || c > '~' {
			return fmt.Errorf("flow %q: want printable ASCII without spaces", flow)
		}
	}
	return nil
}

// encode fills the payload: magic 8 bytes, seq 4, total 4 (big endian), flow 24, zeros.
func (p packet) encode(to *[packetSize]byte) {
	*to = [packetSize]byte{}
	copy(to[0:8], packetMagic[:])
	binary.BigEndian.PutUint32(to[8:12], p.seq)
	binary.BigEndian.PutUint32(to[12:16], p.total)
	copy(to[16:16+flowSize], p.flow)
}

// decode answers false for anything that encode did not make.
func decode(from []byte) (packet, bool) {
	if len(from) != packetSize || [8]byte(from[0:8]) != packetMagic {
		return packet{}, false
	}
	flow := from[16 : 16+flowSize]
	end := 0
	for end < len(flow) && flow[end] != 0 {
		end++
	}
	p := packet{
		flow:  string(flow[:end]),
		seq:   binary.BigEndian.Uint32(from[8:12]),
		total: binary.BigEndian.Uint32(from[12:16]),
	}
	if checkFlow(p.flow) != nil || p.total == 0 || p.total > maxPackets || p.seq >= p.total {
		return packet{}, false
	}
	return p, true
}
