package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"time"
)

// bulkResult holds both ends' counters of one stream: the share of data segments lost on the way is
// 1 - receiver.dataSegsIn / sender.dataSegsOut, with segmentation offload on.
type bulkResult struct {
	Bytes    int64       `json:"bytes"`
	Sender   tcpCounters `json:"sender"`
	Receiver tcpCounters `json:"receiver"`
	StartMs  int64       `json:"startMs"`
	EndMs    int64       `json:"endMs"`
}

const (
	// bulkBuffer is small enough for a stream under heavy loss to drain within drainTime, and large
	// enough for full-sized (64 KiB) offloaded packets.
	bulkBuffer = 128 << 10
	// drainTime bounds the wait for the receiver's answer after the last byte: some retransmission
	// timeouts in a row, each double the one before.
	drainTime = time.Minute
)

func bulkCommand(flags *flag.FlagSet, args []string) (bulkResult, error) {
	to := flags.String("to", "", "receiver, ADDRESS:PORT or [ADDRESS]:PORT")
	size := flags.Int64("bytes", 32<<20, "bytes to send at most")
	limit := flags.Duration("for", 5*time.Second, "stop sending after this time")
	if err := parse(flags, args); err != nil {
		return bulkResult{}, err
	}
	conn, err := net.DialTimeout("tcp", *to, 30*time.Second)
	if err != nil {
		return bulkResult{}, err
	}
	defer conn.Close()
	return bulk(conn.(*net.TCPConn), *size, *limit)
}

// bulk sends zeros until either limit is reached, then waits until the receiver has them all.
func bulk(conn *net.TCPConn, size int64, limit time.Duration) (bulkResult, error) {
	if err := conn.SetWriteBuffer(bulkBuffer); err != nil {
		return bulkResult{}, err
	}
	start := time.Now()
	result := bulkResult{StartMs: start.UnixMilli()}
	if err := conn.SetDeadline(start.Add(limit + drainTime)); err != nil {
		return result, err
	}
	chunk := make([]byte, bulkBuffer/2)
	for result.Bytes < size && time.Since(start) < limit {
		n, err := conn.Write(chunk[:min(int64(len(chunk)), size-result.Bytes)])
		result.Bytes += int64(n)
		if err != nil {
			return result, err
		}
	}
	if err := conn.CloseWrite(); err != nil {
		return result, err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err != nil {
		return result, fmt.Errorf("the receiver's counters: %w", err)
	}
	if err := json.Unmarshal(bytes.TrimSpace(answer), &result.Receiver); err != nil {
		return result, fmt.Errorf("the receiver's counters: %w", err)
	}
	result.Sender, err = readTCP(conn)
	result.EndMs = time.Now().UnixMilli()
	return result, err
}

// sink reads a stream to its end and answers with the counters of this end.
func sink(conn *net.TCPConn) error {
	defer conn.Close()
	if _, err := io.Copy(io.Discard, conn); err != nil {
		return err
	}
	counters, err := readTCP(conn)
	if err != nil {
		return err
	}
	return json.NewEncoder(conn).Encode(counters)
}
