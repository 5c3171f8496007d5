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
	// TookUs is the time that all of it took, in microseconds.
	TookUs int64 `json:"tookUs"`
	// SentUs has the time of each packet of a recorded flow, in epoch microseconds.
	SentUs []int64 `json:"sentUs,omitempty"`
}

// flow is what to send.
type flow struct {
	name    string
	packets int
	// rate is in packets a second; 0 is as many as there can be.
	rate int
	// size is the payload's, in bytes.
	size   int
	record bool
}

// header is what the sender chooses of its packets' headers.
type header struct {
	// port is the sender's own; 0 lets the kernel choose.
	port int
	// tos is IPv4's TOS or IPv6's traffic class.
	tos int
	// unchecked leaves out UDP's checksum, so that the receiver gets what was changed on the way (IPv4 only).
	unchecked bool
}

func sendCommand(flags *flag.FlagSet, args []string) (sent, error) {
	to := flags.String("to", "", "receiver, ADDRESS:PORT or [ADDRESS]:PORT")
	protocol := flags.String("protocol", "udp", "udp or sctp")
	name := flags.String("flow", "", "name of the flow, new for each run")
	n := flags.Int("n", 20000, "packets")
	rate := flags.Int("rate", 4000, "packets a second, 0 for as many as there can be")
	size := flags.Int("size", minPacket, "bytes in a packet")
	record := flags.Bool("record", false, "note when each packet was sent, and has arrived")
	port := flags.Int("from", 0, "own port, 0 for any")
	tos := flags.Int("tos", 0, "TOS or traffic class")
	unchecked := flags.Bool("unchecked", false, "without UDP's checksum, so that changed packets arrive (IPv4)")
	if err := parse(flags, args); err != nil {
		return sent{}, err
	}
	if err := checkFlow(*name); err != nil {
		return sent{}, fmt.Errorf("%w: %v", errUsage, err)
	}
	if *n < 1 || *n > maxPackets || *rate < 0 || *rate > 1_000_000 || *size < minPacket || *size > maxPacket {
		return sent{}, fmt.Errorf("%w: -n takes 1 to %d, -rate 0 to 1000000, -size %d to %d",
			errUsage, maxPackets, minPacket, maxPacket)
	}
	if *record && *n > maxArrivals {
		return sent{}, fmt.Errorf("%w: -record takes %d packets", errUsage, maxArrivals)
	}
	h := header{port: *port, tos: *tos, unchecked: *unchecked}
	conn, err := h.dialOver(*protocol, *to)
	if err != nil {
		return sent{}, err
	}
	defer conn.Close()
	return send(conn, flow{name: *name, packets: *n, rate: *rate, size: *size, record: *record})
}

// dialOver opens the socket of a flow; of SCTP's header a sender chooses its port only.
func (h header) dialOver(protocol, to string) (net.Conn, error) {
	switch {
	case protocol == "udp":
		return h.dial(to)
	case protocol == "sctp" && h == header{port: h.port}:
		return dialSCTP(to, h.port)
	}
	return nil, fmt.Errorf("%w: -protocol takes udp, or sctp without -tos and -unchecked", errUsage)
}

func (h header) dial(to string) (net.Conn, error) {
	dialer := net.Dialer{Control: func(network, _ string, raw syscall.RawConn) error {
		var failed error
		if err := raw.Control(func(fd uintptr) { failed = h.apply(int(fd), network == "udp6") }); err != nil {
			return err
		}
		return failed
	}}
	if h.port != 0 {
		dialer.LocalAddr = &net.UDPAddr{Port: h.port}
	}
	return dialer.Dial("udp", to)
}

func (h header) apply(fd int, six bool) error {
	if h.tos != 0 {
		level, option := syscall.IPPROTO_IP, syscall.IP_TOS
		if six {
			level, option = syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS
		}
		if err := syscall.SetsockoptInt(fd, level, option, h.tos); err != nil {
			return err
		}
	}
	if h.unchecked {
		return syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_NO_CHECK, 1)
	}
	return nil
}

// send paces the packets of a flow. ICMP errors of a receiver that is not there are ignored, as is a full device
// queue: both are counted as Refused, any other error ends the flow.
func send(conn net.Conn, f flow) (sent, error) {
	begin := time.Now()
	start := begin
	result := sent{Flow: f.name, StartMs: start.UnixMilli()}
	var gap time.Duration
	if f.rate > 0 {
		gap = time.Second / time.Duration(f.rate)
	}
	buffer := make([]byte, f.size)
	for seq := range f.packets {
		if gap > 0 {
			due := start.Add(time.Duration(seq) * gap)
			late := time.Since(due)
			if late < -time.Millisecond {
				time.Sleep(-late)
			} else if late > maxCatchUp {
				start = start.Add(late - maxCatchUp)
			}
		}
		now := time.Now()
		packet{flow: f.name, seq: uint32(seq), total: uint32(f.packets), sent: now, record: f.record}.encode(buffer)
		_, err := conn.Write(buffer)
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOBUFS) ||
			errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.EPERM) {
			result.Refused++
		} else if err != nil {
			return result, fmt.Errorf("packet %d of %d: %w", seq, f.packets, err)
		}
		if f.record {
			result.SentUs = append(result.SentUs, now.UnixMicro())
		}
		result.Sent++
	}
	result.EndMs = time.Now().UnixMilli()
	result.TookUs = time.Since(begin).Microseconds()
	return result, nil
}
