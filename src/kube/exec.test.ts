import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { KubeClient } from './client.ts';
import { exec } from './exec.ts';
import { TestApiServer } from './test-api-server.ts';
import { soon } from './test-soon.ts';
import { VirtualClock } from './virtual-clock.ts';

const options = {
  namespace: 'shop',
  pod: 'cart-0',
  container: 'squall-1',
  command: ['/squall/agent', 'status'],
  timeoutMs: 5_000,
};
const success = { kind: 'Status', status: 'Success' };

let server: TestApiServer;
let clock: VirtualClock;
let client: KubeClient;
const onRequest = vi.fn();
const escaped = vi.fn();

beforeEach(async () => {
  onRequest.mockReset();
  escaped.mockReset();
  process.on('uncaughtException', escaped);
  process.on('unhandledRejection', escaped);
  server = await TestApiServer.start();
  clock = new VirtualClock();
  client = server.client({ clock, onRequest });
});

afterEach(async () => {
  await server.stop();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', escaped);
  process.off('unhandledRejection', escaped);
  if (escaped.mock.calls.length > 0) throw escaped.mock.calls[0]?.[0];
});

const send = (socket: WebSocket, channel: number, text: string) =>
  socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
const end = (socket: WebSocket, status: unknown) => send(socket, 3, JSON.stringify(status));

it('runs the command in that container and gives what it wrote', async () => {
  server.onSocket = (socket) => {
    send(socket, 1, 'out');
    send(socket, 2, 'err');
    send(socket, 1, 'put');
    end(socket, success);
  };
  await expect(exec(client, options)).resolves.toEqual({
    exitCode: 0,
    stdout: 'output',
    stderr: 'err',
  });
  const [request] = server.requests;
  expect(request).toMatchObject({
    path: '/api/v1/namespaces/shop/pods/cart-0/exec',
    clientName: 'test-client',
    headers: { authorization: 'Bearer secret', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
  });
  expect(request?.query.toString()).toBe(
    'container=squall-1&command=%2Fsquall%2Fagent&command=status&stdin=false&stdout=true&stderr=true',
  );
  expect(onRequest.mock.calls).toEqual([['GET', '101']]);
});

it('gives the exit code of a command that failed', async () => {
  server.onSocket = (socket) =>
    end(socket, {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '42' }] },
    });
  await expect(exec(client, options)).resolves.toMatchObject({ exitCode: 42 });
});

it('is content with the first line where that is asked, and does not wait for the end', async () => {
  server.onSocket = (socket) => {
    send(socket, 1, 'the first');
    send(socket, 1, ' line\nand');
  };
  await expect(exec(client, { ...options, firstLine: true })).resolves.toEqual({
    exitCode: undefined,
    stdout: 'the first line\n',
    stderr: '',
  });
});

it('gives the exit code of a command that ends without a line', async () => {
  server.onSocket = (socket) => {
    send(socket, 1, 'no line');
    end(socket, success);
  };
  await expect(exec(client, { ...options, firstLine: true })).resolves.toMatchObject({
    exitCode: 0,
    stdout: 'no line',
  });
});

it('sends stdin and closes it', async () => {
  const messages: number[][] = [];
  server.onSocket = (socket) =>
    socket.on('message', (data: Buffer) => {
      messages.push([...data]);
      if (messages.length === 2) end(socket, success);
    });
  await exec(client, { ...options, stdin: 'hé' });
  expect(messages).toEqual([
    [0, 104, 195, 169],
    [255, 0],
  ]);
  expect(server.requests[0]?.query.get('stdin')).toBe('true');
});

it('keeps the first 64 KiB of what is written', async () => {
  server.onSocket = (socket) => {
    for (let i = 0; i < 5; i++) send(socket, 1, String(i).repeat(30_000));
    end(socket, success);
  };
  const { stdout } = await exec(client, options);
  expect(stdout).toBe('0'.repeat(30_000) + '1'.repeat(30_000) + '2'.repeat(5_536));
});

it('closes the connection, also one whose close is never confirmed', async () => {
  server.onSocket = (socket) => {
    end(socket, success);
    socket.pause();
  };
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
  await exec(client, options);
  const open = sockets().length;
  await clock.advance(999);
  expect(sockets()).toHaveLength(open);
  await clock.advance(1);
  await soon(() => expect(sockets()).toHaveLength(open - 1));
  expect(clock.nextInMs).toBeUndefined();
});

describe('is rejected as', () => {
  const refusals: [string, number, string][] = [
    ['Forbidden when the right is missing', 403, 'Forbidden'],
    ['NotFound without the pod', 404, 'NotFound'],
    ['TooManyRequests when throttled', 429, 'TooManyRequests'],
    ['Unavailable when the server fails', 500, 'Unavailable'],
  ];
  it.each(refusals)('%s: certainly nothing ran', async (_, status, code) => {
    server.onRequest = (request) => request.json(status, { message: 'said so' });
    await expect(exec(client, options)).rejects.toMatchObject({
      code,
      status,
      message: 'said so',
      uncertain: false,
    });
    expect(onRequest.mock.calls).toEqual([['GET', String(status)]]);
  });

  it('Unreachable when the handshake breaks: certainly nothing ran', async () => {
    server.onRequest = (request) => request.drop();
    await expect(exec(client, options)).rejects.toMatchObject({
      code: 'Unreachable',
      uncertain: false,
    });
    expect(onRequest.mock.calls).toEqual([['GET', '<error>']]);
  });

  const afterwards: [string, (socket: WebSocket) => void, object][] = [
    [
      'Unreachable when the connection breaks',
      (socket) => socket.terminate(),
      { code: 'Unreachable' },
    ],
    [
      'Unreachable when it closes without a status',
      (socket) => socket.close(1000),
      { code: 'Unreachable' },
    ],
    [
      'Protocol when the status is not JSON',
      (socket) => send(socket, 3, 'oops'),
      { code: 'Protocol' },
    ],
    [
      'Unavailable when the container is not there',
      (socket) =>
        end(socket, {
          status: 'Failure',
          reason: 'InternalError',
          code: 500,
          message: 'container not found',
        }),
      { code: 'Unavailable', message: 'container not found' },
    ],
    [
      'Unreachable when what comes is no WebSocket frame',
      (socket) =>
        (socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(
          Buffer.alloc(9, 0xff),
        ),
      { code: 'Unreachable' },
    ],
  ];
  it.each(afterwards)('%s: it may have run', async (_, act, expected) => {
    server.onSocket = act;
    await expect(exec(client, options)).rejects.toMatchObject({ ...expected, uncertain: true });
  });

  it('Timeout when it takes too long, and the connection is closed', async () => {
    server.onSocket = (socket) => socket.on('error', () => {});
    const call = exec(client, options);
    call.catch(() => {});
    await soon(() => expect(onRequest).toHaveBeenCalled());
    await clock.advance(5_000);
    await expect(call).rejects.toMatchObject({ code: 'Timeout', uncertain: true });
    await soon(() => expect(server.openConnections).toBe(0));
  });

  it('Timeout when the handshake takes too long', async () => {
    server.onRequest = () => {};
    const call = exec(client, options);
    call.catch(() => {});
    await soon(() => expect(server.requests).toHaveLength(1));
    await clock.advance(5_000);
    await expect(call).rejects.toMatchObject({ code: 'Timeout', uncertain: false });
    await soon(() => expect(server.openConnections).toBe(0));
  });

  it('Aborted when its caller ends it', async () => {
    const controller = new AbortController();
    server.onSocket = () => controller.abort();
    await expect(exec(client, { ...options, signal: controller.signal })).rejects.toMatchObject({
      code: 'Aborted',
    });
    await expect(exec(client, { ...options, signal: controller.signal })).rejects.toMatchObject({
      code: 'Aborted',
      uncertain: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('Unreachable when the server has a certificate of somebody else', async () => {
    const { KubeClient: Client } = await import('./client.ts');
    const { ca: _, ...tls } = server.cluster().tls;
    await expect(exec(new Client({ ...server.cluster(), tls }), options)).rejects.toMatchObject({
      code: 'Unreachable',
    });
  });
});

it('leaves nothing that fails later when the server goes away after the answer', async () => {
  let socket: WebSocket | undefined;
  server.onSocket = (one) => {
    socket = one;
    end(one, success);
  };
  await exec(client, options);
  if (socket && socket.readyState !== socket.CLOSED) {
    const closed = once(socket, 'close');
    socket.terminate();
    await closed;
  }
});
