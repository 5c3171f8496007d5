import { backoffMs } from './backoff.ts';
import type { KubeClient, Query } from './client.ts';
import type { Timer } from './clock.ts';
import { Deadline } from './deadline.ts';
import { errorOfStatusObject, KubeError } from './errors.ts';
import {
  type ReflectorEffect,
  type ReflectorEvent,
  type ReflectorState,
  step,
} from './reflector-step.ts';
import type { KubeObject, Store } from './store.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  /** The collection, for example /api/v1/pods. */
  readonly path: string;
  /** labelSelector and fieldSelector. */
  readonly query?: Query;
  /** Written by this reflector alone, besides upsert. */
  readonly store: Store<T>;
  /** Keeps the needed fields: metadata.name, namespace, resourceVersion and the caller's own. Must not throw. */
  readonly project: (raw: unknown) => T;
  /** 0 <= random() < 1, for jitter. */
  readonly random?: () => number;
  /** Told of each failure, before the next attempt. */
  readonly onError?: (error: KubeError) => void;
}

export interface ReflectorHealth {
  /** A complete list has been read. */
  readonly synced: boolean;
  /** The store follows the server; false from a failure until a watch is open again. */
  readonly fresh: boolean;
  /** Clock time of the last change of `fresh`. */
  readonly since: number;
  readonly lastError?: KubeError;
}

const pageSize = 100;
/** The server ends a watch after 5 to 10 minutes: at different times, so that not all come back at once. */
const minWatchSeconds = 300;
/** The server sends a bookmark about once a minute: silence beyond that means a dead connection. */
const watchIdleMs = 90_000;
const backoff = { first: 250, max: 30_000 };
/** Longest that a server can make us wait. */
const maxRetryAfterMs = 60_000;

/**
 * Keeps a store equal to a collection of the API server: a list in pages, then watches that resume where the last
 * one ended, for as long as it is started, whatever fails. What is done when is decided by `step`.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  #state: ReflectorState = { name: 'Idle' };
  #health: ReflectorHealth;
  #collected: T[] = [];
  /** Ends the list, watch or wait under way; there is at most one. */
  #operation = new AbortController();
  #timer: Timer | undefined;
  readonly #running = new Set<Promise<void>>();
  readonly #waiters = new Set<() => void>();

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#health = { synced: false, fresh: false, since: options.client.clock.now() };
  }

  get health(): ReflectorHealth {
    return this.#health;
  }

  /** Does nothing when it is started already. */
  start(): void {
    this.#dispatch({ kind: 'start' });
  }

  /** Resolves when nothing of it runs any more. The store keeps what it has. */
  async stop(): Promise<void> {
    this.#dispatch({ kind: 'stop' });
    await Promise.all(this.#running);
  }

  /** Resolves at the first complete list; rejects with KubeError Timeout or Aborted. */
  async waitSynced(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#health.synced) return;
    const deadline = new Deadline({ clock: this.#options.client.clock, timeoutMs, signal });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.add(resolve);
        const onEnd = () => {
          this.#waiters.delete(resolve);
          reject(deadline.signal.reason as KubeError);
        };
        if (deadline.error) onEnd();
        else deadline.signal.addEventListener('abort', onEnd, { once: true });
      });
    } finally {
      deadline.release();
    }
  }

  #dispatch(event: ReflectorEvent<T>): void {
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: ReflectorEffect<T>): void {
    const { store } = this.#options;
    switch (effect.kind) {
      case 'list':
        if (effect.token === undefined) this.#collected = [];
        this.#run((signal) => this.#list(effect.token, signal));
        break;
      case 'collect':
        this.#collected.push(...effect.items);
        break;
      case 'replace':
        store.replace(this.#collected, effect.version);
        this.#collected = [];
        this.#health = { ...this.#health, synced: true };
        for (const resolve of this.#waiters) resolve();
        this.#waiters.clear();
        break;
      case 'watch':
        this.#run((signal) => this.#watch(effect.version, signal));
        break;
      case 'store':
        if (effect.type === 'applied') store.apply(effect.object);
        else store.delete(effect.object);
        break;
      case 'seen':
        store.seen(effect.version);
        break;
      case 'fresh':
        this.#setFresh(true);
        break;
      case 'stale':
        this.#setFresh(false);
        this.#health = { ...this.#health, lastError: effect.error };
        this.#options.onError?.(effect.error);
        break;
      case 'wait':
        this.#wait(effect.failures, effect.retryAfterMs);
        break;
      case 'cancel':
        this.#operation.abort();
        this.#timer?.cancel();
        this.#setFresh(false);
        break;
    }
  }

  #setFresh(fresh: boolean): void {
    if (fresh === this.#health.fresh) return;
    this.#health = { ...this.#health, fresh, since: this.#options.client.clock.now() };
  }

  #wait(failures: number, retryAfterMs = 0): void {
    const { client, random = Math.random } = this.#options;
    const ms = backoffMs(failures, { ...backoff, random: random() });
    this.#timer = client.clock.setTimer(Math.max(ms, Math.min(retryAfterMs, maxRetryAfterMs)), () =>
      this.#dispatch({ kind: 'waited' }),
    );
  }

  /**
   * `operation` yields events until it is done; those of an operation that was ended are dropped. It never rejects;
   * an exception in the store's index functions or in onError is a bug and ends the process as unhandled.
   */
  #run(operation: (signal: AbortSignal) => AsyncIterable<ReflectorEvent<T>>): void {
    this.#operation.abort();
    this.#operation = new AbortController();
    const { signal } = this.#operation;
    const running = (async () => {
      for await (const event of operation(signal)) {
        if (signal.aborted) return;
        this.#dispatch(event);
      }
    })().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async *#list(token: string | undefined, signal: AbortSignal): AsyncGenerator<ReflectorEvent<T>> {
    const { client, path, query, project } = this.#options;
    try {
      const list = await client.request<RawList>({
        method: 'GET',
        path,
        query: { ...query, limit: pageSize, continue: token },
        signal,
      });
      const { resourceVersion, continue: next } = list.metadata;
      yield {
        kind: 'page',
        items: list.items.map(project),
        version: versionOf(resourceVersion),
        token: next || undefined,
      };
    } catch (error) {
      yield { kind: 'listFailed', error: asKubeError(error) };
    }
  }

  async *#watch(version: string, signal: AbortSignal): AsyncGenerator<ReflectorEvent<T>> {
    const { client, path, query, random = Math.random } = this.#options;
    let openedAt: number | undefined;
    const openMs = () => (openedAt === undefined ? 0 : client.clock.now() - openedAt);
    try {
      const lines = client.stream({
        path,
        query: {
          ...query,
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: version,
          timeoutSeconds: Math.round(minWatchSeconds * (1 + random())),
        },
        idleMs: watchIdleMs,
        signal,
        onOpen: () => {
          openedAt = client.clock.now();
          if (!signal.aborted) this.#dispatch({ kind: 'opened' });
        },
      });
      for await (const line of lines) yield this.#eventOf(line);
      yield { kind: 'ended', openMs: openMs() };
    } catch (error) {
      yield { kind: 'ended', openMs: openMs(), error: asKubeError(error) };
    }
  }

  #eventOf(line: string): ReflectorEvent<T> {
    const { type, object } = JSON.parse(line) as RawWatchEvent;
    switch (type) {
      case 'ERROR':
        throw errorOfStatusObject(object);
      case 'BOOKMARK':
        return { kind: 'bookmark', version: versionOf(object.metadata.resourceVersion) };
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        return {
          kind: 'changed',
          type: type === 'DELETED' ? 'deleted' : 'applied',
          object: this.#options.project(object),
          version: versionOf(object.metadata.resourceVersion),
        };
      default:
        throw new KubeError('Protocol', `a watch event of type ${String(type)}`);
    }
  }
}

interface RawList {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly unknown[];
}

interface RawWatchEvent {
  readonly type: string;
  readonly object: { readonly metadata: { readonly resourceVersion?: string } };
}

function versionOf(version: string | undefined): string {
  if (!version) throw new KubeError('Protocol', 'an object or list without a resourceVersion');
  return version;
}

/** What is thrown besides KubeError comes from reading an answer that is not what the API promises. */
function asKubeError(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  return new KubeError('Protocol', String(error), { cause: error });
}
