package main

import (
	"math/bits"
	"sync"
	"time"
)

// maxFlows bounds the memory of a receiver; beyond it the flow heard least recently is forgotten.
const maxFlows = 1024

// flowStats is what arrived of one flow. Times are the receiver's clock in epoch milliseconds, 0 when
// nothing arrived.
type flowStats struct {
	Flow  string `json:"flow"`
	Total int    `json:"total"`
	// Received counts distinct packets; Duplicates the copies beyond the first.
	Received   int `json:"received"`
	Duplicates int `json:"duplicates"`
	// Lost = Total - Received; Bursts is the number of maximal runs of missing sequence numbers, so
	// Lost / Bursts is the mean burst.
	Lost    int   `json:"lost"`
	Bursts  int   `json:"bursts"`
	FirstMs int64 `json:"firstMs"`
	LastMs  int64 `json:"lastMs"`
	// SocketDrops counts packets of any flow that the receiving sockets discarded for want of buffer
	// since the receiver started: losses of the measurement, not of the network.
	SocketDrops int `json:"socketDrops"`
}

// tally counts the packets of one flow by sequence number; order and copies do not matter.
type tally struct {
	seen       []uint64
	total      int
	received   int
	duplicates int
	first      time.Time
	last       time.Time
}

func newTally(total int) *tally {
	return &tally{seen: make([]uint64, (total+63)/64), total: total}
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
		Lost: t.total - t.received, Bursts: t.bursts(),
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
}

func newBoard() *board {
	return &board{flows: map[string]*tally{}}
}

// count adds a packet. A packet whose total differs from its flow's first one is another flow that took
// the same name; it is not counted.
func (b *board) count(p packet, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.flows[p.flow]
	if t == nil {
		b.makeRoom()
		t = newTally(int(p.total))
		b.flows[p.flow] = t
	}
	if t.total == int(p.total) {
		t.count(int(p.seq), now)
	}
}

func (b *board) makeRoom() {
	if len(b.flows) < maxFlows {
		return
	}
	oldest := ""
	for name, t := range b.flows {
		if oldest == "" || t.last.Before(b.flows[oldest].last) {
			oldest = name
		}
	}
	delete(b.flows, oldest)
}

// read answers false when no packet of the flow arrived.
func (b *board) read(flow string) (stats flowStats, last time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.flows[flow]
	if t == nil {
		return flowStats{}, time.Time{}, false
	}
	return t.stats(flow), t.last, true
}
