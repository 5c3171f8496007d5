import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip } from './clip.ts';

describe('clip', () => {
  it.each([
    ['leaves what fits', 'abcdef', 6, 'abcdef'],
    ['cuts one byte too much', 'abcdefg', 6, 'abc…'],
    ['counts bytes, not characters', 'äöü', 5, 'ä…'],
    ['never splits a character of four bytes', 'a😀bcd', 7, 'a…'],
    ['has room for nothing but the ellipsis', 'abcd', 3, '…'],
  ])('%s', (_, text, maxBytes, expected) => {
    expect(clip(text, maxBytes)).toBe(expected);
  });

  it('never exceeds its limit, and keeps a beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, max) => {
        const clipped = clip(text, max);
        expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(max);
        if (clipped === text) return;
        expect(clipped.endsWith('…')).toBe(true);
        expect(text.startsWith(clipped.slice(0, -1))).toBe(true);
        expect(clipped.isWellFormed()).toBe(text.slice(0, clipped.length - 1).isWellFormed());
      }),
    );
  });
});
