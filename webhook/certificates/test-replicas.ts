import { VirtualClock } from '../../src/kube/virtual-clock.ts';
import { expiryOf, certificatesIn } from './inspect.ts';
import { issueCertificate } from './issue.ts';
import { CertificateKeeper } from './keeper.ts';
import type { KeyPair } from './source.ts';
import { StoredObjects } from './test-objects.ts';
import { isTrustedBy, names, t0 } from './test-pairs.ts';

export const lifetimeMs = 10 * 60_000;
/** How far an API server may be behind in what it knows of the configuration. */
const lagMs = 20_000;
/** How long a caBundle that somebody overwrote may stay as it is. */
const repairMs = 45_000;

interface Replica {
  readonly keeper: CertificateKeeper;
  served: KeyPair | undefined;
  readySince: number | undefined;
}

/** Some replicas of the webhook in virtual time, on objects behind a bad network of their own. */
export class Replicas {
  readonly clock = new VirtualClock(t0);
  readonly objects = new StoredObjects();
  /** Issuances that came into the Secret, and successors that were promoted. */
  issuances = 0;
  promotions = 0;
  /** What must never be, as it happened. */
  readonly violations: string[] = [];
  /** Until then the caBundle may be what somebody else made of it. */
  #excusedUntil = 0;
  readonly #random: () => number;
  readonly #replicas: Replica[] = [];
  readonly #issuing = new Set<Promise<unknown>>();
  readonly #stopping: Promise<void>[] = [];
  readonly #trusted = new Map<string, boolean>();
  /** What replicas made of the configuration, until when. */
  readonly #former: { readonly caBundles: readonly string[]; readonly until: number }[] = [];

  constructor(count: number, seed: number) {
    this.#random = randomOf(seed);
    this.objects.setConfiguration(['', '']);
    this.objects.onSecret = (old, { data }) => {
      const known = [old?.data['tls.crt'], old?.data['next.crt'], ...this.#memories()];
      if (data['next.crt'] && data['next.crt'] !== old?.data['next.crt']) this.issuances++;
      if (!known.includes(data['tls.crt'])) this.issuances++;
      if (old?.data['next.crt'] && data['tls.crt'] === old.data['next.crt']) this.promotions++;
    };
    this.objects.onTrust = ({ caBundles }) => {
      this.#former.push({ caBundles, until: this.clock.now() });
    };
    for (let index = 0; index < count; index++) this.#replicas.push(this.#start());
  }

  /** Somebody leaves every webhook entry without a caBundle. */
  overwrite(): void {
    this.objects.setConfiguration(['', '']);
    this.#former.length = 0;
    this.#excusedUntil = this.clock.now() + repairMs;
  }

  /** Another one, without memory, in the place of a replica. */
  restart(index: number): void {
    const old = this.#replicas[index];
    if (old) this.#stopping.push(old.keeper.stop());
    this.#replicas[index] = this.#start();
  }

  get ready(): boolean[] {
    return this.#replicas.map(({ keeper }) => keeper.ready);
  }

  /** What each replica serves. */
  get served(): (KeyPair | undefined)[] {
    return this.#replicas.map(({ served }) => served);
  }

  /** Moves time forward timer by timer, and looks after each whether all is as it must be. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      const left = end - this.clock.now();
      await this.clock.advance(Math.min(this.clock.nextInMs ?? left, left));
      // Making a certificate takes no virtual time, but real one.
      while (this.#issuing.size > 0) {
        await Promise.all(this.#issuing);
        await this.clock.advance(0);
      }
      this.#check();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#stopping, ...this.#replicas.map(({ keeper }) => keeper.stop())]);
  }

  #start(): Replica {
    const replica: Replica = {
      served: undefined,
      readySince: undefined,
      keeper: new CertificateKeeper({
        objects: this.objects.behind(this.clock, this.#random),
        clock: this.clock,
        names,
        lifetimeMs,
        random: this.#random,
        issue: (options) => {
          const made = issueCertificate(options);
          this.#issuing.add(made);
          return made.finally(() => this.#issuing.delete(made));
        },
        onServe: (pair) => {
          replica.served = pair;
        },
      }),
    };
    replica.keeper.start();
    return replica;
  }

  #memories(): (string | undefined)[] {
    return this.#replicas.map(({ served }) => served?.cert);
  }

  /**
   * A replica that is not ready is not asked anything; from then on it must be trusted by every API server, also by one
   * that is behind.
   */
  #check(): void {
    const now = this.clock.now();
    const seconds = (now - t0) / 1000;
    for (const [index, replica] of this.#replicas.entries()) {
      if (!replica.keeper.ready) continue;
      replica.readySince ??= now;
      const { served, readySince } = replica;
      const bundles = this.#former
        .filter(({ until }) => until > Math.max(now - lagMs, readySince))
        .map(({ caBundles }) => caBundles);
      bundles.push(this.objects.configuration?.caBundles ?? []);
      if (!served || !bundles.every((one) => this.#isTrusted(served, one))) {
        if (now > this.#excusedUntil) this.violations.push(`${index} is not trusted at ${seconds}`);
      } else if (certificatesIn(served.cert).some((one) => expiryOf(one) <= now)) {
        this.violations.push(`${index} serves what has expired at ${seconds}`);
      }
    }
  }

  #isTrusted(pair: KeyPair, caBundles: readonly string[]): boolean {
    const key = [pair.cert, ...caBundles].join();
    const known = this.#trusted.get(key) ?? isTrustedBy(pair, caBundles);
    this.#trusted.set(key, known);
    return known;
  }
}

/** Numbers from 0 to below 1, the same ones for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
