import { KIND, POLICY_KIND } from '../../src/api/v1alpha1/resource.ts';
import type { Logger } from '../../src/telemetry/log.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { Clock } from '../../src/kube/clock.ts';
import type { Judge, Verdict } from '../review.ts';
import type { Lacking } from './access.ts';
import { admitExperiment, type SeenWorld } from './experiment.ts';
import { admitPolicy } from './policy.ts';

export interface JudgeOptions {
  readonly view: ClusterView;
  readonly lacking: Lacking;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Decides about a review by the kind of its object, and logs who asked for what and what was decided. */
export function createJudge({ view, lacking, clock, log }: JudgeOptions): Judge {
  return async (request, signal) => {
    const verdict = await decide();
    const { kind, operation, namespace, name, userInfo, dryRun } = request;
    log.info(
      {
        kind: kind.kind,
        operation,
        object: namespace === undefined ? name : `${namespace}/${name}`,
        user: userInfo.username,
        dryRun,
        decision: verdict.auditAnnotations?.['decision'],
        message: verdict.message,
      },
      verdict.allowed ? 'admitted' : 'refused',
    );
    const auditAnnotations = { ...verdict.auditAnnotations, requester: userInfo.username };
    return { ...verdict, auditAnnotations };

    async function decide(): Promise<Verdict> {
      // A deletion is never held up: it ends faults.
      if (request.operation === 'DELETE') return { allowed: true };
      switch (request.kind.kind) {
        case KIND:
          return admitExperiment(request, { see: () => see(view), lacking, clock }, signal);
        case POLICY_KIND:
          return admitPolicy(request, {
            policies: () => view.policies.list(),
            experiments: () => view.experiments.list(),
          });
        default:
          return {
            allowed: false,
            code: 400,
            reason: 'BadRequest',
            message: `kind ${request.kind.kind} is not reviewed here: takes ${KIND} and ${POLICY_KIND}`,
          };
      }
    }
  };
}

/** Pods, namespaces, Services and policies as they are known now; each of them is needed. */
function see(view: ClusterView): SeenWorld {
  const pods = view.readPods();
  const namespaces = view.readNamespaces();
  const peers = view.readPeers();
  const limits = view.readLimits();
  if (limits.kind === 'unreadable') return limits;
  if (namespaces.kind === 'unreadable') return namespaces;
  if (pods.kind === 'unreadable') return pods;
  if (pods.stale !== undefined) return { kind: 'unreadable', message: pods.stale };
  if (peers.kind === 'unreadable') return peers;
  return {
    kind: 'seen',
    world: {
      ended: (uid) => view.ended.has(uid),
      pods: pods.all,
      namespaces: namespaces.value,
      peers: peers.value,
      limits: limits.value,
    },
    experiments: view.experiments.list(),
  };
}
