import { binomialRange } from '../e2e/support/binomial.ts';

export const WAYS = ['egress', 'ingress'] as const;
/** Seen from the pod. */
export type Way = (typeof WAYS)[number];

/** Packets of one direction. */
export interface Count {
  readonly sent: number;
  readonly lost: number;
}

/** What was counted in some seconds, in every pod at the same time. Times in epoch milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** By the name of the pod. */
  readonly pods: ReadonlyMap<string, Readonly<Record<Way, Count>>>;
}

/** What the experiment had come to, and when we knew; undefined where it has not come to it. */
export interface Milestones {
  readonly appliedMs: number | undefined;
  /** All pods had proven their fault. */
  readonly runningMs: number | undefined;
  /** The first fault is due to end. */
  readonly firstEndMs: number | undefined;
  /** The run was over. */
  readonly overMs: number | undefined;
}

export const STAGES = ['before', 'during', 'after'] as const;
/** Windows of no stage saw a fault come or go. */
export type Stage = (typeof STAGES)[number];

/** What the clocks of node and host may differ, in milliseconds. */
const CLOCK_MARGIN_MS = 1_000;

/** The stage that holds for the window as a whole. */
export function stageOf({ startMs, endMs }: Window, milestones: Milestones): Stage | undefined {
  const { appliedMs, runningMs, firstEndMs, overMs } = milestones;
  if (appliedMs === undefined || endMs <= appliedMs) return 'before';
  if (overMs !== undefined && startMs >= overMs) return 'after';
  const steady =
    runningMs !== undefined &&
    startMs >= runningMs &&
    firstEndMs !== undefined &&
    endMs <= firstEndMs - CLOCK_MARGIN_MS;
  return steady ? 'during' : undefined;
}

/** All packets of one pod and direction in one stage. */
export function total(
  windows: readonly Window[],
  milestones: Milestones,
  pod: string,
  stage: Stage,
  way: Way,
): Count {
  const counts = windows
    .filter((window) => stageOf(window, milestones) === stage)
    .flatMap((window) => window.pods.get(pod)?.[way] ?? []);
  return {
    sent: counts.reduce((sum, { sent }) => sum + sent, 0),
    lost: counts.reduce((sum, { lost }) => sum + lost, 0),
  };
}

/** Where no loss is asked for, a busy machine may still lose so much of all packets, as a fraction. */
const STRAY_LOSS = 0.005;

/** What the counts prove. `hit` are the names of the pods that the experiment says it has injected. */
export interface Expectation {
  readonly pods: readonly string[];
  readonly hit: readonly string[];
  /** In each direction, in percent. */
  readonly lossPercentage: number;
}

/**
 * What is not as it should be, a line each; empty when the loss was there, in the pods it was asked for and in no
 * other, as large as asked for, and is gone.
 */
export function shortcomings(
  windows: readonly Window[],
  milestones: Milestones,
  { pods, hit, lossPercentage }: Expectation,
): string[] {
  if (hit.length === 0) return ['no pod was hit'];
  return pods.flatMap((pod) =>
    STAGES.flatMap((stage) =>
      WAYS.flatMap((way) => {
        const { sent, lost } = total(windows, milestones, pod, stage, way);
        const what = `${pod}: ${lost} of ${sent} packets lost on ${way} ${stage} the fault`;
        if (sent === 0) return [`${pod}: no packet was counted on ${way} ${stage} the fault`];
        if (stage !== 'during' || !hit.includes(pod))
          return lost > STRAY_LOSS * sent ? [`${what}, expected none`] : [];
        const { low, high } = binomialRange(sent, lossPercentage / 100);
        return lost < low || lost > high ? [`${what}, expected ${low} to ${high}`] : [];
      }),
    ),
  );
}
