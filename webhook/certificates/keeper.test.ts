import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestRequest, TestApiServer } from '../../src/kube/test-api-server.ts';
import { soon } from '../../src/kube/test-soon.ts';
import { VirtualClock } from '../../src/kube/virtual-clock.ts';
import { CertificateKeeper } from './keeper.ts';
import { KubeCertificateObjects } from './objects.ts';
import type { KeyPair } from './source.ts';
import { day, isTrustedBy, names, pairAt, t0 } from './test-pairs.ts';

const secrets = '/api/v1/namespaces/squall-system/secrets';
const secretPath = `${secrets}/squall-webhook-certificate`;
const configurationPath =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/squall';

interface RawSecret {
  metadata: { resourceVersion: string; annotations: Record<string, string>; labels?: object };
  data: Record<string, string>;
  type?: string;
}

/** What the API server keeps; it does what the API does to these two objects. */
let secret: RawSecret | undefined;
let configuration: { metadata: { resourceVersion: string }; webhooks: Record<string, unknown>[] };
let version: number;
let server: TestApiServer;
let clock: VirtualClock;
let served: KeyPair[];
let errors: { code?: string; message: string }[];
let keeper: CertificateKeeper;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (value = '') => Buffer.from(value, 'base64').toString();
const webhook = (name: string) => ({ name, failurePolicy: 'Fail', clientConfig: { service: {} } });

beforeEach(async () => {
  server = await TestApiServer.start();
  server.onRequest = answer;
  clock = new VirtualClock(t0);
  version = 0;
  secret = undefined;
  configuration = {
    metadata: { resourceVersion: '0' },
    webhooks: [webhook('experiments.squall.dev'), webhook('policies.squall.dev')],
  };
  served = [];
  errors = [];
  keeper = start();
});

afterEach(async () => {
  await keeper.stop();
  await server.stop();
});

function start(): CertificateKeeper {
  return new CertificateKeeper({
    objects: new KubeCertificateObjects(server.client(), {
      namespace: 'squall-system',
      secret: 'squall-webhook-certificate',
      configuration: 'squall',
    }),
    clock,
    names,
    random: () => 0,
    onServe: (pair) => served.push(pair),
    onError: (error) => errors.push(error),
  });
}

function answer(request: TestRequest): void {
  const { method, path, body } = request;
  const conflict = { reason: 'Conflict' };
  const next = () => ({ resourceVersion: String(++version) });
  if (method === 'POST' && path === secrets) {
    if (secret) return request.json(409, { reason: 'AlreadyExists' });
    const made = JSON.parse(body) as RawSecret;
    secret = { ...made, metadata: { ...made.metadata, ...next() } };
    return request.json(201, secret);
  }
  if (path === secretPath && method === 'GET' && secret) return request.json(200, secret);
  if (path === secretPath && method === 'PATCH' && secret) {
    const patch = JSON.parse(body) as RawSecret;
    const { metadata } = secret;
    if (patch.metadata.resourceVersion !== metadata.resourceVersion) {
      return request.json(409, conflict);
    }
    const annotations = merged(metadata.annotations, patch.metadata.annotations);
    const data = merged(secret.data, patch.data);
    secret = { ...secret, metadata: { ...metadata, annotations, ...next() }, data };
    return request.json(200, secret);
  }
  if (path === configurationPath && method === 'GET') return request.json(200, configuration);
  if (path === configurationPath && method === 'PATCH') {
    const [first, ...others] = JSON.parse(body) as { op: string; path: string; value: string }[];
    if (first?.value !== configuration.metadata.resourceVersion) return request.json(409, conflict);
    const webhooks = structuredClone(configuration.webhooks);
    for (const { path: pointer, value } of others) {
      const index = /^\/webhooks\/(\d+)\/clientConfig\/caBundle$/.exec(pointer)?.[1] ?? '-1';
      const entry = webhooks[Number(index)] as { clientConfig: Record<string, unknown> };
      entry.clientConfig['caBundle'] = value;
    }
    configuration = { metadata: next(), webhooks };
    return request.json(200, configuration);
  }
  return request.json(404, {});
}

function merged(
  old: Record<string, string>,
  patch: Record<string, string | null>,
): Record<string, string> {
  const all = Object.entries({ ...old, ...patch });
  return Object.fromEntries(all.filter((one): one is [string, string] => one[1] !== null));
}

function caBundles(): string[] {
  return configuration.webhooks.map((one) =>
    text((one['clientConfig'] as { caBundle?: string }).caBundle),
  );
}

/**
 * Time goes on until `check` does not throw. It is the keeper's alone, and stands still during its calls: a timer is
 * set only when a round is over.
 */
function whenTimeGoesOn(check: () => void): Promise<void> {
  return soon(async () => {
    try {
      check();
    } catch (error) {
      await clock.advance(clock.nextInMs ?? 0);
      throw error;
    }
  });
}

it('makes the Secret, and gives its CA to every webhook entry', async () => {
  keeper.start();
  expect(keeper.ready).toBe(false);
  await whenTimeGoesOn(() => expect(keeper.ready).toBe(true));
  expect(secret).toMatchObject({
    type: 'Opaque',
    metadata: {
      name: 'squall-webhook-certificate',
      labels: { 'app.kubernetes.io/name': 'squall', 'app.kubernetes.io/component': 'webhook' },
    },
  });
  expect(Object.keys(secret?.data ?? {}).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  expect(served).toEqual([
    { cert: text(secret?.data['tls.crt']), key: text(secret?.data['tls.key']) },
  ]);
  expect(caBundles()).toEqual([text(secret?.data['ca.crt']), text(secret?.data['ca.crt'])]);
  expect(configuration.webhooks[0]).toMatchObject(webhook('experiments.squall.dev'));
  expect(errors).toEqual([]);
});

it('writes nothing when all is well', async () => {
  const pair = await pairAt(t0);
  secret = {
    metadata: { resourceVersion: '5', annotations: {} },
    data: {
      'tls.crt': base64(pair.cert),
      'tls.key': base64(pair.key),
      'ca.crt': base64(pair.ca),
    },
  };
  for (const one of configuration.webhooks) one['clientConfig'] = { caBundle: base64(pair.ca) };
  keeper.start();
  await whenTimeGoesOn(() => expect(clock.now()).toBeGreaterThanOrEqual(t0 + 60_000));
  expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(server.requests.length).toBeLessThanOrEqual(14);
  expect(served).toEqual([{ cert: pair.cert, key: pair.key }]);
  expect(keeper.ready).toBe(true);
});

it('rotates when asked to, and keeps what others wrote to the Secret', async () => {
  keeper.start();
  await whenTimeGoesOn(() => expect(keeper.ready).toBe(true));
  if (!secret) throw new Error('no Secret');
  const { metadata, data } = secret;
  const annotations = { ...metadata.annotations, 'squall.dev/rotate': 'now', 'example.com/a': 'b' };
  secret = {
    ...secret,
    metadata: { ...metadata, annotations, resourceVersion: String(++version) },
  };
  secret.data = { ...data, 'note.txt': base64('theirs') };
  await whenTimeGoesOn(() => {
    expect(served).toHaveLength(2);
    expect(secret?.data['tls.crt']).toBe(base64(served[1]?.cert ?? ''));
  });
  expect(isTrustedBy({ cert: served[0]?.cert ?? '' }, caBundles())).toBe(true);
  expect(isTrustedBy({ cert: served[1]?.cert ?? '' }, caBundles())).toBe(true);
  expect(secret.data['next.crt']).toBeUndefined();
  expect(secret.data['note.txt']).toBe(base64('theirs'));
  expect(secret.metadata.annotations).toMatchObject({
    'squall.dev/rotated': 'now',
    'example.com/a': 'b',
  });
  // A minute after the first promotion, and 30 s of trust.
  expect(clock.now() - t0).toBeGreaterThanOrEqual(90_000);
  expect(clock.now() - t0).toBeLessThan(120_000);
});

it('serves on when the API server refuses everything, says what is wrong, and recovers', async () => {
  keeper.start();
  await whenTimeGoesOn(() => expect(keeper.ready).toBe(true));
  server.onRequest = (request) => request.json(403, { message: 'not allowed' });
  await whenTimeGoesOn(() => expect(errors.length).toBeGreaterThan(4));
  expect(errors.map(({ code }) => code)).toEqual(errors.map(() => 'Forbidden'));
  expect(served).toHaveLength(1);
  expect(keeper.ready).toBe(true);
  server.onRequest = answer;
  secret = undefined;
  await whenTimeGoesOn(() => expect(secret?.data['tls.crt']).toBe(base64(served[0]?.cert ?? '')));
  expect(served).toHaveLength(1);
});

it('takes the Secret of a replica that was first', async () => {
  const pair = await pairAt(t0);
  server.onRequest = (request) => {
    if (request.method === 'POST' && !secret) {
      const data = { 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': pair.ca };
      const entries = Object.entries(data).map(([key, value]) => [key, base64(value)]);
      const metadata = { resourceVersion: String(++version), annotations: {} };
      secret = { metadata, data: Object.fromEntries(entries) as Record<string, string> };
    }
    answer(request);
  };
  keeper.start();
  await whenTimeGoesOn(() => expect(keeper.ready).toBe(true));
  expect(served).toEqual([{ cert: pair.cert, key: pair.key }]);
  expect(errors).toEqual([]);
});

it('does not take back a CA that another replica adds between its two reads', async () => {
  const [A, B] = await Promise.all([pairAt(t0), pairAt(t0)]);
  const hold = (data: Record<string, string>, ca: string) => {
    const entries = Object.entries({ ...data, 'ca.crt': ca });
    const encoded = entries.map(([key, value]) => [key, base64(value)]);
    const metadata = { resourceVersion: String(++version), annotations: {} };
    secret = { metadata, data: Object.fromEntries(encoded) as Record<string, string> };
    const webhooks = [{ clientConfig: { caBundle: base64(ca) } }];
    configuration = { metadata: { resourceVersion: String(++version) }, webhooks };
  };
  const current = { 'tls.crt': A.cert, 'tls.key': A.key };
  const both = B.ca + A.ca;
  hold(current, A.ca);
  const seen: string[] = [];
  server.onRequest = (request) => {
    answer(request);
    if (server.requests.length === 1) {
      hold({ ...current, 'next.crt': B.cert, 'next.key': B.key }, both);
    } else seen.push(...caBundles());
  };
  keeper.start();
  await whenTimeGoesOn(() =>
    expect(secret?.metadata.annotations).toHaveProperty(['squall.dev/next-trusted-since']),
  );
  expect(new Set(seen)).toEqual(new Set([both]));
  expect(errors).toEqual([]);
});

it('does not go round and round against somebody who overwrites the caBundle each time', async () => {
  keeper.start();
  await whenTimeGoesOn(() => expect(keeper.ready).toBe(true));
  server.onRequest = (request) => {
    answer(request);
    if (request.method !== 'PATCH') return;
    const webhooks = [webhook('experiments.squall.dev')];
    configuration = { metadata: { resourceVersion: String(++version) }, webhooks };
  };
  const from = server.requests.length;
  const now = clock.now();
  const webhooks = [webhook('experiments.squall.dev')];
  configuration = { metadata: { resourceVersion: String(++version) }, webhooks };
  await whenTimeGoesOn(() => expect(clock.now()).toBeGreaterThanOrEqual(now + 60_000));
  const patches = server.requests.slice(from).filter(({ method }) => method === 'PATCH');
  expect(patches.length).toBeGreaterThan(9);
  expect(patches.length).toBeLessThanOrEqual(60);
});

it('stops at once, also in the middle of a call', async () => {
  server.onRequest = () => {};
  keeper.start();
  await soon(() => expect(server.requests).toHaveLength(1));
  await keeper.stop();
  expect(clock.nextInMs).toBeUndefined();
  expect(errors).toEqual([]);
});

it.each([
  { names: [], lifetimeMs: day },
  { names, lifetimeMs: 60_000 },
])('is not made with options that no certificate could be made with: %j', (options) => {
  const objects = new KubeCertificateObjects(server.client(), {
    namespace: 'a',
    secret: 'b',
    configuration: 'c',
  });
  expect(() => new CertificateKeeper({ objects, clock, onServe: () => {}, ...options })).toThrow(
    RangeError,
  );
});
