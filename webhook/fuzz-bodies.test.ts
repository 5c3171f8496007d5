import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../src/telemetry/log.ts';
import { type FuzzBody, fuzzBodies, fuzzBody } from './fuzz-bodies.ts';
import type { Judge } from './review.ts';
import { createWebhookServer, type WebhookServer } from './server.ts';
import { TestClient, testPair } from './test-client.ts';

const bodies = 1000;
const connections = 4;
const maxGrowthBytes = 200 * 1024 * 1024;

/** Looks at all it is given, and says much about it. */
const judge: Judge = async ({ object, oldObject, userInfo }) => ({
  allowed: JSON.stringify(object) === JSON.stringify(oldObject),
  message: JSON.stringify(object) ?? 'no object',
  causes: Object.entries(object ?? {}).map(([field, value]) => ({
    reason: 'FieldValueInvalid',
    field,
    message: JSON.stringify(value),
  })),
  warnings: [JSON.stringify(object) ?? '', userInfo.username, ...(userInfo.groups ?? [])],
  auditAnnotations: { object: JSON.stringify(object) ?? '', [userInfo.username]: '' },
});

let server: WebhookServer;
let client: TestClient;
const lines: string[] = [];
const codes: string[] = [];

beforeAll(async () => {
  server = createWebhookServer({
    judge,
    pair: testPair,
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    onAnswered: ({ code }) => codes.push(code),
  });
  client = new TestClient(await server.listen(0, '127.0.0.1'), testPair.cert, connections);
});

afterAll(async () => {
  await client.close();
  await server.close();
});

async function check({ what, contentType, expected, bytes }: FuzzBody): Promise<number> {
  const { status, json } = await client.post(bytes(), { contentType });
  expect(expected, `${what}: ${JSON.stringify(json).slice(0, 500)}`).toContain(status);
  if (status === 200) {
    expect(json).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
    expect(json.response?.uid).toMatch(/./su);
    expect(json.response?.allowed).toBeTypeOf('boolean');
    for (const warning of json.response?.warnings ?? []) {
      expect(warning).toMatch(/^\P{Cc}{1,255}$/u);
    }
  } else {
    expect(json).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    expect(json['message']).toMatch(/.{10}/);
  }
  return status;
}

/** Sends them on all connections at once. */
async function checkAll(queue: FuzzBody[]) {
  const statuses: number[] = [];
  let rssMax = 0;
  const work = async () => {
    for (let body = queue.pop(); body; body = queue.pop()) {
      statuses.push(await check(body));
      rssMax = Math.max(rssMax, process.memoryUsage.rss());
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { statuses, rssMax };
}

describe('fuzzBodies', () => {
  it('are the same for the same seed, and others for another', () => {
    const hash = (seed: number) =>
      fuzzBodies(seed, 50).map(({ what, bytes }) => `${what} ${bytes().toString('base64')}`);
    expect(hash(7)).toEqual(hash(7));
    expect(hash(7)).not.toEqual(hash(8));
  });

  it('are of every sort', () => {
    const expected = new Set(fuzzBodies(1, bodies).flatMap((body) => body.expected));
    expect(expected).toEqual(new Set([200, 400, 413, 415]));
  });
});

describe('the webhook', () => {
  it('answers any 1,000 bodies as it should, in bounded memory', async () => {
    // What the heap takes before it collects is no growth, so others go first.
    await checkAll(fuzzBodies(2, bodies / 4));
    const { rss } = process.memoryUsage();
    const { statuses, rssMax } = await checkAll(fuzzBodies(1, bodies));

    expect(statuses).toHaveLength(bodies);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(bodies / 4);
    expect(statuses.filter((status) => status !== 200).length).toBeGreaterThan(bodies / 4);
    expect(rssMax - rss).toBeLessThan(maxGrowthBytes);
    expect(lines).toEqual([]);
    expect(codes).not.toContain('error');
  });

  it('answers others, found anew each time', async () => {
    await fc.assert(
      fc.asyncProperty(fuzzBody, async (body) => {
        await check(body);
      }),
      { numRuns: 200 },
    );
  });
});
