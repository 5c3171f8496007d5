import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMicroseconds, parseMicroseconds, parseRate } from './units.ts';

describe('parseMicroseconds', () => {
  it.each([
    ['100ms', 100_000],
    ['0.5ms', 500],
    ['250us', 250],
    ['1s500ms', 1_500_000],
    ['0ms', 0],
  ])('reads %s', (text, us) => {
    expect(parseMicroseconds(text)).toBe(us);
  });

  it.each(['', '5', '-1ms', '1m', '1 ms', '1e3ms'])('does not take %j', (text) => {
    expect(parseMicroseconds(text)).toBeUndefined();
  });

  it('reads back what formatMicroseconds writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000_000 }), (us) => {
        expect(parseMicroseconds(formatMicroseconds(us))).toBe(us);
      }),
    );
  });
});

describe('parseRate', () => {
  it.each([
    ['1mbit', 1e6],
    ['500kbit', 5e5],
    ['1.5gbit', 1.5e9],
    ['800bit', 800],
  ])('reads %s', (text, bits) => {
    expect(parseRate(text)).toBe(bits);
  });

  it.each(['', '1', '1MB', '-1mbit', '1 mbit'])('does not take %j', (text) => {
    expect(parseRate(text)).toBeUndefined();
  });
});
