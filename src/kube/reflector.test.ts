import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeError } from './errors.ts';
import { Reflector } from './reflector.ts';
import { type KubeObject, Store } from './store.ts';
import { TestApiServer, type TestRequest } from './test-api-server.ts';
import { soon } from './test-soon.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Item extends KubeObject {
  readonly size: number;
}

interface RawItem extends KubeObject {
  readonly spec: { readonly size: number };
}

const raw = (name: string, version: number, size = 0) => ({
  metadata: { namespace: 'ns', name, resourceVersion: String(version), managedFields: ['dropped'] },
  spec: { size },
});

function project(object: unknown): Item {
  const { metadata, spec } = object as RawItem;
  const { name, namespace = '', resourceVersion = '' } = metadata;
  return { metadata: { name, namespace, resourceVersion }, size: spec.size };
}

let server: TestApiServer;
let clock: VirtualClock;
let store: Store<Item>;
let reflector: Reflector<Item>;
let changes: string[];
let errors: KubeError[];
/** The watches that were accepted, in order. */
let watches: {
  readonly query: URLSearchParams;
  send(type: string, object: unknown): void;
  write(text: string): void;
  end(): void;
  drop(): void;
}[];
let answerList: (request: TestRequest) => void;
let answerWatch: (request: TestRequest) => void;

const lists = () => server.requests.filter(({ query }) => !query.has('watch'));

function listOf(version: number, ...items: unknown[]) {
  return (request: TestRequest) =>
    request.json(200, { metadata: { resourceVersion: String(version) }, items });
}

function acceptWatch(request: TestRequest): void {
  const response = request.open();
  const write = (text: string) => void response.write(text);
  watches.push({
    query: request.query,
    send: (type, object) => write(`${JSON.stringify({ type, object })}\n`),
    write,
    end: () => void response.end(),
    drop: () => request.drop(),
  });
}

beforeEach(async () => {
  server = await TestApiServer.start();
  clock = new VirtualClock(1_000);
  watches = [];
  changes = [];
  errors = [];
  answerList = listOf(10, raw('a', 5));
  answerWatch = acceptWatch;
  server.onRequest = (request) => {
    if (request.query.has('watch')) answerWatch(request);
    else answerList(request);
  };
  store = new Store();
  store.subscribe(({ key, old, now }) => {
    changes.push(`${old ? (now ? 'changed' : 'deleted') : 'added'} ${key}`);
  });
  reflector = new Reflector({
    client: server.client({ clock, random: () => 0 }),
    path: '/api/v1/things',
    query: { labelSelector: 'x=y' },
    store,
    project,
    random: () => 0,
    onError: (error) => errors.push(error),
  });
});

afterEach(async () => {
  await reflector.stop();
  await server.stop();
});

/** Starts it and waits for its first watch to be open. */
async function started(): Promise<void> {
  reflector.start();
  await soon(() => expect(reflector.health.fresh).toBe(true));
}

/** Waits for the back-off to be under way and lets it pass. */
async function backOff(ms: number): Promise<void> {
  await soon(() => expect(clock.nextInMs).toBe(ms));
  await clock.advance(ms);
}

it('lists in pages, projects, and watches from the version of the list', async () => {
  answerList = (request) => {
    const second = request.query.get('continue') === 'next';
    request.json(200, {
      metadata: { resourceVersion: '10', continue: second ? '' : 'next' },
      items: second ? [raw('b', 6, 2)] : [raw('a', 5, 1)],
    });
  };
  expect(reflector.health).toEqual({ synced: false, fresh: false, since: 1_000 });
  await started();
  expect(reflector.health).toEqual({ synced: true, fresh: true, since: 1_000 });
  expect(store.synced).toBe(true);
  expect(store.list()).toEqual([
    { metadata: { name: 'a', namespace: 'ns', resourceVersion: '5' }, size: 1 },
    { metadata: { name: 'b', namespace: 'ns', resourceVersion: '6' }, size: 2 },
  ]);
  expect(lists().map(({ query }) => query.toString())).toEqual([
    'labelSelector=x%3Dy&limit=100',
    'labelSelector=x%3Dy&limit=100&continue=next',
  ]);
  expect(Object.fromEntries(watches[0]?.query ?? [])).toEqual({
    labelSelector: 'x=y',
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '10',
    timeoutSeconds: '300',
  });
});

it('follows what is added, modified and deleted', async () => {
  await started();
  watches[0]?.send('ADDED', raw('b', 11));
  watches[0]?.send('MODIFIED', raw('a', 12, 7));
  watches[0]?.send('DELETED', raw('b', 13));
  await soon(() =>
    expect(changes).toEqual(['added ns/a', 'added ns/b', 'changed ns/a', 'deleted ns/b']),
  );
  expect(store.get('ns/a')?.size).toBe(7);
});

it('resumes at the version of the last event or bookmark when the server ends the watch', async () => {
  await started();
  watches[0]?.send('ADDED', raw('b', 11));
  watches[0]?.end();
  await soon(() => expect(watches).toHaveLength(2));
  expect(watches[1]?.query.get('resourceVersion')).toBe('11');
  watches[1]?.send('BOOKMARK', { metadata: { resourceVersion: '20' } });
  watches[1]?.end();
  await soon(() => expect(watches).toHaveLength(3));
  expect(watches[2]?.query.get('resourceVersion')).toBe('20');
  expect(lists()).toHaveLength(1);
  expect(errors).toEqual([]);
});

describe('goes on, with what happened meanwhile, after', () => {
  const relist = () => {
    answerList = listOf(30, raw('c', 25));
  };

  it('410 inside the watch: lists at once, and tells what is gone', async () => {
    await started();
    relist();
    watches[0]?.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    await soon(() => expect(watches).toHaveLength(2));
    expect(changes).toEqual(['added ns/a', 'added ns/c', 'deleted ns/a']);
    expect(watches[1]?.query.get('resourceVersion')).toBe('30');
    expect(errors.map(({ code }) => code)).toEqual(['Gone']);
    await soon(() => expect(reflector.health).toMatchObject({ synced: true, fresh: true }));
  });

  it('410 as the answer to the watch: lists at once', async () => {
    answerWatch = (request) => {
      answerWatch = acceptWatch;
      relist();
      request.json(410, { code: 410 });
    };
    await started();
    expect(changes).toEqual(['added ns/a', 'added ns/c', 'deleted ns/a']);
  });

  it('410 for a page token: begins the list anew and keeps nothing of the old one', async () => {
    answerList = (request) => {
      if (!request.query.has('continue')) {
        request.json(200, {
          metadata: { resourceVersion: '10', continue: 'x' },
          items: [raw('a', 5)],
        });
        return;
      }
      relist();
      request.json(410, { code: 410 });
    };
    await started();
    expect(changes).toEqual(['added ns/c']);
  });

  const interruptions: [string, () => void, string][] = [
    ['a connection reset', () => watches[0]?.drop(), 'Unreachable'],
    ['a line that is not JSON', () => watches[0]?.write('{"type":"ADD\n'), 'Protocol'],
    [
      'a line that was cut off',
      () => {
        watches[0]?.write('{"type":"ADDED","obj');
        watches[0]?.end();
      },
      'Protocol',
    ],
    ['an event of an unknown type', () => watches[0]?.send('NEW', raw('b', 11)), 'Protocol'],
    [
      'an object without a version',
      () => watches[0]?.send('ADDED', { metadata: { name: 'b' }, spec: {} }),
      'Protocol',
    ],
    [
      'an object that cannot be projected',
      () => watches[0]?.send('ADDED', { metadata: { resourceVersion: '11' } }),
      'Protocol',
    ],
    [
      'a 500 inside the watch',
      () => watches[0]?.send('ERROR', { code: 500, message: 'etcd' }),
      'Unavailable',
    ],
  ];
  it.each(interruptions)('%s: waits, then resumes where it was', async (_, interrupt, code) => {
    await started();
    watches[0]?.send('ADDED', raw('b', 20));
    await soon(() => expect(store.size).toBe(2));
    interrupt();
    await soon(() => expect(reflector.health.fresh).toBe(false));
    expect(reflector.health).toMatchObject({ synced: true, lastError: { code } });
    await backOff(250);
    await soon(() => expect(watches).toHaveLength(2));
    expect(watches[1]?.query.get('resourceVersion')).toBe('20');
    await soon(() => expect(reflector.health.fresh).toBe(true));
    expect(lists()).toHaveLength(1);
  });

  it('500s as the answer to the watch: waits longer each time, then lists', async () => {
    answerWatch = (request) => request.json(500, {});
    reflector.start();
    for (const ms of [250, 500, 1_000, 2_000]) await backOff(ms);
    await soon(() => expect(clock.nextInMs).toBe(4_000));
    answerWatch = acceptWatch;
    relist();
    await backOff(4_000);
    await soon(() => expect(reflector.health.fresh).toBe(true));
    expect(changes).toEqual(['added ns/a', 'added ns/c', 'deleted ns/a']);
    expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('Unavailable'));
  });

  it('429: waits as long as the server asks', async () => {
    await started();
    answerWatch = (request) => request.json(429, {}, { 'retry-after': '7' });
    watches[0]?.send('BOOKMARK', { metadata: { resourceVersion: '20' } });
    watches[0]?.end();
    await soon(() => expect(errors).toHaveLength(1));
    answerWatch = acceptWatch;
    await backOff(7_000);
    await soon(() => expect(watches).toHaveLength(2));
  });

  it('a dead connection: notices after 90 s of silence and resumes', async () => {
    await started();
    await clock.advance(89_999);
    expect(watches).toHaveLength(1);
    await clock.advance(1);
    await backOff(250);
    await soon(() => expect(watches).toHaveLength(2));
    expect(errors.map(({ code }) => code)).toEqual(['Timeout']);
  });

  it('a first list that is forbidden: is not synced, says why, and lists again', async () => {
    answerList = (request) => request.json(403, { message: 'no right' });
    reflector.start();
    await soon(() => expect(errors).toHaveLength(1));
    expect(reflector.health).toMatchObject({
      synced: false,
      fresh: false,
      lastError: { code: 'Forbidden' },
    });
    expect(store.synced).toBe(false);
    answerList = listOf(10, raw('a', 5));
    await backOff(250);
    await soon(() => expect(reflector.health.fresh).toBe(true));
  });
});

describe('waitSynced', () => {
  it('resolves at the first list, and at once later', async () => {
    const synced = reflector.waitSynced(60_000);
    reflector.start();
    await synced;
    expect(store.size).toBe(1);
    await reflector.waitSynced(1);
  });

  it('rejects when that takes too long, or its caller ends it', async () => {
    const late = reflector.waitSynced(1_000);
    late.catch(() => {});
    await clock.advance(1_000);
    await expect(late).rejects.toMatchObject({ code: 'Timeout' });
    await expect(reflector.waitSynced(1_000, AbortSignal.abort())).rejects.toMatchObject({
      code: 'Aborted',
    });
  });
});

describe('stop', () => {
  it('closes the watch, keeps the store, and can be followed by a start', async () => {
    await started();
    await reflector.stop();
    await soon(() => expect(server.openConnections).toBeLessThanOrEqual(1));
    expect(reflector.health.fresh).toBe(false);
    expect(store.size).toBe(1);
    expect(clock.nextInMs).toBeUndefined();
    await started();
    expect(lists()).toHaveLength(2);
  });

  it('ends a wait', async () => {
    answerList = (request) => request.json(403, {});
    reflector.start();
    await soon(() => expect(clock.nextInMs).toBe(250));
    await reflector.stop();
    expect(clock.nextInMs).toBeUndefined();
  });
});
