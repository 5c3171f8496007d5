import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';
import { type Outcome, WorkQueue, type WorkQueueMetrics } from './work-queue.ts';

const done: Outcome = { kind: 'done' };

let clock: VirtualClock;
let started: string[];
/** Ends the oldest reconcile under way of that key. */
let finish: (key: string, outcome?: Outcome) => Promise<void>;
let reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
let signals: AbortSignal[];

beforeEach(() => {
  clock = new VirtualClock();
  started = [];
  signals = [];
  const pending: { key: string; resolve: (outcome: Outcome) => void }[] = [];
  reconcile = (key, signal) => {
    started.push(key);
    signals.push(signal);
    return new Promise((resolve) => pending.push({ key, resolve }));
  };
  finish = async (key, outcome = done) => {
    const index = pending.findIndex((one) => one.key === key);
    pending.splice(index, 1)[0]?.resolve(outcome);
    await clock.advance(0);
  };
});

function queueOf(workers: number, more: Partial<ConstructorParameters<typeof WorkQueue>[0]> = {}) {
  return new WorkQueue({ workers, reconcile, clock, ...more });
}

function startedQueue(workers = 1, more = {}) {
  const queue = queueOf(workers, more);
  queue.start();
  return queue;
}

describe('a key', () => {
  it('that is added many times before a worker is free is reconciled once', async () => {
    const queue = queueOf(1);
    for (let i = 0; i < 3; i++) queue.add('a');
    queue.add('b');
    expect(queue.depth).toBe(2);
    expect(started).toEqual([]);
    queue.start();
    await finish('a');
    await finish('b');
    expect(started).toEqual(['a', 'b']);
    expect(queue.depth).toBe(0);
  });

  it('that is added while in work is reconciled once more afterwards, never at the same time', async () => {
    const queue = startedQueue(2);
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(started).toEqual(['a']);
    expect(queue.depth).toBe(0);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
  });

  it('waits when all workers are busy, in the order of adding', async () => {
    const queue = startedQueue(2);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    expect(started).toEqual(['a', 'b']);
    await finish('b');
    expect(started).toEqual(['a', 'b', 'c']);
    await finish('a');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('added for later is reconciled then, at the earliest of its times, once', async () => {
    const queue = startedQueue();
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 300);
    await clock.advance(99);
    expect(started).toEqual([]);
    await clock.advance(1);
    await finish('a');
    await clock.advance(1_000);
    expect(started).toEqual(['a']);
  });
});

describe('after a reconcile that ended as', () => {
  it('done, it does not come back', async () => {
    const queue = startedQueue();
    queue.add('a');
    await finish('a');
    expect(clock.nextInMs).toBeUndefined();
  });

  it('after, it comes back then', async () => {
    const queue = startedQueue();
    queue.add('a');
    await finish('a', { kind: 'after', ms: 700 });
    await clock.advance(699);
    expect(started).toHaveLength(1);
    await clock.advance(1);
    expect(started).toHaveLength(2);
  });

  it('terminal, it does not come back by itself, but when it is added', async () => {
    const queue = startedQueue();
    queue.add('a');
    await finish('a', { kind: 'terminal', error: 'x' });
    expect(clock.nextInMs).toBeUndefined();
    queue.add('a');
    expect(started).toHaveLength(2);
  });

  it('retry, it comes back after 5 ms, doubled each time, at most 60 s, and from 5 ms after a success', async () => {
    const queue = startedQueue();
    queue.add('a');
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 16; i++) {
      await finish('a', { kind: 'retry', error: 'x' });
      waits.push(clock.nextInMs);
      await clock.advance(clock.nextInMs ?? 0);
    }
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(waits.slice(-3)).toEqual([40_960, 60_000, 60_000]);
    await finish('a');
    queue.add('a');
    await finish('a', { kind: 'retry', error: 'x' });
    expect(clock.nextInMs).toBe(5);
  });

  it('a rejection or an exception, it comes back like retry', async () => {
    const onOutcome = vi.fn();
    const error = new Error('bug');
    for (const fail of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const queue = startedQueue(1, { reconcile: fail, onOutcome });
      queue.add('a');
      await clock.advance(0);
      expect(onOutcome).toHaveBeenLastCalledWith('a', { kind: 'retry', error });
      expect(clock.nextInMs).toBe(5);
      await queue.stop(0);
    }
  });
});

describe('stop', () => {
  it('waits for what is in work and starts nothing more', async () => {
    const queue = startedQueue();
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 5);
    let stopped = false;
    const stop = queue.stop(1_000).then(() => {
      stopped = true;
    });
    await clock.advance(10);
    expect(stopped).toBe(false);
    await finish('a', { kind: 'after', ms: 1 });
    await stop;
    queue.add('d');
    await clock.advance(10_000);
    expect(started).toEqual(['a']);
    expect(signals[0]?.aborted).toBe(false);
  });

  it('aborts what takes longer, and does not wait for ever for what ignores that', async () => {
    const queue = startedQueue();
    queue.add('a');
    let stopped = false;
    const stop = queue.stop(1_000).then(() => {
      stopped = true;
    });
    await clock.advance(1_000);
    expect(signals[0]?.aborted).toBe(true);
    expect(stopped).toBe(false);
    await clock.advance(1_000);
    await stop;
  });
});

it('tells its metrics', async () => {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  let inWork = (): readonly number[] => [];
  const metrics: WorkQueueMetrics = {
    inWork: (seconds) => {
      inWork = seconds;
    },
    added: note('added'),
    retried: note('retried'),
    depth: note('depth'),
    waited: note('waited'),
    worked: note('worked'),
  };
  const queue = queueOf(1, { metrics });
  queue.add('a');
  await clock.advance(2_000);
  queue.start();
  await clock.advance(3_000);
  expect(inWork()).toEqual([3]);
  await finish('a', { kind: 'retry', error: 'x' });
  expect(inWork()).toEqual([]);
  expect(calls).toEqual([
    ['added'],
    ['depth', 1],
    ['depth', 0],
    ['waited', 2],
    ['worked', 3, 'retry'],
    ['retried'],
  ]);
});

it('reconciles each key after its last addition, one at a time, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), wait: fc.nat(4) }), {
        maxLength: 30,
      }),
      fc.integer({ min: 1, max: 3 }),
      async (additions, workers) => {
        const time = new VirtualClock();
        const added = new Map<string, number>();
        const seen = new Map<string, number>();
        const running = new Set<string>();
        const queue = new WorkQueue({
          workers,
          clock: time,
          reconcile: async (key) => {
            expect(running.has(key)).toBe(false);
            expect(running.size).toBeLessThan(workers);
            running.add(key);
            const level = added.get(key) ?? 0;
            await new Promise<void>((resolve) => time.setTimer(3, resolve));
            running.delete(key);
            seen.set(key, level);
            return done;
          },
        });
        queue.start();
        for (const [i, { key, wait }] of additions.entries()) {
          added.set(key, i);
          queue.add(key);
          if (wait > 0) await time.advance(wait);
        }
        await time.advance(100);
        expect(seen).toEqual(added);
      },
    ),
    { numRuns: 50 },
  );
});
