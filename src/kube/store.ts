import { isOlder } from './resource-version.ts';

/** What the store needs to see of an object. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
}

/** Without `old`: created. Without `now`: deleted, and `old` is the final object where the server told it. */
export interface Change<T> {
  readonly key: string;
  readonly old?: T;
  readonly now?: T;
}

/** "namespace/name", or "name" of an object without a namespace. */
export function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

export interface StoreOptions<T> {
  /** By name: the values under which an object is found. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** A subscriber threw. Default: a process warning. */
  readonly onHandlerError?: (error: unknown) => void;
}

type Index = Map<string, Set<string>>;

/**
 * The last known state of one collection. Written by one reflector and, so that a controller reads its own writes,
 * by `upsert` with the answers of writes; every change is told once, in order, to all subscribers.
 *
 * Guarantees, as far as versions are decimal numbers: an older state never replaces a newer one, and the late answer
 * of a write never brings back an object that the watch has reported as deleted.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index>();
  readonly #options: StoreOptions<T>;
  readonly #subscribers = new Set<(change: Change<T>) => void>();
  /** Everything up to this version has been seen. */
  #version: string | undefined;

  constructor(options: StoreOptions<T> = {}) {
    this.#options = options;
    for (const name of Object.keys(options.indexes ?? {})) this.#indexes.set(name, new Map());
  }

  /** True from the first complete list on. */
  get synced(): boolean {
    return this.#version !== undefined;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** In no particular order. */
  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Throws a RangeError for an index that was not declared. */
  byIndex(index: string, value: string): readonly T[] {
    const keys = this.#indexes.get(index);
    if (!keys) throw new RangeError(`no index ${index}`);
    const objects: T[] = [];
    for (const key of keys.get(value) ?? []) {
      const object = this.#objects.get(key);
      if (object) objects.push(object);
    }
    return objects;
  }

  /** Returns the function that ends the subscription. Called synchronously with each change. */
  subscribe(onChange: (change: Change<T>) => void): () => void {
    this.#subscribers.add(onChange);
    return () => this.#subscribers.delete(onChange);
  }

  /** Takes the answer of a write of our own. False when the store knows the same or a later state. */
  upsert(object: T): boolean {
    const key = keyOf(object);
    const version = object.metadata.resourceVersion;
    // Seen up to this version and not here: it has been deleted since.
    if (!this.#objects.has(key) && isOlder(this.#version, version) === false) return false;
    return this.#put(key, object);
  }

  /** Takes a watch's ADDED or MODIFIED object. */
  apply(object: T): void {
    this.#put(keyOf(object), object);
    this.seen(object.metadata.resourceVersion);
  }

  /** Takes a watch's DELETED object. */
  delete(object: T): void {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    const version = object.metadata.resourceVersion;
    // A newer object of the same name, known from the answer of our own create, stays.
    if (known && isOlder(version, known.metadata.resourceVersion) !== true) {
      this.#remove(key, known, object);
    }
    this.seen(version);
  }

  /** Takes a complete list of that version: what is not in it is gone. */
  replace(objects: readonly T[], version: string): void {
    // A list is never older than what was watched before, unless the server's data was restored from a backup.
    const restored = isOlder(version, this.#version) === true;
    const listed = new Set<string>();
    for (const object of objects) {
      const key = keyOf(object);
      listed.add(key);
      if (restored) this.#set(key, object);
      else this.#put(key, object);
    }
    for (const [key, known] of this.#objects) {
      if (listed.has(key)) continue;
      // Newer than the list: created by us since.
      const ours = isOlder(version, known.metadata.resourceVersion) === true;
      if (restored || !ours) this.#remove(key, known, known);
    }
    this.#version = version;
  }

  /** Everything up to `version` has been seen (a bookmark). */
  seen(version: string | undefined): void {
    if (version !== undefined && this.#version !== undefined) this.#version = version;
  }

  #put(key: string, object: T): boolean {
    const known = this.#objects.get(key)?.metadata.resourceVersion;
    const version = object.metadata.resourceVersion;
    if (known !== undefined && (known === version || isOlder(version, known))) return false;
    this.#set(key, object);
    return true;
  }

  #set(key: string, object: T): void {
    const old = this.#objects.get(key);
    if (old) this.#unindex(key, old);
    this.#objects.set(key, object);
    for (const [name, valuesOf] of Object.entries(this.#options.indexes ?? {})) {
      const index = this.#indexes.get(name);
      for (const value of valuesOf(object)) {
        const keys = index?.get(value);
        if (keys) keys.add(key);
        else index?.set(value, new Set([key]));
      }
    }
    this.#tell(old ? { key, old, now: object } : { key, now: object });
  }

  #remove(key: string, known: T, final: T): void {
    this.#unindex(key, known);
    this.#objects.delete(key);
    this.#tell({ key, old: final });
  }

  #unindex(key: string, object: T): void {
    for (const [name, valuesOf] of Object.entries(this.#options.indexes ?? {})) {
      const index = this.#indexes.get(name);
      for (const value of valuesOf(object)) {
        const keys = index?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index?.delete(value);
      }
    }
  }

  #tell(change: Change<T>): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(change);
      } catch (error) {
        const { onHandlerError = warn } = this.#options;
        onHandlerError(error);
      }
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
