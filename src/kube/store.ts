export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
}

/** `old` absent: created. `now` absent: deleted, and `old` is the last known (for a watch's DELETED event: the final) object. */
export interface Change<T> {
  readonly key: string;
  readonly old?: T;
  readonly now?: T;
}

export declare function keyOf(object: KubeObject): string;

export interface StoreOptions<T> {
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
}

export declare class Store<T extends KubeObject> {
  constructor(options?: StoreOptions<T>);
  /** True from the first complete list on. */
  readonly synced: boolean;
  readonly size: number;
  /** Key: "namespace/name", or "name" of a cluster-scoped object. */
  get(key: string): T | undefined;
  list(): readonly T[];
  byIndex(index: string, value: string): readonly T[];
  /** Takes the answer of our own write; false when the store already knows better. */
  upsert(object: T): boolean;
  /** Returns the unsubscribe. Called synchronously; a throwing handler stops neither the others nor the reflector. */
  subscribe(onChange: (change: Change<T>) => void): () => void;
}
