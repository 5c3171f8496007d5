package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// retryInterval is how often a name that is not a namespace yet is looked at again.
	retryInterval = 20 * time.Millisecond
	// goneInterval bounds how long the listener of a namespace outlives its name.
	goneInterval = 30 * time.Second
	// announcementBuffer holds the filters of some thousand addresses, which come all at once.
	announcementBuffer = 64 << 20
	// Multicast groups of rtnetlink, as bits: link, tc, IPv4 and IPv6 addresses.
	watchGroups = 1<<0 | 1<<3 | 1<<4 | 1<<8
)

// setnsCall is the system call number that package syscall does not carry (asm/unistd_64.h, asm-generic).
var setnsCall = map[string]uintptr{"amd64": 308, "arm64": 268}

// observation is one line of `traffic watch`. AtUs is the node's clock in epoch microseconds when the
// kernel's message was read.
type observation struct {
	AtUs  int64  `json:"atUs"`
	Netns string `json:"netns,omitempty"`
	// Event is ready (existing namespaces are listened to), open, gone, change, lost (messages overran the
	// buffer: what follows is incomplete), or clock (answer to a line on stdin, echoed in Echo).
	Event string `json:"event"`
	Echo  string `json:"echo,omitempty"`
	*change
}

// watcher prints observations of all network namespaces under a directory.
type watcher struct {
	dir  string
	out  sync.Mutex
	json *json.Encoder
}

// watchCommand runs until stdin ends, so that it does not outlive the test that started it.
func watchCommand(flags *flag.FlagSet, args []string) error {
	dir := flags.String("netns", "/var/run/netns", "directory of network namespaces")
	if err := parse(flags, args); err != nil {
		return err
	}
	w := &watcher{dir: *dir, json: json.NewEncoder(os.Stdout)}
	failed := make(chan error, 2)
	go func() { failed <- w.scan() }()
	go func() { failed <- w.tellTime(os.Stdin) }()
	return <-failed
}

// print takes now for the time of an observation that has none.
func (w *watcher) print(o observation) {
	if o.AtUs == 0 {
		o.AtUs = time.Now().UnixMicro()
	}
	w.out.Lock()
	defer w.out.Unlock()
	w.json.Encode(o)
}

// tellTime answers each line with the node's time; the end of the input ends the watch.
func (w *watcher) tellTime(in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		w.print(observation{Event: "clock", Echo: lines.Text()})
	}
	return lines.Err()
}

// scan starts a listener in each namespace once, for as long as its name is there. It sleeps until the
// directory changes.
func (w *watcher) scan() error {
	changes, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return err
	}
	defer syscall.Close(changes)
	if _, err := syscall.InotifyAddWatch(changes, w.dir, syscall.IN_CREATE|syscall.IN_DELETE); err != nil {
		return fmt.Errorf("%s: %w", w.dir, err)
	}
	known := map[string]bool{}
	ready := false
	buffer := make([]byte, 16<<10)
	for {
		entered, err := w.look(known)
		if err != nil {
			return err
		}
		if !ready {
			ready = true
			w.print(observation{Event: "ready"})
		}
		if !entered {
			time.Sleep(retryInterval)
			continue
		}
		if _, err := syscall.Read(changes, buffer); err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// look brings `known` up to date with the directory; false when a namespace could not be entered yet.
func (w *watcher) look(known map[string]bool) (bool, error) {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return false, err
	}
	present := map[string]bool{}
	all := true
	for _, entry := range entries {
		name := entry.Name()
		present[name] = true
		if known[name] {
			continue
		}
		if w.open(name) {
			known[name] = true
		} else {
			all = false
		}
	}
	for name := range known {
		if !present[name] {
			delete(known, name)
			w.print(observation{Event: "gone", Netns: name})
		}
	}
	return all, nil
}

// open answers false when the namespace cannot be entered (yet): its file exists a moment before the
// mount that makes it one.
func (w *watcher) open(name string) bool {
	opened := make(chan error, 1)
	go func() {
		// The thread stays in the namespace and ends with the goroutine, because it is never unlocked.
		runtime.LockOSThread()
		socket, err := listenIn(filepath.Join(w.dir, name))
		if err == nil {
			w.print(observation{Event: "open", Netns: name})
		}
		opened <- err
		if err == nil {
			defer syscall.Close(socket)
			w.follow(name, socket)
		}
	}()
	return <-opened == nil
}

// listenIn moves the calling thread into the namespace and subscribes there.
func listenIn(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return -1, err
	}
	defer file.Close()
	number, ok := setnsCall[runtime.GOARCH]
	if !ok {
		return -1, fmt.Errorf("setns is not known on %s", runtime.GOARCH)
	}
	if _, _, errno := syscall.RawSyscall(number, file.Fd(), syscall.CLONE_NEWNET, 0); errno != 0 {
		return -1, errno
	}
	socket, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return -1, err
	}
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, announcementBuffer); err != nil {
		syscall.Close(socket)
		return -1, err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: watchGroups}); err != nil {
		syscall.Close(socket)
		return -1, err
	}
	return socket, nil
}

// follow prints the links and addresses that are there, then every change, until the namespace is gone:
// deleting its name leaves the socket silent, so each wait for a message is bounded.
func (w *watcher) follow(name string, socket int) {
	names := devices{}
	for _, kind := range []int{syscall.RTM_GETLINK, syscall.RTM_GETADDR} {
		if raw, err := syscall.NetlinkRIB(kind, syscall.AF_UNSPEC); err == nil {
			w.printAll(name, names, raw)
		}
	}
	wait := syscall.NsecToTimeval(goneInterval.Nanoseconds())
	syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &wait)
	buffer := make([]byte, 64<<10)
	for {
		n, err := syscall.Read(socket, buffer)
		switch {
		case err == nil:
			w.printAll(name, names, buffer[:n])
		case errors.Is(err, syscall.ENOBUFS):
			w.print(observation{Event: "lost", Netns: name})
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
			if _, err := os.Stat(filepath.Join(w.dir, name)); os.IsNotExist(err) {
				return
			}
		default:
			w.print(observation{Event: "lost", Netns: name})
			return
		}
	}
}

func (w *watcher) printAll(name string, names devices, raw []byte) {
	readAt := time.Now().UnixMicro()
	messages, err := syscall.ParseNetlinkMessage(raw)
	if err != nil {
		w.print(observation{Event: "lost", Netns: name})
		return
	}
	for _, m := range messages {
		if c, ok := names.read(m); ok && !c.choosesPackets() {
			w.print(observation{AtUs: readAt, Event: "change", Netns: name, change: &c})
		}
	}
}
