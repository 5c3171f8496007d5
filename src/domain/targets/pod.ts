/** What is known of an ephemeral container from the pod's spec and status. */
export interface EphemeralContainer {
  readonly name: string;
  readonly image: string;
  /** Only plain values; a variable taken from elsewhere is not ours. */
  readonly env: Readonly<Record<string, string>>;
  readonly state: ContainerState;
}

export type ContainerState =
  /** The kubelet has not said anything yet. */
  | { readonly kind: 'unreported' }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  | {
      readonly kind: 'terminated';
      readonly exitCode: number;
      readonly reason: string;
      readonly message: string;
      readonly finishedAt: string;
    };

/** The part of a pod that planning and the life of a run look at. */
export interface Pod {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  /** `status.phase`. */
  readonly phase: string;
  readonly terminating: boolean;
  readonly hostNetwork: boolean;
  /** Its addresses, of both families; none before it has been given them. */
  readonly ips: readonly string[];
  /** The addresses of its node. */
  readonly hostIps: readonly string[];
  /** Owned by a kubelet: a mirror pod. */
  readonly mirror: boolean;
  readonly windows: boolean;
  /** Carries the exclusion as label or annotation. */
  readonly excluded: boolean;
  /** What controls the pod, such as its ReplicaSet; pods of their own have none. */
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly ephemeralContainers: readonly EphemeralContainer[];
}

/** A pod that is there and runs its containers. */
export function isRunning(pod: Pod): boolean {
  return pod.phase === 'Running' && !pod.terminating;
}
