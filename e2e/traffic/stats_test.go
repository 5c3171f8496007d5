package main

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestAFlowIsReadOnceItHasSettled(t *testing.T) {
	const quietMs = 200
	for name, c := range map[string]struct {
		// arrivals are when the packets 0, 1 and so on of three arrive, in milliseconds after the question.
		arrivals  []int
		received  int
		atLeastMs int64
	}{
		"the last packet is there":            {[]int{0, 0, 0}, 3, quietMs},
		"packets that a pause of a node held": {[]int{0, 0, 2 * quietMs}, 3, 3 * quietMs},
		"all of them held":                    {[]int{2 * quietMs, 2 * quietMs, 2 * quietMs}, 3, 3 * quietMs},
		"the last packet is lost":             {[]int{0, 100}, 2, patience*quietMs + 100},
		"everything is lost":                  {nil, 0, patience * quietMs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBoard()
			asked := time.Now()
			go func() {
				for seq, at := range c.arrivals {
					time.Sleep(time.Until(asked.Add(time.Duration(at) * time.Millisecond)))
					b.count(packet{flow: "held", seq: uint32(seq), total: 3}, netip.AddrPort{}, time.Now())
				}
			}()
			got := b.settled(question{Flow: "held", QuietMs: quietMs})
			if took := time.Since(asked).Milliseconds(); got.Received != c.received || took < c.atLeastMs {
				t.Errorf("%d packets after %d ms, want %d after %d or more", got.Received, took, c.received, c.atLeastMs)
			}
		})
	}
}

func TestAReceiverThatStartsLaterIsWaitedFor(t *testing.T) {
	const port = 1 // of the control socket's name; nothing listens there
	type outcome struct {
		conn net.Conn
		err  error
	}
	dialled := make(chan outcome)
	go func() {
		conn, err := dialReceiver(port)
		dialled <- outcome{conn, err}
	}()
	select {
	case early := <-dialled:
		t.Fatalf("nobody listens, but got %v", early)
	case <-time.After(5 * startEvery):
	}
	listener, err := net.Listen("unix", controlAddress(port))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got := <-dialled
	if got.err != nil {
		t.Fatal(got.err)
	}
	got.conn.Close()
}
