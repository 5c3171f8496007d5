import { afterEach, beforeEach, expect, it } from 'vitest';
import { soon } from '../kube/test-soon.ts';
import { VirtualClock } from '../kube/virtual-clock.ts';
import { Poll } from './poll.ts';

let clock: VirtualClock;
let looks: number;
let failure: Error | undefined;
let errors: string[];
let poll: Poll;

beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  looks = 0;
  failure = undefined;
  errors = [];
  poll = new Poll({
    clock,
    everyMs: 10_000,
    look: async () => {
      looks += 1;
      if (failure !== undefined) throw failure;
    },
    onError: ({ message }) => errors.push(message),
    random: () => 0,
  });
});

afterEach(() => poll.stop());

const nextIn = (ms: number) => soon(() => expect(clock.nextInMs).toBe(ms));

it('looks at once and then after each interval', async () => {
  poll.start();
  poll.start();
  await nextIn(10_000);
  expect(looks).toBe(1);
  expect(poll.health).toEqual({ synced: true, fresh: true, since: 1_000_000 });
  await clock.advance(9_999);
  expect(looks).toBe(1);
  await clock.advance(1);
  expect(looks).toBe(2);
  expect(poll.health.since).toBe(1_000_000);
});

it('is not fresh from a failure until it has read again, and looks again sooner', async () => {
  poll.start();
  await nextIn(10_000);
  failure = new Error('no such file');
  await clock.advance(10_000);
  await nextIn(250);
  expect(poll.health).toEqual({
    synced: true,
    fresh: false,
    since: 1_010_000,
    lastError: failure,
  });
  await clock.advance(250);
  await nextIn(500);
  expect(poll.health.since).toBe(1_010_000);
  expect(errors).toEqual(['no such file', 'no such file']);
  failure = undefined;
  await clock.advance(500);
  await nextIn(10_000);
  expect(poll.health).toEqual({ synced: true, fresh: true, since: 1_010_750 });
});

it('looks again after a failure at least once in each interval', async () => {
  failure = new Error('no');
  poll.start();
  await nextIn(250);
  await clock.advance(120_000);
  await nextIn(10_000 - ((120_000 - (250 + 500 + 1_000 + 2_000 + 4_000 + 8_000)) % 10_000));
});

it('tells when it has read for the first time', async () => {
  failure = new Error('no');
  const synced = poll.waitSynced(60_000);
  poll.start();
  await nextIn(250);
  expect(poll.health.synced).toBe(false);
  failure = undefined;
  await clock.advance(250);
  await expect(synced).resolves.toBeUndefined();
  await expect(poll.waitSynced(1)).resolves.toBeUndefined();
});

it('does not wait for that longer than it was told', async () => {
  failure = new Error('no');
  poll.start();
  const late = poll.waitSynced(5_000).catch((error: unknown) => error);
  await clock.advance(5_000);
  expect(await late).toMatchObject({ code: 'Timeout' });
  await expect(poll.waitSynced(5_000, AbortSignal.abort())).rejects.toMatchObject({
    code: 'Aborted',
  });
});

it('stops at once, also in the middle of a look', async () => {
  let ended = false;
  const slow = new Poll({
    clock,
    everyMs: 1_000,
    look: (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          ended = true;
          reject(new Error('ended'));
        }),
      ),
    onError: ({ message }) => errors.push(message),
  });
  slow.start();
  await slow.stop();
  expect(ended).toBe(true);
  expect(errors).toEqual([]);
  expect(clock.nextInMs).toBeUndefined();
});
