import type { Phase } from './chaos-experiment.generated.ts';

/** Every phase of a run, in the order in which a run goes through them; the last three are final. */
export const PHASES = [
  'Pending',
  'Planned',
  'Injecting',
  'Running',
  'Recovering',
  'Completed',
  'Failed',
  'Aborted',
] as const satisfies readonly Phase[];

/** Phases that no run leaves. */
export const FINAL_PHASES = ['Completed', 'Failed', 'Aborted'] as const satisfies readonly Phase[];

/** Whether the run is over for good. False for a run without a phase yet. */
export function isFinal(phase: Phase | undefined): phase is (typeof FINAL_PHASES)[number] {
  return FINAL_PHASES.some((final) => final === phase);
}
