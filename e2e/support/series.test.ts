import { expect, test } from 'vitest';
import { during, median, quantile, rateOf } from './series.ts';
import type { Delivery } from './traffic.ts';

test('quantiles are values that occurred', () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(2);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(median([])).toBeNaN();
});

const none: Delivery = {
  sent: 0,
  received: 0,
  lost: 0,
  bursts: 0,
  duplicates: 0,
  reordered: 0,
  corrupted: 0,
  startMs: 0,
  endMs: 0,
  tookUs: 0,
  sentUs: [],
  arrivals: [],
};

test('a rate is that of the packets after the first quarter, on the wire', () => {
  const sentUs = Array.from({ length: 8 }, () => 5_000_000);
  // The first two came at any time, each other 1 ms after the one before.
  const delaysUs = [0, 700_000, 801_000, 802_000, 803_000, 804_000, 805_000, 806_000];
  const arrivals = delaysUs.map((delayUs, seq) => ({ seq, delayUs }));
  expect(rateOf({ ...none, sentUs, arrivals }, 1_000)).toBeCloseTo(8 * 1_042 * 1_000);
});

test('a rate is not that of a moment in which nothing passed', () => {
  const sentUs = Array.from({ length: 80 }, () => 0);
  const arrivals = sentUs.map((_, seq) => ({
    seq,
    delayUs: seq * 1_000 + (seq < 75 ? 0 : 90_000),
  }));
  expect(rateOf({ ...none, sentUs, arrivals }, 1_000)).toBeCloseTo(8 * 1_042 * 1_000);
});

test('packets belong to the time at which they were sent, whenever they arrive', () => {
  const delivery: Delivery = {
    ...none,
    sentUs: [1_000_000, 2_000_000, 3_000_000, 4_000_000],
    arrivals: [
      { seq: 2, delayUs: 7 },
      { seq: 0, delayUs: 9_000_000 },
      { seq: 2, delayUs: 8 },
      { seq: 3, delayUs: 1 },
    ],
  };
  expect(during(delivery, 2_000, 4_000)).toEqual({ sent: 2, lost: 1, delaysUs: [7, 8] });
  expect(during(delivery, 0, 2_000)).toEqual({ sent: 1, lost: 0, delaysUs: [9_000_000] });
});
