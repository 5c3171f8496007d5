package main

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
	"time"
)

func encoded(p packet, size int) []byte {
	buffer := make([]byte, size)
	p.encode(buffer)
	return buffer
}

func TestAPacketComesBackAsItWasSent(t *testing.T) {
	for size, want := range map[int]packet{
		minPacket: {flow: "a", seq: 0, total: 1, sent: time.UnixMicro(1)},
		maxPacket: {
			flow: strings.Repeat("f", flowSize), seq: maxPackets - 1, total: maxPackets,
			sent: time.UnixMicro(1_700_000_000_123_456), record: true,
		},
	} {
		if got, ok := decode(encoded(want, size)); !ok || got != want {
			t.Errorf("decode(encode(%+v)) = %+v, %v", want, got, ok)
		}
	}
}

func TestAPacketWithAnyBitChangedIsNotTaken(t *testing.T) {
	for bit := range 100 * 8 {
		payload := encoded(packet{flow: "flow", seq: 3, total: 10, sent: time.UnixMicro(5)}, 100)
		payload[bit/8] ^= 1 << (bit % 8)
		if p, ok := decode(payload); ok {
			t.Fatalf("bit %d: taken as %+v", bit, p)
		}
	}
}

func TestForeignPacketsAreNotCounted(t *testing.T) {
	proper := func(change func([]byte)) []byte {
		payload := encoded(packet{flow: "flow", seq: 3, total: 10}, minPacket)
		change(payload)
		clear(payload[checksumAt:52])
		binary.BigEndian.PutUint32(payload[checksumAt:52], crc32.ChecksumIEEE(payload))
		return payload
	}
	for name, payload := range map[string][]byte{
		"empty":                    {},
		"short":                    proper(func([]byte) {})[:minPacket-1],
		"another magic":            proper(func(b []byte) { b[0] = 'x' }),
		"no flow":                  proper(func(b []byte) { clear(b[16 : 16+flowSize]) }),
		"a flow with a space":      proper(func(b []byte) { b[16] = ' ' }),
		"a sequence past its end":  proper(func(b []byte) { b[11] = 10 }),
		"a total beyond the bound": proper(func(b []byte) { b[12] = 0xff }),
		"a total of nothing":       proper(func(b []byte) { b[11], b[15] = 0, 0 }),
	} {
		if p, ok := decode(payload); ok {
			t.Errorf("%s: counted as %+v", name, p)
		}
	}
}
