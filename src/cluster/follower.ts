/** Keeps a store equal to something outside, for as long as it is started, whatever fails. */
export interface Follower {
  /** Does nothing when it is started already. */
  start(): void;
  /** Resolves when nothing of it runs any more. The store keeps what it has. */
  stop(): Promise<void>;
  /** Resolves when all was read once; rejects with KubeError Timeout or Aborted. */
  waitSynced(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  readonly health: FollowerHealth;
}

export interface FollowerHealth {
  /** All of it has been read once. */
  readonly synced: boolean;
  /** The store is known to be what is there; false from a failure until it has been read again. */
  readonly fresh: boolean;
  /** Clock time of the last change of `fresh`. */
  readonly since: number;
  readonly lastError?: Error;
}
