import { Agent, type Dispatcher } from 'undici';
import { type Clock, systemClock } from './clock.ts';
import { type Cluster, findCluster } from './cluster.ts';
import { Deadline } from './deadline.ts';
import { errorOfAnswer, errorOfTransport, KubeError, type KubeErrorCode } from './errors.ts';
import { LineSplitter } from './lines.ts';

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, for example /api/v1/namespaces/x/pods/y, its segments encoded. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default application/json, for a PATCH application/merge-patch+json. */
  readonly contentType?: string;
  /** Limit of the whole call, retries included; default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions {
  readonly path: string;
  readonly query?: Query;
  /** Limit of the whole stream; default none. */
  readonly timeoutMs?: number;
  /** Longest silence, before the first byte or between two; default 90 s. */
  readonly idleMs?: number;
  /** Longest line in UTF-16 units; default 8 Mi. */
  readonly maxLineLength?: number;
  /** What becomes of a longer one: Protocol error (default), or cut there. */
  readonly overlong?: 'fail' | 'cut';
  /** Called when the server has accepted the request. */
  readonly onOpen?: () => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  /** Default squall. */
  readonly userAgent?: string;
  readonly clock?: Clock;
  /** 0 <= random() < 1, for jitter. */
  readonly random?: () => number;
  /** Called once for each HTTP exchange; `code` is the HTTP status, or <error> when there was no answer. */
  readonly onRequest?: (method: string, code: string) => void;
}

const defaultTimeoutMs = 30_000;
const defaultIdleMs = 90_000;
const defaultMaxLineLength = 8 * 1024 * 1024;
/** Attempts of one call. */
const maxAttempts = 4;
const firstRetryMs = 100;
/** Failures that may be over a moment later. */
const passing: ReadonlySet<KubeErrorCode> = new Set([
  'Unreachable',
  'Unavailable',
  'TooManyRequests',
]);
/** Largest answer of a call; a page of 500 pods is about 6 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;
/** HTTP/1.1 connections. Streams hold theirs for minutes: in a pool of their own they cannot starve calls. */
const maxCallConnections = 32;
const maxStreamConnections = 256;
/** Below the idle timeout of common load balancers, so that an idle connection is closed from our side. */
const keepAliveTimeoutMs = 20_000;
/** TCP keep-alive finds a dead peer below a silent stream; the load balancers' limit is 60 s or more. */
const tcpKeepAliveMs = 30_000;

/**
 * JSON over HTTP to one API server, on shared connections. Objects pass as they are: nothing is added, dropped or
 * converted. Every failure is a KubeError.
 */
export class KubeClient {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly #options: ClientOptions;
  readonly #calls: Agent;
  readonly #streams: Agent;
  #unauthorized = false;

  constructor(cluster: Cluster, options: ClientOptions = {}) {
    this.cluster = cluster;
    this.clock = options.clock ?? systemClock;
    this.#options = options;
    const agentOptions: Agent.Options = {
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveTimeoutMs,
      connect: { ...cluster.tls, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs },
    };
    this.#calls = new Agent({
      ...agentOptions,
      connections: maxCallConnections,
      maxResponseSize: maxAnswerBytes,
    });
    this.#streams = new Agent({ ...agentOptions, connections: maxStreamConnections });
  }

  /** The given kubeconfig, else the pod's service account, else the default kubeconfig. */
  static async connect(
    options: ClientOptions & { readonly kubeconfig?: string | undefined } = {},
  ): Promise<KubeClient> {
    const clock = options.clock ?? systemClock;
    const cluster = await findCluster({ kubeconfig: options.kubeconfig, clock });
    return new KubeClient(cluster, options);
  }

  /**
   * The object that the server answered. Tried up to four times within the limit, where the failure is passing
   * (Unreachable, Unavailable, TooManyRequests) and certainly changed nothing; the server's Retry-After is kept.
   */
  async request<T>(options: RequestOptions): Promise<T> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    const deadline = new Deadline({ clock: this.clock, timeoutMs, signal });
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return (await this.#call(options, deadline)) as T;
        } catch (error) {
          const waitMs = this.#waitAfter(attempt, error as KubeError);
          if (waitMs === undefined || waitMs >= deadline.remainingMs) throw error;
          await deadline.sleep(waitMs);
        }
      }
    } finally {
      deadline.release();
    }
  }

  /**
   * The lines of what a GET answers. Leaving the loop closes the connection. Nothing is tried again. A consumer that
   * itself takes longer than `idleMs` for a line ends the stream as silent.
   */
  async *stream(options: StreamOptions): AsyncGenerator<string> {
    const { timeoutMs, idleMs = defaultIdleMs, maxLineLength = defaultMaxLineLength } = options;
    const deadline = new Deadline({ clock: this.clock, timeoutMs, idleMs, signal: options.signal });
    let body: Dispatcher.ResponseData['body'] | undefined;
    try {
      const answer = await this.#send(this.#streams, 'GET', options, deadline.signal);
      body = answer.body;
      // Destroying a body that was not read to its end makes it emit an error, which nobody else listens to.
      body.on('error', () => {});
      if (answer.statusCode !== 200) throw await errorOf(answer, false);
      options.onOpen?.();
      const splitter = new LineSplitter(maxLineLength, options.overlong ?? 'fail');
      for await (const chunk of body) {
        deadline.touch();
        yield* splitter.push(chunk as Uint8Array);
      }
      const last = splitter.end();
      if (last !== undefined) yield last;
    } catch (error) {
      throw deadline.error ?? errorOfTransport(error, false);
    } finally {
      deadline.release();
      body?.destroy();
    }
  }

  /** Path of the server with the query, without the origin. */
  pathOf(path: string, query: Query = {}): string {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
    }
    const text = params.toString();
    return new URL(this.cluster.server).pathname.replace(/\/$/, '') + path + (text && `?${text}`);
  }

  /** Headers of every request. After an answer of 401 the credentials are read again. */
  async headers(): Promise<Record<string, string>> {
    const { userAgent = 'squall' } = this.#options;
    const renew = this.#unauthorized;
    this.#unauthorized = false;
    return { 'user-agent': userAgent, ...(await this.cluster.headers(renew)) };
  }

  /** Takes note of one HTTP exchange; `code` is its status or <error>. */
  observe(method: string, code: string): void {
    if (code === '401') this.#unauthorized = true;
    this.#options.onRequest?.(method, code);
  }

  /** Closes all connections; calls under way fail. */
  async close(): Promise<void> {
    await Promise.all([this.#calls.destroy(), this.#streams.destroy()]);
  }

  async #call(options: RequestOptions, deadline: Deadline): Promise<unknown> {
    const write = options.method !== 'GET';
    if (deadline.error) throw deadline.error;
    try {
      const answer = await this.#send(this.#calls, options.method, options, deadline.signal);
      if (answer.statusCode < 200 || answer.statusCode > 299) throw await errorOf(answer, write);
      return parse(await answer.body.text(), answer.statusCode, write);
    } catch (error) {
      if (!deadline.error) throw errorOfTransport(error, write);
      const { code, message } = deadline.error;
      throw new KubeError(code, message, { uncertain: write, cause: error });
    }
  }

  async #send(
    agent: Agent,
    method: RequestOptions['method'],
    options: Pick<RequestOptions, 'path' | 'query' | 'body' | 'contentType'>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers = await this.headers();
    headers['accept'] = 'application/json';
    if (options.body !== undefined) {
      const patch = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      headers['content-type'] = options.contentType ?? patch;
    }
    let code = '<error>';
    try {
      const answer = await agent.request({
        origin: new URL(this.cluster.server).origin,
        path: this.pathOf(options.path, options.query),
        method,
        headers,
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal,
      });
      code = String(answer.statusCode);
      return answer;
    } finally {
      this.observe(method, code);
    }
  }

  /** Milliseconds to wait before the next attempt; undefined: none. */
  #waitAfter(attempt: number, error: KubeError): number | undefined {
    if (attempt >= maxAttempts || error.uncertain) return undefined;
    // The credentials may just have been replaced; once they were read again, 401 is final.
    if (error.code === 'Unauthorized') return attempt === 1 ? 0 : undefined;
    if (!passing.has(error.code)) return undefined;
    const { random = Math.random } = this.#options;
    return error.retryAfterMs ?? firstRetryMs * 2 ** (attempt - 1) * (0.5 + random());
  }
}

async function errorOf(answer: Dispatcher.ResponseData, write: boolean): Promise<KubeError> {
  const retryAfter = answer.headers['retry-after'];
  return errorOfAnswer({
    status: answer.statusCode,
    body: await answer.body.text(),
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    write,
  });
}

function parse(text: string, status: number, write: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The server says that it did it, but not what it did.
    const options = { status, uncertain: write, cause: error };
    throw new KubeError('Protocol', 'the answer is not JSON', options);
  }
}
