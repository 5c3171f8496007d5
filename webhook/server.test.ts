import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeError } from '../src/kube/errors.ts';
import { makeTestCertificate } from '../src/kube/test-certificate.ts';
import { soon } from '../src/kube/test-soon.ts';
import { VirtualClock } from '../src/kube/virtual-clock.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { PairError } from './pair.ts';
import type { AdmissionRequest, Judge } from './review.ts';
import { type Answered, createWebhookServer, type WebhookServer } from './server.ts';
import { TestClient, testPair, testReview } from './test-client.ts';

/** Knows how often it was read: the server reads it first when the headers of a request have arrived. */
class WatchedClock extends VirtualClock {
  reads = 0;

  override now(): number {
    this.reads++;
    return super.now();
  }
}

let judge: Judge;
let clock: WatchedClock;
let lines: string[];
let answered: Answered[];
let server: WebhookServer;
let client: TestClient;
let sockets: TLSSocket[];

beforeEach(async () => {
  judge = async () => ({ allowed: true });
  clock = new WatchedClock();
  lines = [];
  answered = [];
  sockets = [];
  server = createWebhookServer({
    judge: (request, signal) => judge(request, signal),
    pair: testPair,
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    clock,
    onAnswered: (one) => answered.push(one),
  });
  client = new TestClient(await server.listen(0, '127.0.0.1'));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await client.close();
  await server.close();
});

/** A judge that waits until it is told its verdict. */
function waitingJudge() {
  const called = Promise.withResolvers<AbortSignal>();
  const verdict = Promise.withResolvers<Awaited<ReturnType<Judge>>>();
  judge = (_, signal) => {
    called.resolve(signal);
    return verdict.promise;
  };
  return { called: called.promise, ...verdict };
}

/** A TLS connection after its handshake; `closed` resolves with all that came on it. */
async function open(options: { maxVersion?: 'TLSv1.1' | 'TLSv1.2' } = {}) {
  const old = options.maxVersion && { minVersion: 'TLSv1' as const, ciphers: 'ALL@SECLEVEL=0' };
  const { port } = client;
  const socket = connect({ port, host: '127.0.0.1', ca: testPair.cert, ...options, ...old });
  sockets.push(socket);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(received).toString()));
  });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).on('error', reject));
  return { socket, closed };
}

function http(body: string): string {
  const length = Buffer.byteLength(body);
  const type = 'application/json';
  return `POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

describe('a well-formed review', () => {
  it('reaches the judge as it was sent, and is answered under its uid', async () => {
    const requests: AdmissionRequest[] = [];
    judge = async (request) => {
      requests.push(request);
      return { allowed: true, warnings: ['mind\nthis'] };
    };
    const answer = await client.review(testReview({ object: { n: '1', s: 1, d: null } }));
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u-1', allowed: true, warnings: ['mind this'] },
    });
    expect(requests).toMatchObject([{ uid: 'u-1', object: { n: '1', s: 1, d: null } }]);
    await soon(() => expect(answered).toEqual([{ code: 'allowed', seconds: 0 }]));
  });

  it('is answered with 200 when it is refused', async () => {
    judge = async () => ({ allowed: false, message: 'kube-system is protected' });
    const answer = await client.review(testReview());
    expect(answer.status).toBe(200);
    expect(answer.json.response).toEqual({
      uid: 'u-1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'kube-system is protected',
      },
    });
    await soon(() => expect(answered).toMatchObject([{ code: 'denied' }]));
  });

  it('may be as large as two objects that etcd takes, escaped', async () => {
    const object = { text: '<'.repeat(500_000) };
    const body = JSON.stringify(testReview({ object, oldObject: object }));
    const sent = body.replaceAll('<', '\\u003c');
    expect(sent.length).toBeGreaterThan(5.5 * 1024 * 1024);
    expect(await client.post(sent)).toMatchObject({ status: 200 });
  });

  it('comes with a charset, or over a connection kept longer than the API server keeps it', async () => {
    const contentType = 'application/json; charset=utf-8';
    const answer = await client.post(JSON.stringify(testReview()), { contentType });
    expect(answer.status).toBe(200);
    expect(answer.headers['keep-alive']).toBe('timeout=100');
  });
});

describe('what is no review', () => {
  beforeEach(() => {
    judge = async () => {
      throw new Error('must not be asked');
    };
  });

  it.each<[string, string | Buffer | null, number, string]>([
    ['JSON cut off', '{"apiVersion":', 400, 'body: not JSON'],
    ['an empty body', '', 400, 'body: empty'],
    ['no body', null, 400, 'body: empty'],
    ['random bytes', Buffer.of(0xff, 0xfe, 0x00), 400, 'body: not UTF-8'],
    ['an array', '[]', 400, 'body: is an array'],
    ['another kind', '{"kind":"Pod"}', 400, 'kind: is "Pod", must be AdmissionReview'],
    ['no uid', JSON.stringify(testReview({ uid: null })), 400, 'request.uid: is null'],
    ['100,000 brackets', '['.repeat(100_000), 400, 'body: nested deeper'],
    ['8 MiB', ' '.repeat(8 * 2 ** 20), 413, 'body: larger than 7340032 bytes'],
    ['one byte too much', ' '.repeat(7 * 2 ** 20 + 1), 413, 'body: larger than 7340032 bytes'],
  ])('is refused with a reason: %s', async (_, body, status, message) => {
    const answer = await client.post(body);
    expect(answer).toMatchObject({ status, json: { kind: 'Status', code: status } });
    expect(answer.json['message']).toContain(message);
    await soon(() => expect(answered).toMatchObject([{ code: 'bad-request' }]));
  });

  it.each([
    ['text/plain', 415, 'content-type: must be application/json'],
    ['not a type', 415, 'content-type: must be application/json'],
  ])('is refused by its content type: %s', async (contentType, status, message) => {
    const answer = await client.post(JSON.stringify(testReview()), { contentType });
    expect(answer.status).toBe(status);
    expect(answer.json['message']).toContain(message);
  });

  it.each([
    ['GET', '/validate'],
    ['POST', '/'],
    ['PUT', '/validate'],
    ['POST', '/validate/more'],
  ] as const)('is not found: %s %s', async (method, path) => {
    const answer = await client.post(null, { method, path });
    expect(answer).toMatchObject({ status: 404, json: { reason: 'NotFound' } });
    expect(answer.json['message']).toContain('reviews go to POST /validate');
  });

  it('keeps a connection open after a bad review', async () => {
    const { socket } = await open();
    const parts: string[] = [];
    socket.on('data', (chunk) => parts.push(String(chunk)));
    judge = async () => ({ allowed: true });
    socket.write(http('{}') + http(JSON.stringify(testReview())));
    await soon(() => expect(parts.join('')).toMatch(/HTTP\/1.1 400[^]*HTTP\/1.1 200/));
  });

  it('is answered when it is much too large, after the client has sent it all', async () => {
    const { socket, closed } = await open();
    const failed = new Promise((resolve) => {
      socket.write(http(' '.repeat(32 * 2 ** 20)), resolve);
    });
    expect(await failed).toBeFalsy();
    expect(await closed).toMatch(/^HTTP\/1.1 413[^]*larger than 7340032 bytes/);
  });

  it('is answered in JSON even when it is no HTTP', async () => {
    const { socket, closed } = await open();
    socket.write('\u0000 what is this\r\n\r\n');
    expect(await closed).toMatch(/^HTTP\/1.1 400[^]*"message":"/);
    expect(await client.post('{}')).toMatchObject({ status: 400 });
  });

  it('does not disturb when the connection breaks within a body', async () => {
    const { socket, closed } = await open();
    socket.write(http(JSON.stringify(testReview())).slice(0, -10));
    socket.destroy();
    await closed;
    expect(await client.post('{}')).toMatchObject({ status: 400 });
    expect(lines).toEqual([]);
  });
});

describe('a review that cannot be judged', () => {
  it.each<[string, () => never, string]>([
    [
      'a call failed',
      () => {
        throw new KubeError('Unavailable', 'etcd at 10.0.0.7 is down');
      },
      'the request could not be judged: a call to the API server failed (Unavailable)',
    ],
    [
      'there is a mistake in it',
      () => {
        throw new TypeError('secret of undefined');
      },
      'the request could not be judged: internal error',
    ],
  ])('fails without details when %s, which are logged', async (_, fails, message) => {
    judge = fails;
    const answer = await client.review(testReview());
    expect(answer).toMatchObject({ status: 500, json: { reason: 'InternalError', message } });
    expect(answer.text).not.toMatch(/etcd|secret/);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      msg: 'review not judged',
      uid: 'u-1',
      operation: 'CREATE',
      resource: 'chaosexperiments',
      name: 'loss',
      err: { message: expect.stringMatching(/etcd|secret/) },
    });
    await soon(() => expect(answered).toMatchObject([{ code: 'error' }]));
  });

  it('fails when the judge says nothing', async () => {
    judge = (async () => undefined) as unknown as Judge;
    const answer = await client.review(testReview());
    expect(answer).toMatchObject({ status: 500, json: { reason: 'InternalError' } });
    expect(answer.json['message']).toBe('the review was not answered: internal error');
    expect(lines).toHaveLength(1);
  });

  it('fails after 4 s, and ends what the judge does', async () => {
    const { called, resolve } = waitingJudge();
    const answer = client.review(testReview());
    const signal = await called;
    await clock.advance(3_999);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
    expect(await answer).toMatchObject({
      status: 500,
      json: { message: 'timed out: the request was not judged within 4 s' },
    });
    await soon(() => expect(answered).toEqual([{ code: 'error', seconds: 4 }]));
    resolve({ allowed: true });
    await clock.advance(0);
    expect(lines).toHaveLength(1);
  });

  it('says that time is up also when the judge says so first', async () => {
    const called = Promise.withResolvers<void>();
    judge = (_, signal) => {
      called.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new KubeError('Aborted', 'ended')));
      });
    };
    const answer = client.review(testReview());
    await called.promise;
    await clock.advance(4_000);
    expect(await answer).toMatchObject({ status: 500, json: { reason: 'Timeout' } });
  });

  it('counts the time in which the review arrived', async () => {
    const { called } = waitingJudge();
    const { socket } = await open();
    const parts: string[] = [];
    socket.on('data', (chunk) => parts.push(String(chunk)));
    const text = http(JSON.stringify(testReview()));
    socket.write(text.slice(0, -10));
    await soon(() => expect(clock.reads).toBeGreaterThan(0));
    await clock.advance(3_000);
    socket.write(text.slice(-10));
    await called;
    await clock.advance(1_000);
    await soon(() => expect(parts.join('')).toMatch(/^HTTP\/1.1 500[^]*timed out/));
  });

  it('leaves no timer behind', async () => {
    await client.review(testReview());
    judge = async () => {
      throw new Error('no');
    };
    await client.review(testReview());
    expect(clock.nextInMs).toBeUndefined();
  });
});

describe('TLS', () => {
  it('refuses versions before 1.2', async () => {
    await expect(open({ maxVersion: 'TLSv1.1' })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  it('serves a new pair to new connections, while open ones go on', async () => {
    expect(await client.review(testReview())).toMatchObject({ status: 200 });
    const next = makeTestCertificate('next');
    const { socket } = await open();
    server.setPair(next);

    const parts: string[] = [];
    socket.on('data', (chunk) => parts.push(String(chunk)));
    socket.write(http(JSON.stringify(testReview())));
    await soon(() => expect(parts.join('')).toMatch(/^HTTP\/1.1 200/));

    const later = new TestClient(client.port, next.cert);
    expect(await later.review(testReview())).toMatchObject({ status: 200 });
    await later.close();
    await expect(open()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('goes on with its pair when the next one cannot be served', async () => {
    const { key } = makeTestCertificate('other');
    expect(() => server.setPair({ cert: testPair.cert, key })).toThrow(PairError);
    await open();
    expect(await client.review(testReview())).toMatchObject({ status: 200 });
  });

  it('is not begun with a pair that cannot be served', () => {
    const log = createLogger({ level: 'silent' });
    const make = () => createWebhookServer({ judge, pair: { cert: '', key: '' }, log });
    expect(make).toThrow(PairError);
  });

  it('rejects when the port is taken', async () => {
    const log = createLogger({ level: 'silent' });
    const second = createWebhookServer({ judge, pair: testPair, log });
    await expect(second.listen(client.port, '127.0.0.1')).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await second.close();
  });
});

describe('leave', () => {
  it('ends each connection with its answer, and takes others', async () => {
    const kept = await open();
    kept.socket.write(http(JSON.stringify(testReview())));
    await once(kept.socket, 'data');
    server.leave();
    kept.socket.write(http(JSON.stringify(testReview())));
    expect(await kept.closed).toMatch(/connection: keep-alive\r\n[^]*connection: close\r\n/i);
    const later = await open();
    later.socket.write(http(JSON.stringify(testReview())));
    expect(await later.closed).toMatch(
      /^HTTP\/1.1 200[^]*connection: close\r\n[^]*"allowed":true/i,
    );
  });
});

describe('close', () => {
  it('answers what was asked, ends the connection, and takes no others', async () => {
    const { called, resolve } = waitingJudge();
    const { socket, closed } = await open();
    socket.write(http(JSON.stringify(testReview())));
    await called;
    const done = server.close();
    await soon(() => expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    resolve({ allowed: true });
    const received = await closed;
    expect(received).toMatch(/^HTTP\/1.1 200/);
    expect(received).toMatch(/\r\nconnection: close\r\n/i);
    await done;
    expect(clock.nextInMs).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('still judges a review that began to arrive before', async () => {
    const { socket, closed } = await open();
    const text = http(JSON.stringify(testReview()));
    socket.write(text.slice(0, -10));
    await soon(() => expect(clock.reads).toBeGreaterThan(0));
    const done = server.close();
    socket.write(text.slice(-10));
    expect(await closed).toMatch(/^HTTP\/1.1 200[^]*"allowed":true/);
    await done;
  });

  it('does not wait for connections on which nothing more is asked', async () => {
    await client.review(testReview());
    await server.close();
    expect(lines).toEqual([]);
  });

  it('waits 1 s for connections on which nothing was asked yet', async () => {
    // With TLS 1.2 the server has ended the handshake when the client has.
    const [unused, used] = [await open({ maxVersion: 'TLSv1.2' }), await open()];
    const done = server.close();
    used.socket.write(http(JSON.stringify(testReview())));
    expect(await used.closed).toMatch(/^HTTP\/1.1 200/);
    await clock.advance(999);
    expect(unused.socket.destroyed).toBe(false);
    await clock.advance(1);
    await done;
    expect(await unused.closed).toBe('');
    expect(lines).toEqual([]);
  });

  it('cuts after 10 s what is left', async () => {
    const { socket, closed } = await open();
    socket.write(http(JSON.stringify(testReview())).slice(0, -10));
    await soon(() => expect(clock.reads).toBeGreaterThan(0));
    const done = server.close();
    await clock.advance(9_999);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    await done;
    expect(await closed).toBe('');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"connections":1');
  });

  it('may be called again, and before listen', async () => {
    const log = createLogger({ level: 'silent' });
    const idle = createWebhookServer({ judge, pair: testPair, log });
    await Promise.all([idle.close(), idle.close()]);
    await Promise.all([server.close(), server.close()]);
  });
});
