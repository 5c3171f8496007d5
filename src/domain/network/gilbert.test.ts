import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gilbert, MAX_CORRELATION, realisedCorrelation } from './gilbert.ts';

describe('gilbert', () => {
  it('keeps the mean and the autocorrelation for every loss and correlation', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 99.99, noNaN: true }),
        fc.double({ min: 0, max: MAX_CORRELATION, noNaN: true }),
        (loss, correlation) => {
          const { p, r } = gilbert(loss, correlation);
          expect((100 * p) / (p + r)).toBeCloseTo(loss, 6);
          expect(1 - (p + r) / 100).toBeCloseTo(correlation / 100, 6);
        },
      ),
    );
  });

  it('has a mean burst of 2.5 packets at 20 % loss and correlation 50', () => {
    expect(100 / gilbert(20, 50).r).toBeCloseTo(2.5, 9);
  });

  it('is independent loss without correlation', () => {
    expect(gilbert(20, 0)).toEqual({ p: 20, r: 80 });
  });
});

describe('realisedCorrelation', () => {
  it.each([
    [0, 0],
    [50, 50],
    [99, 99],
    [99.5, 99],
    [100, 99],
  ])('realises %d as %d', (asked, realised) => {
    expect(realisedCorrelation(asked)).toBe(realised);
  });
});
