import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ClientOptions, KubeClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import { makeTestCertificate } from './test-certificate.ts';

export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** CN of the client's certificate. */
  readonly clientName: string | undefined;
  /** Answers with JSON. */
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Begins an answer that the test writes itself. */
  open(status?: number): ServerResponse;
  /** Cuts the connection. */
  drop(): void;
}

const serverCertificate = makeTestCertificate('test-api-server');
const clientCertificate = makeTestCertificate('test-client');

/**
 * An HTTPS server on 127.0.0.1 that demands a client certificate, behaves as each test says, and keeps what it was
 * asked. WebSocket handshakes go to `onSocket`, when it is set, instead of `onRequest`.
 */
export class TestApiServer {
  readonly requests: TestRequest[] = [];
  onRequest: (request: TestRequest) => void = (request) => request.json(404, {});
  onSocket: ((socket: WebSocket, request: TestRequest) => void) | undefined;
  /** Connections accepted so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clients: KubeClient[] = [];

  private constructor() {
    const { cert, key } = serverCertificate;
    const tls = { cert, key, ca: clientCertificate.cert, requestCert: true };
    this.#server = createServer(tls, (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => this.onRequest(this.#note(request, body, response)));
    });
    this.#server.on('secureConnection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (protocols) => [...protocols][0] ?? false,
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const { onSocket } = this;
      const note = this.#note(request, '', undefined, socket);
      if (!onSocket) this.onRequest(note);
      else sockets.handleUpgrade(request, socket, head, (webSocket) => onSocket(webSocket, note));
    });
  }

  static async start(): Promise<TestApiServer> {
    const server = new TestApiServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How to reach it, as test-client and with the token "secret". */
  cluster(clock: Clock = systemClock): Cluster & { readonly clock: Clock } {
    const { cert, key } = clientCertificate;
    return {
      clock,
      server: this.url,
      tls: { ca: serverCertificate.cert, cert, key },
      headers: async () => ({ authorization: 'Bearer secret' }),
    };
  }

  client(options: ClientOptions = {}): KubeClient {
    const client = new KubeClient(this.cluster(options.clock), options);
    this.#clients.push(client);
    return client;
  }

  /** Cuts all connections. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.dropAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #note(
    request: IncomingMessage,
    body: string,
    response: ServerResponse | undefined,
    socket: Socket = request.socket,
  ): TestRequest {
    // A request may be read to its end when the server has none of its addresses any more.
    const url = new URL(request.url ?? '', 'https://127.0.0.1');
    const tlsSocket = request.socket as unknown as {
      getPeerCertificate(): { subject?: { CN?: string } };
    };
    const note: TestRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      clientName: tlsSocket.getPeerCertificate().subject?.CN,
      json: (status, answer, headers = {}) => {
        const text = JSON.stringify(answer);
        if (response) {
          response.writeHead(status, { 'content-type': 'application/json', ...headers });
          response.end(text);
        } else {
          socket.end(
            `HTTP/1.1 ${status} refused\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
          );
        }
      },
      open: (status = 200) => {
        if (!response) throw new Error('not for a WebSocket handshake');
        response.writeHead(status, { 'content-type': 'application/json' });
        response.flushHeaders();
        return response;
      },
      drop: () => socket.destroy(),
    };
    this.requests.push(note);
    return note;
  }
}
