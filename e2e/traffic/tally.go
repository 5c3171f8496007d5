package main

import (
	"math/bits"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxFlows bounds the memory of a receiver; beyond it the flow heard least recently is forgotten.
	maxFlows = 1024
	// maxArrivals bounds what is noted of one flow; later ones are counted only.
	maxArrivals = 64 << 10
)

// flowStats is what arrived of one flow. Times are the receiver's clock in epoch milliseconds, 0 when
// nothing arrived.
type flowStats struct {
	Flow  string `json:"flow"`
	Total int    `json:"total"`
	// Received counts distinct packets; Duplicates the copies beyond the first; Reordered the packets that
	// came after one that was sent later; Corrupted what came from the flow's sender and was changed on its
	// way, which is also Lost.
	Received   int `json:"received"`
	Duplicates int `json:"duplicates"`
	Reordered  int `json:"reordered"`
	Corrupted  int `json:"corrupted"`
	// Lost = Total - Received; Bursts is the number of maximal runs of missing sequence numbers, so
	// Lost / Bursts is the mean burst.
	Lost    int   `json:"lost"`
	Bursts  int   `json:"bursts"`
	FirstMs int64 `json:"firstMs"`
	LastMs  int64 `json:"lastMs"`
	// Arrivals of a recorded flow in their order, copies included.
	Arrivals *arrivals `json:"arrivals,omitempty"`
	// SocketDrops counts packets of any flow that the receiving sockets discarded for want of buffer
	// since the receiver started: losses of the measurement, not of the network.
	SocketDrops int `json:"socketDrops"`
	// complete: the last packet of the flow has arrived.
	complete bool
}

// arrivals has two numbers for each: which packet, and its time on the way in microseconds, by the
// sender's clock and the receiver's kernel. Both are one clock where both are pods of one node.
type arrivals struct {
	Seqs     []int32 `json:"seqs"`
	DelaysUs []int32 `json:"delaysUs"`
}

// tally counts the packets of one flow by sequence number; order and copies do not matter to what is lost.
type tally struct {
	seen       []uint64
	total      int
	received   int
	duplicates int
	reordered  int
	corrupted  int
	highest    int
	first      time.Time
	last       time.Time
	// heard is when the receiver has read the last packet, which may be later than it arrived.
	heard    time.Time
	arrivals *arrivals
}

func newTally(total int) *tally {
	return &tally{seen: make([]uint64, (total+63)/64), total: total, highest: -1}
}

func (t *tally) count(seq int, now time.Time) {
	word, bit := seq/64, uint64(1)<<(seq%64)
	if t.received == 0 {
		t.first = now
	}
	t.last = now
	if t.seen[word]&bit != 0 {
		t.duplicates++
		return
	}
	t.seen[word] |= bit
	t.received++
	if seq < t.highest {
		t.reordered++
	}
	t.highest = max(t.highest, seq)
}

// note records an arrival.
func (t *tally) note(seq int, onTheWay time.Duration) {
	if t.arrivals == nil {
		t.arrivals = &arrivals{}
	}
	if len(t.arrivals.Seqs) < maxArrivals {
		t.arrivals.Seqs = append(t.arrivals.Seqs, int32(seq))
		t.arrivals.DelaysUs = append(t.arrivals.DelaysUs, int32(onTheWay.Microseconds()))
	}
}

// bursts counts maximal runs of missing numbers in [0, total): the places where a missing number
// follows one that arrived, or begins the flow.
func (t *tally) bursts() int {
	count := 0
	before := uint64(1)
	for i, word := range t.seen {
		missing := ^word
		if last := t.total - i*64; last < 64 {
			missing &= uint64(1)<<last - 1
		}
		arrivedBefore := word<<1 | before
		count += bits.OnesCount64(missing & arrivedBefore)
		before = word >> 63
	}
	return count
}

func (t *tally) stats(flow string) flowStats {
	s := flowStats{
		Flow: flow, Total: t.total, Received: t.received, Duplicates: t.duplicates,
		Reordered: t.reordered, Corrupted: t.corrupted,
		Lost: t.total - t.received, Bursts: t.bursts(),
		complete: t.highest == t.total-1,
	}
	if t.arrivals != nil {
		// What is still to come does not change what was read.
		noted := *t.arrivals
		s.Arrivals = &noted
	}
	if t.received > 0 {
		s.FirstMs, s.LastMs = t.first.UnixMilli(), t.last.UnixMilli()
	}
	return s
}

// board holds the tallies of all flows of a receiver.
type board struct {
	mu    sync.Mutex
	flows map[string]*tally
	// senders has the flow heard last from an address and port, as long as its tally is kept.
	senders map[netip.AddrPort]string
}

func newBoard() *board {
	return &board{flows: map[string]*tally{}, senders: map[netip.AddrPort]string{}}
}

// count adds a packet. A packet whose total differs from its flow's first one is another flow that took
// the same name; it is not counted.
func (b *board) count(p packet, from netip.AddrPort, arrived time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.flows[p.flow]
	if t == nil {
		b.makeRoom()
		t = newTally(int(p.total))
		b.flows[p.flow] = t
	}
	if t.total != int(p.total) {
		return
	}
	b.senders[from] = p.flow
	t.heard = time.Now()
	t.count(int(p.seq), arrived)
	if p.record {
		t.note(int(p.seq), arrived.Sub(p.sent))
	}
}

// spoil counts a packet that cannot be read for the flow that its sender sent last.
func (b *board) spoil(from netip.AddrPort) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.flows[b.senders[from]]; t != nil {
		t.corrupted++
	}
}

func (b *board) makeRoom() {
	if len(b.flows) < maxFlows {
		return
	}
	oldest := ""
	for name, t := range b.flows {
		if oldest == "" || t.heard.Before(b.flows[oldest].heard) {
			oldest = name
		}
	}
	delete(b.flows, oldest)
	for from, flow := range b.senders {
		if flow == oldest {
			delete(b.senders, from)
		}
	}
}

// read answers false when no packet of the flow arrived.
func (b *board) read(flow string) (stats flowStats, heard time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.flows[flow]
	if t == nil {
		return flowStats{}, time.Time{}, false
	}
	return t.stats(flow), t.heard, true
}
