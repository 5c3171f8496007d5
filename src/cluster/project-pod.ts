import { EXPERIMENT_VARIABLE, UID_VARIABLE } from '../domain/container.ts';
import type { ContainerState, EphemeralContainer, Pod } from '../domain/targets/pod.ts';
import { isExcluded } from './excluded.ts';

/** The fields of core/v1 Pod that are read; the API server fills in the rest. */
interface RawPod {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  spec: {
    hostNetwork?: boolean;
    os?: { name: string };
    nodeSelector?: Record<string, string>;
    ephemeralContainers?: {
      name: string;
      image: string;
      env?: { name: string; value?: string }[];
    }[];
  };
  status?: {
    phase?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    hostIP?: string;
    hostIPs?: { ip: string }[];
    ephemeralContainerStatuses?: { name: string; state?: RawState }[];
  };
}

interface RawState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason?: string; message?: string; finishedAt: string };
}

/** The variables that say whose a container is. */
const OURS = new Set([UID_VARIABLE, EXPERIMENT_VARIABLE]);

/** Annotation by which a kubelet marks the mirror of a static pod. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** What we keep of a pod: a few hundred bytes of the 12 KB that an API server sends. */
export function projectPod(raw: unknown): Pod {
  const { metadata, spec, status } = raw as RawPod;
  const { annotations = {}, labels = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return {
    metadata: {
      namespace: metadata.namespace,
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      labels,
    },
    phase: status?.phase ?? 'Pending',
    terminating: metadata.deletionTimestamp !== undefined,
    hostNetwork: spec.hostNetwork === true,
    ips: allOf(status?.podIPs, status?.podIP),
    hostIps: allOf(status?.hostIPs, status?.hostIP),
    mirror: MIRROR_ANNOTATION in annotations || ownerReferences.some(({ kind }) => kind === 'Node'),
    windows: spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows',
    excluded: isExcluded(labels, annotations),
    ...(owner && { owner: { kind: owner.kind, name: owner.name, uid: owner.uid } }),
    ephemeralContainers: (spec.ephemeralContainers ?? []).map(
      ({ name, image, env = [] }): EphemeralContainer => ({
        name,
        image,
        env: Object.fromEntries(
          env
            .filter(({ name: variable }) => OURS.has(variable))
            .map((variable) => [variable.name, variable.value ?? '']),
        ),
        state: stateOf(status?.ephemeralContainerStatuses?.find((one) => one.name === name)?.state),
      }),
    ),
  };
}

/** The list of both families is not filled in by all; then there is one address. */
function allOf(list: { ip: string }[] | undefined, one: string | undefined): readonly string[] {
  if (list !== undefined && list.length > 0) return list.map(({ ip }) => ip);
  return one === undefined || one === '' ? [] : [one];
}

function stateOf(state: RawState | undefined): ContainerState {
  if (state?.terminated) {
    const { exitCode, reason = '', message = '', finishedAt } = state.terminated;
    return { kind: 'terminated', exitCode, reason, message, finishedAt };
  }
  if (state?.running) return { kind: 'running', startedAt: state.running.startedAt };
  if (state?.waiting) {
    const { reason = 'Waiting', message = '' } = state.waiting;
    return { kind: 'waiting', reason, message };
  }
  return { kind: 'unreported' };
}
