import type { KubeClient } from '../../src/kube/client.ts';
import type { UserInfo } from '../review.ts';

/** What is asked for: a verb on a resource in a namespace. */
export interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** What a fault in a pod comes down to. */
export const INJECT: Right = {
  verb: 'patch',
  resource: 'pods',
  subresource: 'ephemeralcontainers',
};
/** Whoever may not list pods is not told their names. */
export const LIST: Right = { verb: 'list', resource: 'pods' };

/**
 * The namespaces in which the user has not got the right, in the order given. Rejects when that cannot be found out. A
 * right in all of the cluster is one in each of them, and the only one that counts for more than MAX_ONE_BY_ONE.
 */
export type Lacking = (
  user: UserInfo,
  right: Right,
  namespaces: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]>;

/** As in the policy squall-requester. It bounds what one review asks of the API server, and so how long it takes. */
export const MAX_ONE_BY_ONE = 24;

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** What a SubjectAccessReview calls all of them. */
const ALL_NAMESPACES = '';

interface Answer {
  status?: { allowed?: boolean };
}

/** Asks the API server by SubjectAccessReviews (authorization.k8s.io/v1): one for a single namespace, else at most 25. */
export function subjectAccess(client: KubeClient): Lacking {
  return async ({ username, uid, groups, extra }, right, namespaces, signal) => {
    const allowed = async (namespace: string): Promise<boolean> => {
      const { status } = await client.request<Answer>({
        method: 'POST',
        path: PATH,
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: username,
            ...(uid !== undefined && { uid }),
            ...(groups !== undefined && { groups }),
            ...(extra !== undefined && { extra }),
            resourceAttributes: { namespace, ...right },
          },
        },
        signal,
      });
      return status?.allowed === true;
    };
    if (namespaces.length > 1 && (await allowed(ALL_NAMESPACES))) return [];
    if (namespaces.length > MAX_ONE_BY_ONE) return namespaces;
    const each = await Promise.all(namespaces.map(allowed));
    return namespaces.filter((_, i) => !each[i]);
  };
}
