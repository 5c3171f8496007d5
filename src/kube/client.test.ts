import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KubeClient, type RequestOptions } from './client.ts';
import { KubeError } from './errors.ts';
import { TestApiServer, type TestRequest } from './test-api-server.ts';
import { soon } from './test-soon.ts';
import { VirtualClock } from './virtual-clock.ts';

let server: TestApiServer;
let clock: VirtualClock;
let client: KubeClient;

beforeEach(async () => {
  server = await TestApiServer.start();
  clock = new VirtualClock(1_000_000);
  client = server.client({ clock, random: () => 0.5 });
});

afterEach(() => server.stop());

const get = { method: 'GET', path: '/api/v1/pods' } as const;
const post = { method: 'POST', path: '/api/v1/pods', body: {} } as const;

/** What a call ended with, when its waits are skipped. */
async function outcome(options: RequestOptions): Promise<unknown> {
  let result: unknown;
  const call = client.request(options).then(
    (value) => {
      result = { value };
    },
    (error: unknown) => {
      result = error;
    },
  );
  await soon(async () => {
    if (result === undefined) await clock.advance(clock.nextInMs === undefined ? 0 : 50);
    expect(result).toBeDefined();
  });
  await call;
  return result;
}

async function failure(options: RequestOptions): Promise<KubeError> {
  const error = await outcome(options);
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

describe('request', () => {
  it('sends method, path, query, headers, certificate and body, and answers the JSON as it is', async () => {
    server.onRequest = (request) => request.json(200, { kind: 'Pod', unknownField: [1] });
    const answer = await client.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/a/pods/b/ephemeralcontainers',
      query: { fieldManager: 'squall', dryRun: ['All'], skipped: undefined },
      body: { spec: {} },
      contentType: 'application/strategic-merge-patch+json',
    });
    expect(answer).toEqual({ kind: 'Pod', unknownField: [1] });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/namespaces/a/pods/b/ephemeralcontainers',
      body: '{"spec":{}}',
      clientName: 'test-client',
      headers: {
        authorization: 'Bearer secret',
        'content-type': 'application/strategic-merge-patch+json',
        'user-agent': 'squall',
      },
    });
    expect(request?.query.toString()).toBe('fieldManager=squall&dryRun=All');
  });

  it('patches as a merge patch unless told otherwise', async () => {
    server.onRequest = (request) => request.json(200, {});
    await client.request({ method: 'PATCH', path: '/x', body: {} });
    expect(server.requests[0]?.headers['content-type']).toBe('application/merge-patch+json');
  });

  it('shares connections between calls and never opens more than 32', async () => {
    server.onRequest = (request) => request.json(200, {});
    for (let i = 0; i < 50; i++) await client.request(get);
    expect(server.connections).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 200 }, () => client.request(get)));
    expect(server.connections).toBeLessThanOrEqual(32);
  });

  it('tells the metrics each exchange', async () => {
    const onRequest = vi.fn();
    client = server.client({ clock, onRequest, random: () => 0.5 });
    const answers = [503, 200];
    server.onRequest = (request) => request.json(answers.shift() ?? 500, {});
    await outcome(get);
    expect(onRequest.mock.calls).toEqual([
      ['GET', '503'],
      ['GET', '200'],
    ]);
  });

  it('counts an exchange without an answer as <error>', async () => {
    const onRequest = vi.fn();
    client = server.client({ clock, onRequest });
    server.onRequest = (request) => request.drop();
    await failure(post);
    expect(onRequest.mock.calls).toEqual([['POST', '<error>']]);
  });
});

type Answer = (request: TestRequest) => void;
const status =
  (code: number, headers = {}): Answer =>
  (request) =>
    request.json(code, { kind: 'Status', message: 'said so' }, headers);
const drop: Answer = (request) => request.drop();

describe('what is tried again', () => {
  const rows: {
    name: string;
    call: RequestOptions;
    answers: Answer[];
    asked: number;
    ends: string;
    uncertain?: boolean;
  }[] = [
    { name: 'a read after 503', call: get, answers: [status(503)], asked: 2, ends: 'answer' },
    {
      name: 'a read after a dropped connection',
      call: get,
      answers: [drop],
      asked: 2,
      ends: 'answer',
    },
    {
      name: 'a read, four times at most',
      call: get,
      answers: Array(9).fill(drop),
      asked: 4,
      ends: 'Unreachable',
    },
    {
      name: 'a write after 429, which changed nothing',
      call: post,
      answers: [status(429)],
      asked: 2,
      ends: 'answer',
    },
    {
      name: 'no write after 503',
      call: post,
      answers: [status(503)],
      asked: 1,
      ends: 'Unavailable',
      uncertain: true,
    },
    {
      name: 'no write after a dropped connection',
      call: post,
      answers: [drop],
      asked: 1,
      ends: 'Unreachable',
      uncertain: true,
    },
    {
      name: 'no write after 504',
      call: post,
      answers: [status(504)],
      asked: 1,
      ends: 'Timeout',
      uncertain: true,
    },
    { name: 'nothing after 409', call: get, answers: [status(409)], asked: 1, ends: 'Conflict' },
    {
      name: 'anything once after 401',
      call: post,
      answers: [status(401)],
      asked: 2,
      ends: 'answer',
    },
    {
      name: 'nothing after a second 401',
      call: post,
      answers: [status(401), status(401)],
      asked: 2,
      ends: 'Unauthorized',
    },
    {
      name: 'nothing when the server asks for more time than the call has',
      call: { ...get, timeoutMs: 5_000 },
      answers: [status(429, { 'retry-after': '6' })],
      asked: 1,
      ends: 'TooManyRequests',
    },
  ];
  it.each(rows)('$name', async ({ call, answers, asked, ends, uncertain = false }) => {
    server.onRequest = (request) => (answers.shift() ?? status(200))(request);
    const result = await outcome(call);
    if (ends === 'answer') expect(result).toHaveProperty('value');
    else expect(result).toMatchObject({ name: 'KubeError', code: ends, uncertain });
    expect(server.requests).toHaveLength(asked);
  });

  it('waits as long as Retry-After says, and no shorter', async () => {
    const answers = [status(429, { 'retry-after': '7' })];
    server.onRequest = (request) => (answers.shift() ?? status(200))(request);
    const call = client.request(get);
    await soon(() => expect(clock.nextInMs).toBe(7_000));
    await clock.advance(6_999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    await call;
    expect(server.requests).toHaveLength(2);
  });

  it('reads the credentials again after 401', async () => {
    const headers = vi.fn(async (renew?: boolean) => ({ authorization: renew ? 'new' : 'old' }));
    client = new KubeClient({ ...server.cluster(), headers }, { clock });
    server.onRequest = (request) =>
      request.json(request.headers.authorization === 'new' ? 200 : 401, {});
    await outcome(get);
    expect(headers.mock.calls).toEqual([[false], [true]]);
    await client.close();
  });
});

describe('how a call ends without an answer', () => {
  it('by its limit: Timeout, and for a write uncertain', async () => {
    server.onRequest = () => {};
    const call = client.request({ ...post, timeoutMs: 2_000 });
    call.catch(() => {});
    await soon(() => expect(server.requests).toHaveLength(1));
    await clock.advance(2_000);
    await expect(call).rejects.toMatchObject({ code: 'Timeout', uncertain: true });
  });

  it('by its signal: Aborted', async () => {
    server.onRequest = () => {};
    const controller = new AbortController();
    const call = client.request({ ...get, signal: controller.signal });
    call.catch(() => {});
    await soon(() => expect(server.requests).toHaveLength(1));
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'Aborted', uncertain: false });
    expect(clock.nextInMs).toBeUndefined();
  });

  it('by a signal that was aborted before: nothing is sent and nothing is uncertain', async () => {
    const error = await failure({ ...post, signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: 'Aborted', uncertain: false });
    expect(server.requests).toHaveLength(0);
  });

  it('by close(): Aborted', async () => {
    server.onRequest = () => {};
    const call = client.request(get);
    call.catch(() => {});
    await soon(() => expect(server.requests).toHaveLength(1));
    await client.close();
    await expect(call).rejects.toMatchObject({ code: 'Aborted' });
  });

  it('when nobody listens: Unreachable, and a write is certainly not carried out', async () => {
    const gone = await TestApiServer.start();
    const cluster = gone.cluster();
    await gone.stop();
    client = new KubeClient(cluster, { clock });
    expect(await failure(post)).toMatchObject({ code: 'Unreachable', uncertain: false });
    await client.close();
  });

  it('when the answer is not JSON: Protocol', async () => {
    server.onRequest = (request) => request.open().end('<html>');
    expect(await failure(post)).toMatchObject({ code: 'Protocol', status: 200, uncertain: true });
  });

  it('when the server has a certificate of somebody else: Unreachable', async () => {
    const { ca: _, ...tls } = server.cluster().tls;
    client = new KubeClient({ ...server.cluster(), tls }, { clock });
    expect(await failure(get)).toMatchObject({ code: 'Unreachable' });
    await client.close();
  });
});

describe('stream', () => {
  it('gives the lines as they come, however they are cut, and ends with the answer', async () => {
    const chunks = ['{"a":', '1}\n{"b":2}\n', '{"c":3}'];
    server.onRequest = (request) => {
      const response = request.open();
      for (const chunk of chunks) response.write(chunk);
      response.end();
    };
    const lines: string[] = [];
    const onOpen = vi.fn();
    for await (const line of client.stream({ path: '/x', query: { watch: true }, onOpen })) {
      lines.push(line);
    }
    expect(lines).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
    expect(onOpen).toHaveBeenCalledOnce();
    expect(server.requests[0]?.query.get('watch')).toBe('true');
  });

  it('closes the connection when the loop is left, without an error that escapes', async () => {
    server.onRequest = (request) => request.open().write('one\ntwo\n');
    for await (const line of client.stream({ path: '/x' })) {
      expect(line).toBe('one');
      break;
    }
    await soon(() => expect(server.openConnections).toBe(0));
    expect(clock.nextInMs).toBeUndefined();
  });

  it('does not use up the connections of calls', async () => {
    server.onRequest = (request) => {
      if (request.path === '/stream') request.open();
      else request.json(200, {});
    };
    const controller = new AbortController();
    const { signal } = controller;
    const streams = Promise.allSettled(
      Array.from({ length: 40 }, () => client.stream({ path: '/stream', signal }).next()),
    );
    await soon(() => expect(server.requests).toHaveLength(40));
    await client.request(get);
    controller.abort();
    for (const { status: ended } of await streams) expect(ended).toBe('rejected');
  });

  const rows: { name: string; answer: Answer; expected: object }[] = [
    {
      name: 'a refusal as its status',
      answer: status(403),
      expected: { code: 'Forbidden', message: 'said so' },
    },
    { name: 'a version that is too old as Gone', answer: status(410), expected: { code: 'Gone' } },
    {
      name: 'Retry-After',
      answer: status(429, { 'retry-after': '3' }),
      expected: { retryAfterMs: 3_000 },
    },
    {
      name: 'a connection that breaks as Unreachable',
      answer: (request) => {
        request.open().write('half a li');
        setImmediate(() => request.drop());
      },
      expected: { code: 'Unreachable' },
    },
    {
      name: 'a line that is too long as Protocol',
      answer: (request) => request.open().write('x'.repeat(101)),
      expected: { code: 'Protocol' },
    },
  ];
  it.each(rows)('reports $name', async ({ answer, expected }) => {
    server.onRequest = answer;
    const read = async () => {
      for await (const _ of client.stream({ path: '/x', maxLineLength: 100 }));
    };
    await expect(read()).rejects.toMatchObject({
      name: 'KubeError',
      uncertain: false,
      ...expected,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('ends a connection that has gone silent, counted from the last sign of life', async () => {
    let write: (text: string) => void = () => {};
    server.onRequest = (request) => {
      const response = request.open();
      write = (text) => void response.write(text);
      write('a\n');
    };
    const lines: string[] = [];
    const read = (async () => {
      for await (const line of client.stream({ path: '/x', idleMs: 1_000 })) lines.push(line);
    })();
    read.catch(() => {});
    await soon(() => expect(lines).toEqual(['a']));
    await clock.advance(900);
    write('b\n');
    await soon(() => expect(lines).toEqual(['a', 'b']));
    await clock.advance(999);
    expect(server.openConnections).toBe(1);
    await clock.advance(1);
    await expect(read).rejects.toMatchObject({ code: 'Timeout' });
  });
});
