import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface TelemetryServerOptions {
  readonly registry: Registry;
  /** 0: any free port. */
  readonly metricsPort: number;
  /** 0: any free port. */
  readonly healthPort: number;
  /** What is not ready, as a line for people; undefined when all is. */
  readonly notReady: () => string | undefined;
}

export interface TelemetryServer {
  readonly metricsPort: number;
  readonly healthPort: number;
  close(): Promise<void>;
}

/**
 * /metrics on one port, /healthz (the process answers) and /readyz (it does its work) on the other, on all addresses.
 * Rejects with the system's error when a port is taken.
 */
export async function serveTelemetry(options: TelemetryServerOptions): Promise<TelemetryServer> {
  const { registry, notReady } = options;
  const metrics = createServer(
    route({
      '/metrics': async () => ({
        status: 200,
        type: registry.contentType,
        body: await registry.metrics(),
      }),
    }),
  );
  const health = createServer(
    route({
      '/healthz': () => text(200, 'ok'),
      '/readyz': () => {
        const reason = notReady();
        return reason === undefined ? text(200, 'ok') : text(503, reason);
      },
    }),
  );
  const metricsPort = await listen(metrics, options.metricsPort);
  try {
    const healthPort = await listen(health, options.healthPort);
    return {
      metricsPort,
      healthPort,
      close: async () => {
        await Promise.all([close(metrics), close(health)]);
      },
    };
  } catch (error) {
    await close(metrics);
    throw error;
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function route(routes: Routes): RequestListener {
  return (request, response) => {
    void answerOf(routes, request).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

async function answerOf(
  routes: Routes,
  { url = '', method = '' }: IncomingMessage,
): Promise<Answer> {
  const [path = ''] = url.split('?');
  const handler = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!handler) return text(404, 'not found');
  if (!['GET', 'HEAD'].includes(method)) return text(405, 'only GET and HEAD');
  try {
    return await handler();
  } catch (error) {
    return text(500, String(error));
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
