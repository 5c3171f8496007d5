import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

it('calls back not before its time', async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.setTimer(5, resolve));
  expect(systemClock.now() - start).toBeGreaterThanOrEqual(4);
});

it('does not call back at once what is due in more than 25 days, nor what was cancelled', async () => {
  const fired: string[] = [];
  const far = systemClock.setTimer(2 ** 32, () => fired.push('far'));
  systemClock.setTimer(0, () => fired.push('cancelled')).cancel();
  await new Promise<void>((resolve) => systemClock.setTimer(5, resolve));
  far.cancel();
  expect(fired).toEqual([]);
});
