import { clip } from './clip.ts';
import type { AdmissionRequest, Cause, Verdict } from './review.ts';
import { fitWarnings } from './warnings.ts';

const maxMessageBytes = 8 * 1024;
/** kubectl prints a line for each. */
const maxCauses = 100;
const maxCauseBytes = 1024;
/** Kubernetes takes 256 KiB in all; an audit log is no place for that much. */
const maxAnnotationBytes = 1024;
/** A qualified name without its prefix, as the API server demands after the slash; it drops others. */
const annotationKey = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** metav1.Status, as far as it is used. */
export interface Refusal {
  readonly status: 'Failure';
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly causes: readonly Cause[];
  };
}

export interface ReviewAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    /** Only of a refusal. */
    readonly status?: Refusal;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

/** The answer to a review, with everything in it cut to what Kubernetes passes on. */
export function answerOf(request: AdmissionRequest, verdict: Verdict): ReviewAnswer {
  const { allowed } = verdict;
  const warnings = fitWarnings(verdict.warnings ?? []);
  const annotations = fitAnnotations(verdict.auditAnnotations ?? {});
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed,
      ...(!allowed && { status: refusal(request, verdict) }),
      ...(warnings.length > 0 && { warnings }),
      ...(annotations.length > 0 && { auditAnnotations: Object.fromEntries(annotations) }),
    },
  };
}

function refusal(
  { kind: { group, kind }, name = '' }: AdmissionRequest,
  verdict: Verdict,
): Refusal {
  const { reason = 'Forbidden', message = 'refused, without a reason given' } = verdict;
  const causes = fitCauses(verdict.causes ?? []);
  return {
    status: 'Failure',
    code: codeOf(verdict.code, reason),
    reason,
    message: clip(message, maxMessageBytes),
    // Without causes there must be no details: for reason Invalid kubectl would print neither causes nor message.
    ...(causes.length > 0 && { details: { group, kind, name, causes } }),
  };
}

/** A code that is no error would make the API server answer 400. */
function codeOf(code: number | undefined, reason: string): number {
  const ofReason = reason === 'Invalid' ? 422 : 403;
  return code !== undefined && code >= 400 && code <= 599 ? code : ofReason;
}

function fitCauses(causes: readonly Cause[]): Cause[] {
  const fitting = causes.slice(0, maxCauses).map(({ reason, field, message }) => ({
    reason,
    field: clip(field, maxCauseBytes),
    message: clip(message, maxCauseBytes),
  }));
  const left = causes.length - fitting.length;
  const last = fitting.at(-1);
  if (left === 0 || !last) return fitting;
  const message = `${clip(last.message, maxCauseBytes / 2)} (and ${left} more)`;
  return [...fitting.slice(0, -1), { ...last, message }];
}

function fitAnnotations(annotations: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(annotations)
    .filter(([key]) => annotationKey.test(key))
    .map(([key, value]) => [key, clip(value, maxAnnotationBytes)]);
}
