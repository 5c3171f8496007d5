import { describe, expect, it } from 'vitest';
import { KubeError, type KubeErrorCode } from './errors.ts';
import {
  failuresUntilList,
  goodWatchMs,
  type ReflectorEffect,
  type ReflectorEvent,
  type ReflectorState,
  step,
} from './reflector-step.ts';

type State = ReflectorState;
type Event = ReflectorEvent<string>;
type Effect = ReflectorEffect<string>;

const idle: State = { name: 'Idle' };
const listing = (failures = 0): State => ({ name: 'Listing', failures });
const watching = (version: string, failures = 0, progressed = false): State => ({
  name: 'Watching',
  version,
  failures,
  progressed,
});
const waiting = (failures: number, version?: string): State => ({
  name: 'Waiting',
  version,
  failures,
});

const failure = (code: KubeErrorCode, retryAfterMs?: number) =>
  new KubeError(code, code, { retryAfterMs });
const gone = failure('Gone');
const reset = failure('Unreachable');
const throttled = failure('TooManyRequests', 7_000);

const list: Effect = { kind: 'list', token: undefined };
const watch = (version: string): Effect => ({ kind: 'watch', version });
const wait = (failures: number, retryAfterMs?: number): Effect => ({
  kind: 'wait',
  failures,
  retryAfterMs,
});
const stale = (error: KubeError): Effect => ({ kind: 'stale', error });

const page = (token?: string): Event => ({ kind: 'page', items: ['a'], version: '10', token });
const ended = (openMs: number, error?: KubeError): Event =>
  error ? { kind: 'ended', openMs, error } : { kind: 'ended', openMs };
const changed = (type: 'applied' | 'deleted'): Event => ({
  kind: 'changed',
  type,
  object: 'a',
  version: '12',
});

interface Row {
  readonly name: string;
  readonly from: State;
  readonly event: Event;
  readonly to: State;
  readonly effects: readonly Effect[];
}

const rows: readonly Row[] = [
  {
    name: 'started, it lists',
    from: idle,
    event: { kind: 'start' },
    to: listing(),
    effects: [list],
  },
  {
    name: 'a page that is not the last leads to the next page',
    from: listing(2),
    event: page('next'),
    to: listing(2),
    effects: [
      { kind: 'collect', items: ['a'] },
      { kind: 'list', token: 'next' },
    ],
  },
  {
    name: 'the last page replaces the store and begins the watch; failures are not forgotten yet',
    from: listing(2),
    event: page(),
    to: watching('10', 2),
    effects: [{ kind: 'collect', items: ['a'] }, { kind: 'replace', version: '10' }, watch('10')],
  },
  {
    name: 'a page token that is too old begins the list anew at once',
    from: listing(),
    event: { kind: 'listFailed', error: gone },
    to: listing(1),
    effects: [stale(gone), list],
  },
  {
    name: 'a page token that is too old again waits before the list',
    from: listing(1),
    event: { kind: 'listFailed', error: gone },
    to: waiting(2),
    effects: [stale(gone), wait(2)],
  },
  {
    name: 'a list that fails waits before the list',
    from: listing(),
    event: { kind: 'listFailed', error: reset },
    to: waiting(1),
    effects: [stale(reset), wait(1)],
  },
  {
    name: 'a list that is throttled waits as long as the server asks',
    from: listing(3),
    event: { kind: 'listFailed', error: throttled },
    to: waiting(4),
    effects: [stale(throttled), wait(4, 7_000)],
  },
  {
    name: 'a watch that opens makes the store fresh',
    from: watching('10', 3),
    event: { kind: 'opened' },
    to: watching('10', 3),
    effects: [{ kind: 'fresh' }],
  },
  {
    name: 'an object that was applied is stored and is progress',
    from: watching('10', 3),
    event: changed('applied'),
    to: watching('12', 0, true),
    effects: [{ kind: 'store', type: 'applied', object: 'a' }],
  },
  {
    name: 'an object that was deleted is taken out and is progress',
    from: watching('10', 3),
    event: changed('deleted'),
    to: watching('12', 0, true),
    effects: [{ kind: 'store', type: 'deleted', object: 'a' }],
  },
  {
    name: 'a bookmark moves the version and is progress',
    from: watching('10', 3),
    event: { kind: 'bookmark', version: '15' },
    to: watching('15', 0, true),
    effects: [{ kind: 'seen', version: '15' }],
  },
  {
    name: 'a watch that closes in order after progress is reopened at once from there',
    from: watching('12', 0, true),
    event: ended(3),
    to: watching('12'),
    effects: [watch('12')],
  },
  {
    name: 'a watch that closes in order after a quiet while is reopened at once, its failures forgotten',
    from: watching('10', 3),
    event: ended(goodWatchMs),
    to: watching('10'),
    effects: [watch('10')],
  },
  {
    name: 'a watch that closes at once without a word is a failure',
    from: watching('10', 1),
    event: ended(goodWatchMs - 1),
    to: waiting(2, '10'),
    effects: [stale(new KubeError('Unreachable', 'the watch closed at once')), wait(2)],
  },
  {
    name: 'a watch that breaks after progress resumes from there after the first wait',
    from: watching('12', 0, true),
    event: ended(3, reset),
    to: waiting(1, '12'),
    effects: [stale(reset), wait(1)],
  },
  {
    name: 'a watch that breaks after a quiet while resumes after the first wait',
    from: watching('10', 3),
    event: ended(goodWatchMs, reset),
    to: waiting(1, '10'),
    effects: [stale(reset), wait(1)],
  },
  {
    name: 'a watch that breaks again waits longer',
    from: watching('10', 1),
    event: ended(0, reset),
    to: waiting(2, '10'),
    effects: [stale(reset), wait(2)],
  },
  {
    name: 'a watch that is throttled waits as long as the server asks',
    from: watching('10'),
    event: ended(0, throttled),
    to: waiting(1, '10'),
    effects: [stale(throttled), wait(1, 7_000)],
  },
  {
    name: 'a watch that failed five times in a row gives up its version and lists',
    from: watching('10', failuresUntilList - 1),
    event: ended(0, reset),
    to: waiting(failuresUntilList),
    effects: [stale(reset), wait(failuresUntilList)],
  },
  {
    name: 'a version that is too old after progress leads to a list at once',
    from: watching('12', 0, true),
    event: ended(3, gone),
    to: listing(1),
    effects: [stale(gone), list],
  },
  {
    name: 'a version that is too old when the watch opens leads to a list at once',
    from: watching('10'),
    event: ended(0, gone),
    to: listing(1),
    effects: [stale(gone), list],
  },
  {
    name: 'a version that is too old right after a list waits before the next list',
    from: watching('10', 1),
    event: ended(0, gone),
    to: waiting(2),
    effects: [stale(gone), wait(2)],
  },
  ...(['NotFound', 'BadRequest', 'Invalid'] as const).map(
    (code): Row => ({
      name: `a watch refused as ${code} waits and lists`,
      from: watching('10'),
      event: ended(0, failure(code)),
      to: waiting(1),
      effects: [stale(failure(code)), wait(1)],
    }),
  ),
  ...(['Forbidden', 'Unauthorized', 'Timeout', 'Unavailable', 'Protocol'] as const).map(
    (code): Row => ({
      name: `a watch that fails with ${code} waits and resumes`,
      from: watching('10'),
      event: ended(0, failure(code)),
      to: waiting(1, '10'),
      effects: [stale(failure(code)), wait(1)],
    }),
  ),
  {
    name: 'after the wait a watch resumes from its version, its failures still counted',
    from: waiting(2, '10'),
    event: { kind: 'waited' },
    to: watching('10', 2),
    effects: [watch('10')],
  },
  {
    name: 'after the wait without a version it lists, its failures still counted',
    from: waiting(2),
    event: { kind: 'waited' },
    to: listing(2),
    effects: [list],
  },
  ...[listing(1), watching('10'), waiting(1, '10')].map(
    (from): Row => ({
      name: `stopped while ${from.name}, it ends what is under way`,
      from,
      event: { kind: 'stop' },
      to: idle,
      effects: [{ kind: 'cancel' }],
    }),
  ),
];

describe('a transition', () => {
  it.each(rows)('$name', ({ from, event, to, effects }) => {
    const got = step(from, event);
    expect(got.state).toEqual(to);
    expect(got.effects).toEqual(effects);
  });
});

describe('an event that does not belong to the state', () => {
  const states = [idle, listing(1), watching('10', 1, true), waiting(1, '10')];
  const events: Event[] = [
    { kind: 'start' },
    { kind: 'stop' },
    page(),
    { kind: 'listFailed', error: reset },
    { kind: 'opened' },
    changed('applied'),
    { kind: 'bookmark', version: '15' },
    ended(3),
    { kind: 'waited' },
  ];
  const covered = new Set(rows.map(({ from, event }) => `${from.name} ${event.kind}`));
  const others = states.flatMap((state) =>
    events
      .filter((event) => !covered.has(`${state.name} ${event.kind}`))
      .map((event) => ({ state, event })),
  );
  it.each(others)('$event.kind in $state.name: nothing happens', ({ state, event }) => {
    expect(step(state, event)).toEqual({ state, effects: [] });
  });

  it('is one of 25; the other 11 pairs of state and event have their rows above', () => {
    expect(covered.size).toBe(11);
    expect(others).toHaveLength(25);
  });
});
