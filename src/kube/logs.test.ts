import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KubeClient } from './client.ts';
import { followLog } from './logs.ts';
import { TestApiServer } from './test-api-server.ts';
import { soon } from './test-soon.ts';
import { VirtualClock } from './virtual-clock.ts';

const options = { namespace: 'shop', pod: 'cart-0', container: 'squall-1', timeoutMs: 60_000 };

let server: TestApiServer;
let clock: VirtualClock;
let client: KubeClient;
let lines: string[];

beforeEach(async () => {
  server = await TestApiServer.start();
  clock = new VirtualClock();
  client = server.client({ clock });
  lines = [];
});

afterEach(() => server.stop());

const untilProof = (line: string) => {
  lines.push(line);
  return line.includes('applied') ? 'enough' : 'more';
};

it('follows the log and closes it as soon as it has enough', async () => {
  server.onRequest = (request) =>
    request.open().write('{"event":"start"}\n{"event":"applied"}\nmore\n');
  await expect(followLog(client, options, untilProof)).resolves.toBe('enough');
  expect(lines).toEqual(['{"event":"start"}', '{"event":"applied"}']);
  expect(server.requests[0]?.path).toBe('/api/v1/namespaces/shop/pods/cart-0/log');
  expect(server.requests[0]?.query.toString()).toBe('container=squall-1&follow=true');
  await soon(() => expect(server.openConnections).toBe(0));
  expect(clock.nextInMs).toBeUndefined();
});

it('resolves at the end of the log', async () => {
  server.onRequest = (request) => request.open().end('one\ntwo');
  await expect(followLog(client, options, untilProof)).resolves.toBe('end');
  expect(lines).toEqual(['one', 'two']);
});

it('gives at most 16 Ki of a line', async () => {
  server.onRequest = (request) => request.open().end(`${'x'.repeat(20_000)}\nnext\n`);
  await followLog(client, options, untilProof);
  expect(lines.map((line) => line.length)).toEqual([16_384, 4]);
});

it('says BadRequest while the container has not started', async () => {
  server.onRequest = (request) =>
    request.json(400, { message: 'is waiting to start: ContainerCreating' });
  await expect(followLog(client, options, untilProof)).rejects.toMatchObject({
    code: 'BadRequest',
  });
});

it('waits for a silent container up to its limit, then says Timeout', async () => {
  server.onRequest = (request) => void request.open();
  const call = followLog(client, options, untilProof);
  call.catch(() => {});
  await soon(() => expect(server.requests).toHaveLength(1));
  await clock.advance(59_999);
  expect(server.openConnections).toBe(1);
  await clock.advance(1);
  await expect(call).rejects.toMatchObject({ code: 'Timeout' });
});

it('says Aborted when its caller ends it', async () => {
  server.onRequest = (request) => void request.open();
  const controller = new AbortController();
  const call = followLog(client, { ...options, signal: controller.signal }, untilProof);
  call.catch(() => {});
  await soon(() => expect(server.requests).toHaveLength(1));
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: 'Aborted' });
});
