package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// Message types and attributes that package syscall does not name (linux/rtnetlink.h, linux/if_link.h).
const (
	rtmNewQdisc  = 36
	rtmDelQdisc  = 37
	rtmNewFilter = 44
	rtmDelFilter = 45
	tcaKind      = 1
	tcMessage    = 20
)

// change is one thing that happened in a network namespace, as the kernel announced it.
type change struct {
	// What is qdisc, filter, link or address.
	What string `json:"what"`
	// Deleted is false for an addition and for a change of something that is there.
	Deleted bool   `json:"deleted"`
	Device  string `json:"device"`
	// Kind, Handle and Parent of a qdisc or filter, as tc prints them: "netem", "7b1f:", "7a1f:2" or "root".
	Kind   string `json:"kind,omitempty"`
	Handle string `json:"handle,omitempty"`
	Parent string `json:"parent,omitempty"`
	// Priority of a filter.
	Priority int    `json:"priority,omitempty"`
	Address  string `json:"address,omitempty"`
}

// choosesPackets tells the filters of a run's root, 7aXX:, which say whose packets are hit. They may be thousands, and
// none of them begins or ends a fault.
func (c change) choosesPackets() bool {
	return c.What == "filter" && len(c.Parent) == 5 && strings.HasPrefix(c.Parent, "7a")
}

// devices maps interface indexes to names within one network namespace.
type devices map[int32]string

// read turns one netlink message into a change and keeps the names up to date; false for others.
func (d devices) read(m syscall.NetlinkMessage) (change, bool) {
	switch m.Header.Type {
	case rtmNewQdisc, rtmDelQdisc:
		return d.readTC(m, "qdisc", m.Header.Type == rtmDelQdisc)
	case rtmNewFilter, rtmDelFilter:
		return d.readTC(m, "filter", m.Header.Type == rtmDelFilter)
	case syscall.RTM_NEWLINK, syscall.RTM_DELLINK:
		return d.readLink(m)
	case syscall.RTM_NEWADDR, syscall.RTM_DELADDR:
		return d.readAddress(m)
	}
	return change{}, false
}

func (d devices) readTC(m syscall.NetlinkMessage, what string, deleted bool) (change, bool) {
	if len(m.Data) < tcMessage {
		return change{}, false
	}
	word := func(offset int) uint32 { return binary.NativeEndian.Uint32(m.Data[offset:]) }
	c := change{What: what, Deleted: deleted, Device: d.name(int32(word(4))), Parent: handle(word(12))}
	if what == "filter" {
		c.Priority = int(word(16) >> 16)
	} else {
		c.Handle = handle(word(8))
	}
	for kind, value := range attributes(m.Data[tcMessage:]) {
		if kind == tcaKind {
			c.Kind = text(value)
		}
	}
	return c, true
}

func (d devices) readLink(m syscall.NetlinkMessage) (change, bool) {
	if len(m.Data) < syscall.SizeofIfInfomsg {
		return change{}, false
	}
	index := int32(binary.NativeEndian.Uint32(m.Data[4:]))
	for kind, value := range attributes(m.Data[syscall.SizeofIfInfomsg:]) {
		if kind == syscall.IFLA_IFNAME {
			d[index] = text(value)
		}
	}
	deleted := m.Header.Type == syscall.RTM_DELLINK
	c := change{What: "link", Deleted: deleted, Device: d.name(index)}
	if deleted {
		delete(d, index)
	}
	return c, true
}

func (d devices) readAddress(m syscall.NetlinkMessage) (change, bool) {
	if len(m.Data) < syscall.SizeofIfAddrmsg {
		return change{}, false
	}
	index := int32(binary.NativeEndian.Uint32(m.Data[4:]))
	for kind, value := range attributes(m.Data[syscall.SizeofIfAddrmsg:]) {
		if address, ok := netip.AddrFromSlice(value); kind == syscall.IFA_ADDRESS && ok {
			deleted := m.Header.Type == syscall.RTM_DELADDR
			return change{What: "address", Deleted: deleted, Device: d.name(index), Address: address.String()}, true
		}
	}
	return change{}, false
}

func (d devices) name(index int32) string {
	if name, ok := d[index]; ok {
		return name
	}
	return fmt.Sprintf("#%d", index)
}

// handle prints a qdisc's or class's number as tc does.
func handle(number uint32) string {
	switch {
	case number == 0xffffffff:
		return "root"
	case number&0xffff == 0:
		return fmt.Sprintf("%x:", number>>16)
	default:
		return fmt.Sprintf("%x:%x", number>>16, number&0xffff)
	}
}

// attributes walks (type, value) pairs and stops at the first malformed one.
func attributes(data []byte) func(yield func(kind int, value []byte) bool) {
	return func(yield func(int, []byte) bool) {
		for len(data) >= syscall.SizeofRtAttr {
			size := int(binary.NativeEndian.Uint16(data))
			kind := int(binary.NativeEndian.Uint16(data[2:]))
			if size < syscall.SizeofRtAttr || size > len(data) {
				return
			}
			if !yield(kind, data[syscall.SizeofRtAttr:size]) {
				return
			}
			data = data[min((size+3)&^3, len(data)):]
		}
	}
}

func text(value []byte) string {
	for i, c := range value {
		if c == 0 {
			return string(value[:i])
		}
	}
	return string(value)
}
