import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../kube/virtual-clock.ts';
import { createLogger } from '../telemetry/log.ts';
import { type Failure, FailureLog } from './failure-log.ts';

const failure = (n: number, parts: Partial<Failure> = {}): Failure => ({
  experiment: 'shop/loss',
  effect: 'inject',
  pod: `shop/web-${n}`,
  tries: 1,
  code: 'Timeout',
  err: 'no answer',
  ...parts,
});

describe('FailureLog', () => {
  let clock: VirtualClock;
  let failures: FailureLog;
  let lines: string[];
  beforeEach(() => {
    clock = new VirtualClock();
    lines = [];
    const destination = { write: (line: string) => void lines.push(line) };
    failures = new FailureLog({ clock, log: createLogger({ level: 'warn', destination }) });
  });
  /** Pod and count of what was left out, of each warning so far. */
  const warned = () =>
    lines.map((line) => {
      const { pod, leftOut } = JSON.parse(line);
      return leftOut === undefined ? pod : `${pod}, ${leftOut} left out`;
    });

  it('tells the first at once, with all that is known of it', () => {
    failures.tell(failure(0));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ ...failure(0), level: 'warn', msg: 'effect failed' }),
    ]);
  });

  it('tells of 5,000 at once in two lines, and leaves none uncounted', async () => {
    for (let n = 0; n < 5_000; n += 1) failures.tell(failure(n));
    expect(warned()).toEqual(['shop/web-0']);
    await clock.advance(999);
    expect(warned()).toHaveLength(1);
    await clock.advance(1);
    expect(warned()).toEqual(['shop/web-0', 'shop/web-4999, 4998 left out']);
  });

  it('tells at most one in a second for as long as they come', async () => {
    for (let n = 0; n < 40; n += 1) {
      failures.tell(failure(n));
      await clock.advance(100);
    }
    expect(warned()).toEqual([
      'shop/web-0',
      'shop/web-9, 8 left out',
      'shop/web-19, 9 left out',
      'shop/web-29, 9 left out',
      'shop/web-39, 9 left out',
    ]);
  });

  it('tells the next at once after a quiet second, and keeps no timer until then', async () => {
    failures.tell(failure(0));
    await clock.advance(1_000);
    expect(clock.nextInMs).toBeUndefined();
    failures.tell(failure(1));
    expect(warned()).toEqual(['shop/web-0', 'shop/web-1']);
  });

  it.each<[string, Partial<Failure>]>([
    ['another experiment', { experiment: 'shop/other' }],
    ['another effect', { effect: 'stop' }],
    ['another code', { code: 'Forbidden' }],
    ['an error without a code', { code: undefined }],
  ])('is not kept from telling of %s', (_name, parts) => {
    failures.tell(failure(0));
    failures.tell(failure(1, parts));
    expect(warned()).toEqual(['shop/web-0', 'shop/web-1']);
  });

  it('tells what it holds back when it is closed, and sets no timer', () => {
    for (let n = 0; n < 3; n += 1) failures.tell(failure(n));
    failures.close();
    expect(warned()).toEqual(['shop/web-0', 'shop/web-2, 1 left out']);
    expect(clock.nextInMs).toBeUndefined();
  });
});
