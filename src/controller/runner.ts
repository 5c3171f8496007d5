import type { Logger } from 'pino';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { parseAgentEvent, parseReport } from '../domain/agent/report.ts';
import type { Effect } from '../domain/lifecycle/effects.ts';
import {
  type Activity,
  type InjectResult,
  NO_ACTIVITY,
  type PodActivity,
  type StopResult,
  shortUid,
  type UpdateResult,
} from '../domain/lifecycle/observed.ts';
import { identityOf, roundOf } from '../domain/lifecycle/run.ts';
import type { Pod } from '../domain/targets/pod.ts';
import { STOP_COMMAND, UPDATE_COMMAND } from '../injector/commands.ts';
import {
  agentContainer,
  type InjectorContainer,
  reaperContainer,
  type StartedExperiment,
} from '../injector/container.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import { KubeError } from '../kube/errors.ts';
import { exec, type ExecOptions, type ExecResult } from '../kube/exec.ts';
import { keyOf, type Store } from '../kube/store.ts';
import type { Activities } from './activities.ts';
import { addContainer, tryContainer } from './add-container.ts';
import { failpoint } from './failpoint.ts';
import { FailureLog } from './failure-log.ts';
import { Gate } from './gate.ts';
import { Preflight } from './preflight.ts';
import { readProof } from './read-proof.ts';

export interface RunnerOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pods: Store<Pod>;
  readonly activities: Activities;
  readonly log: Logger;
  /** Something was learned about this experiment. */
  readonly onOutcome: (experiment: ChaosExperiment) => void;
}

/** Writes to pods that may be under way at once; logs have a limit of their own, as they last. */
const CONCURRENT_WRITES = 32;
const CONCURRENT_PROOFS = 64;
/** Apart from them: no stop waits for proofs, which last while agents verify, or for news of peers. */
const CONCURRENT_STOPS = 64;
const CONCURRENT_UPDATES = 16;

/** The agent is asked, takes its fault away and says so; each takes seconds on a busy node. */
const STOP_TIMEOUT_MS = 20_000;

/** Thousands of peers take the agent a second or two. */
const UPDATE_TIMEOUT_MS = 20_000;

type EffectKind = Effect['kind'];

/**
 * Carries out effects, each at most once at a time, and records what became of them. Returns at once; nothing that
 * goes wrong here is thrown: it is an observation for the next decision.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #writes = new Gate(CONCURRENT_WRITES);
  readonly #proofs = new Gate(CONCURRENT_PROOFS);
  readonly #stops = new Gate(CONCURRENT_STOPS);
  readonly #updates = new Gate(CONCURRENT_UPDATES);
  readonly #preflights = new Preflight();
  readonly #stopping = new AbortController();
  readonly #failures: FailureLog;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#failures = new FailureLog(options);
  }

  run(experiment: ChaosExperiment, effects: readonly Effect[]): void {
    for (const effect of effects) this.#begin(experiment, effect);
  }

  /** The experiment is gone from the cluster. */
  forget(experimentUid: string): void {
    this.#options.activities.forget(experimentUid);
    this.#preflights.forget(experimentUid);
  }

  /** Ends what is under way; what it would have brought is not recorded. */
  stop(): void {
    this.#stopping.abort();
    this.#failures.close();
  }

  #begin(experiment: ChaosExperiment, effect: Effect): void {
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
        this.#failures.tell({
          experiment: keyOf(experiment),
          effect: effect.kind,
          pod: keyOf(effect.pod),
          tries,
          code: known?.code,
          err: message,
        });
        this.#finish(experiment, effect, {
          kind: 'failed',
          at: this.#options.clock.now(),
          tries,
          denied: known?.code === 'Forbidden',
          ...(known?.code === 'BadRequest' && effect.kind === 'prove' && { unstarted: true }),
          message,
        });
      },
    );
  }

  #finish(experiment: ChaosExperiment, effect: Effect, activity: Activity<unknown>): void {
    if (this.#stopping.signal.aborted) return;
    this.#record(experiment, effect, activity);
    this.#options.onOutcome(experiment);
  }

  async #carryOut(observed: ChaosExperiment, effect: Effect): Promise<unknown> {
    if (effect.kind === 'preflight') {
      return this.#ask({ ...observed, status: effect.preview } as StartedExperiment, effect.pod);
    }
    const experiment = observed as StartedExperiment;
    switch (effect.kind) {
      case 'inject': {
        failpoint('before-inject');
        const verdict = await this.#preflight(experiment, effect.pod);
        if (verdict.kind === 'refused') return verdict;
        const result = await this.#add(
          experiment,
          effect.pod,
          agentContainer(experiment, effect.pod),
        );
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
      case 'update':
        return this.#update(experiment, effect);
      case 'stop':
        return this.#stop(experiment, effect.pod);
    }
  }

  /** What admission says of our containers in pods such as this one; asked once in a run. */
  #preflight(experiment: StartedExperiment, pod: Pod): Promise<InjectResult> {
    const { metadata, status } = experiment;
    const run = `${metadata.uid}/${status.attempt}`;
    return this.#preflights.ask(run, pod, () => this.#ask(experiment, pod));
  }

  #ask(experiment: StartedExperiment, pod: Pod): Promise<InjectResult> {
    const { client } = this.#options;
    const { signal } = this.#stopping;
    return this.#writes.pass(() =>
      tryContainer(client, pod, agentContainer(experiment, pod), signal),
    );
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
    const identity = identityOf({ metadata, status });
    const proof = await this.#proofs.pass(() =>
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

  async #update(
    { metadata, status }: StartedExperiment,
    { pod, generation, lines }: Extract<Effect, { kind: 'update' }>,
  ): Promise<UpdateResult> {
    const { stdout, stderr } = await this.#updates.pass(() =>
      this.#tellAgent(pod, status, {
        command: UPDATE_COMMAND,
        // The number of lines tells a set that was cut off on its way from a smaller one.
        stdin: `${[`${generation} ${lines.length}`, ...lines].join('\n')}\n`,
        timeoutMs: UPDATE_TIMEOUT_MS,
      }),
    );
    const event = parseAgentEvent(stdout.trim(), identityOf({ metadata, status }));
    if (event?.event === 'peers' && event.generation === generation) return { generation };
    throw new KubeError('Protocol', `agent update said: ${(stderr || stdout).trim()}`);
  }

  /** Without a report, exit code 0 proves only that the agent was told, another that it was not. */
  async #stop({ metadata, status }: StartedExperiment, pod: Pod): Promise<StopResult> {
    failpoint('before-stop');
    const { exitCode, stdout, stderr } = await this.#stops.pass(() =>
      this.#tellAgent(pod, status, { command: STOP_COMMAND, timeoutMs: STOP_TIMEOUT_MS }),
    );
    failpoint('after-stop');
    const report = parseReport(stdout, identityOf({ metadata, status }));
    if (report !== undefined) return { report };
    if (exitCode !== 0) {
      throw new KubeError('Protocol', `agent stop said: ${(stderr || stdout).trim()}`);
    }
    return {};
  }

  /** Runs a command of the agent's beside it, and hears the first line of the answer. */
  #tellAgent(
    { metadata: { namespace, name } }: Pod,
    { run: { container } }: StartedExperiment['status'],
    told: Pick<ExecOptions, 'command' | 'stdin' | 'timeoutMs'>,
  ): Promise<ExecResult> {
    const { signal } = this.#stopping;
    return exec(this.#options.client, {
      ...told,
      namespace,
      pod: name,
      container,
      firstLine: true,
      signal,
    });
  }

  #activity(experiment: ChaosExperiment, { kind, pod }: Effect): Activity<unknown> {
    const { pods } = this.#options.activities.of(experiment.metadata.uid, roundOf(experiment));
    return (pods.get(shortUid(pod)) ?? NO_ACTIVITY)[activityOf(kind)];
  }

  #record(experiment: ChaosExperiment, { kind, pod }: Effect, activity: Activity<unknown>): void {
    this.#recordPod(experiment, pod, { [activityOf(kind)]: activity });
  }

  #recordPod(experiment: ChaosExperiment, pod: Pod, change: Partial<PodActivity>): void {
    const { uid } = experiment.metadata;
    this.#options.activities.record(uid, roundOf(experiment), shortUid(pod), change);
  }
}

function activityOf(kind: EffectKind): Exclude<keyof PodActivity, 'injectUncertain'> {
  switch (kind) {
    case 'preflight':
      return 'preflight';
    case 'inject':
      return 'inject';
    case 'prove':
      return 'proof';
    case 'update':
      return 'update';
    case 'stop':
      return 'stop';
    case 'reap':
      return 'reap';
  }
}
