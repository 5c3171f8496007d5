import { describe, expect, it } from 'vitest';
import { anEntry, T0 } from './experiment.builder.ts';
import { awaitsTurn, timesOf } from './turn.ts';

const times = { start: T0, startBefore: T0 + 60_000, deadline: T0 + 70_000, duration: 10_000 };

describe('timesOf', () => {
  it('leaves the pods of the start their times', () => {
    expect(timesOf({}, times)).toEqual(times);
  });

  it('gives a later turn as much time as the first had', () => {
    expect(timesOf({ batch: 5_000 }, times)).toEqual({
      ...times,
      startBefore: T0 + 65_000,
      deadline: T0 + 75_000,
    });
  });

  it('ends the fault of a pod that came later with the run', () => {
    const joined = { ...times, joinedDeadline: T0 + 12_000 };
    expect(timesOf({ batch: 5_000 }, joined)).toMatchObject({
      startBefore: T0 + 12_000,
      deadline: T0 + 12_000,
    });
    expect(timesOf({}, joined).deadline).toBe(T0 + 70_000);
  });
});

describe('awaitsTurn', () => {
  it.each([
    ['a planned pod of a serial run without a turn', 'serial', {}, true],
    ['one that has its turn', 'serial', { batch: 0 }, false],
    ['one that was settled without a turn', 'serial', { state: 'Failed' }, false],
    ['any pod of a parallel run', 'parallel', {}, false],
  ] as const)('of %s', (_name, sequence, parts, expected) => {
    expect(awaitsTurn(anEntry(parts), { sequence, count: 1 })).toBe(expected);
  });
});
