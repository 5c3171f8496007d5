package main

import (
	"strings"
	"testing"
)

func TestAPacketComesBackAsItWasSent(t *testing.T) {
	for _, want := range []packet{
		{flow: "a", seq: 0, total: 1},
		{flow: strings.Repeat("f", flowSize), seq: maxPackets - 1, total: maxPackets},
	} {
		var buffer [packetSize]byte
		want.encode(&buffer)
		if got, ok := decode(buffer[:]); !ok || got != want {
			t.Errorf("decode(encode(%+v)) = %+v, %v", want, got, ok)
		}
	}
}

func TestForeignPacketsAreNotCounted(t *testing.T) {
	proper := func(change func(*[packetSize]byte)) []byte {
		var buffer [packetSize]byte
		packet{flow: "flow", seq: 3, total: 10}.encode(&buffer)
		change(&buffer)
		return buffer[:]
	}
	for name, payload := range map[string][]byte{
		"empty":                    {},
		"short":                    proper(func(*[packetSize]byte) {})[:packetSize-1],
		"another magic":            proper(func(b *[packetSize]byte) { b[0] = 'x' }),
		"no flow":                  proper(func(b *[packetSize]byte) { clear(b[16 : 16+flowSize]) }),
		"a flow with a space":      proper(func(b *[packetSize]byte) { b[16] = ' ' }),
		"a sequence past its end":  proper(func(b *[packetSize]byte) { b[11] = 10 }),
		"a total beyond the bound": proper(func(b *[packetSize]byte) { b[12] = 0xff }),
		"a total of nothing":       proper(func(b *[packetSize]byte) { b[11], b[15] = 0, 0 }),
	} {
		if p, ok := decode(payload); ok {
			t.Errorf("%s: counted as %+v", name, p)
		}
	}
}
