import type { SpecFault } from '../../src/domain/network/profile.ts';
import { explain } from '../../src/domain/safety/rules.ts';
import type { Cause, Verdict } from '../review.ts';

/** The object is none of its kind. */
export function malformed(causes: readonly Cause[]): Verdict {
  return {
    allowed: false,
    reason: 'Invalid',
    message: causes.map(({ field, message }) => `${field}: ${message}`).join('; '),
    causes,
    auditAnnotations: { decision: 'Malformed' },
  };
}

/** The spec says what cannot be, whatever the cluster is like. */
export function contradictory(faults: readonly SpecFault[]): Verdict {
  return {
    allowed: false,
    reason: 'Invalid',
    message: explain(faults),
    causes: faults.map((fault) => ({ reason: 'FieldValueInvalid', ...fault })),
    auditAnnotations: { decision: 'InvalidSpec' },
  };
}

/** What decides cannot be read now: nothing is let in unseen. */
export function unavailable(message: string): Verdict {
  return {
    allowed: false,
    code: 503,
    reason: 'ServiceUnavailable',
    message: `${message}; nothing is admitted without it, try again`,
    auditAnnotations: { decision: 'Unavailable' },
  };
}
