import type { Decision } from './effects.ts';
import type { Observed } from './observed.ts';
import { carryOn, hasStarted } from './run.ts';
import { start } from './start.ts';

/**
 * The whole life of a run: what its status should be and what is to be done now, from what is observed and the time
 * (milliseconds since the epoch) alone. Deciding again with the same input gives the same answer; deciding
 * with the outcome in place asks for nothing twice.
 */
export function decide(observed: Observed, now: number): Decision {
  const { status } = observed.experiment;
  return hasStarted(status) ? carryOn(observed, status, now) : start(observed, now);
}
