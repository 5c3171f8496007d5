package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// statsTime bounds one question to the receiver, quiet time included.
	statsTime  = 30 * time.Second
	settleTime = 30 * time.Millisecond
	// patience: an emulated node may stand still for half a second, with packets on their way.
	patience = 5
	// A container counts as started before its receiver has opened its sockets.
	startTime  = 20 * time.Second
	startEvery = 20 * time.Millisecond
)

// controlAddress is an abstract unix socket: it belongs to the network namespace, so a pod needs no
// writable file, and no fault on an interface touches it.
func controlAddress(udpPort int) string { return fmt.Sprintf("@squall-traffic-%d", udpPort) }

type question struct {
	Flow string `json:"flow"`
	// QuietMs: answer once nothing of the flow has arrived for so long, patience times as long while its last packet
	// is missing.
	QuietMs int64 `json:"quietMs"`
}

func statsCommand(flags *flag.FlagSet, args []string) (flowStats, error) {
	udp := flags.Int("udp", 7000, "the first of the receiver's packet ports")
	quiet := flags.Duration("quiet", 300*time.Millisecond, "answer once no packet of the flow came for so long, five times as long while its last one is missing")
	n := flags.Int("n", 0, "packets sent, for a flow of which nothing arrived")
	if err := parse(flags, args); err != nil {
		return flowStats{}, err
	}
	if flags.NArg() != 1 || checkFlow(flags.Arg(0)) != nil || *quiet < 0 || *quiet >= statsTime/patience {
		return flowStats{}, fmt.Errorf("%w: traffic stats [-udp PORT] [-quiet DURATION under %s] [-n PACKETS] FLOW", errUsage, statsTime/patience)
	}
	return ask(*udp, question{Flow: flags.Arg(0), QuietMs: quiet.Milliseconds()}, *n)
}

// ask reads a flow's statistics. Of a flow that never arrived it makes one loss burst of n packets.
func ask(udpPort int, q question, n int) (flowStats, error) {
	conn, err := dialReceiver(udpPort)
	if err != nil {
		return flowStats{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(statsTime + time.Second))
	if err := json.NewEncoder(conn).Encode(q); err != nil {
		return flowStats{}, err
	}
	var stats flowStats
	if err := json.NewDecoder(conn).Decode(&stats); err != nil {
		return flowStats{}, fmt.Errorf("the receiver's answer: %w", err)
	}
	if stats.Received == 0 {
		stats.Total, stats.Lost = n, n
		stats.Bursts = min(n, 1)
	}
	return stats, nil
}

// dialReceiver waits for a receiver that is about to start: its control socket is the last that it opens.
func dialReceiver(udpPort int) (net.Conn, error) {
	for deadline := time.Now().Add(startTime); ; time.Sleep(startEvery) {
		conn, err := net.DialTimeout("unix", controlAddress(udpPort), statsTime)
		if err == nil || !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(deadline) {
			return conn, err
		}
	}
}

func (s *server) answerStats() error {
	for {
		conn, err := s.control.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(statsTime + time.Second))
			var q question
			if json.NewDecoder(conn).Decode(&q) == nil {
				json.NewEncoder(conn).Encode(s.settled(q))
			}
		}()
	}
}

func (s *server) settled(q question) flowStats {
	stats := s.board.settled(q)
	stats.SocketDrops = socketDrops(s.udpPorts())
	return stats
}

// settled waits until the flow has been quiet, at most statsTime, then reads it. A receiver that has not been
// scheduled for so long finds the time up and packets to read at once: it gets settleTime to read them.
func (b *board) settled(q question) flowStats {
	since := time.Now()
	deadline := since.Add(statsTime)
	graced := false
	for {
		stats, heard, _ := b.read(q.Flow)
		if heard.After(since) {
			since, graced = heard, false
		}
		quiet := time.Duration(q.QuietMs) * time.Millisecond
		if !stats.complete {
			quiet *= patience
		}
		wait := min(time.Until(since.Add(quiet)), time.Until(deadline))
		if wait <= 0 && (graced || time.Now().After(deadline)) {
			stats.Flow = q.Flow
			return stats
		}
		if wait <= 0 {
			graced, wait = true, settleTime
		}
		time.Sleep(wait)
	}
}

// socketDrops sums the kernel's count of packets discarded at UDP sockets on the ports and at SCTP's, for want of
// buffer (last column of /proc/net/udp, udp6, raw and raw6, per network namespace; raw ones have the protocol for a
// port); -1 when it cannot be read.
func socketDrops(udp []int) int {
	sum := 0
	for name, ports := range map[string][]int{"udp": udp, "udp6": udp, "raw": {sctpProtocol}, "raw6": {sctpProtocol}} {
		file, err := os.Open("/proc/self/net/" + name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return -1
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			for _, port := range ports {
				if drops, ok := dropsOf(lines.Text(), port); ok {
					sum += drops
				}
			}
		}
	}
	return sum
}

// dropsOf reads one line of /proc/net/udp, "sl local_address:PORT remote ... drops", hexadecimal port, of a socket that
// is for all senders.
func dropsOf(line string, port int) (int, bool) {
	fields := strings.Fields(line)
	if len(fields) < 13 || !strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) ||
		strings.Trim(fields[2], "0:") != "" {
		return 0, false
	}
	drops, err := strconv.Atoi(fields[len(fields)-1])
	return drops, err == nil
}
