package main

import (
	"fmt"
	"math/rand"
	"net/netip"
	"reflect"
	"testing"
	"time"
)

func tallyOf(total int, arrived func(seq int) bool) *tally {
	t := newTally(total)
	for seq := range total {
		if arrived(seq) {
			t.count(seq, time.UnixMilli(int64(1000+seq)))
		}
	}
	return t
}

func TestBurstsAreMaximalRunsOfMissingNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		total   int
		missing []int
		bursts  int
	}{
		"nothing missing":                  {10, nil, 0},
		"the first":                        {10, []int{0}, 1},
		"the last":                         {10, []int{9}, 1},
		"two neighbours":                   {10, []int{4, 5}, 1},
		"two apart":                        {10, []int{4, 6}, 2},
		"a run across a word":              {130, []int{62, 63, 64, 65}, 1},
		"one on each side of a word":       {130, []int{63, 65}, 2},
		"a run that ends at a word":        {128, []int{60, 61, 62, 63}, 1},
		"a run that begins at a word":      {128, []int{64, 65}, 1},
		"a total that is a whole word":     {64, []int{63}, 1},
		"a run that ends the second word":  {128, []int{126, 127}, 1},
		"everything of less than one word": {3, []int{0, 1, 2}, 1},
	} {
		lost := map[int]bool{}
		for _, seq := range c.missing {
			lost[seq] = true
		}
		got := tallyOf(c.total, func(seq int) bool { return !lost[seq] }).stats("f")
		if got.Bursts != c.bursts || got.Lost != len(c.missing) || got.Received != c.total-len(c.missing) {
			t.Errorf("%s: %+v, want %d bursts of %d lost", name, got, c.bursts, len(c.missing))
		}
	}
}

func TestBurstsAgreeWithACountByHand(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 200 {
		total := 1 + random.Intn(300)
		arrived := make([]bool, total)
		want, before := 0, true
		for i := range arrived {
			arrived[i] = random.Float64() < 0.6
			if !arrived[i] && before {
				want++
			}
			before = arrived[i]
		}
		if got := tallyOf(total, func(seq int) bool { return arrived[seq] }).bursts(); got != want {
			t.Fatalf("%v: %d bursts, want %d", arrived, got, want)
		}
	}
}

func TestCopiesAndOrderDoNotMatter(t *testing.T) {
	tally := newTally(3)
	for i, seq := range []int{2, 0, 2, 1, 0} {
		tally.count(seq, time.UnixMilli(int64(100+i)))
	}
	got := tally.stats("f")
	want := flowStats{
		Flow: "f", Total: 3, Received: 3, Duplicates: 2, Reordered: 2, FirstMs: 100, LastMs: 104, complete: true,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAFlowKeepsItsTotal(t *testing.T) {
	b := newBoard()
	b.count(packet{flow: "f", seq: 1, total: 10}, here, time.UnixMilli(1))
	b.count(packet{flow: "f", seq: 19, total: 20}, here, time.UnixMilli(2))
	if got, _, ok := b.read("f"); !ok || got.Received != 1 || got.Total != 10 {
		t.Errorf("got %+v, %v", got, ok)
	}
	if _, _, ok := b.read("g"); ok {
		t.Error("a flow nobody sent was found")
	}
}

func TestTheFlowHeardLeastRecentlyMakesRoom(t *testing.T) {
	b := newBoard()
	for i := range maxFlows + 1 {
		from := netip.AddrPortFrom(here.Addr(), uint16(1+i))
		b.count(packet{flow: fmt.Sprintf("f%d", i), seq: 0, total: 1}, from, time.UnixMilli(int64(i)))
	}
	if _, _, ok := b.read("f0"); ok || len(b.flows) != maxFlows || len(b.senders) != maxFlows {
		t.Errorf("%d flows kept, the oldest among them: %v", len(b.flows), ok)
	}
}

var here = netip.MustParseAddrPort("10.0.0.1:5000")

func TestWhatCannotBeReadCountsForTheFlowOfItsSender(t *testing.T) {
	b := newBoard()
	b.count(packet{flow: "f", seq: 0, total: 2}, here, time.UnixMilli(1))
	b.spoil(here)
	b.spoil(netip.MustParseAddrPort("10.0.0.1:5001"))
	if got, _, _ := b.read("f"); got.Corrupted != 1 || got.Lost != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestArrivalsAreNotedWhereTheSenderAsksForThem(t *testing.T) {
	b := newBoard()
	for i, seq := range []uint32{0, 2, 1, 1} {
		sent := time.UnixMicro(int64(seq) * 1000)
		b.count(packet{flow: "f", seq: seq, total: 3, sent: sent, record: true}, here, time.UnixMicro(int64(5000+i)))
		b.count(packet{flow: "g", seq: seq, total: 3, sent: sent}, here, time.UnixMicro(int64(5000+i)))
	}
	want := &arrivals{Seqs: []int32{0, 2, 1, 1}, DelaysUs: []int32{5000, 3001, 4002, 4003}}
	if got, _, _ := b.read("f"); !reflect.DeepEqual(got.Arrivals, want) || got.Reordered != 1 {
		t.Errorf("got %+v %+v", got, got.Arrivals)
	}
	if got, _, _ := b.read("g"); got.Arrivals != nil {
		t.Errorf("got %+v", got.Arrivals)
	}
}
