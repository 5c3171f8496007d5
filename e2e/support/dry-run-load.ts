import { setTimeout as delay } from 'node:timers/promises';
import { KubeClient } from '../../src/kube/client.ts';
import { pathOf } from './cluster.ts';
import { anExperiment } from './experiment.ts';

/** Milliseconds between an answer and the next request on the same connection. */
const PAUSE_MS = 400;

export interface LoadResult {
  /** HTTP exchanges by their status; `<error>` where there was none. */
  readonly codes: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly slowestMs: number;
  readonly seconds: number;
}

/** Server-side dry-run creates of experiments, without a break, on several connections. */
export class DryRunLoad {
  readonly #codes: Record<string, number> = {};
  readonly #failures: string[] = [];
  readonly #started = Date.now();
  readonly #loops: Promise<void>[] = [];
  #slowestMs = 0;
  #ended = false;

  constructor(kubeconfig: string, namespace: string, connections: number) {
    for (let n = 0; n < connections; n += 1) {
      this.#loops.push(this.#loop(kubeconfig, namespace, `load-${n}`));
    }
  }

  async end(): Promise<LoadResult> {
    this.#ended = true;
    await Promise.all(this.#loops);
    return {
      codes: this.#codes,
      failures: this.#failures,
      slowestMs: this.#slowestMs,
      seconds: (Date.now() - this.#started) / 1_000,
    };
  }

  async #loop(kubeconfig: string, namespace: string, name: string): Promise<void> {
    const client = await KubeClient.connect({
      kubeconfig,
      // The client may try again; what it tried is counted here all the same.
      onRequest: (_, code) => {
        this.#codes[code] = (this.#codes[code] ?? 0) + 1;
      },
    });
    const body = anExperiment(name, { targets: { podNames: ['none'] }, duration: '1s' });
    while (!this.#ended) {
      const asked = Date.now();
      try {
        await client.request({
          method: 'POST',
          path: pathOf('ChaosExperiment', namespace),
          query: { dryRun: 'All' },
          body,
        });
      } catch (error) {
        this.#failures.push(`${new Date(asked).toISOString()} ${String(error)}`);
      }
      this.#slowestMs = Math.max(this.#slowestMs, Date.now() - asked);
      await delay(PAUSE_MS);
    }
    await client.close();
  }
}
