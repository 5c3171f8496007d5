import { expect, it } from 'vitest';
import { isOlder } from './resource-version.ts';

const rows: [string, string | undefined, string | undefined, boolean | undefined][] = [
  ['compares as numbers, not as text', '9', '10', true],
  ['is exact beyond 2^53', '9007199254740993', '9007199254740992', false],
  ['does not call the same older', '7', '7', false],
  ['cannot tell for what is not decimal', 'a1', '2', undefined],
  ['cannot tell for a version that is missing', undefined, '2', undefined],
];

it.each(rows)('%s', (_, a, b, expected) => {
  expect(isOlder(a, b)).toBe(expected);
});
