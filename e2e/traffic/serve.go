package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// receiveBuffer holds all of a measurement's packets (of 20,000, each charged up to 4 KiB for its pages, twice the buffer
// being granted), so that a receiver that is not scheduled for seconds loses none. The kernel grants
// net.core.rmem_max at most, unless the process has NET_ADMIN.
const receiveBuffer = 48 << 20

func serveCommand(flags *flag.FlagSet, args []string) error {
	udp := flags.String("udp", "7000,7002", "ports that count sequence-numbered packets; those of SCTP are counted at every port, where raw sockets are allowed")
	tcp := flags.Int("tcp", 7001, "port that swallows bulk streams")
	web := flags.Int("http", 8080, "port that answers ok, 0 for none")
	attached := flags.Bool("attached", false, "end when the standard input does, and so with whoever holds it")
	if err := parse(flags, args); err != nil {
		return err
	}
	ports, err := portsOf(*udp)
	if err != nil {
		return err
	}
	s, err := listen(ports, *tcp, *web)
	if err != nil {
		return err
	}
	fmt.Println("listening")
	if *attached {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	return s.serve()
}

// portsOf reads ports with commas between them.
func portsOf(list string) ([]int, error) {
	var ports []int
	for _, text := range strings.Split(list, ",") {
		port, err := strconv.Atoi(text)
		if err != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("%w: -udp takes ports with commas between them, not %q", errUsage, list)
		}
		ports = append(ports, port)
	}
	return ports, nil
}

// server owns the sockets of a receiver; all are open once listen returns.
type server struct {
	board   *board
	packets []*net.UDPConn
	sctp    []*net.IPConn
	streams *net.TCPListener
	web     net.Listener
	control net.Listener
}

// listen opens the sockets for both address families. Port 0 lets the kernel choose, except for web.
func listen(udp []int, tcp, web int) (*server, error) {
	s := &server{board: newBoard()}
	var err error
	for _, port := range udp {
		packets, err := listenPackets(port)
		if err != nil {
			return nil, err
		}
		s.packets = append(s.packets, packets)
	}
	if s.sctp, err = listenSCTP(); err != nil {
		return nil, err
	}
	if s.streams, err = net.ListenTCP("tcp", &net.TCPAddr{Port: tcp}); err != nil {
		return nil, err
	}
	if web != 0 {
		if s.web, err = net.Listen("tcp", ":"+strconv.Itoa(web)); err != nil {
			return nil, err
		}
	}
	if s.control, err = net.Listen("unix", controlAddress(s.udpPort())); err != nil {
		return nil, err
	}
	return s, nil
}

// udpPort is the first one, by which the receiver is asked.
func (s *server) udpPort() int { return s.udpPorts()[0] }
func (s *server) tcpPort() int { return s.streams.Addr().(*net.TCPAddr).Port }

func (s *server) udpPorts() []int {
	var ports []int
	for _, packets := range s.packets {
		ports = append(ports, packets.LocalAddr().(*net.UDPAddr).Port)
	}
	return ports
}

// listenPackets opens a socket with room for bursts, whose packets carry the time at which the kernel got them.
func listenPackets(port int) (*net.UDPConn, error) {
	packets, err := net.ListenUDP("udp", &net.UDPAddr{Port: port})
	if err != nil {
		return nil, err
	}
	if err := enlarge(packets); err != nil {
		return nil, err
	}
	raw, err := packets.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	}); err != nil {
		return nil, err
	}
	return packets, failed
}

// arrivedAt reads the kernel's time of a packet from its control messages; without one it is now.
func arrivedAt(control []byte) time.Time {
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_TIMESTAMPNS &&
			len(m.Data) >= int(unsafe.Sizeof(syscall.Timespec{})) {
			return time.Unix((*syscall.Timespec)(unsafe.Pointer(&m.Data[0])).Unix())
		}
	}
	return time.Now()
}

// enlarge asks for receiveBuffer beyond the system's limit where it may, else up to it.
func enlarge(conn interface {
	syscall.Conn
	SetReadBuffer(bytes int) error
}) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var forced error
	if err := raw.Control(func(fd uintptr) {
		forced = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, receiveBuffer)
	}); err != nil {
		return err
	}
	if errors.Is(forced, syscall.EPERM) {
		return conn.SetReadBuffer(receiveBuffer)
	}
	return forced
}

// serve runs until one of the sockets fails.
func (s *server) serve() error {
	failed := make(chan error, 4+len(s.packets)+len(s.sctp))
	for _, packets := range s.packets {
		go func() { failed <- s.countPackets(packets) }()
	}
	for _, packets := range s.sctp {
		go func() { failed <- s.countSCTP(packets) }()
	}
	go func() { failed <- s.swallowStreams() }()
	go func() { failed <- s.answerStats() }()
	if s.web != nil {
		answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
		web := http.Server{Handler: answer, ReadHeaderTimeout: 10 * time.Second}
		go func() { failed <- web.Serve(s.web) }()
	}
	return <-failed
}

func (s *server) close() {
	for _, packets := range s.packets {
		packets.Close()
	}
	for _, packets := range s.sctp {
		packets.Close()
	}
	s.streams.Close()
	s.control.Close()
	if s.web != nil {
		s.web.Close()
	}
}

func (s *server) countPackets(packets *net.UDPConn) error {
	buffer, control := make([]byte, maxPacket+1), make([]byte, 64)
	for {
		n, controls, _, from, err := packets.ReadMsgUDPAddrPort(buffer, control)
		if err != nil {
			return err
		}
		if p, ok := decode(buffer[:n]); ok {
			s.board.count(p, from, arrivedAt(control[:controls]))
		} else {
			s.board.spoil(from)
		}
	}
}

func (s *server) swallowStreams() error {
	for {
		conn, err := s.streams.AcceptTCP()
		if err != nil {
			return err
		}
		go func() {
			if err := sink(conn); err != nil {
				fmt.Fprintln(os.Stderr, "traffic: stream:", err)
			}
		}()
	}
}
