import { expect, test } from 'vitest';
import { awaitCondition } from './await-condition.ts';

test('the first answer is returned', async () => {
  const answers = [undefined, false as const, 0];
  await expect(
    awaitCondition('a number', () => answers.shift(), { withinMs: 1_000, everyMs: 1 }),
  ).resolves.toBe(0);
});

test('the deadline names what was awaited and describes the objects', async () => {
  const wait = awaitCondition('a pod', () => undefined, {
    withinMs: 5,
    everyMs: 1,
    describe: () => 'pod web: Pending',
  });
  await expect(wait).rejects.toThrow('not within 5 ms: a pod\npod web: Pending');
});

test('a condition that cannot be read is not waited for', async () => {
  const wait = awaitCondition('a pod', () => Promise.reject(new Error('403')), {
    withinMs: 60_000,
  });
  await expect(wait).rejects.toThrow('403');
});
