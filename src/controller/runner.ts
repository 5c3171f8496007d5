import type { Logger } from 'pino';
import { parseReport } from '../domain/agent/report.ts';
import type { Effect } from '../domain/lifecycle/effects.ts';
import {
  type Activity,
  NO_ACTIVITY,
  type PodActivity,
  type StopResult,
  shortUid,
} from '../domain/lifecycle/observed.ts';
import type { Pod } from '../domain/targets/pod.ts';
import { STOP_COMMAND } from '../injector/commands.ts';
import {
  agentContainer,
  reaperContainer,
  type InjectorContainer,
  type StartedExperiment,
} from '../injector/container.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import { exec } from '../kube/exec.ts';
import type { Store } from '../kube/store.ts';
import type { Activities } from './activities.ts';
import { addContainer } from './add-container.ts';
import { failpoint } from './failpoint.ts';
import { Gate } from './gate.ts';
import { readProof } from './read-proof.ts';

export interface RunnerOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pods: Store<Pod>;
  readonly activities: Activities;
  readonly log: Logger;
  /** Something was learned about this experiment. */
  readonly onOutcome: (experiment: StartedExperiment) => void;
}

/** Writes to pods that may be under way at once; logs and execs have a limit of their own, as they last. */
const CONCURRENT_WRITES = 32;
const CONCURRENT_STREAMS = 64;

/** The agent is asked, takes its fault away and says so; each takes seconds on a busy node. */
const STOP_TIMEOUT_MS = 20_000;

type EffectKind = Effect['kind'];

/**
 * Carries out effects, each at most once at a time, and records what became of them. Returns at once; nothing that
 * goes wrong here is thrown: it is an observation for the next decision.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #writes = new Gate(CONCURRENT_WRITES);
  readonly #streams = new Gate(CONCURRENT_STREAMS);
  readonly #stopping = new AbortController();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  run(experiment: StartedExperiment, effects: readonly Effect[]): void {
    for (const effect of effects) this.#begin(experiment, effect);
  }

  /** Ends what is under way; what it would have brought is not recorded. */
  stop(): void {
    this.#stopping.abort();
  }

  #begin(experiment: StartedExperiment, effect: Effect): void {
    const before = this.#activity(experiment, effect);
    if (before.kind === 'busy') return;
    this.#record(experiment, effect, { kind: 'busy' });
    void this.#carryOut(experiment, effect).then(
      (result) => {
        this.#finish(experiment, effect, { kind: 'done', at: this.#options.clock.now(), result });
      },
      (error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        const known = error instanceof KubeError ? error : undefined;
        if (known?.uncertain && effect.kind === 'inject') {
          this.#recordPod(experiment, effect.pod, { injectUncertain: true });
        }
        const tries = before.kind === 'failed' ? before.tries + 1 : 1;
        const message = error instanceof Error ? error.message : String(error);
        this.#options.log.warn(
          { effect: effect.kind, pod: podId(effect.pod), tries, code: known?.code, err: message },
          'effect failed',
        );
        this.#finish(experiment, effect, {
          kind: 'failed',
          at: this.#options.clock.now(),
          tries,
          denied: known?.code === 'Forbidden',
          message,
        });
      },
    );
  }

  #finish(experiment: StartedExperiment, effect: Effect, activity: Activity<unknown>): void {
    if (this.#stopping.signal.aborted) return;
    this.#record(experiment, effect, activity);
    this.#options.onOutcome(experiment);
  }

  async #carryOut(experiment: StartedExperiment, effect: Effect): Promise<unknown> {
    switch (effect.kind) {
      case 'inject': {
        failpoint('before-inject');
        const result = await this.#add(experiment, effect.pod, agentContainer(experiment));
        failpoint('after-inject');
        return result;
      }
      case 'reap': {
        failpoint('before-reap');
        const result = await this.#add(
          experiment,
          effect.pod,
          reaperContainer(experiment, effect.n),
        );
        failpoint('after-reap');
        return result;
      }
      case 'prove':
        return this.#prove(experiment, effect.pod);
      case 'stop':
        return this.#stop(experiment, effect.pod);
    }
  }

  async #add(
    experiment: StartedExperiment,
    pod: Pod,
    container: InjectorContainer,
  ): Promise<unknown> {
    const added = await this.#writes.pass(() =>
      addContainer(
        this.#options.client,
        pod,
        container,
        experiment.metadata.uid,
        this.#stopping.signal,
      ),
    );
    if (added.pod !== undefined) this.#options.pods.upsert(added.pod);
    return added.result;
  }

  async #prove({ metadata, status }: StartedExperiment, pod: Pod): Promise<unknown> {
    const identity = { uid: metadata.uid, attempt: status.attempt, handle: status.run.handle };
    const proof = await this.#streams.pass(() =>
      readProof(
        this.#options.client,
        this.#options.clock,
        pod,
        status.run.container,
        identity,
        this.#stopping.signal,
      ),
    );
    failpoint('after-proof');
    return proof;
  }

  /** The exit code proves nothing about the fault; another than 0 proves that the agent was not told. */
  async #stop({ metadata, status }: StartedExperiment, pod: Pod): Promise<StopResult> {
    failpoint('before-stop');
    const { exitCode, stdout, stderr } = await this.#streams.pass(() =>
      exec(this.#options.client, {
        namespace: pod.metadata.namespace,
        pod: pod.metadata.name,
        container: status.run.container,
        command: STOP_COMMAND,
        timeoutMs: STOP_TIMEOUT_MS,
        signal: this.#stopping.signal,
      }),
    );
    failpoint('after-stop');
    const report = parseReport(stdout, {
      uid: metadata.uid,
      attempt: status.attempt,
      handle: status.run.handle,
    });
    if (report !== undefined) return { report };
    if (exitCode !== 0) {
      throw new KubeError('Protocol', `agent stop ended with ${exitCode}: ${stderr}`);
    }
    return {};
  }

  #activity({ metadata, status }: StartedExperiment, { kind, pod }: Effect): Activity<unknown> {
    const { pods } = this.#options.activities.of(metadata.uid, status.attempt);
    return (pods.get(shortUid(pod)) ?? NO_ACTIVITY)[activityOf(kind)];
  }

  #record(experiment: StartedExperiment, { kind, pod }: Effect, activity: Activity<unknown>): void {
    this.#recordPod(experiment, pod, { [activityOf(kind)]: activity });
  }

  #recordPod(
    { metadata, status }: StartedExperiment,
    pod: Pod,
    change: Partial<PodActivity>,
  ): void {
    this.#options.activities.record(metadata.uid, status.attempt, shortUid(pod), change);
  }
}

function activityOf(kind: EffectKind): Exclude<keyof PodActivity, 'injectUncertain'> {
  switch (kind) {
    case 'inject':
      return 'inject';
    case 'prove':
      return 'proof';
    case 'stop':
      return 'stop';
    case 'reap':
      return 'reap';
  }
}

const podId = (pod: Pod) => `${pod.metadata.namespace}/${pod.metadata.name}`;
