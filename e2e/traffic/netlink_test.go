package main

import (
	"encoding/binary"
	"syscall"
	"testing"
)

func attribute(kind int, value []byte) []byte {
	raw := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	raw = binary.NativeEndian.AppendUint16(raw, uint16(kind))
	raw = append(raw, value...)
	for len(raw)%4 != 0 {
		raw = append(raw, 0)
	}
	return raw
}

func words(values ...uint32) (raw []byte) {
	for _, v := range values {
		raw = binary.NativeEndian.AppendUint32(raw, v)
	}
	return raw
}

func message(kind uint16, parts ...[]byte) syscall.NetlinkMessage {
	m := syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: kind}}
	for _, part := range parts {
		m.Data = append(m.Data, part...)
	}
	return m
}

func TestMessagesReadAsTcPrintsThem(t *testing.T) {
	kind := func(name string) []byte { return attribute(tcaKind, append([]byte(name), 0)) }
	names := devices{2: "eth0"}
	for name, c := range map[string]struct {
		message syscall.NetlinkMessage
		want    change
	}{
		"a root qdisc": {
			message(rtmNewQdisc, words(0, 2, 0x7a1f0000, 0xffffffff, 1), kind("prio")),
			change{What: "qdisc", Device: "eth0", Kind: "prio", Handle: "7a1f:", Parent: "root"},
		},
		"a leaf qdisc, deleted, after another attribute": {
			message(rtmDelQdisc, words(0, 2, 0x7b1f0000, 0x7a1f0002, 0), attribute(9, []byte{1}), kind("netem")),
			change{What: "qdisc", Deleted: true, Device: "eth0", Kind: "netem", Handle: "7b1f:", Parent: "7a1f:2"},
		},
		"clsact on a device without a known name": {
			message(rtmNewQdisc, words(0, 7, 0xffff0000, 0xfffffff1, 0), kind("clsact")),
			change{What: "qdisc", Device: "#7", Kind: "clsact", Handle: "ffff:", Parent: "ffff:fff1"},
		},
		"a filter": {
			message(rtmNewFilter, words(0, 2, 1, 0xfffffff2, 0x7a1f0008), kind("matchall")),
			change{What: "filter", Device: "eth0", Kind: "matchall", Parent: "ffff:fff2", Priority: 0x7a1f},
		},
		"an IPv4 address": {
			message(syscall.RTM_NEWADDR, words(0, 2), attribute(syscall.IFA_ADDRESS, []byte{10, 244, 1, 9})),
			change{What: "address", Device: "eth0", Address: "10.244.1.9"},
		},
	} {
		if got, ok := names.read(c.message); !ok || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, ok, c.want)
		}
	}
}

func TestNamesFollowTheLinks(t *testing.T) {
	names := devices{}
	added := message(syscall.RTM_NEWLINK, words(0, 5, 0, 0), attribute(syscall.IFLA_IFNAME, []byte("squall-1f\x00")))
	if got, _ := names.read(added); got.Device != "squall-1f" || got.Deleted {
		t.Errorf("added: %+v", got)
	}
	gone := message(syscall.RTM_DELLINK, words(0, 5, 0, 0))
	if got, _ := names.read(gone); got.Device != "squall-1f" || !got.Deleted || len(names) != 0 {
		t.Errorf("gone: %+v, still known: %v", got, names)
	}
}

func TestBrokenMessagesAreLeftAlone(t *testing.T) {
	for name, m := range map[string]syscall.NetlinkMessage{
		"short qdisc":        message(rtmNewQdisc, words(0, 2)),
		"short link":         message(syscall.RTM_NEWLINK, words(0)),
		"short address":      message(syscall.RTM_NEWADDR, words(0)),
		"address without it": message(syscall.RTM_NEWADDR, words(0, 2)),
		"another type":       message(syscall.RTM_NEWROUTE, words(0, 0, 0, 0, 0)),
	} {
		if got, ok := (devices{}).read(m); ok {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
	overlong := words(0, 2, 0x7a1f0000, 0xffffffff, 1)
	overlong = append(overlong, 0xff, 0x00, tcaKind, 0, 'p')
	if got, ok := (devices{}).read(message(rtmNewQdisc, overlong)); !ok || got.Kind != "" {
		t.Errorf("an attribute past the end was read: %+v", got)
	}
}

func TestFiltersOfARootAreToldFromThoseThatTurnAFault(t *testing.T) {
	for parent, want := range map[string]bool{"7a1f:": true, "7c1f:": false, "ffff:fff2": false, "root": false, "7a:": false} {
		if got := (change{What: "filter", Parent: parent}).choosesPackets(); got != want {
			t.Errorf("%s: %v, want %v", parent, got, want)
		}
	}
	if (change{What: "qdisc", Parent: "7a1f:"}).choosesPackets() {
		t.Error("a qdisc is no filter")
	}
}
