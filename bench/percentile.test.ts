import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { percentile } from './percentile.ts';

describe('a percentile', () => {
  it.each([
    [[7], 50, 7],
    [[3, 1, 2], 50, 2],
    [[4, 1, 3, 2], 50, 2],
    [[10, 2, 1], 99, 10],
    [[10, 2, 1], 100, 10],
    [Array.from({ length: 300 }, (_, n) => 300 - n), 99, 297],
  ])('of %j at %d is %d', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  test('is one of the values, has enough of them at or below it, and one fewer without it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = percentile(all, percent);
        expect(all).toContain(found);
        const share = (count: number) => (100 * count) / all.length;
        expect(share(all.filter((one) => one <= found).length)).toBeGreaterThanOrEqual(percent);
        expect(share(all.filter((one) => one < found).length)).toBeLessThan(percent);
      }),
    );
  });

  it.each([0, -1, 101, Number.NaN])('at %d is none', (percent) => {
    expect(() => percentile([1], percent)).toThrow(RangeError);
  });

  it('of nothing is none', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});
