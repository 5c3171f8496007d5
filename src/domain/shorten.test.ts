import { expect, it } from 'vitest';
import { shorten } from './shorten.ts';

it.each([
  ['', 3, ''],
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
])('%j in at most %i characters is %j', (text, most, short) => {
  expect(shorten(text, most)).toBe(short);
});
