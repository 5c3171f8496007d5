import { expect, test } from 'vitest';
import { type Milestones, shortcomings, stageOf, total, type Window } from './demo-ledger.ts';

/** A run applied at 10 s, running from 13 s, whose first fault ends at 73 s, over at 75 s. */
const milestones: Milestones = {
  appliedMs: 10_000,
  runningMs: 13_000,
  firstEndMs: 73_000,
  overMs: 75_000,
};

const PACKETS = 1_000;

/** Losses per thousand of the pods a and b, out and in. */
function window(startMs: number, endMs: number, a: [number, number], b: [number, number]): Window {
  const counts = ([out, into]: [number, number]) => ({
    egress: { sent: PACKETS, lost: out },
    ingress: { sent: PACKETS, lost: into },
  });
  return {
    startMs,
    endMs,
    pods: new Map([
      ['a', counts(a)],
      ['b', counts(b)],
    ]),
  };
}

const none: [number, number] = [0, 0];
const good = [
  window(0, 2_000, none, none),
  window(20_000, 22_000, [190, 210], none),
  window(30_000, 32_000, [205, 195], none),
  window(76_000, 78_000, none, none),
];
const expectation = { pods: ['a', 'b'], hit: ['a'], lossPercentage: 20 };

test.each<[string, number, number, ReturnType<typeof stageOf>]>([
  ['ends when the experiment is applied', 8_000, 10_000, 'before'],
  ['sees the experiment applied', 9_000, 11_000, undefined],
  ['begins before all pods have proven their fault', 12_900, 15_000, undefined],
  ['begins when all pods have proven their fault', 13_000, 15_000, 'during'],
  ['ends a second before the first fault does', 70_000, 72_000, 'during'],
  ['ends within the second before the first fault does', 70_000, 72_001, undefined],
  ['begins before the run is over', 74_999, 77_000, undefined],
  ['begins when the run is over', 75_000, 77_000, 'after'],
])('a window that %s', (_, startMs, endMs, stage) => {
  expect(stageOf(window(startMs, endMs, none, none), milestones)).toBe(stage);
});

test('before anything is applied every window is before', () => {
  const nothing = {
    appliedMs: undefined,
    runningMs: undefined,
    firstEndMs: undefined,
    overMs: undefined,
  };
  expect(stageOf(window(0, 2_000, none, none), nothing)).toBe('before');
});

test('a stage counts the packets of its own windows', () => {
  expect(total(good, milestones, 'a', 'during', 'egress')).toEqual({ sent: 2_000, lost: 395 });
});

test('a loss that was there, as large as asked for, and is gone has no shortcoming', () => {
  expect(shortcomings(good, milestones, expectation)).toEqual([]);
});

test.each<[string, Window[], string]>([
  [
    'was too small',
    [window(0, 2_000, none, none), window(20_000, 22_000, [100, 200], none), good[3]!],
    'a: 100 of 1000 packets lost on egress during the fault, expected ',
  ],
  [
    'was too large',
    [window(0, 2_000, none, none), window(20_000, 22_000, [200, 300], none), good[3]!],
    'a: 300 of 1000 packets lost on ingress during the fault, expected ',
  ],
  [
    'hit the bystander',
    [good[0]!, window(20_000, 22_000, [200, 200], [0, 6]), good[3]!],
    'b: 6 of 1000 packets lost on ingress during the fault, expected none',
  ],
  [
    'was there before',
    [window(0, 2_000, [6, 0], none), good[1]!, good[3]!],
    'a: 6 of 1000 packets lost on egress before the fault, expected none',
  ],
  [
    'is not gone',
    [good[0]!, good[1]!, window(76_000, 78_000, [0, 200], none)],
    'a: 200 of 1000 packets lost on ingress after the fault, expected none',
  ],
])('a loss that %s is said', (_, windows, message) => {
  expect(shortcomings(windows, milestones, expectation)).toEqual([
    expect.stringContaining(message),
  ]);
});

test('a stage without packets proves nothing', () => {
  expect(shortcomings(good.slice(0, 3), milestones, expectation)).toContain(
    'a: no packet was counted on egress after the fault',
  );
});

test('a run that hit no pod proves nothing', () => {
  expect(shortcomings(good, milestones, { ...expectation, hit: [] })).toEqual(['no pod was hit']);
});
