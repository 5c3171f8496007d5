import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binomialRange, CONFIDENCE, correlatedRange } from './binomial.ts';

test('a small case agrees with probabilities worked out by hand', () => {
  // Ten tosses of a coin: P(0) = P(10) = 1/1024, far above the tail, so every count is allowed.
  expect(binomialRange(10, 0.5)).toEqual({ low: 0, high: 10 });
  // Twenty: P(0) = 2^-20 = 9.5e-7 and P(0..1) = 21 * 2^-20 = 2.0e-5; the tail is 5e-6.
  expect(binomialRange(20, 0.5)).toEqual({ low: 1, high: 19 });
});

test('of a certain loss everything is lost, of none nothing', () => {
  expect(binomialRange(20_000, 1)).toEqual({ low: 20_000, high: 20_000 });
  expect(binomialRange(20_000, 0)).toEqual({ low: 0, high: 0 });
});

test.each([
  { p: 0.01, n: 20_000 },
  { p: 0.2, n: 20_000 },
  { p: 0.4, n: 1_000_000 },
])('at p = $p and n = $n it is near the normal approximation', ({ p, n }) => {
  const exact = binomialRange(n, p);
  const normal = correlatedRange(n, p, 0);
  const deviation = Math.sqrt(n * p * (1 - p));
  expect(Math.abs(exact.low - normal.low)).toBeLessThan(0.4 * deviation);
  expect(Math.abs(exact.high - normal.high)).toBeLessThan(0.4 * deviation);
});

test('the range holds the mean, and mirrors when losses and arrivals change places', () => {
  const size = fc.integer({ min: 1, max: 3_000 });
  const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(size, probability, (n, p) => {
      const { low, high } = binomialRange(n, p);
      const mirrored = binomialRange(n, 1 - p);
      expect(low).toBeLessThanOrEqual(n * p + 1);
      expect(high).toBeGreaterThanOrEqual(n * p - 1);
      expect(Math.abs(mirrored.low - (n - high))).toBeLessThanOrEqual(1);
      expect(Math.abs(mirrored.high - (n - low))).toBeLessThanOrEqual(1);
    }),
  );
});

test('what is left outside of the range is as improbable as promised', () => {
  const n = 400;
  const p = 0.05;
  const { low, high } = binomialRange(n, p);
  let inside = 0;
  let probability = (1 - p) ** n;
  for (let k = 0; k <= n; k += 1) {
    if (k >= low && k <= high) inside += probability;
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  expect(inside).toBeGreaterThanOrEqual(CONFIDENCE);
  expect(inside).toBeLessThan(1);
});

test('correlation widens the range by the square root of (1 + rho) / (1 - rho)', () => {
  const independent = correlatedRange(100_000, 0.2, 0);
  const correlated = correlatedRange(100_000, 0.2, 0.6);
  expect((correlated.high - 20_000) / (independent.high - 20_000)).toBeCloseTo(2, 1);
});
