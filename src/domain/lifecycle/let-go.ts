import { RECOVER_FINALIZER } from '../../api/v1alpha1/annotations.ts';
import type { Decision } from './effects.ts';
import type { Observed } from './observed.ts';

/**
 * Nothing of ours is or will be anywhere: the experiment may go whenever its owner likes, and goes by itself where
 * ttlSecondsAfterFinished says so.
 */
export function letGo({ experiment }: Observed, now: number): Decision {
  const { metadata, spec, status = {} } = experiment;
  const kept = { status, effects: [] };
  if (metadata.finalizers?.includes(RECOVER_FINALIZER)) return { ...kept, finalizer: 'remove' };
  if (metadata.deletionTimestamp !== undefined) return kept;
  if (status.endTime === undefined || spec.ttlSecondsAfterFinished === undefined) return kept;
  const expiresAt = Date.parse(status.endTime) + spec.ttlSecondsAfterFinished * 1000;
  return now >= expiresAt ? { ...kept, expired: true } : { ...kept, wakeAt: expiresAt };
}
