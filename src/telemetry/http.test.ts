import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveTelemetry, type TelemetryServer } from './http.ts';

let notReady: string | undefined;
let registry: Registry;
let server: TelemetryServer;

beforeEach(async () => {
  notReady = undefined;
  registry = new Registry();
  server = await serveTelemetry({
    registry,
    metricsPort: 0,
    healthPort: 0,
    notReady: () => notReady,
  });
});

afterEach(() => server.close());

async function get(port: number, path: string, method = 'GET') {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: await answer.text(),
  };
}

it('answers /healthz as long as it runs', async () => {
  notReady = 'pods: not synced';
  expect(await get(server.healthPort, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
});

it('answers /readyz by what is not ready', async () => {
  expect(await get(server.healthPort, '/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
  notReady = 'pods: not synced';
  expect(await get(server.healthPort, '/readyz')).toMatchObject({
    status: 503,
    body: 'pods: not synced\n',
  });
});

it('answers /metrics in the text format', async () => {
  new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc(3);
  const answer = await get(server.metricsPort, '/metrics');
  expect(answer).toMatchObject({
    status: 200,
    type: expect.stringContaining('text/plain; version=0.0.4'),
  });
  expect(answer.body).toContain('things_total 3');
});

it('answers nothing else', async () => {
  expect(await get(server.metricsPort, '/healthz')).toMatchObject({ status: 404 });
  expect(await get(server.healthPort, '/metrics')).toMatchObject({ status: 404 });
  expect(await get(server.healthPort, '/toString')).toMatchObject({ status: 404 });
  expect(await get(server.healthPort, '/healthz', 'POST')).toMatchObject({ status: 405 });
});

it('answers 500 when a metric cannot be read', async () => {
  const broken = new Counter({
    name: 'broken_total',
    help: 'Broken.',
    registers: [registry],
    collect() {
      throw new Error('no figure');
    },
  });
  expect(await get(server.metricsPort, '/metrics')).toMatchObject({
    status: 500,
    body: 'Error: no figure\n',
  });
  expect(broken).toBeDefined();
});

it('rejects when a port is taken, and leaves none open', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, resolve));
  const { port } = other.address() as AddressInfo;
  const taken = { registry, metricsPort: 0, healthPort: port, notReady: () => undefined };
  await expect(serveTelemetry(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});
