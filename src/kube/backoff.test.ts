import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('doubles from the first wait up to the longest', () => {
  const waits = [1, 2, 3, 4, 5, 2000].map((n) =>
    backoffMs(n, { first: 100, max: 1000, random: 0 }),
  );
  expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
});

it('takes off at most half by chance', () => {
  expect(backoffMs(1, { first: 100, max: 1000, random: 0.5 })).toBe(75);
  expect(backoffMs(9, { first: 100, max: 1000, random: 0.999_999 })).toBeGreaterThanOrEqual(500);
});
