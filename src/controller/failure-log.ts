import type { Logger } from 'pino';
import type { Effect } from '../domain/lifecycle/effects.ts';
import type { Clock, Timer } from '../kube/clock.ts';
import type { KubeErrorCode } from '../kube/errors.ts';

/** An effect that failed, as the log tells it. */
export interface Failure {
  /** namespace/name */
  readonly experiment: string;
  readonly effect: Effect['kind'];
  /** namespace/name */
  readonly pod: string;
  readonly tries: number;
  /** Undefined for an error that is none of the API server's. */
  readonly code: KubeErrorCode | undefined;
  readonly err: string;
}

export interface FailureLogOptions {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

const INTERVAL_MS = 1_000;

/** What came after the last warning. */
interface Held {
  readonly timer: Timer;
  readonly latest?: Failure;
  readonly count: number;
}

/**
 * Warns of effects that failed: for each experiment, kind of effect and code the first at once, and then at most one in
 * a second, the latest, which says as `leftOut` how many others of its kind came in between. None goes uncounted.
 */
export class FailureLog {
  readonly #options: FailureLogOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: FailureLogOptions) {
    this.#options = options;
  }

  tell(failure: Failure): void {
    const kind = `${failure.experiment} ${failure.effect} ${failure.code}`;
    const held = this.#held.get(kind);
    if (held === undefined) {
      this.#warn(failure, 0);
      this.#hold(kind);
    } else this.#held.set(kind, { ...held, latest: failure, count: held.count + 1 });
  }

  /** Warns at once of what is held back, and sets no timer any more. */
  close(): void {
    for (const { timer, latest, count } of this.#held.values()) {
      timer.cancel();
      if (latest !== undefined) this.#warn(latest, count - 1);
    }
    this.#held.clear();
  }

  #hold(kind: string): void {
    const timer = this.#options.clock.setTimer(INTERVAL_MS, () => this.#release(kind));
    this.#held.set(kind, { timer, count: 0 });
  }

  #release(kind: string): void {
    const { latest, count = 0 } = this.#held.get(kind) ?? {};
    this.#held.delete(kind);
    if (latest === undefined) return;
    this.#warn(latest, count - 1);
    this.#hold(kind);
  }

  #warn(failure: Failure, leftOut: number): void {
    this.#options.log.warn({ ...failure, ...(leftOut > 0 && { leftOut }) }, 'effect failed');
  }
}
