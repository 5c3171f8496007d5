import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentageViolation, type Share } from './percentage.ts';

const violation = (share: Share, limit: number) =>
  percentageViolation('count 5', share, `${share.running} pods`, limit, `maxPercentage ${limit}`);

describe('percentageViolation', () => {
  it.each<[string, number, number, number, number, boolean]>([
    ['all of them at 100', 8, 0, 8, 100, true],
    ['exactly the limit', 3, 0, 10, 30, true],
    ['one pod above the limit', 4, 0, 10, 30, false],
    ['one pod of two at 30', 1, 0, 2, 30, false],
    ['within the limit but for another fault', 3, 1, 10, 30, false],
    ['nothing selected', 0, 5, 10, 10, true],
  ])('%s', (_name, selected, faulted, running, limit, passes) => {
    expect(violation({ selected, faulted, running }, limit) === undefined).toBe(passes);
  });

  it('says the share, the limit and what would pass', () => {
    expect(violation({ selected: 5, faulted: 0, running: 8 }, 30)).toBe(
      'count 5 would hit 62.5 % of 8 pods, above maxPercentage 30: at most 2',
    );
    expect(violation({ selected: 1, faulted: 2, running: 8 }, 30)).toBe(
      'count 5 would hit 37.5 % of 8 pods, with the 2 under a fault already, above maxPercentage 30: at most 0',
    );
  });

  it('what it says would pass does pass, and one more does not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 99 }),
        (running, others, limit) => {
          const faulted = Math.min(others, running);
          const message = violation({ selected: running - faulted + 1, faulted, running }, limit);
          if (message === undefined) return;
          const atMost = Number(/at most (\d+)/.exec(message)?.[1]);
          expect(violation({ selected: atMost, faulted, running }, limit)).toBeUndefined();
          expect(violation({ selected: atMost + 1, faulted, running }, limit)).toBeDefined();
        },
      ),
    );
  });
});
