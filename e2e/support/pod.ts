import { MAX_REAPERS } from '../../src/domain/lifecycle/evidence.ts';
import { CONTAINER_BUDGET } from '../../src/domain/targets/eligibility.ts';
import type { KubernetesObject } from './cluster.ts';

/** The image that pods under test run: traffic, and a shell with the usual tools. */
export const APP_IMAGE = 'squall.local/app:1';

export interface ContainerStatus {
  readonly name: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
    readonly terminated?: {
      readonly exitCode: number;
      readonly reason?: string;
      readonly message?: string;
    };
  };
}

/** A pod as the API server serves it, as far as tests look at it. */
export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly ephemeralContainers?: readonly {
      readonly name: string;
      readonly image: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly containerStatuses?: readonly { readonly restartCount?: number }[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface PodParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Replaces fields of the pod's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Everything of a pod that a template of a workload has too. */
export function aPodTemplate({ labels = {}, annotations = {}, spec = {} }: PodParts = {}) {
  return {
    metadata: { labels, annotations },
    spec: {
      // The traffic server does not end on TERM: nothing is lost by ending it at once.
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'app',
          image: APP_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['traffic', 'serve'],
        },
      ],
      ...spec,
    },
  };
}

/** A pod that sends, receives and counts packets. */
export function aPod(name: string, parts: PodParts = {}) {
  const { metadata, spec } = aPodTemplate(parts);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec };
}

/** Running, ready and with an address. */
export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    pod.status.podIP !== undefined &&
    (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}

/** Names of the ephemeral containers that a run, or a reaper, has put into the pod. */
export function squallContainers(pod: Pod): string[] {
  return (pod.spec.ephemeralContainers ?? [])
    .map(({ name }) => name)
    .filter((name) => name.startsWith('squall-'));
}

/**
 * Those that have made a fault. On a node so busy that an agent seems overdue, another container looks after it; that is no
 * further run.
 */
export const agentContainers = (pod: Pod): string[] =>
  squallContainers(pod).filter((name) => !/-r\d+$/.test(name));

/** Whether the pod can take a whole run more: its agent, and all the reapers that one may take on a busy node. */
export function hasRoom(pod: Pod): boolean {
  return squallContainers(pod).length + 1 + MAX_REAPERS <= CONTAINER_BUDGET;
}

/** Whether the kubelet has reported the end of every container of ours. */
export function isLeft(pod: Pod): boolean {
  const over = (pod.status.ephemeralContainerStatuses ?? [])
    .filter(({ state }) => state?.terminated !== undefined)
    .map(({ name }) => name);
  return squallContainers(pod).every((name) => over.includes(name));
}
