import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWarnings } from './warnings.ts';

const long = 'w'.repeat(300);

describe('fitWarnings', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['leaves short ones', ['one', 'two'], ['one', 'two']],
    ['puts lines into one', ['a\nb\r\n\tc\u0000d'], ['a b c d']],
    ['drops empty ones', ['', ' \n', 'a'], ['a']],
    ['says a thing once', ['a', 'b', 'a', 'a\n'], ['a', 'b']],
    ['cuts long ones with an ellipsis', [long], [`${'w'.repeat(252)}…`]],
    ['replaces half a character', ['a\ud800b'], ['a\ufffdb']],
  ])('%s', (_, warnings, expected) => {
    expect(fitWarnings(warnings)).toEqual(expected);
  });

  it('says how many do not fit', () => {
    const warnings = Array.from({ length: 100 }, (_, i) => `${i} ${'w'.repeat(96)}`);
    const fitted = fitWarnings(warnings);
    expect(fitted.slice(0, -1)).toEqual(warnings.slice(0, fitted.length - 1));
    expect(fitted.at(-1)).toBe(`… and ${100 - (fitted.length - 1)} more warnings`);
    expect(fitted.length).toBeGreaterThan(40);
  });

  it('gives nothing that Kubernetes would drop', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'grapheme', minLength: 200, maxLength: 400 }),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (warnings) => {
        const fitted = fitWarnings(warnings);
        let total = 0;
        for (const warning of fitted) {
          expect(warning).not.toMatch(/\p{Cc}/u);
          expect(warning.isWellFormed()).toBe(true);
          expect(warning.length).toBeGreaterThan(0);
          expect(warning.length).toBeLessThan(256);
          total += Buffer.byteLength(warning);
        }
        expect(total).toBeLessThanOrEqual(4096);
      }),
    );
  });
});
