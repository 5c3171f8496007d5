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

/** The namespaces in which the user has not got the right, in the order given. Rejects when that cannot be found out. */
export type Lacking = (
  user: UserInfo,
  right: Right,
  namespaces: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]>;

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

interface Answer {
  status?: { allowed?: boolean };
}

/** Asks the API server by a SubjectAccessReview a namespace (authorization.k8s.io/v1). */
export function subjectAccess(client: KubeClient): Lacking {
  return async ({ username, uid, groups, extra }, right, namespaces, signal) => {
    const allowed = await Promise.all(
      namespaces.map(async (namespace) => {
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
      }),
    );
    return namespaces.filter((_, i) => allowed[i] !== true);
  };
}
