import type { PodState } from './chaos-experiment.generated.ts';

/** Each state of a selected pod and what is known of the pod then. */
export const podStates = {
  Planned: 'Chosen and written ahead; no proof of a fault yet.',
  Injected: 'The fault was proven to be there.',
  Recovered: 'The fault was there and the pod is proven clean.',
  Failed: 'No fault was ever there.',
  Unknown: 'Whether a fault is there could not be found out; counted as faulted.',
  Leaked: 'The agent ended without a clean report; the fault may still be there.',
  Gone: 'The pod went away, and the fault with it.',
  Abandoned: 'Cleaning up was given up; the fault may still be there.',
} as const satisfies Readonly<Record<PodState, string>>;
