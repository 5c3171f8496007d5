package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

const (
	// minPacket and maxPacket bound the UDP payload of a counted packet, in bytes: the header, and what an
	// Ethernet frame takes.
	minPacket = 64
	maxPacket = 1472
	// flowSize bounds a flow's name, in bytes, in packets and in the header of a bulk stream.
	flowSize = 24
	// maxPackets bounds a flow, so that a forged packet cannot make the receiver reserve more than 2 MiB.
	maxPackets = 16 << 20
)

var packetMagic = [8]byte{'s', 'q', 'u', 'a', 'l', 'l', '0', '2'}

// packet is one of `total` packets of a flow; each carries the total, so that the receiver knows of
// losses at the end of a flow from any packet that arrived.
type packet struct {
	flow  string
	seq   uint32
	total uint32
	// sent is the sender's clock, in whole microseconds.
	sent time.Time
	// record asks the receiver to note each arrival.
	record bool
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

// Where the checksum is in a payload; its own bytes count as zeros.
const checksumAt = 48

// encode fills the payload, minPacket to maxPacket bytes: magic 8, seq 4, total 4 (big endian), flow 24,
// sent 8 (epoch microseconds), checksum 4 over all of it, record 1, zeros.
func (p packet) encode(to []byte) {
	clear(to)
	copy(to[0:8], packetMagic[:])
	binary.BigEndian.PutUint32(to[8:12], p.seq)
	binary.BigEndian.PutUint32(to[12:16], p.total)
	copy(to[16:16+flowSize], p.flow)
	binary.BigEndian.PutUint64(to[40:48], uint64(p.sent.UnixMicro()))
	if p.record {
		to[52] = 1
	}
	binary.BigEndian.PutUint32(to[checksumAt:52], crc32.ChecksumIEEE(to))
}

// decode answers false for anything that encode did not make, or that was changed on its way; a single
// changed bit is always found. It leaves the payload without its checksum.
func decode(from []byte) (packet, bool) {
	if len(from) < minPacket || len(from) > maxPacket || [8]byte(from[0:8]) != packetMagic {
		return packet{}, false
	}
	checksum := binary.BigEndian.Uint32(from[checksumAt:52])
	clear(from[checksumAt:52])
	if crc32.ChecksumIEEE(from) != checksum {
		return packet{}, false
	}
	flow := from[16 : 16+flowSize]
	end := 0
	for end < len(flow) && flow[end] != 0 {
		end++
	}
	p := packet{
		flow:   string(flow[:end]),
		seq:    binary.BigEndian.Uint32(from[8:12]),
		total:  binary.BigEndian.Uint32(from[12:16]),
		sent:   time.UnixMicro(int64(binary.BigEndian.Uint64(from[40:48]))),
		record: from[52] == 1,
	}
	if checkFlow(p.flow) != nil || p.total == 0 || p.total > maxPackets || p.seq >= p.total {
		return packet{}, false
	}
	return p, true
}
