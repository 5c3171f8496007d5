package main

import (
	"net"
	"strconv"
	"testing"
	"time"
)

func started(t *testing.T) *server {
	t.Helper()
	s, err := listen(0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	go s.serve()
	t.Cleanup(s.close)
	return s
}

func TestPacketsAreCountedOverBothFamilies(t *testing.T) {
	s := started(t)
	for flow, host := range map[string]string{"v4": "127.0.0.1", "v6": "::1"} {
		conn, err := net.Dial("udp", net.JoinHostPort(host, strconv.Itoa(s.udpPort())))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		report, err := send(conn, flow, 500, 20000)
		if err != nil || report.Sent != 500 || report.Refused != 0 {
			t.Fatalf("sent %+v, %v", report, err)
		}
		got, err := ask(s.udpPort(), question{Flow: flow, QuietMs: 100}, 500)
		if err != nil || got.Received != 500 || got.Lost != 0 || got.Bursts != 0 || got.SocketDrops != 0 {
			t.Errorf("%s: %+v, %v", flow, got, err)
		}
	}
}

func TestAFlowOfWhichNothingArrivedIsOneBurst(t *testing.T) {
	s := started(t)
	got, err := ask(s.udpPort(), question{Flow: "never", QuietMs: 10}, 1000)
	if err != nil || got.Total != 1000 || got.Lost != 1000 || got.Bursts != 1 || got.FirstMs != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheSenderKeepsItsRate(t *testing.T) {
	s := started(t)
	conn, err := net.Dial("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.udpPort())))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	report, err := send(conn, "paced", 400, 2000)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Duration(report.EndMs-report.StartMs) * time.Millisecond; took < 195*time.Millisecond {
		t.Errorf("400 packets at 2000 a second took %s", took)
	}
}

func TestBothEndsOfAStreamCountTheSameSegments(t *testing.T) {
	s := started(t)
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.tcpPort())))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, err := bulk(conn.(*net.TCPConn), 4<<20, 10*time.Second)
	if err != nil || got.Bytes != 4<<20 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.Sender.DataSegsOut == 0 || got.Receiver.DataSegsIn != got.Sender.DataSegsOut-got.Sender.Retransmits {
		t.Errorf("nothing is lost on loopback: %+v", got)
	}
}

func TestDropsAreReadFromTheKernelsTable(t *testing.T) {
	line := "  842: 00000000:1B58 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22340 2 0000000000000000 17"
	if drops, ok := dropsOf(line, 7000); !ok || drops != 17 {
		t.Errorf("%d, %v", drops, ok)
	}
	if _, ok := dropsOf(line, 7001); ok {
		t.Error("another port's line was taken")
	}
	if _, ok := dropsOf("  sl  local_address rem_address   st", 7000); ok {
		t.Error("the heading was taken")
	}
}
