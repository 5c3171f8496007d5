import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { netemArguments } from './netem.ts';

describe('netemArguments', () => {
  it.each([
    ['independent loss', 20, 0, 'limit 100000 loss random 20%'],
    ['a fraction of a percent', 0.015, 0, 'limit 100000 loss random 0.015%'],
    ['correlated loss as a Gilbert chain', 20, 50, 'limit 100000 loss gemodel 10% 40%'],
    ['the strongest correlation', 5, 99, 'limit 100000 loss gemodel 0.05% 0.95%'],
    ['total loss, where correlation means nothing', 100, 50, 'limit 100000 loss random 100%'],
  ])('writes %s', (_name, lossPercentage, correlation, words) => {
    expect(netemArguments({ lossPercentage, correlation }).join(' ')).toBe(words);
  });

  it('never writes an exponent or a zero loss', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 99, noNaN: true }),
        (lossPercentage, correlation) => {
          for (const word of netemArguments({ lossPercentage, correlation }).slice(4)) {
            expect(word).toMatch(/^[0-9]+(\.[0-9]+)?%$/);
            expect(Number.parseFloat(word)).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});
