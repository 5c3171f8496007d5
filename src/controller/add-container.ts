import type { PodReason } from '../api/v1alpha1/reasons.ts';
import { projectPod } from '../cluster/project-pod.ts';
import { UID_VARIABLE } from '../domain/container.ts';
import type { InjectResult } from '../domain/lifecycle/observed.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { InjectorContainer } from '../injector/container.ts';
import type { KubeClient, Query } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { mutation } from './preflight.ts';

/** An API server answers such a patch in milliseconds; an admission webhook may take its 30 s. */
const TIMEOUT_MS = 35_000;

/**
 * The policy that lets exactly our container pass: what it refuses has become another one on its way there. The API server
 * has no code for which policy it was, only these words.
 */
const CONFINED = "ValidatingAdmissionPolicy 'squall-confine'";

export interface Added {
  readonly result: InjectResult;
  /** The pod as the API server has it now, where it told us. */
  readonly pod?: Pod;
}

/**
 * Asks what admission makes of the container, in a server-side dry run of the very patch: nothing is changed. Rejects with
 * KubeError when the answer is not final.
 */
export async function tryContainer(
  client: KubeClient,
  pod: Pod,
  container: InjectorContainer,
  signal?: AbortSignal,
): Promise<InjectResult> {
  try {
    const answer = await patch(client, pod, container, { dryRun: 'All' }, signal);
    const change = mutation(container, answer);
    return change === undefined ? { kind: 'accepted' } : refused('Mutated', change).result;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.code === 'Forbidden') return forbidden(error).result;
    // What else the pod has against it, the patch itself will say.
    if (['NotFound', 'BadRequest', 'Invalid', 'Conflict'].includes(error.code)) {
      return { kind: 'accepted' };
    }
    throw error;
  }
}

/** The uid makes the API server refuse another pod of the same name. */
function patch(
  client: KubeClient,
  { metadata: { namespace, name, uid } }: Pod,
  container: InjectorContainer,
  query: Query,
  signal?: AbortSignal,
): Promise<unknown> {
  return client.request<unknown>({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/ephemeralcontainers`,
    query,
    contentType: 'application/strategic-merge-patch+json',
    body: { metadata: { uid }, spec: { ephemeralContainers: [container] } },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
}

/** Adds an ephemeral container to exactly this pod. Rejects with KubeError when the answer is not final. */
export async function addContainer(
  client: KubeClient,
  pod: Pod,
  container: InjectorContainer,
  experimentUid: string,
  signal?: AbortSignal,
): Promise<Added> {
  const { namespace, name, uid } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  try {
    const answer = await patch(client, pod, container, {}, signal);
    return { result: { kind: 'accepted' }, pod: projectPod(answer) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    switch (error.code) {
      case 'Forbidden':
        return forbidden(error);
      case 'NotFound':
        return refused('PodGone', error.message);
      case 'BadRequest':
        return refused('InjectionRefused', error.message);
      case 'Invalid':
      case 'Conflict': {
        const present = projectPod(await client.request<unknown>({ method: 'GET', path, signal }));
        return {
          result: compare(present, uid, container.name, experimentUid, error),
          pod: present,
        };
      }
      default:
        throw error;
    }
  }
}

/** What the pod that is there makes of a refusal: the container may be in it already, from before a restart. */
function compare(
  present: Pod,
  uid: string,
  container: string,
  experimentUid: string,
  error: KubeError,
): InjectResult {
  if (present.metadata.uid !== uid) return refused('PodGone', error.message).result;
  const existing = present.ephemeralContainers.find(({ name }) => name === container);
  if (existing?.env[UID_VARIABLE] === experimentUid) return { kind: 'accepted' };
  if (existing !== undefined) return refused('NameTaken', error.message).result;
  if (error.code === 'Conflict') throw error;
  return refused('InjectionRefused', error.message).result;
}

const forbidden = ({ message }: KubeError) =>
  refused(message.includes(CONFINED) ? 'Mutated' : 'PolicyDenied', message);

const refused = (reason: PodReason, message: string): { result: InjectResult } => ({
  result: { kind: 'refused', reason, message },
});
