import fc from 'fast-check';
import type { Targets } from '../../../api/v1alpha1/chaos-experiment.generated.ts';

/** What becomes of one pod, its node and its agent. Times are milliseconds since the experiment was created. */
export interface PodScript {
  /** The kubelet takes this long from the container to its process. */
  readonly startDelayMs: number;
  /** The image cannot be pulled before this; 0 when it is there. */
  readonly imageFromMs: number;
  /** The node's clock is ahead of ours by this much. */
  readonly skewMs: number;
  /** The agent takes this long from its start to its fault. */
  readonly installMs: number;
  /** The agent is killed this long after its start. */
  readonly diesAfterMs?: number | undefined;
  /** The agent is frozen this long after its start. */
  readonly freezesAfterMs?: number | undefined;
  readonly revertFails: boolean;
  /** The reapers that fail before one succeeds. */
  readonly failingReapers: number;
  /** The runtime cannot start the agent. */
  readonly unstartable: boolean;
  /** Somebody else's qdisc is on the interface. */
  readonly foreignQdisc: boolean;
  /** Admission refuses our containers in this pod: never, every other time, or always. */
  readonly refused: 'never' | 'sometimes' | 'always';
  /** The kubelet loses the API server for good: from the beginning, or once it has reported an agent that waits, or runs. */
  readonly silent: 'never' | 'always' | 'onceCreating' | 'onceRunning';
  readonly deletedAtMs?: number | undefined;
  readonly deletion: 'graceful' | 'abrupt' | 'recreated';
}

export type Ending =
  | { readonly kind: 'delete' | 'stop'; readonly atMs: number }
  | { readonly kind: 'halt'; readonly atMs: number; readonly forMs: number };

/** One run in a small world. */
export interface Scenario {
  readonly seed: number;
  readonly durationMs: number;
  readonly injectionTimeoutMs: number;
  readonly pods: readonly PodScript[];
  readonly targets: Pick<Targets, 'mode' | 'sequence'>;
  /** Probability that a request goes wrong, in one of several ways. */
  readonly badWeather: number;
  readonly logsFail: boolean;
  readonly execDenied: boolean;
  readonly execFails: boolean;
  /** The user deletes the experiment, asks it to stop, or halts everything for that long. */
  readonly ending?: Ending | undefined;
  /** The controller is killed, and started again. */
  readonly restarts: readonly { readonly atMs: number; readonly downMs: number }[];
  /** The pods cannot be read. */
  readonly blind?: { readonly atMs: number; readonly forMs: number } | undefined;
  /** Nothing that becomes of the pods is told: they are read as they were before. */
  readonly unheard?: { readonly atMs: number; readonly forMs: number } | undefined;
}

const seldom = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const moment = fc.integer({ min: 0, max: 90_000 });
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 9);

const podScript: fc.Arbitrary<PodScript> = fc.record({
  startDelayMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 100, max: 3_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 3_000, max: 90_000 }) },
  ),
  imageFromMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 5_000, max: 120_000 }) },
  ),
  skewMs: fc.oneof(fc.constant(0), fc.integer({ min: -10_000, max: 10_000 })),
  installMs: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 20, max: 900 }) },
    { weight: 1, arbitrary: fc.integer({ min: 900, max: 9_000 }) },
  ),
  diesAfterMs: seldom(fc.integer({ min: 0, max: 40_000 })),
  freezesAfterMs: seldom(fc.integer({ min: 0, max: 40_000 })),
  revertFails: rarely,
  failingReapers: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
  ),
  unstartable: rarely,
  foreignQdisc: rarely,
  refused: fc.oneof(
    { weight: 8, arbitrary: fc.constant('never' as const) },
    { weight: 1, arbitrary: fc.constantFrom('sometimes' as const, 'always' as const) },
  ),
  silent: fc.oneof(
    { weight: 10, arbitrary: fc.constant<PodScript['silent']>('never') },
    { weight: 1, arbitrary: fc.constantFrom('always', 'onceCreating', 'onceRunning') },
  ),
  deletedAtMs: seldom(moment),
  deletion: fc.constantFrom('graceful', 'abrupt', 'recreated'),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  durationMs: fc.integer({ min: 1_000, max: 60_000 }),
  injectionTimeoutMs: fc.oneof(fc.constant(60_000), fc.integer({ min: 1_000, max: 60_000 })),
  pods: fc.array(podScript, { minLength: 1, maxLength: 3 }),
  targets: fc.constantFrom({}, { sequence: 'serial' as const }, { mode: 'dynamic' as const }),
  badWeather: fc.constantFrom(0, 0, 0.1, 0.5),
  logsFail: rarely,
  execDenied: rarely,
  execFails: rarely,
  ending: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('delete', 'stop'), atMs: moment }),
      fc.record({
        kind: fc.constant('halt' as const),
        atMs: moment,
        forMs: fc.integer({ min: 2_000, max: 90_000 }),
      }),
    ),
    { nil: undefined },
  ),
  restarts: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 120_000 }),
      downMs: fc.oneof(
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 3_000, max: 300_000 }),
      ),
    }),
    { maxLength: 3 },
  ),
  blind: seldom(fc.record({ atMs: fc.integer({ min: 0, max: 150_000 }), forMs: moment })),
  unheard: seldom(
    fc.record({
      atMs: fc.integer({ min: 0, max: 30_000 }),
      forMs: fc.integer({ min: 1_000, max: 200_000 }),
    }),
  ),
});

/** A pod to which nothing happens. */
export const calmPod: PodScript = {
  startDelayMs: 800,
  imageFromMs: 0,
  skewMs: 0,
  installMs: 100,
  revertFails: false,
  failingReapers: 0,
  unstartable: false,
  foreignQdisc: false,
  refused: 'never',
  silent: 'never',
  deletion: 'graceful',
};

/** A run in which nothing goes wrong. */
export const calm: Scenario = {
  seed: 1,
  durationMs: 10_000,
  injectionTimeoutMs: 60_000,
  pods: [calmPod],
  targets: {},
  badWeather: 0,
  logsFail: false,
  execDenied: false,
  execFails: false,
  restarts: [],
};
