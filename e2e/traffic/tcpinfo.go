package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
	"unsafe"
)

// tcpCounters are the kernel's own counters of one connection, in segments: a GSO or GRO packet counts
// as the segments it stands for (struct tcp_info in linux/tcp.h; tcpi_segs_* count retransmissions too).
type tcpCounters struct {
	SegsOut     int `json:"segsOut"`
	SegsIn      int `json:"segsIn"`
	DataSegsOut int `json:"dataSegsOut"`
	DataSegsIn  int `json:"dataSegsIn"`
	Retransmits int `json:"retransmits"`
}

// Offsets of the counters in struct tcp_info, whose layout is kernel ABI: fields are only ever appended.
const (
	offsetTotalRetrans = 100
	offsetSegsOut      = 136
	offsetSegsIn       = 140
	offsetDataSegsIn   = 152
	offsetDataSegsOut  = 156
	tcpInfoSize        = 160
)

// readTCP reads the counters of an open connection.
func readTCP(conn *net.TCPConn) (tcpCounters, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return tcpCounters{}, err
	}
	var buffer [tcpInfoSize]byte
	size := uint32(len(buffer))
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&buffer)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil {
		return tcpCounters{}, err
	}
	if errno != 0 {
		return tcpCounters{}, fmt.Errorf("getsockopt TCP_INFO: %w", errno)
	}
	if size < tcpInfoSize {
		return tcpCounters{}, fmt.Errorf("getsockopt TCP_INFO: %d bytes, want %d (Linux 4.6 or later)", size, tcpInfoSize)
	}
	at := func(offset int) int { return int(binary.NativeEndian.Uint32(buffer[offset:])) }
	return tcpCounters{
		SegsOut: at(offsetSegsOut), SegsIn: at(offsetSegsIn),
		DataSegsOut: at(offsetDataSegsOut), DataSegsIn: at(offsetDataSegsIn),
		Retransmits: at(offsetTotalRetrans),
	}, nil
}
