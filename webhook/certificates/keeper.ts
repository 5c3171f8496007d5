import { backoffMs } from '../../src/kube/backoff.ts';
import type { Clock } from '../../src/kube/clock.ts';
import { Deadline } from '../../src/kube/deadline.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { type CertificateEffect, decideCertificates } from './decide.ts';
import { checkIssuance, issueCertificate } from './issue.ts';
import type { CertificateObjects } from './objects.ts';
import { issued } from './secret.ts';
import type { CertificateSource, KeyPair, TrustedPair } from './source.ts';

export interface CertificateKeeperOptions {
  readonly objects: CertificateObjects;
  readonly clock: Clock;
  /** DNS names of the certificate, at least one. */
  readonly names: readonly string[];
  /** Of a certificate, in milliseconds; default 90 days, at least 10 minutes. */
  readonly lifetimeMs?: number;
  /** Default: `issueCertificate`. */
  readonly issue?: typeof issueCertificate;
  /** 0 <= random() < 1, for jitter. */
  readonly random?: () => number;
  /** Gets the first pair and each other one after it; must not throw. */
  readonly onServe: (pair: KeyPair) => void;
  /** Told of each failure, before the next attempt. Replicas that meet (Conflict, AlreadyExists) are none. */
  readonly onError?: (error: Error) => void;
}

const defaultLifetimeMs = 90 * 24 * 60 * 60_000;
/** How often the objects are read when nothing else is due. */
const pollMs = 10_000;
/** Waits while something is missing: shorter than the poll, since callers may wait for it. */
const backoff = { first: 500, max: pollMs };
/** Rounds in a row that each did something; more of them than any course of events has means a fight with somebody. */
const maxBusyRounds = 8;

/** How a round ended: did something, found nothing to do, waits for something that is missing, or failed. */
type Outcome = 'done' | 'idle' | 'waiting' | 'failed';

/**
 * Keeps the webhook's certificate in one Secret that all replicas share, and its CA in the caBundle of the webhook
 * configuration. Serves only what it has read from that Secret, and goes on with it whatever becomes of the Secret.
 */
export class CertificateKeeper implements CertificateSource {
  readonly #options: CertificateKeeperOptions;
  readonly #lifetimeMs: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #serving: TrustedPair | undefined;
  #ready = false;
  #wakeAt: number | undefined;

  /** Throws a RangeError when the names or the lifetime are out of range. */
  constructor(options: CertificateKeeperOptions) {
    const { names, lifetimeMs = defaultLifetimeMs } = options;
    checkIssuance({ names, lifetimeMs });
    this.#options = options;
    this.#lifetimeMs = lifetimeMs;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /**
   * It serves a pair, and there was a moment at which every entry of the webhook configuration trusted it. A later
   * failure of that is repaired here, and is no reason to take the webhook out of its Service.
   */
  get ready(): boolean {
    return this.#ready;
  }

  async #run(): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const { signal } = this.#stopping;
    const pause = new Deadline({ clock, signal });
    let busy = 0;
    let fruitless = 0;
    while (!signal.aborted) {
      const outcome = await this.#round(signal);
      busy = outcome === 'done' ? busy + 1 : 0;
      fruitless = outcome === 'waiting' || outcome === 'failed' ? fruitless + 1 : 0;
      if (outcome === 'done' && busy <= maxBusyRounds) continue;
      const ms =
        fruitless > 0 ? backoffMs(fruitless, { ...backoff, random: random() }) : this.#untilDue();
      await pause.sleep(ms).catch(() => {});
    }
    pause.release();
  }

  #untilDue(): number {
    return Math.min(pollMs, Math.max(0, (this.#wakeAt ?? Infinity) - this.#options.clock.now()));
  }

  async #round(signal: AbortSignal): Promise<Outcome> {
    // The configuration first: a caBundle is replaced only by what the Secret had after the caBundle was read. A later
    // caBundle makes the replacement a Conflict, so an outdated view of the Secret never undoes what others did.
    const configuration = await this.#read((objects) => objects.readConfiguration(signal));
    const secret = await this.#read((objects) => objects.readSecret(signal));
    const { clock, names } = this.#options;
    const observed = { secret, webhookConfiguration: configuration, serving: this.#serving, names };
    const decision = decideCertificates(observed, clock.now());
    if (signal.aborted) return 'idle';
    this.#serve(decision.serve);
    this.#ready ||= decision.serve !== undefined && decision.trusted === true;
    this.#wakeAt = decision.wakeAt;
    for (const effect of decision.effects) {
      if (!(await this.#perform(effect, signal))) return 'failed';
    }
    if (decision.effects.length > 0) return 'done';
    if (secret === 'unreadable' || configuration === 'unreadable') return 'failed';
    return this.#ready ? 'idle' : 'waiting';
  }

  #serve(pair: TrustedPair | undefined): void {
    const old = this.#serving;
    if (!pair || (pair.cert === old?.cert && pair.key === old.key)) return;
    this.#serving = pair;
    this.#options.onServe({ cert: pair.cert, key: pair.key });
  }

  async #read<T>(
    read: (objects: CertificateObjects) => Promise<T | undefined>,
  ): Promise<T | 'absent' | 'unreadable'> {
    try {
      return (await read(this.#options.objects)) ?? 'absent';
    } catch (error) {
      this.#report(error);
      return 'unreadable';
    }
  }

  /** Whether it was done. */
  async #perform(effect: CertificateEffect, signal: AbortSignal): Promise<boolean> {
    const { objects, clock, names, issue = issueCertificate } = this.#options;
    try {
      switch (effect.kind) {
        case 'issue': {
          const made = await issue({ names, now: clock.now(), lifetimeMs: this.#lifetimeMs });
          await objects.writeSecret(issued(effect.issuance, made), signal);
          return true;
        }
        case 'write':
          await objects.writeSecret(effect.change, signal);
          return true;
        case 'trust':
          await objects.trust(effect, signal);
          return true;
      }
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
    const { onError } = this.#options;
    const code = error instanceof KubeError ? error.code : undefined;
    const met = code === 'Conflict' || code === 'AlreadyExists';
    if (met || this.#stopping.signal.aborted) return;
    onError?.(error instanceof Error ? error : new Error(String(error)));
  }
}
