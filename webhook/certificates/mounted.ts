import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../src/kube/clock.ts';
import { Deadline } from '../../src/kube/deadline.ts';
import { certificateOf } from './inspect.ts';
import type { CertificateSource, KeyPair } from './source.ts';

export interface MountedCertificateOptions {
  /** With tls.crt and tls.key, such as a mounted Secret of type kubernetes.io/tls. */
  readonly directory: string;
  readonly clock: Clock;
  /** Gets the first pair and each other one after it; must not throw. */
  readonly onServe: (pair: KeyPair) => void;
  /** Told each time the files could not be used; what was read before stays in use. */
  readonly onError?: (error: Error) => void;
}

/** How often the files are read. */
const pollMs = 10_000;

/**
 * A certificate that somebody else (cert-manager, a person) makes, renews and has trusted. Ready with the first usable
 * pair: whether callers trust it cannot be seen from here.
 */
export class MountedCertificate implements CertificateSource {
  readonly #options: MountedCertificateOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #serving: KeyPair | undefined;

  constructor(options: MountedCertificateOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  get ready(): boolean {
    return this.#serving !== undefined;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    const pause = new Deadline({ clock, signal });
    while (!signal.aborted) {
      await this.#round();
      await pause.sleep(pollMs).catch(() => {});
    }
    pause.release();
  }

  async #round(): Promise<void> {
    const { directory, onServe, onError } = this.#options;
    try {
      const pair = await readPair(directory);
      if (pair.cert === this.#serving?.cert && pair.key === this.#serving.key) return;
      this.#serving = pair;
      onServe(pair);
    } catch (error) {
      onError?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Both files are read one after the other: between the two they may be replaced, and then they do not match. */
async function readPair(directory: string): Promise<KeyPair> {
  const cert = await readFile(join(directory, 'tls.crt'), 'utf8');
  const key = await readFile(join(directory, 'tls.key'), 'utf8');
  if (certificateOf({ cert, key })) return { cert, key };
  throw new Error(
    `${directory}: tls.crt and tls.key must be a certificate and its private key, in PEM`,
  );
}
