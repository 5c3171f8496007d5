import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Impairment, type ImpairmentSpec, impairments } from './impairment.ts';
import { netemArguments } from './netem.ts';

const words = (spec: Partial<ImpairmentSpec>) =>
  netemArguments(impairments({ action: 'pod-network-delay', ...spec })[0]).join(' ');

const nothing: Impairment = {
  lossPercentage: 0,
  correlation: 0,
  latencyUs: 0,
  jitterUs: 0,
  distribution: 'uniform',
  duplicatePercentage: 0,
  corruptPercentage: 0,
  reorderPercentage: 0,
};

describe('netemArguments', () => {
  it.each<[string, Partial<ImpairmentSpec>, string]>([
    ['independent loss', { lossPercentage: 20 }, 'limit 100000 loss random 20%'],
    ['a fraction of a percent', { lossPercentage: 0.015 }, 'limit 100000 loss random 0.015%'],
    [
      'correlated loss as a Gilbert chain',
      { lossPercentage: 20, correlation: 50 },
      'limit 100000 loss gemodel 10% 40%',
    ],
    [
      'the strongest correlation',
      { lossPercentage: 5, correlation: 100 },
      'limit 100000 loss gemodel 0.05% 0.95%',
    ],
    [
      'bursts of a mean length',
      { lossPercentage: 20, lossBurst: 4 },
      'limit 100000 loss gemodel 6.25% 25%',
    ],
    [
      'total loss, where correlation means nothing',
      { lossPercentage: 100, correlation: 50 },
      'limit 100000 loss random 100%',
    ],
    [
      'a partition as total loss',
      { action: 'pod-network-partition' },
      'limit 100000 loss random 100%',
    ],
    [
      'the loss that is the default of pod-network-loss',
      { action: 'pod-network-loss' },
      'limit 100000 loss random 5%',
    ],
    ['a latency of less than a millisecond', { latency: '0.25ms' }, 'limit 100000 delay 250us'],
    [
      'jitter that keeps the order by a rate',
      { latency: '100ms', jitter: '10ms' },
      'limit 100000 delay 100000us 10000us rate 1000gbit',
    ],
    [
      'jitter of a distribution',
      { latency: '100ms', jitter: '10ms', distribution: 'pareto' },
      'limit 100000 delay 100000us 10000us distribution pareto rate 1000gbit',
    ],
    [
      'jitter that may reorder where that is asked for',
      { latency: '100ms', jitter: '10ms', reorderPercentage: 25 },
      'limit 100000 delay 100000us 10000us reorder 25%',
    ],
    [
      'a long latency with room for what it holds',
      { latency: '10s' },
      'limit 1500000 delay 10000000us',
    ],
    [
      'a thin pipe with the queue that is before one',
      { action: 'pod-network-bandwidth', rate: '1mbit' },
      'limit 1000 rate 1000000bit',
    ],
    [
      'a long thin pipe, which holds what it delays as well',
      { rate: '10mbit', latency: '100ms' },
      'limit 3930 delay 100000us rate 10000000bit',
    ],
    [
      'shares of packets that are changed',
      { corruptPercentage: 1, duplicatePercentage: 2.5 },
      'limit 100000 corrupt 1% duplicate 2.5%',
    ],
  ])('writes %s', (_name, spec, expected) => {
    expect(words(spec)).toBe(expected);
  });

  it('never writes an exponent or a zero loss', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 99, noNaN: true }),
        (lossPercentage, correlation) => {
          const all = netemArguments({ ...nothing, lossPercentage, correlation });
          for (const word of all.slice(4)) {
            expect(word).toMatch(/^[0-9]+(\.[0-9]+)?%$/);
            expect(Number.parseFloat(word)).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('keeps mean loss and mean burst for every pair that can be', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 90, noNaN: true }),
        fc.double({ min: 10, max: 1000, noNaN: true }),
        (lossPercentage, lossBurst) => {
          const all = netemArguments({ ...nothing, lossPercentage, lossBurst });
          const [p = 0, r = 0] = all.slice(4).map(Number.parseFloat);
          expect((100 * p) / (p + r)).toBeCloseTo(lossPercentage, 2);
          expect(100 / r).toBeCloseTo(lossBurst, 2);
        },
      ),
    );
  });
});

describe('impairments', () => {
  it('lets each step of a profile change what it names, and nothing else', () => {
    const [, first, second] = impairments({
      action: 'pod-network-delay',
      latency: '20ms',
      lossPercentage: 1,
      profile: [
        { at: '2s', latency: '200ms' },
        { at: '4s', lossPercentage: 0 },
      ],
    });
    expect(first).toMatchObject({ latencyUs: 200_000, lossPercentage: 1 });
    expect(second).toMatchObject({ latencyUs: 20_000, lossPercentage: 0 });
  });
});
