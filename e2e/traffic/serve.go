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
	"syscall"
	"time"
)

// receiveBuffer holds about a second of packets, so that a receiver that is not scheduled for a while
// loses none. The kernel grants net.core.rmem_max at most, unless the process has NET_ADMIN.
const receiveBuffer = 8 << 20

func serveCommand(flags *flag.FlagSet, args []string) error {
	udp := flags.Int("udp", 7000, "port that counts sequence-numbered packets")
	tcp := flags.Int("tcp", 7001, "port that swallows bulk streams")
	web := flags.Int("http", 8080, "port that answers ok, 0 for none")
	attached := flags.Bool("attached", false, "end when the standard input does, and so with whoever holds it")
	if err := parse(flags, args); err != nil {
		return err
	}
	s, err := listen(*udp, *tcp, *web)
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

// server owns the sockets of a receiver; all are open once listen returns.
type server struct {
	board   *board
	packets *net.UDPConn
	streams *net.TCPListener
	web     net.Listener
	control net.Listener
}

// listen opens the sockets for both address families. Port 0 lets the kernel choose, except for web.
func listen(udp, tcp, web int) (*server, error) {
	s := &server{board: newBoard()}
	var err error
	if s.packets, err = net.ListenUDP("udp", &net.UDPAddr{Port: udp}); err != nil {
		return nil, err
	}
	if err = enlarge(s.packets); err != nil {
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

func (s *server) udpPort() int { return s.packets.LocalAddr().(*net.UDPAddr).Port }
func (s *server) tcpPort() int { return s.streams.Addr().(*net.TCPAddr).Port }

// enlarge asks for receiveBuffer beyond the system's limit where it may, else up to it.
func enlarge(conn *net.UDPConn) error {
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
	failed := make(chan error, 4)
	go func() { failed <- s.countPackets() }()
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
	s.packets.Close()
	s.streams.Close()
	s.control.Close()
	if s.web != nil {
		s.web.Close()
	}
}

func (s *server) countPackets() error {
	buffer := make([]byte, packetSize+1)
	for {
		n, _, err := s.packets.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return err
		}
		if p, ok := decode(buffer[:n]); ok {
			s.board.count(p, time.Now())
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
