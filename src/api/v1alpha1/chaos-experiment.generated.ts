// Generated from config/crd/chaosexperiments.squall.dev.yaml by scripts/generate.ts. Edit that file and run `npm run generate`.
// These are objects as the API server serves them: a field with a default is always there.

/**
 * The impairment that must be there for the run to count as injected.
 */
export type Action = 'pod-network-loss';
/**
 * Which packets are lost, as seen from the pod.
 */
export type Direction = 'egress' | 'ingress' | 'both';
/**
 * Where the run is. Completed, Failed and Aborted are final. A run that injected nothing is never Completed.
 */
export type Phase =
  | 'Pending'
  | 'Planned'
  | 'Injecting'
  | 'Running'
  | 'Recovering'
  | 'Completed'
  | 'Failed'
  | 'Aborted';
/**
 * The aspect.
 */
export type ConditionType = 'Accepted' | 'Injected' | 'Recovered' | 'Degraded';
/**
 * What is known of this pod.
 */
export type PodState =
  'Planned' | 'Injected' | 'Recovered' | 'Failed' | 'Unknown' | 'Leaked' | 'Gone' | 'Abandoned';

/**
 * A fault for a limited time in chosen pods. It runs once: applying the same manifest again does not start it again, deleting it ends it.
 */
export interface ChaosExperiment {
  /**
   * The version of this API, squall.dev/v1alpha1.
   */
  apiVersion: 'squall.dev/v1alpha1';
  /**
   * The kind of this object, ChaosExperiment.
   */
  kind: 'ChaosExperiment';
  metadata: ObjectMeta;
  spec: ChaosExperimentSpec;
  status?: ChaosExperimentStatus;
}
/**
 * What Kubernetes itself keeps about an object, as far as Squall uses it.
 */
export interface ObjectMeta {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: {
    [k: string]: string;
  };
  annotations?: {
    [k: string]: string;
  };
  finalizers?: string[];
}
/**
 * What to do, to which pods and for how long. Frozen once status.startTime is set.
 */
export interface ChaosExperimentSpec {
  action: Action;
  targets: Targets;
  /**
   * How long each pod keeps its fault, counted from the moment it is proven there; from 1s to 24h, as numbers with the units ms, s, m or h, such as 30s, 5m or 1h30m.
   */
  duration: string;
  direction: Direction;
  /**
   * The share of packets lost in each direction, in percent, from 0.0001 to 100. Above 40 only with safety.allowHighLoss. The mean loss is this share whatever the correlation.
   */
  lossPercentage: number;
  /**
   * How much the loss of a packet depends on the loss of the one before it, in percent, from 0 to 100: the lag-1 autocorrelation of losses. Higher values make longer bursts with the same mean loss. 100 would never change state and is realised as 99.
   */
  correlation: number;
  /**
   * The network interface in the pod. The default is the pod's primary one: that of its default route, else the only one besides loopback.
   */
  interface?: string;
  /**
   * Text that decides which of the eligible pods are chosen. The same seed chooses the same pods for as long as they live. The default is derived from namespace, name and targets.
   */
  seed?: string;
  /**
   * Only plan: status names the pods that the real run would hit. Setting it to false afterwards starts the real run.
   */
  dryRun: boolean;
  /**
   * How long a pod may take from the request to the proof; from 1s to 5m. An agent that starts later than this does nothing.
   */
  injectionTimeout: string;
  /**
   * How long after its creation the experiment may still start; from 1s to 24h. One that is older, such as one restored from a backup without its status, never runs.
   */
  startingDeadline: string;
  safety?: Safety;
}
/**
 * The pods to choose from and how many of them. Of the pods that match, only those that run and can safely be injected are eligible.
 */
export interface Targets {
  selector?: LabelSelector;
  /**
   * Names of pods, in each of the namespaces. With a selector as well, a pod must satisfy both.
   *
   * @maxItems 1000
   */
  podNames?: string[];
  /**
   * Namespaces to look for pods in. The default is the experiment's own.
   *
   * @maxItems 100
   */
  namespaces?: string[];
  /**
   * Labels of pods to leave alone although they match. An empty one, which would exclude every pod, is refused.
   */
  exclude?: LabelSelector;
  /**
   * How many pods to inject: a number, or a percentage of the matching pods that run, rounded down but at least 1. Never more than are eligible.
   */
  count: number | string;
}
/**
 * Labels that a pod must have. With podNames as well, a pod must satisfy both. An empty selector, which would choose every pod, is refused.
 */
export interface LabelSelector {
  /**
   * Labels with the values they must have; all of them must agree.
   */
  matchLabels?: {
    [k: string]: string;
  };
  /**
   * Conditions on labels; all of them must hold.
   *
   * @maxItems 32
   */
  matchExpressions?: LabelSelectorRequirement[];
}
/**
 * A condition on one label.
 */
export interface LabelSelectorRequirement {
  /**
   * The label.
   */
  key: string;
  /**
   * How the label's value relates to values.
   */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * Values for In and NotIn.
   *
   * @maxItems 100
   */
  values?: string[];
}
/**
 * Limits that the requester sets, and overrides that the requester takes on.
 */
export interface Safety {
  /**
   * The largest share of the matching pods that may be under a fault, in percent, from 1 to 100. A plan above it is refused.
   */
  maxPercentage?: number;
  /**
   * Allow a loss above 40 %.
   */
  allowHighLoss: boolean;
}
/**
 * What was asked, proven, measured and cleaned. Written by the controller only.
 */
export interface ChaosExperimentStatus {
  /**
   * The metadata.generation that this status speaks of.
   */
  observedGeneration?: number;
  phase?: Phase;
  /**
   * The state of the run in one sentence.
   */
  message?: string;
  /**
   * The number of this attempt, from 1.
   */
  attempt?: number;
  /**
   * When the run was committed to, before any pod was touched. The spec is frozen from then on.
   */
  startTime?: string;
  /**
   * When the run reached its final phase.
   */
  endTime?: string;
  /**
   * Accepted, Injected, Recovered and Degraded, each with its reason.
   */
  conditions?: Condition[];
  plan?: Plan;
  summary?: Summary;
  run?: Run;
  /**
   * The selected pods, one entry each.
   */
  pods?: PodStatusEntry[];
}
/**
 * One aspect of the run.
 */
export interface Condition {
  type: ConditionType;
  /**
   * Whether it holds. Unknown means that it could not be read.
   */
  status: 'True' | 'False' | 'Unknown';
  /**
   * The metadata.generation that this condition speaks of.
   */
  observedGeneration?: number;
  /**
   * When status last changed.
   */
  lastTransitionTime: string;
  /**
   * One word for the cause, from a closed list.
   */
  reason: string;
  /**
   * The cause for a person.
   */
  message: string;
}
/**
 * What the targets came to.
 */
export interface Plan {
  /**
   * Pods that the targets match.
   */
  matched: number;
  /**
   * Pods of these that can safely be injected.
   */
  eligible: number;
  /**
   * Pods of these that were chosen.
   */
  selected: number;
  /**
   * Identifies the targets that were planned for.
   */
  targetsHash: string;
  /**
   * Matching pods that are not eligible, by reason.
   */
  rejected?: Rejection[];
}
/**
 * Pods that were turned down for one reason.
 */
export interface Rejection {
  /**
   * One word for the cause, from a closed list.
   */
  reason: string;
  /**
   * Pods turned down for it.
   */
  count: number;
  /**
   * A few of them, as namespace/name.
   */
  examples?: string[];
}
/**
 * The run in figures.
 */
export interface Summary {
  /**
   * Pods proven to be injected, of the pods selected, such as 2/3.
   */
  pods: string;
  /**
   * The loss asked for, such as 20%.
   */
  asked: string;
  /**
   * The loss measured by the pods' own packet counters, such as 19.9%.
   */
  observed?: string;
  /**
   * When the last fault ends, or ended.
   */
  ends?: string;
  /**
   * Pods whose fault was proven at any time.
   */
  injected: number;
  /**
   * Pods proven to be clean afterwards.
   */
  recovered: number;
  /**
   * Pods that were selected and never injected.
   */
  failed: number;
  /**
   * Pods that went away meanwhile, and their fault with them.
   */
  gone: number;
  /**
   * Pods whose agent ended without a clean report and that are not cleaned yet.
   */
  leaked: number;
  /**
   * Pods of which it is not known whether they have a fault.
   */
  unknown: number;
}
/**
 * What was decided before the first pod was touched. The container of every pod is made from this and the spec alone, also after a restart of the controller.
 */
export interface Run {
  /**
   * The name of the ephemeral container.
   */
  container: string;
  /**
   * The image of the ephemeral container.
   */
  image: string;
  /**
   * Two lower-case hexadecimal digits XX that make the traffic control handles 7aXX and 7bXX of this run.
   */
  handle: string;
  /**
   * An agent that starts after this time does nothing.
   */
  startBefore: string;
  /**
   * No fault lives longer than this.
   */
  deadline: string;
  /**
   * How long each pod keeps its fault, in milliseconds.
   */
  durationMs: number;
  /**
   * The mean loss, in percent.
   */
  lossPercentage: number;
  /**
   * The correlation asked for, in percent.
   */
  correlation: number;
  /**
   * The correlation in force, in percent.
   */
  realisedCorrelation: number;
  /**
   * Which packets are lost, as seen from the pod.
   */
  direction: Direction;
}
/**
 * One selected pod. Kept short, because a run may have thousands.
 */
export interface PodStatusEntry {
  /**
   * The pod's namespace.
   */
  namespace: string;
  /**
   * The pod's name.
   */
  name: string;
  /**
   * The first 13 characters of the pod's uid.
   */
  uid: string;
  state: PodState;
  /**
   * One word for the cause, from a closed list.
   */
  reason?: string;
  /**
   * What the reason does not say by itself.
   */
  message?: string;
  /**
   * When the fault was proven there, in milliseconds since startTime.
   */
  applied?: number;
  /**
   * When the fault ended, in milliseconds since startTime.
   */
  ended?: number;
  /**
   * Packets lost/seen on the way out.
   */
  egress?: string;
  /**
   * Packets lost/seen on the way in.
   */
  ingress?: string;
  /**
   * Reaper containers used so far.
   */
  reaps?: number;
}
