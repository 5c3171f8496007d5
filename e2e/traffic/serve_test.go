package main

import (
	"net"
	"strconv"
	"testing"
	"time"
)

func started(t *testing.T) *server {
	t.Helper()
	s, err := listen([]int{0, 0}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	go s.serve()
	t.Cleanup(s.close)
	return s
}

func TestPacketsAreCountedOverBothFamilies(t *testing.T) {
	s := started(t)
	for name, host := range map[string]string{"v4": "127.0.0.1", "v6": "::1"} {
		conn, err := net.Dial("udp", net.JoinHostPort(host, strconv.Itoa(s.udpPort())))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		report, err := send(conn, flow{name: name, packets: 500, rate: 20000, size: minPacket})
		if err != nil || report.Sent != 500 || report.Refused != 0 {
			t.Fatalf("sent %+v, %v", report, err)
		}
		got, err := ask(s.udpPort(), question{Flow: name, QuietMs: 100}, 500)
		if err != nil || got.Received != 500 || got.Lost != 0 || got.Bursts != 0 || got.SocketDrops != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
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
	report, err := send(conn, flow{name: "paced", packets: 400, rate: 2000, size: minPacket})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Duration(report.EndMs-report.StartMs) * time.Millisecond; took < 195*time.Millisecond {
		t.Errorf("400 packets at 2000 a second took %s", took)
	}
}

func TestTheSenderChoosesItsHeader(t *testing.T) {
	s := started(t)
	free, err := net.ListenUDP("udp", &net.UDPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	port := free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	to := net.JoinHostPort("127.0.0.1", strconv.Itoa(s.udpPorts()[1]))
	conn, err := header{port: port, tos: 0x10, unchecked: true}.dial(to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.LocalAddr().(*net.UDPAddr).Port; got != port {
		t.Errorf("sent from %d, want %d", got, port)
	}
	report, err := send(conn, flow{name: "noted", packets: 20, rate: 0, size: 1000, record: true})
	if err != nil || len(report.SentUs) != 20 || report.TookUs <= 0 {
		t.Fatalf("sent %+v, %v", report, err)
	}
	// What was changed on its way, as the receiver sees it.
	if _, err := conn.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	got, err := ask(s.udpPort(), question{Flow: "noted", QuietMs: 100}, 20)
	if err != nil || got.Received != 20 || got.Corrupted != 1 || got.Arrivals == nil || len(got.Arrivals.DelaysUs) != 20 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, delay := range got.Arrivals.DelaysUs {
		if delay < 0 || delay > 1_000_000 {
			t.Errorf("a packet was %d us on its way over loopback", delay)
		}
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
	sender := "  842: 0100007F:1B58 0100007F:1B59 01 00000000:00000000 00:00000000 00000000     0        0 22340 2 0000000000000000 17"
	if _, ok := dropsOf(sender, 7000); ok {
		t.Error("the line of a sender was taken")
	}
	raw := "  132: 00000000:0084 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22341 2 0000000000000000 3"
	if drops, ok := dropsOf(raw, sctpProtocol); !ok || drops != 3 {
		t.Errorf("%d, %v", drops, ok)
	}
	if _, ok := dropsOf("  sl  local_address rem_address   st", 7000); ok {
		t.Error("the heading was taken")
	}
}
