package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

func TestOnlyAnswersToEchoRequestsOfOursAreTaken(t *testing.T) {
	want := packet{flow: "a", seq: 1, total: 2, sent: time.UnixMicro(1)}
	for name, e := range map[string]echo{"v4": echo4, "v6": echo6} {
		request := e.encode(encoded(want, minPacket))
		if request[0] != e.request || request[1] != 0 || len(request) != echoHeader+minPacket {
			t.Errorf("%s: % x", name, request)
		}
		if _, ok := e.decode(bytes.Clone(request)); ok {
			t.Errorf("%s: a request was taken for an answer", name)
		}
		answer := bytes.Clone(request)
		answer[0] = e.back
		if got, ok := e.decode(bytes.Clone(answer)); !ok || got != want {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
		answer[echoHeader]++
		for _, foreign := range [][]byte{answer, answer[:echoHeader-1]} {
			if got, ok := e.decode(foreign); ok {
				t.Errorf("%s: %d bytes taken as %+v", name, len(foreign), got)
			}
		}
	}
}

func TestTheChecksumIsThatOfTheInternet(t *testing.T) {
	// The example of RFC 1071, 3.
	data := []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}
	if got := internetChecksum(data); got != ^uint16(0xddf2) {
		t.Errorf("%#x", got)
	}
	data = binary.BigEndian.AppendUint16(data, internetChecksum(data))
	if got := internetChecksum(data); got != 0 {
		t.Errorf("with its checksum: %#x", got)
	}
	if got := internetChecksum([]byte{0x01}); got != ^uint16(0x0100) {
		t.Errorf("an odd byte: %#x", got)
	}
}

func TestKernelsAnswerPingsOverBothFamilies(t *testing.T) {
	needsRaw(t)
	for _, address := range []string{"127.0.0.1", "::1"} {
		got, err := perform([]string{"ping", "-n", "100", address})
		if p, ok := got.(pings); err != nil || !ok || p.Sent != 100 || p.Received != 100 || p.Lost != 0 || p.Duplicates != 0 {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
}

func TestPingsGoToAnAddress(t *testing.T) {
	for _, args := range [][]string{{}, {"localhost"}, {"127.0.0.1:80"}, {"-n", "0", "127.0.0.1"}, {"-rate", "0", "::1"}} {
		if _, err := perform(append([]string{"ping"}, args...)); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
