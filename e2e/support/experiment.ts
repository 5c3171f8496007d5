import type {
  ChaosExperiment,
  ChaosExperimentSpec,
  ChaosExperimentStatus,
  Condition,
  ConditionType,
  Phase,
  PodStatusEntry,
  Safety,
  Targets,
} from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { awaitCondition } from './await-condition.ts';
import type { Cluster } from './cluster.ts';

/** A spec as a person writes it: fields with a default may be left out. */
export type SpecParts = Partial<Omit<ChaosExperimentSpec, 'targets' | 'safety'>> & {
  readonly targets: Partial<Targets>;
  readonly safety?: Partial<Safety>;
};

/** The label by which a controller process of a test knows its experiments. */
export const SHARD_LABEL = 'squall.dev/shard';

export const FINAL_PHASES: readonly Phase[] = ['Completed', 'Failed', 'Aborted'];

/** Long enough for containers to start on an emulated node that others use too. */
export const START_MS = 90_000;

export function anExperiment(name: string, spec: SpecParts) {
  return {
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'ChaosExperiment',
    metadata: { name },
    spec: { action: 'pod-network-loss', ...spec },
  };
}

export function condition(
  status: ChaosExperimentStatus,
  type: ConditionType,
): Condition | undefined {
  return status.conditions?.find((candidate) => candidate.type === type);
}

/** `lost/seen` of one direction, as numbers. */
export function counted(
  entry: PodStatusEntry,
  direction: 'egress' | 'ingress',
): { lost: number; seen: number } {
  const [lost, seen] = (entry[direction] ?? '').split('/').map(Number);
  if (lost === undefined || seen === undefined || Number.isNaN(lost) || Number.isNaN(seen)) {
    throw new Error(`pod ${entry.name} has no ${direction} counters: ${JSON.stringify(entry)}`);
  }
  return { lost, seen };
}

/** One experiment in the cluster. */
export class Experiment {
  readonly namespace: string;
  readonly name: string;
  /** Our clock, in epoch milliseconds, just before it was created. */
  readonly createdMs: number;
  readonly #cluster: Cluster;
  readonly #describe: () => Promise<string>;

  constructor(
    cluster: Cluster,
    namespace: string,
    name: string,
    createdMs: number,
    describe: () => Promise<string>,
  ) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.name = name;
    this.createdMs = createdMs;
    this.#describe = describe;
  }

  find(): Promise<ChaosExperiment | undefined> {
    return this.#cluster.find('ChaosExperiment', this.namespace, this.name);
  }

  read(): Promise<ChaosExperiment> {
    return this.#cluster.read('ChaosExperiment', this.namespace, this.name);
  }

  async status(): Promise<ChaosExperimentStatus> {
    return (await this.read()).status ?? {};
  }

  /** Waits for a state of the status and returns it. */
  until(
    what: string,
    holds: (status: ChaosExperimentStatus, experiment: ChaosExperiment) => boolean,
    withinMs: number = START_MS,
  ): Promise<ChaosExperimentStatus> {
    const probe = async () => {
      const experiment = await this.read();
      const status = experiment.status ?? {};
      return holds(status, experiment) ? status : undefined;
    };
    return awaitCondition(`${this.name}: ${what}`, probe, { withinMs, describe: this.#describe });
  }

  phase(phase: Phase, withinMs: number = START_MS): Promise<ChaosExperimentStatus> {
    return this.until(
      `phase ${phase}`,
      (status) => {
        if (
          status.phase !== phase &&
          status.phase !== undefined &&
          FINAL_PHASES.includes(status.phase)
        ) {
          throw new Error(
            `${this.name} ended as ${status.phase} instead of ${phase}: ${JSON.stringify(status, null, 1)}`,
          );
        }
        return status.phase === phase;
      },
      withinMs,
    );
  }

  /** The status with which it ended, whichever it is. */
  ended(withinMs: number = START_MS): Promise<ChaosExperimentStatus> {
    return this.until(
      'a final phase',
      ({ phase }) => phase !== undefined && FINAL_PHASES.includes(phase),
      withinMs,
    );
  }

  async annotate(annotations: Record<string, string>): Promise<void> {
    await this.#cluster.patch('ChaosExperiment', this.namespace, this.name, {
      metadata: { annotations },
    });
  }

  async change(spec: Record<string, unknown>): Promise<void> {
    await this.#cluster.patch('ChaosExperiment', this.namespace, this.name, { spec });
  }

  async delete(): Promise<void> {
    await this.#cluster.remove('ChaosExperiment', this.namespace, this.name);
  }

  /** Waits until the object is gone; returns when it was seen to be, in epoch milliseconds. */
  async gone(withinMs: number): Promise<number> {
    const probe = async () => (await this.find()) === undefined && Date.now();
    return awaitCondition(`${this.name} is gone`, probe, {
      withinMs,
      everyMs: 50,
      describe: this.#describe,
    });
  }
}
