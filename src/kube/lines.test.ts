import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KubeError } from './errors.ts';
import { LineSplitter } from './lines.ts';

function split(text: string, cuts: readonly number[], splitter = new LineSplitter(1e6, 'fail')) {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    const end = Math.max(start, Math.min(cut, bytes.length));
    lines.push(...splitter.push(bytes.subarray(start, end)));
    start = end;
  }
  return { lines, rest: splitter.end() };
}

it('gives the same lines however the bytes are cut, also within a character', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '"', '\\') })),
      fc.string({ unit: fc.constantFrom('z', 'ß') }),
      fc.array(fc.nat(200)),
      (lines, rest, cuts) => {
        const text = lines.map((line) => `${line}\n`).join('') + rest;
        const got = split(
          text,
          cuts.sort((a, b) => a - b),
        );
        expect(got).toEqual({ lines, rest: rest === '' ? undefined : rest });
      },
    ),
  );
});

it('cuts a line that is too long and goes on with the next', () => {
  const got = split('12345678\nabc\n', [3, 6], new LineSplitter(5, 'cut'));
  expect(got).toEqual({ lines: ['12345', 'abc'], rest: undefined });
});

it('fails at a line that is too long before all of it is there', () => {
  const splitter = new LineSplitter(5, 'fail');
  expect(() => [...splitter.push(Buffer.from('123456'))]).toThrow(KubeError);
});
