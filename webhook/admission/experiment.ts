import { isDeepStrictEqual } from 'node:util';
import type { ChaosExperiment } from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { aimless } from '../../src/domain/lifecycle/aim.ts';
import { listed } from '../../src/domain/lifecycle/opening.ts';
import { nobody, propose, type World } from '../../src/domain/lifecycle/propose.ts';
import { MAX_CORRELATION } from '../../src/domain/network/gilbert.ts';
import { contradictions } from '../../src/domain/network/contradictions.ts';
import { queuedBehind } from '../../src/domain/safety/queue.ts';
import { explain } from '../../src/domain/safety/rules.ts';
import { type PlannedPods, targetNamespaces } from '../../src/domain/targets/plan.ts';
import type { Clock } from '../../src/kube/clock.ts';
import { Deadline } from '../../src/kube/deadline.ts';
import type { AdmissionRequest, Cause, Verdict } from '../review.ts';
import { INJECT, type Lacking, LIST, MAX_ONE_BY_ONE } from './access.ts';
import { contradictory, malformed, unavailable } from './refusals.ts';
import { parseExperiment } from './schema.ts';

/** What the webhook knows of the cluster now, or why it does not. */
export type SeenWorld =
  | {
      readonly kind: 'seen';
      readonly world: Omit<World, 'others'>;
      readonly experiments: readonly ChaosExperiment[];
    }
  | { readonly kind: 'unreadable'; readonly message: string };

export interface ExperimentAdmission {
  readonly see: () => SeenWorld;
  readonly lacking: Lacking;
  readonly clock: Clock;
}

/** Long enough for an API server that is well; what hangs on it is the wording of a warning. */
const LIST_TIMEOUT_MS = 1_000;

/**
 * Whether an experiment may be stored: by the rules of the controller, which decides again when it starts, and by the
 * right of the requester to do in every target namespace what the experiment does there. A change that leaves the
 * spec alone, or of an object that is being deleted, is never refused.
 */
export async function admitExperiment(
  request: AdmissionRequest,
  { see, lacking, clock }: ExperimentAdmission,
  signal: AbortSignal,
): Promise<Verdict> {
  const parsed = parseExperiment(request.object);
  if (parsed.kind === 'malformed') return malformed(parsed.causes);
  const experiment = parsed.object;
  const old = request.oldObject as Partial<ChaosExperiment> | undefined;
  const { metadata, spec } = experiment;
  if (metadata.deletionTimestamp !== undefined) return { allowed: true };
  if (
    request.operation === 'UPDATE' &&
    isDeepStrictEqual(old?.spec, request.object && (request.object as ChaosExperiment).spec)
  ) {
    return { allowed: true };
  }
  const faults = contradictions(spec);
  if (faults.length > 0) return contradictory(faults);
  const namespace = request.namespace ?? metadata.namespace;
  const targets = [...targetNamespaces(namespace, spec.targets)];
  const forbidden = await lacking(request.userInfo, INJECT, targets, signal);
  const seen = see();
  if (seen.kind === 'unreadable') return unavailable(seen.message);

  const others = seen.experiments.filter(
    (other) => other.metadata.namespace !== namespace || other.metadata.name !== metadata.name,
  );
  const stored = {
    metadata: { namespace, name: metadata.name, ...(metadata.uid && { uid: metadata.uid }) },
    spec,
    ...(old?.status && { status: old.status }),
  };
  const { planned, violations, peers, unknown } = propose(stored, { ...seen.world, others });
  if (unknown !== undefined) return unavailable(unknown);
  const unreadable = (peers?.unresolved ?? []).filter(({ field }) => field.endsWith('.cidr'));
  if (unreadable.length > 0) return contradictory(unreadable);
  const lost = aimless(peers);
  const causes: Cause[] = violations.map(({ field, message }) => ({
    reason: 'FieldValueInvalid',
    field,
    message,
  }));
  const names = violations.map(({ reason }) => reason);
  if (forbidden.length > 0) {
    const cause = notAuthorized(request.userInfo.username, forbidden);
    return {
      allowed: false,
      code: 403,
      reason: 'Forbidden',
      message: [
        `${cause.field}: ${cause.message}`,
        ...(violations.length > 0 ? [explain(violations)] : []),
      ].join('; '),
      causes: [cause, ...causes],
      auditAnnotations: { decision: ['NotAuthorized', ...names].join(',') },
    };
  }
  if (violations.length > 0) {
    return {
      allowed: false,
      reason: 'Invalid',
      message: explain(violations),
      causes,
      auditAnnotations: { decision: names.join(',') },
    };
  }
  const mayName = await mayList();
  const waiting = spec.dryRun
    ? undefined
    : queuedBehind(
        {
          namespace,
          name: metadata.name,
          creationTimestamp: metadata.creationTimestamp ?? new Date(clock.now()).toISOString(),
        },
        others,
        seen.world.limits.maxConcurrentExperiments,
        clock.now(),
      );
  return {
    allowed: true,
    warnings: [
      ...outlook(planned, mayName),
      ...(lost === undefined
        ? []
        : [`${lost.reason}: ${lost.message}; the run would fail unless that changes`]),
      ...(peers === undefined || peers.partial.length === 0 ? [] : [partly(peers.partial.length)]),
      ...(waiting === undefined ? [] : [`Queued: ${waiting}`]),
      ...((spec.correlation ?? 0) > MAX_CORRELATION
        ? [`spec.correlation: ${spec.correlation} is realised as ${MAX_CORRELATION}`]
        : []),
    ],
    auditAnnotations: { decision: 'Allowed', pods: String(planned.selected.length) },
  };

  /** Where the right cannot be found out in time no pod is named, and the experiment is let in all the same. */
  async function mayList(): Promise<boolean> {
    const deadline = new Deadline({ clock, timeoutMs: LIST_TIMEOUT_MS, signal });
    try {
      return (await lacking(request.userInfo, LIST, targets, deadline.signal)).length === 0;
    } catch {
      return false;
    } finally {
      deadline.release();
    }
  }
}

/** Their names are not for everybody: a range may mean Services of any namespace. */
const partly = (services: number) =>
  `PartialService: of ${services} Services only some endpoints lie in a cidr, and only direct traffic with those is hit`;

function notAuthorized(user: string, namespaces: readonly string[]): Cause {
  const where =
    namespaces.length > MAX_ONE_BY_ONE
      ? `all of the cluster, as more than ${MAX_ONE_BY_ONE} namespaces require`
      : namespaces.join(', ');
  return {
    reason: 'FieldValueForbidden',
    field: 'spec.targets.namespaces',
    message: `user ${user} may not patch pods/ephemeralcontainers in ${where}, which an experiment does there: takes namespaces where that is granted`,
  };
}

/** Which pods would be hit now, and which are left out and why. */
function outlook(planned: PlannedPods, mayName: boolean): string[] {
  const { plan, selected } = planned;
  if (selected.length === 0) {
    const why = mayName ? nobody(planned) : 'no pod that matches spec.targets can be hit';
    return [`NoEligiblePods: ${why}; the run would fail unless that changes`];
  }
  const names = selected.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
  const hit = `would hit ${selected.length} of ${plan.matched} matching pods`;
  return [
    mayName ? `${hit}: ${listed(names)}` : hit,
    ...(plan.rejected ?? []).map(({ reason, count, examples = [] }) =>
      mayName
        ? `leaves out ${count}, ${reason}: ${listed(examples)}`
        : `leaves out ${count}, ${reason}`,
    ),
  ];
}
