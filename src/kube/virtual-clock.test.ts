import { expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

it('fires timers in order of their time, those of one time in order of setting', async () => {
  const clock = new VirtualClock(100);
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
  clock.setTimer(20, note('c'));
  clock.setTimer(10, note('a'));
  clock.setTimer(10, note('b'));
  clock.setTimer(31, note('never'));
  expect(clock.nextInMs).toBe(10);
  await clock.advance(30);
  expect(fired).toEqual(['a@110', 'b@110', 'c@120']);
  expect(clock.now()).toBe(130);
});

it('fires timers that are set by what it fires, also by promise callbacks', async () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimer(ms, resolve));
  const run = async () => {
    for (let i = 0; i < 3; i++) {
      await sleep(10);
      fired.push(clock.now());
    }
  };
  void run();
  await clock.advance(100);
  expect(fired).toEqual([10, 20, 30]);
  expect(clock.nextInMs).toBeUndefined();
});

it('fires no cancelled timer', async () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  clock.setTimer(1, () => fired.push(1)).cancel();
  await clock.advance(2);
  expect(fired).toEqual([]);
});
