import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentageViolation } from './percentage.ts';

describe('percentageViolation', () => {
  it.each<[string, number, number, number, number | undefined, boolean]>([
    ['no limit', 8, 0, 8, undefined, true],
    ['exactly the limit', 3, 0, 10, 30, true],
    ['one pod above the limit', 4, 0, 10, 30, false],
    ['one pod of two at 30', 1, 0, 2, 30, false],
    ['within the limit but for another fault', 3, 1, 10, 30, false],
    ['nothing selected', 0, 5, 10, 10, true],
  ])('%s', (_name, selected, faulted, running, limit, passes) => {
    expect(percentageViolation(selected, faulted, running, limit) === undefined).toBe(passes);
  });

  it('says the share, the limit and what would pass', () => {
    expect(percentageViolation(5, 0, 8, 30)).toBe(
      '5 pods would be 62.5 % of the 8 that match and run, above spec.safety.maxPercentage 30: at most 2 would pass',
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
          const message = percentageViolation(running - faulted + 1, faulted, running, limit);
          if (message === undefined) return;
          const atMost = Number(/at most (\d+)/.exec(message)?.[1]);
          expect(percentageViolation(atMost, faulted, running, limit)).toBeUndefined();
          expect(percentageViolation(atMost + 1, faulted, running, limit)).toBeDefined();
        },
      ),
    );
  });
});
