package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// statsTime bounds one question to the receiver, quiet time included.
const statsTime = 30 * time.Second

// controlAddress is an abstract unix socket: it belongs to the network namespace, so a pod needs no
// writable file, and no fault on an interface touches it.
func controlAddress(udpPort int) string { return fmt.Sprintf("@squall-traffic-%d", udpPort) }

type question struct {
	Flow string `json:"flow"`
	// QuietMs: answer once nothing of the flow has arrived for so long.
	QuietMs int64 `json:"quietMs"`
}

func statsCommand(flags *flag.FlagSet, args []string) (flowStats, error) {
	udp := flags.Int("udp", 7000, "the receiver's packet port")
	quiet := flags.Duration("quiet", 300*time.Millisecond, "answer once no packet of the flow came for so long")
	n := flags.Int("n", 0, "packets sent, for a flow of which nothing arrived")
	if err := parse(flags, args); err != nil {
		return flowStats{}, err
	}
	if flags.NArg() != 1 || checkFlow(flags.Arg(0)) != nil || *quiet < 0 || *quiet >= statsTime {
		return flowStats{}, fmt.Errorf("%w: traffic stats [-udp PORT] [-quiet DURATION under %s] [-n PACKETS] FLOW", errUsage, statsTime)
	}
	return ask(*udp, question{Flow: flags.Arg(0), QuietMs: quiet.Milliseconds()}, *n)
}

// ask reads a flow's statistics. Of a flow that never arrived it makes one loss burst of n packets.
func ask(udpPort int, q question, n int) (flowStats, error) {
	conn, err := net.DialTimeout("unix", controlAddress(udpPort), statsTime)
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

// settled waits until the flow has been quiet, at most statsTime, then reads it.
func (s *server) settled(q question) flowStats {
	quiet := time.Duration(q.QuietMs) * time.Millisecond
	since := time.Now()
	deadline := since.Add(statsTime)
	for {
		stats, last, _ := s.board.read(q.Flow)
		if last.After(since) {
			since = last
		}
		wait := min(time.Until(since.Add(quiet)), time.Until(deadline))
		if wait <= 0 {
			stats.Flow = q.Flow
			stats.SocketDrops = socketDrops(s.udpPort())
			return stats
		}
		time.Sleep(wait)
	}
}

// socketDrops sums the kernel's count of packets discarded at UDP sockets on the port, for want of
// buffer (last column of /proc/net/udp and udp6, per network namespace); -1 when it cannot be read.
func socketDrops(port int) int {
	sum := 0
	for _, path := range []string{"/proc/self/net/udp", "/proc/self/net/udp6"} {
		file, err := os.Open(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return -1
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if drops, ok := dropsOf(lines.Text(), port); ok {
				sum += drops
			}
		}
	}
	return sum
}

// dropsOf reads one line of /proc/net/udp, "sl local_address:PORT remote ... drops", hexadecimal port.
func dropsOf(line string, port int) (int, bool) {
	fields := strings.Fields(line)
	if len(fields) < 13 || !strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) {
		return 0, false
	}
	drops, err := strconv.Atoi(fields[len(fields)-1])
	return drops, err == nil
}
