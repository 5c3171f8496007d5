import { EXCLUDE_MARK } from '../api/v1alpha1/annotations.ts';
import type { ContainerState, EphemeralContainer, Pod } from '../domain/targets/pod.ts';

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
    ownerReferences?: { kind: string }[];
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
    ephemeralContainerStatuses?: { name: string; state?: RawState }[];
  };
}

interface RawState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason?: string; message?: string; finishedAt: string };
}

/** Annotation by which a kubelet marks the mirror of a static pod. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** What we keep of a pod: a few hundred bytes of the 12 KB that an API server sends. */
export function projectPod(raw: unknown): Pod {
  const { metadata, spec, status } = raw as RawPod;
  const { annotations = {}, labels = {} } = metadata;
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
    mirror:
      MIRROR_ANNOTATION in annotations ||
      (metadata.ownerReferences ?? []).some((owner) => owner.kind === 'Node'),
    windows: spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows',
    excluded: labels[EXCLUDE_MARK] === 'true' || annotations[EXCLUDE_MARK] === 'true',
    ephemeralContainers: (spec.ephemeralContainers ?? []).map(
      ({ name, image, env = [] }): EphemeralContainer => ({
        name,
        image,
        env: Object.fromEntries(
          env
            .filter((variable) => variable.name === 'SQUALL_UID')
            .map((variable) => [variable.name, variable.value ?? '']),
        ),
        state: stateOf(status?.ephemeralContainerStatuses?.find((one) => one.name === name)?.state),
      }),
    ),
  };
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
