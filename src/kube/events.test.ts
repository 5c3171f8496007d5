import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EventInput, EventRecorder } from './events.ts';
import { TestApiServer } from './test-api-server.ts';
import { soon } from './test-soon.ts';
import { VirtualClock } from './virtual-clock.ts';

const start = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const event: EventInput = {
  regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'cart-0', uid: 'u1' },
  type: 'Normal',
  reason: 'Injected',
  action: 'Inject',
  note: '20 % loss',
};

interface SentEvent {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly note: string;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

let server: TestApiServer;
let clock: VirtualClock;
let recorder: EventRecorder;
const onDropped = vi.fn();

beforeEach(async () => {
  onDropped.mockReset();
  server = await TestApiServer.start();
  server.onRequest = (request) => request.json(201, {});
  clock = new VirtualClock(start);
  const client = server.client({ clock, random: () => 0 });
  recorder = new EventRecorder({ client, instance: 'controller-1', onDropped });
});

afterEach(() => server.stop());

const sent = (): SentEvent[] => server.requests.map(({ body }) => JSON.parse(body) as SentEvent);

it('writes an event of events.k8s.io/v1 into the namespace of what it is about', async () => {
  recorder.record(event);
  expect(await recorder.flush(1_000)).toBe(true);
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/apis/events.k8s.io/v1/namespaces/shop/events',
  });
  const [body] = sent();
  expect(body).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: expect.stringMatching(/^cart-0\.[0-9a-f]{16}$/), namespace: 'shop' },
    eventTime: '2026-01-02T03:04:05.678000Z',
    reportingController: 'squall.dev/controller',
    reportingInstance: 'controller-1',
    regarding: event.regarding,
    type: 'Normal',
    reason: 'Injected',
    action: 'Inject',
    note: '20 % loss',
  });
  expect(onDropped).not.toHaveBeenCalled();
});

it('writes an event about a cluster-scoped object into the namespace default', async () => {
  const { namespace: _, ...regarding } = event.regarding;
  recorder.record({ ...event, regarding });
  await recorder.flush(1_000);
  expect(sent()[0]?.metadata.namespace).toBe('default');
});

it('makes a series of the same event, by count', async () => {
  recorder.record(event);
  await recorder.flush(1_000);
  await clock.advance(60_000);
  recorder.record(event);
  await recorder.flush(1_000);
  recorder.record(event);
  await recorder.flush(1_000);
  const [first] = sent();
  expect(server.requests.slice(1).map(({ method, path, body }) => [method, path, body])).toEqual(
    [2, 3].map((count) => [
      'PATCH',
      `/apis/events.k8s.io/v1/namespaces/shop/events/${first?.metadata.name}`,
      `{"series":{"count":${count},"lastObservedTime":"2026-01-02T03:05:05.678000Z"}}`,
    ]),
  );
});

it('sums up what repeats while the server is slow', async () => {
  let answer = () => {};
  server.onRequest = (request) => {
    answer = () => request.json(201, {});
    if (server.requests.length > 1) answer();
  };
  recorder.record(event);
  await soon(() => expect(server.requests).toHaveLength(1));
  for (let i = 0; i < 5; i++) recorder.record(event);
  answer();
  await recorder.flush(1_000);
  expect(sent().map(({ series }) => series?.count)).toEqual([undefined, 6]);
});

it('writes another event for another note, and for the same one after 6 minutes', async () => {
  recorder.record(event);
  recorder.record({ ...event, note: 'other' });
  await recorder.flush(1_000);
  await clock.advance(6 * 60_000);
  recorder.record(event);
  await recorder.flush(1_000);
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  expect(new Set(sent().map(({ metadata }) => metadata.name)).size).toBe(3);
});

it('writes a new event when that of the series is gone', async () => {
  recorder.record(event);
  await recorder.flush(1_000);
  server.onRequest = (request) => request.json(request.method === 'PATCH' ? 404 : 201, {});
  recorder.record(event);
  await recorder.flush(1_000);
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'POST']);
});

it('tries again when it is not known whether the event was written, and takes its own name for success', async () => {
  const answers = [503, 409];
  server.onRequest = (request) => request.json(answers.shift() ?? 500, { reason: 'AlreadyExists' });
  recorder.record(event);
  await soon(() => expect(clock.nextInMs).toBe(1_000));
  await clock.advance(1_000);
  expect(await recorder.flush(10_000)).toBe(true);
  expect(server.requests).toHaveLength(2);
  expect(sent()[0]).toEqual(sent()[1]);
  expect(onDropped).not.toHaveBeenCalled();
});

it('gives up what is refused, and says so, and goes on with the next', async () => {
  server.onRequest = (request) => request.json(request.path.includes('/closed/') ? 403 : 201, {});
  const refused = { ...event, regarding: { ...event.regarding, namespace: 'closed' } };
  recorder.record(refused);
  recorder.record(event);
  await recorder.flush(1_000);
  expect(server.requests).toHaveLength(2);
  expect(onDropped).toHaveBeenCalledExactlyOnceWith(
    refused,
    expect.objectContaining({ code: 'Forbidden' }),
  );
});

it('gives up what comes when 256 wait', async () => {
  server.onRequest = () => {};
  for (let i = 0; i < 259; i++) recorder.record({ ...event, note: String(i) });
  expect(onDropped).toHaveBeenCalledTimes(2);
  expect(onDropped).toHaveBeenLastCalledWith({ ...event, note: '258' }, undefined);
});

it('cuts a note to 1,024 bytes between two characters', async () => {
  recorder.record({ ...event, note: '€'.repeat(400) });
  await recorder.flush(1_000);
  const note = sent()[0]?.note ?? '';
  expect(note).toBe(`${'€'.repeat(340)}…`);
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
});

it('keeps the name within 253 characters and valid', async () => {
  const name = `${'a'.repeat(235)}-.b`;
  recorder.record({ ...event, regarding: { ...event.regarding, name } });
  await recorder.flush(1_000);
  expect(sent()[0]?.metadata.name).toMatch(/^a{235}\.[0-9a-f]{16}$/);
});

it('flush does not wait longer than it is told', async () => {
  server.onRequest = () => {};
  recorder.record(event);
  const flushed = recorder.flush(2_000);
  await soon(() => expect(server.requests).toHaveLength(1));
  await clock.advance(2_000);
  expect(await flushed).toBe(false);
});
