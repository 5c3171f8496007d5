import { isDeepStrictEqual } from 'node:util';
import type { ChaosExperiment } from '../../../api/v1alpha1/chaos-experiment.generated.ts';
import { RECOVER_FINALIZER } from '../../../api/v1alpha1/annotations.ts';
import { isFinal } from '../../../api/v1alpha1/phases.ts';
import { limitsOf } from '../../safety/policy.builder.ts';
import type { Pod } from '../../targets/pod.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../effects.ts';
import { T0 } from '../experiment.builder.ts';
import { NO_ACTIVITY, type Observed, type PodActivity } from '../observed.ts';
import { observed } from '../observed.builder.ts';
import { type Cluster, keyOf } from './cluster.ts';
import { carryOut, type Learn } from './requests.ts';
import type { Scenario } from './scenario.ts';

/** The controller: one process after another, each with a late sight of the cluster and a memory that dies with it. */
export class Controller {
  readonly #cluster: Cluster;
  /** Called with everything that is decided. */
  readonly #onDecision: (seen: Observed, decision: Decision, now: number) => void;
  #process = 0;
  #up = false;
  #pods = new Map<string, Pod>();
  #experiment: ChaosExperiment | undefined;
  #activities = new Map<string, PodActivity>();
  #wroteAhead = false;
  #wroteAt = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #seenUntil = 0;

  constructor(
    cluster: Cluster,
    onDecision: (seen: Observed, decision: Decision, now: number) => void,
  ) {
    this.#cluster = cluster;
    this.#onDecision = onDecision;
    cluster.onPod = (key) => this.#later(() => this.#seePod(key));
    cluster.onExperiment = () => this.#later(() => this.#seeExperiment());
    this.#start();
    const { timeline } = cluster;
    const { restarts, blind, unheard } = cluster.scenario;
    for (const { atMs, downMs } of restarts) {
      timeline.at(T0 + atMs, () => {
        this.#up = false;
        this.#process += 1;
        const killed = this.#process;
        timeline.after(downMs, () => {
          if (this.#process === killed) this.#start();
        });
      });
    }
    if (blind !== undefined) {
      timeline.at(T0 + blind.atMs, () => this.#poke());
      timeline.at(T0 + blind.atMs + blind.forMs, () => this.#poke());
    }
    if (unheard !== undefined)
      timeline.at(T0 + unheard.atMs + unheard.forMs, () => {
        this.#listPods();
        this.#poke();
      });
  }

  #start(): void {
    this.#up = true;
    this.#process += 1;
    this.#activities = new Map();
    this.#wroteAhead = false;
    this.#wroteAt = 0;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#listPods();
    this.#experiment = this.#cluster.experiment;
    this.#poke();
  }

  /** A watch tells late, and in order. */
  #later(see: () => void): void {
    const { timeline } = this.#cluster;
    const born = this.#process;
    this.#seenUntil = Math.max(this.#seenUntil, timeline.now + timeline.between(0, 400));
    timeline.at(this.#seenUntil, () => {
      if (!this.#up || this.#process !== born) return;
      see();
      this.#poke();
    });
  }

  #seePod(key: string): void {
    if (this.#isDeaf) return;
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#cluster.node(namespace, name)?.pod;
    if (pod === undefined) this.#pods.delete(key);
    else this.#pods.set(key, pod);
  }

  #listPods(): void {
    this.#pods = new Map(this.#cluster.pods.map((pod) => [keyOf(pod), pod]));
  }

  /** No watch of the pods works; those that a process begins with it has listed. */
  get #isDeaf(): boolean {
    return isWithin(this.#cluster.scenario.unheard, this.#cluster.timeline.now);
  }

  #seeExperiment(): void {
    this.#experiment = this.#cluster.experiment;
  }

  #poke(): void {
    this.#wake(this.#cluster.timeline.now);
  }

  #wake(at: number): void {
    if (at >= this.#wakeAt) return;
    this.#wakeAt = at;
    const born = this.#process;
    this.#cluster.timeline.at(at, () => {
      if (!this.#up || this.#process !== born || this.#wakeAt !== at) return;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#reconcile();
    });
  }

  #reconcile(): void {
    const { timeline } = this.#cluster;
    const experiment = this.#experiment;
    if (experiment === undefined) return;
    const seen = this.#observe(experiment);
    const decision = decide(seen, timeline.now);
    this.#onDecision(seen, decision, timeline.now);
    if (experiment.status?.startTime !== undefined) {
      for (const effect of decision.effects) {
        carryOut(this.#cluster, experiment, effect, this.#learn(experiment));
      }
    }
    if (decision.finalizer === 'add') {
      this.#write(experiment, (now) => withFinalizers(now, [RECOVER_FINALIZER]));
    } else if (!isDeepStrictEqual(decision.status, experiment.status ?? {})) {
      const dueAt = isNews(experiment, decision) ? timeline.now : this.#wroteAt + 1_000;
      if (dueAt > timeline.now) this.#wake(Math.min(dueAt, decision.wakeAt ?? dueAt));
      else {
        const written = this.#write(experiment, (now) => ({ ...now, status: decision.status }));
        if (!written) return;
        this.#wroteAt = timeline.now;
        const { startTime } = experiment.status ?? {};
        if (decision.writeAhead && startTime === undefined) this.#wroteAhead = true;
      }
    } else if (decision.finalizer === 'remove') {
      this.#write(experiment, (now) => withFinalizers(now, []));
    } else if (decision.wakeAt !== undefined) this.#wake(decision.wakeAt);
  }

  #observe(experiment: ChaosExperiment): Observed {
    const { blind } = this.#cluster.scenario;
    const isBlind = isWithin(blind, this.#cluster.timeline.now);
    const since = T0 + (blind?.atMs ?? 0);
    return observed(experiment, {
      pods: isBlind ? { kind: 'unreadable', message: 'no', since } : [...this.#pods.values()],
      activities: new Map(this.#activities),
      wroteAhead: this.#wroteAhead,
      limits: { kind: 'read', value: limitsOf({ halt: this.#cluster.halted }) },
    });
  }

  /** Writes what was decided, unless the weather is bad: then it fails, or succeeds without our knowing. */
  #write(
    experiment: ChaosExperiment,
    change: (experiment: ChaosExperiment) => ChaosExperiment,
  ): boolean {
    const { timeline, scenario } = this.#cluster;
    const lost = timeline.chance(scenario.badWeather);
    const arrives = !lost || timeline.chance(0.5);
    const written = arrives && this.#cluster.write(experiment.metadata.resourceVersion, change);
    if (written && !lost) {
      this.#seeExperiment();
      this.#poke();
      return true;
    }
    this.#wake(timeline.now + 100);
    return false;
  }

  #learn(experiment: ChaosExperiment): Learn {
    const born = this.#process;
    const attempt = experiment.status?.attempt;
    return {
      activity: (pod) => this.#activities.get(pod),
      record: (pod, change, seen) => {
        if (!this.#up || this.#process !== born) return;
        if (this.#cluster.experiment?.status?.attempt !== attempt) return;
        this.#activities.set(pod, { ...(this.#activities.get(pod) ?? NO_ACTIVITY), ...change });
        if (seen !== undefined) this.#upsert(seen);
        this.#poke();
      },
    };
  }

  /** An answer may be older than what the watch has told. */
  #upsert(pod: Pod): void {
    const known = this.#pods.get(keyOf(pod));
    if (known?.metadata.uid !== pod.metadata.uid) return;
    if (Number(known.metadata.resourceVersion) >= Number(pod.metadata.resourceVersion)) return;
    this.#pods.set(keyOf(pod), pod);
  }
}

function isWithin(spell: Scenario['blind'], now: number): boolean {
  if (spell === undefined) return false;
  const since = T0 + spell.atMs;
  return now >= since && now < since + spell.forMs;
}

function isNews({ status }: ChaosExperiment, { status: next, writeAhead }: Decision): boolean {
  return (
    writeAhead === true ||
    status?.phase !== next.phase ||
    isFinal(next.phase) ||
    (next.pods ?? []).some(({ state }) => state === 'Leaked' || state === 'Abandoned')
  );
}

function withFinalizers(experiment: ChaosExperiment, finalizers: string[]): ChaosExperiment {
  return { ...experiment, metadata: { ...experiment.metadata, finalizers } };
}
