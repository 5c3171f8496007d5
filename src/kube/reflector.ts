import type { KubeClient, Query } from './client.ts';
import type { Clock } from './clock.ts';
import type { KubeError } from './errors.ts';
import type { KubeObject, Store } from './store.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  /** The collection, e.g. /api/v1/pods. */
  readonly path: string;
  /** labelSelector, fieldSelector. */
  readonly query?: Query;
  readonly store: Store<T>;
  /** Keeps only needed fields (metadata.name, namespace, resourceVersion among them). */
  readonly project: (raw: unknown) => T;
  readonly clock?: Clock;
  /** 0 <= r < 1, for jitter. */
  readonly random?: () => number;
  readonly onError?: (error: KubeError) => void;
}

export interface ReflectorHealth {
  /** One complete list has been read since start. */
  readonly synced: boolean;
  /** The store follows the server now; false from a failure until the next success. */
  readonly fresh: boolean;
  /** Clock time of the last change of `fresh`. */
  readonly since: number;
  readonly lastError?: KubeError;
}

export declare class Reflector<T extends KubeObject> {
  constructor(options: ReflectorOptions<T>);
  readonly health: ReflectorHealth;
  start(): void;
  /** Resolves when nothing of it runs any more. The store keeps what it has. */
  stop(): Promise<void>;
  /** Resolves at the first complete list; rejects with KubeError Timeout or Aborted. */
  waitSynced(timeoutMs: number, signal?: AbortSignal): Promise<void>;
}
