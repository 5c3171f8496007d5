import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type Clock, systemClock } from '../src/kube/clock.ts';
import { Deadline } from '../src/kube/deadline.ts';
import { KubeError } from '../src/kube/errors.ts';
import type { Logger } from '../src/telemetry/log.ts';
import { answerOf } from './answer.ts';
import type { KeyPair } from './certificates/source.ts';
import { maxBodyBytes, parseBody, readBody } from './body.ts';
import { failureBody, ReviewFailure } from './failure.ts';
import { secureOptions } from './pair.ts';
import { type AdmissionRequest, type Judge, parseReview, type Verdict } from './review.ts';

/** Closed list: a review that was answered, by its verdict; HTTP 4xx; HTTP 5xx. */
export const answerCodes = ['allowed', 'denied', 'bad-request', 'error'] as const;
export type AnswerCode = (typeof answerCodes)[number];

export interface Answered {
  readonly code: AnswerCode;
  /** From the request's headers to the last byte handed to the system. */
  readonly seconds: number;
}

export interface WebhookServerOptions {
  readonly judge: Judge;
  readonly pair: KeyPair;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Called once for each answer that was sent; not for what is no HTTP request. */
  readonly onAnswered?: (answered: Answered) => void;
}

export interface WebhookServer {
  /** Resolves with the port (0: any free one); rejects with the system's error when it is taken. */
  listen(port: number, host: string): Promise<number>;
  /**
   * The pair for connections from now on; open ones go on as they are. Throws a PairError for one that cannot be served,
   * and goes on with the one before.
   */
  setPair(pair: KeyPair): void;
  /**
   * From now on each connection ends with its answer; new ones are taken. Nobody then sends a review on a kept
   * connection in the very moment in which `close` ends it, where it would be lost.
   */
  leave(): void;
  /**
   * Takes no new connections, answers what was asked, and ends each connection with its answer. Resolves when all are
   * closed: after 10 s at the latest, when those that are left are cut. May be called again.
   */
  close(): Promise<void>;
}

/** The webhook's timeoutSeconds is 5: an answer of ours, with a reason in it, comes before the API server gives up. */
const judgeTimeoutMs = 4_000;
const closeTimeoutMs = 10_000;
/** For connections on which nothing was asked yet, when closing: a review may be on its way. */
const unusedTimeoutMs = 1_000;
const handshakeTimeoutMs = 10_000;
/**
 * The API server closes its connections after 90 s idle. Being later than that, we never close one in the moment in which
 * it sends a review on it. The time to the end of a request counts from the connection's first moment, and Go keeps spare
 * connections on which nothing was sent yet: so it must be as long.
 */
const idleTimeoutMs = 100_000;

/**
 * HTTPS for one route, POST /validate. Each well-formed review gets HTTP 200, allowed or not. All other answers are a
 * metav1.Status with a message; since the webhook's failurePolicy is Fail, they refuse the write. Throws a PairError.
 */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const { judge, log, clock = systemClock, onAnswered } = options;
  const exchanges = new WeakMap<
    FastifyRequest,
    { readonly startedAt: number; allowed?: boolean }
  >();
  let leaving = false;
  let closed: Promise<void> | undefined;

  const app = fastify({
    https: {
      ...secureOptions(options.pair),
      handshakeTimeout: handshakeTimeoutMs,
      headersTimeout: idleTimeoutMs,
    },
    requestTimeout: idleTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    bodyLimit: maxBodyBytes,
    // While closing, what still comes on an open connection is judged: a 503 would refuse a user's write.
    return503OnClosing: false,
    exposeHeadRoutes: false,
  });
  const connections = trackConnections(app.server);

  // Without fastify's own parsers, schemas and their coercion: a review is judged as it was sent.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (_: FastifyRequest, stream: IncomingMessage) =>
    readBody(stream),
  );

  app.addHook('onRequest', async (request) => {
    exchanges.set(request, { startedAt: clock.now() });
  });
  app.addHook('onSend', async (_, reply) => {
    if (leaving) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { startedAt = clock.now(), allowed } = exchanges.get(request) ?? {};
    const code = codeOf(reply.statusCode, allowed);
    onAnswered?.({ code, seconds: (clock.now() - startedAt) / 1000 });
  });

  app.post('/validate', async (request, reply) => {
    const review = parseReview(parseBody((request.body as Buffer | undefined) ?? Buffer.of()));
    const exchange = exchanges.get(request);
    const elapsedMs = exchange ? clock.now() - exchange.startedAt : 0;
    const verdict = await judgeInTime(review, judgeTimeoutMs - elapsedMs);
    if (exchange) exchange.allowed = verdict.allowed;
    return reply.type('application/json').send(JSON.stringify(answerOf(review, verdict)));
  });
  app.setNotFoundHandler((_, reply) => {
    fail(
      reply,
      new ReviewFailure('NotFound', 'reviews go to POST /validate, nothing else is here'),
    );
  });
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (failure.status >= 500 && error !== failure)
      log.error({ err: error }, 'review not answered');
    else log.debug({ reason: failure.reason }, failure.message);
    fail(reply, failure);
  });

  async function judgeInTime(request: AdmissionRequest, timeoutMs: number): Promise<Verdict> {
    const deadline = new Deadline({ clock, timeoutMs });
    try {
      return await deadline.race(judge(request, deadline.signal));
    } catch (err) {
      const { uid, operation, resource, namespace, name } = request;
      const of = { uid, operation, resource: resource.resource, namespace, name };
      log.error({ err, ...of }, 'review not judged');
      throw deadline.error ? timedOut() : notJudged(err);
    } finally {
      deadline.release();
    }
  }

  async function closeAll(): Promise<void> {
    const timers = [
      clock.setTimer(unusedTimeoutMs, () => connections.endUnused()),
      clock.setTimer(closeTimeoutMs, () => {
        log.warn({ connections: connections.cutAll() }, 'closing took too long: connections cut');
      }),
    ];
    await app.close();
    for (const timer of timers) timer.cancel();
  }

  return {
    listen: async (port, host) => {
      await app.listen({ port, host });
      return (app.server.address() as AddressInfo).port;
    },
    setPair: (pair) => app.server.setSecureContext(secureOptions(pair)),
    leave: () => {
      leaving = true;
    },
    close: () => {
      leaving = true;
      closed ??= closeAll();
      return closed;
    },
  };
}

function codeOf(status: number, allowed: boolean | undefined): AnswerCode {
  if (status >= 500) return 'error';
  if (status >= 400) return 'bad-request';
  return allowed ? 'allowed' : 'denied';
}

function fail(reply: FastifyReply, failure: ReviewFailure): void {
  reply.code(failure.status).type('application/json').send(failureBody(failure));
}

/** What is not a failure of ours is one of fastify's, or a mistake in this program that is nobody's business outside. */
function failureOf(error: unknown): ReviewFailure {
  if (error instanceof ReviewFailure) return error;
  const { statusCode = 500, message = '' } = error as { statusCode?: number; message?: string };
  if (statusCode === 415) {
    const wanted = 'content-type: must be application/json, with a review as the body';
    return new ReviewFailure('UnsupportedMediaType', wanted);
  }
  if (statusCode >= 400 && statusCode < 500) return new ReviewFailure('BadRequest', message);
  return new ReviewFailure('InternalError', 'the review was not answered: internal error');
}

function timedOut(): ReviewFailure {
  const limit = `${judgeTimeoutMs / 1000} s`;
  return new ReviewFailure('Timeout', `timed out: the request was not judged within ${limit}`);
}

/** Names the class of the failure only: its text may tell of things that the user may not see. */
function notJudged(error: unknown): ReviewFailure {
  const why =
    error instanceof KubeError
      ? `a call to the API server failed (${error.code})`
      : 'internal error';
  return new ReviewFailure('InternalError', `the request could not be judged: ${why}`);
}

interface Connections {
  /**
   * Ends those on which no request was ever begun: Node waits for them as if one were under way. What is on its way on
   * one of them is sent again by the client: Go's does so when it reads the end before an answer, not when it is cut off.
   */
  endUnused(): void;
  /** Returns how many there were. */
  cutAll(): number;
}

function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const unused = new Set<Socket>();
  const track = (sockets: Set<Socket>) => (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  // Below TLS, since a handshake may never come to its end.
  server.on('connection', track(open));
  server.on('secureConnection', track(unused));
  server.on('request', ({ socket }) => unused.delete(socket));
  return {
    endUnused: () => {
      for (const socket of unused) socket.end();
    },
    cutAll: () => {
      const { size } = open;
      for (const socket of open) socket.destroy();
      return size;
    },
  };
}
