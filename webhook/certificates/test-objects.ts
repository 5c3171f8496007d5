import type { Clock } from '../../src/kube/clock.ts';
import { Deadline } from '../../src/kube/deadline.ts';
import { KubeError } from '../../src/kube/errors.ts';
import type { CertificateObjects } from './objects.ts';
import type { CertificateSecret, SecretChange } from './secret.ts';
import type { ObservedConfiguration } from './view.ts';

/** The two objects as an API server keeps them, with its conflicts. */
export class StoredObjects {
  secret: CertificateSecret | undefined;
  configuration: ObservedConfiguration | undefined;
  /** Told of what a Secret was and is, after each write by `writeSecret`. */
  onSecret: (old: CertificateSecret | undefined, now: CertificateSecret) => void = () => {};
  /** Told of what a configuration was, after each change by `trust`. */
  onTrust: (old: ObservedConfiguration) => void = () => {};
  #version = 0;

  /** What somebody else does to the Secret. */
  setSecret(secret: Omit<CertificateSecret, 'resourceVersion'> | undefined): void {
    this.secret = secret && { ...secret, resourceVersion: this.#next() };
  }

  /** What somebody else does to the configuration. */
  setConfiguration(caBundles: readonly string[] | undefined): void {
    this.configuration = caBundles && { caBundles, resourceVersion: this.#next() };
  }

  writeSecret({ resourceVersion, data, annotations }: SecretChange): void {
    const old = this.secret;
    if (resourceVersion === undefined && old) throw new KubeError('AlreadyExists', 'it is there');
    if (resourceVersion !== undefined && !old) throw new KubeError('NotFound', 'it is gone');
    if (resourceVersion !== old?.resourceVersion) throw new KubeError('Conflict', 'it is another');
    this.secret = {
      resourceVersion: this.#next(),
      data: merge(old?.data ?? {}, data),
      annotations: merge(old?.annotations ?? {}, annotations),
    };
    this.onSecret(old, this.secret);
  }

  trust({ resourceVersion, caBundle, entries }: Parameters<CertificateObjects['trust']>[0]): void {
    const old = this.configuration;
    if (!old) throw new KubeError('NotFound', 'it is gone');
    if (resourceVersion !== old.resourceVersion) throw new KubeError('Conflict', 'it is another');
    this.setConfiguration(Array.from({ length: entries }, () => caBundle));
    this.onTrust(old);
  }

  /**
   * These objects behind a network: each call takes up to 1.5 s each way, and one in ten fails, before or after it was
   * carried out, yet never more than three in a row. `random` is for both.
   */
  behind(clock: Clock, random: () => number): CertificateObjects {
    let failures = 0;
    const way = async (signal: AbortSignal) => {
      const deadline = new Deadline({ clock, signal });
      await deadline.sleep(random() * 1500).finally(() => deadline.release());
      failures = random() < 0.05 && failures < 3 ? failures + 1 : 0;
      if (failures > 0) throw new KubeError('Unreachable', 'lost', { uncertain: true });
    };
    const call = async <T>(signal: AbortSignal, act: () => T): Promise<T> => {
      await way(signal);
      const answer = act();
      await way(signal);
      return answer;
    };
    return {
      readSecret: (signal) => call(signal, () => this.secret),
      readConfiguration: (signal) => call(signal, () => this.configuration),
      writeSecret: (change, signal) => call(signal, () => this.writeSecret(change)),
      trust: (decided, signal) => call(signal, () => this.trust(decided)),
    };
  }

  #next(): string {
    return String(++this.#version);
  }
}

function merge<T extends Readonly<Record<string, string>>>(
  old: T,
  changes: Readonly<Record<string, string | null | undefined>>,
): T {
  const all = Object.entries({ ...old, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as T;
}
