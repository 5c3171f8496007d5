package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"syscall"
	"time"
)

// maxCatchUp bounds the burst after a stalled sender: what it missed beyond this is sent later, not at
// once, so that a busy machine cannot overrun the receiver's buffer.
const maxCatchUp = 5 * time.Millisecond

// sent is what left the sender. Times are its clock in epoch milliseconds.
type sent struct {
	Flow string `json:"flow"`
	Sent int    `json:"sent"`
	// Refused counts packets that the sender's own kernel rejected; they are part of Sent.
	Refused int   `json:"refused"`
	StartMs int64 `json:"startMs"`
	EndMs   int64 `json:"endMs"`
}

func sendCommand(flags *flag.FlagSet, args []string) (sent, error) {
	to := flags.String("to", "", "receiver, ADDRESS:PORT or [ADDRESS]:PORT")
	flow := flags.String("flow", "", "name of the flow, new for each run")
	n := flags.Int("n", 20000, "packets")
	rate := flags.Int("rate", 4000, "packets a second")
	if err := parse(flags, args); err != nil {
		return sent{}, err
	}
	if err := checkFlow(*flow); err != nil {
		return sent{}, fmt.Errorf("%w: %v", errUsage, err)
	}
	if *n < 1 || *n > maxPackets || *rate < 1 || *rate > 1_000_000 {
		return sent{}, fmt.Errorf("%w: -n takes 1 to %d, -rate 1 to 1000000", errUsage, maxPackets)
	}
	conn, err := net.Dial("udp", *to)
	if err != nil {
		return sent{}, err
	}
	defer conn.Close()
	return send(conn, *flow, *n, *rate)
}

// send paces n packets. ICMP errors of a receiver that is not there are ignored, as is a full device
// queue: both are counted as Refused, any other error ends the flow.
func send(conn net.Conn, flow string, n, rate int) (sent, error) {
	start := time.Now()
	result := sent{Flow: flow, StartMs: start.UnixMilli()}
	gap := time.Second / time.Duration(rate)
	var buffer [packetSize]byte
	for seq := range n {
		due := start.Add(time.Duration(seq) * gap)
		late := time.Since(due)
		if late < -time.Millisecond {
			time.Sleep(-late)
		} else if late > maxCatchUp {
			start = start.Add(late - maxCatchUp)
		}
		packet{flow: flow, seq: uint32(seq), total: uint32(n)}.encode(&buffer)
		_, err := conn.Write(buffer[:])
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOBUFS) ||
			errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.EPERM) {
			result.Refused++
		} else if err != nil {
			return result, fmt.Errorf("packet %d of %d: %w", seq, n, err)
		}
		result.Sent++
	}
	result.EndMs = time.Now().UnixMilli()
	return result, nil
}
