import { describe, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.ts';
import { VirtualClock } from './virtual-clock.ts';

it('ends with Timeout at its limit, not before', async () => {
  const clock = new VirtualClock();
  const deadline = new Deadline({ clock, timeoutMs: 100 });
  await clock.advance(99);
  expect(deadline.error).toBeUndefined();
  expect(deadline.remainingMs).toBe(1);
  await clock.advance(1);
  expect(deadline.error).toMatchObject({ code: 'Timeout' });
  expect(deadline.signal.reason).toBe(deadline.error);
});

it('ends with Aborted when its caller ends it, also when that was before', () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const deadline = new Deadline({ clock, timeoutMs: 100, signal: controller.signal });
  controller.abort();
  expect(deadline.error).toMatchObject({ code: 'Aborted' });
  expect(clock.nextInMs).toBeUndefined();
  const late = new Deadline({ clock, timeoutMs: 100, signal: controller.signal });
  expect(late.error).toMatchObject({ code: 'Aborted' });
  expect(clock.nextInMs).toBeUndefined();
});

it('ends with Timeout after so much silence, and every touch begins it anew', async () => {
  const clock = new VirtualClock();
  const deadline = new Deadline({ clock, idleMs: 100 });
  for (let i = 0; i < 5; i++) {
    await clock.advance(90);
    deadline.touch();
  }
  await clock.advance(99);
  expect(deadline.error).toBeUndefined();
  await clock.advance(1);
  expect(deadline.error).toMatchObject({ code: 'Timeout' });
});

it('without limits lasts as long as its caller likes', async () => {
  const clock = new VirtualClock();
  const deadline = new Deadline({ clock });
  await clock.advance(1e9);
  expect(deadline.error).toBeUndefined();
  expect(deadline.remainingMs).toBe(Number.POSITIVE_INFINITY);
});

it('leaves nothing behind when it is released: no timer, no listener', () => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const remove = vi.spyOn(signal, 'removeEventListener');
  new Deadline({ clock, timeoutMs: 100, idleMs: 10, signal }).release();
  expect(clock.nextInMs).toBeUndefined();
  expect(remove).toHaveBeenCalledOnce();
});

describe('sleep', () => {
  it('resolves after its time', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, timeoutMs: 100 });
    const slept = deadline.sleep(50).then(() => clock.now());
    await clock.advance(60);
    await expect(slept).resolves.toBe(50);
  });

  it('rejects when the deadline ends first, and at once when it has ended', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, timeoutMs: 100 });
    const slept = deadline.sleep(150);
    slept.catch(() => {});
    await clock.advance(100);
    await expect(slept).rejects.toMatchObject({ code: 'Timeout' });
    await expect(deadline.sleep(1)).rejects.toMatchObject({ code: 'Timeout' });
    expect(clock.nextInMs).toBeUndefined();
  });
});

describe('race', () => {
  it('settles as the promise does', async () => {
    const deadline = new Deadline({ clock: new VirtualClock(), timeoutMs: 100 });
    await expect(deadline.race(Promise.resolve(1))).resolves.toBe(1);
    await expect(deadline.race(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('rejects when the deadline ends first, and at once when it has ended', async () => {
    const clock = new VirtualClock();
    const deadline = new Deadline({ clock, timeoutMs: 100 });
    const never = new Promise<void>(() => {});
    const raced = deadline.race(never);
    raced.catch(() => {});
    await clock.advance(100);
    await expect(raced).rejects.toMatchObject({ code: 'Timeout' });
    await expect(deadline.race(never)).rejects.toMatchObject({ code: 'Timeout' });
  });
});
