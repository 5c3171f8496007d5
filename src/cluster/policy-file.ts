import { readFile, stat } from 'node:fs/promises';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import type { Clock } from '../kube/clock.ts';
import type { Store } from '../kube/store.ts';
import { Poll } from './poll.ts';

export interface PolicyFileOptions {
  readonly path: string;
  readonly store: Store<SafetyPolicy>;
  readonly clock: Clock;
  /** Told of each failure to read, before the next attempt. */
  readonly onError?: (error: Error) => void;
}

/** How often the file is read: the kubelet replaces what it has mounted about once a minute. */
const EVERY_MS = 10_000;
/** No ConfigMap and no Secret is larger. */
const MAX_BYTES = 1 << 20;

/**
 * Keeps a store equal to the SafetyPolicies of a file. One that is wrong, also in a single field of one policy, is a
 * failure as one that cannot be read: the store then still has what was there before, and is not fresh.
 */
export function followPolicyFile({ path, store, clock, onError }: PolicyFileOptions): Poll {
  let known: string | undefined;
  let changes = 0;
  const look = async () => {
    const text = await readText(path);
    if (text === known) return;
    // Loaded only here: its 6 MB of resident memory are of no use to a controller that asks the API server.
    const { parsePolicies } = await import('./parse-policies.ts');
    const written = parsePolicies(path, text);
    known = text;
    changes += 1;
    const version = String(changes);
    const added = {
      uid: '',
      resourceVersion: version,
      generation: changes,
      creationTimestamp: new Date(clock.now()).toISOString(),
    };
    store.replace(
      written.map((policy) => ({ ...policy, metadata: { name: policy.metadata.name, ...added } })),
      version,
    );
  };
  return new Poll({ clock, everyMs: EVERY_MS, look, ...(onError && { onError }) });
}

async function readText(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile() || found.size > MAX_BYTES) {
    throw new TypeError(`${path}: takes a file of at most ${MAX_BYTES} bytes`);
  }
  return readFile(path, 'utf8');
}
