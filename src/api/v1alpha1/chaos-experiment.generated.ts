// Generated from config/crd/chaosexperiments.squall.dev.yaml by scripts/generate.ts. Edit that file and run `npm run generate`.
// These are objects as the API server serves them: a field with a default is always there.

/**
 * The impairment that must be there for the run to count as injected.
 */
export type Action =
  | 'pod-network-loss'
  | 'pod-network-delay'
  | 'pod-network-duplicate'
  | 'pod-network-corruption'
  | 'pod-network-reorder'
  | 'pod-network-bandwidth'
  | 'pod-network-partition';
/**
 * What kind of workload.
 */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job';
/**
 * static (the default): the pods that are chosen at the start, and no others. dynamic: pods that come later, such as replacements, get the fault as well, for the time that is left, as far as count and all limits allow; the run ends after its duration, counted from the first proof.
 */
export type TargetMode = 'static' | 'dynamic';
/**
 * parallel (the default): all chosen pods at once. serial: one after another, the next when the one before is proven clean.
 */
export type TargetSequence = 'parallel' | 'serial';
/**
 * Which packets are impaired, as seen from the pod.
 */
export type Direction = 'egress' | 'ingress' | 'both';
/**
 * How the jitter is distributed. uniform (the default) stays within it; for the others it is the standard deviation.
 */
export type Distribution = 'uniform' | 'normal' | 'pareto' | 'paretonormal';
/**
 * Which Services a cidr covers by their own addresses: whole (the default), those whose ready endpoints all lie in it; any, also those of which only some do.
 */
export type CoveredServices = 'whole' | 'any';
/**
 * The protocol. Without it, all that have ports.
 */
export type Protocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMP';
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
 * What loses the packets where the node's kernel has no netem.
 */
export type Engine = 'bpf';

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
   * The share of packets lost in each direction, in percent, from 0.0001 to 100; the default for pod-network-loss is 5. Above 40 only with safety.allowHighLoss. The mean loss is this share whatever the correlation.
   */
  lossPercentage?: number;
  /**
   * How much the loss of a packet depends on the loss of the one before it, in percent, from 0 (the default: losses are independent) to 100: the lag-1 autocorrelation of losses. Higher values make longer bursts with the same mean loss. 100 would never change state and is realised as 99.
   */
  correlation?: number;
  /**
   * How many packets in a row are lost on average when one is lost, from 1 to 1000: another way to say correlation. The mean loss stays lossPercentage.
   */
  lossBurst?: number;
  /**
   * How much later each packet is sent, in each direction; from 1us to 60s, as numbers with the units us, ms or s, such as 100ms or 0.5ms. Above 10s only with safety.allowHighLoss.
   */
  latency?: string;
  /**
   * By how much the latency varies around its mean, from 1us up to the latency. Packets keep their order, so that a late one holds up those behind it, unless reorderPercentage is given.
   */
  jitter?: string;
  distribution?: Distribution;
  /**
   * The share of packets sent twice, in percent, from 0.0001 to 100.
   */
  duplicatePercentage?: number;
  /**
   * The share of packets in which one bit is flipped, in percent, from 0.0001 to 100. Receivers drop most of them by their checksums.
   */
  corruptPercentage?: number;
  /**
   * The share of packets that are sent at once and so overtake those that wait for latency, in percent, from 0.0001 to 100.
   */
  reorderPercentage?: number;
  /**
   * The bits per second that pass, in each direction, from 8bit to 1000gbit, such as 1mbit or 500kbit. Below 8kbit only with safety.allowHighLoss.
   */
  rate?: string;
  /**
   * How the fault changes while it is held. Each step replaces the values that it names, from its time on until the next step; what it does not name is as in spec.
   *
   * @maxItems 14
   */
  profile?: ProfileStep[];
  pulses?: Pulses;
  /**
   * With whom traffic is impaired; traffic with anybody else is left alone. The default is everybody. One that resolves to nobody lets nothing start.
   *
   * @maxItems 64
   */
  peers?: Peer[];
  /**
   * With whom traffic is left alone, also where peers name them. One that resolves to nobody lets nothing start.
   *
   * @maxItems 64
   *
   * Items: Somebody that the target talks with, as address and port together. Exactly one of cidr, host, service, pods and kubelet may be given; with none of them, ports or localPorts of everybody.
   */
  exceptPeers?: Peer[];
  verify?: Verify;
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
  /**
   * How many seconds after its end the experiment is deleted; 0 deletes it at once. Without it, the experiment stays until somebody deletes it.
   */
  ttlSecondsAfterFinished?: number;
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
  service?: TargetService;
  workload?: TargetWorkload;
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
  mode?: TargetMode;
  sequence?: TargetSequence;
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
 * The pods behind a Service, ready or not, in each of the namespaces. With a selector or podNames as well, a pod must satisfy all.
 */
export interface TargetService {
  /**
   * The Service's name.
   */
  name: string;
}
/**
 * The pods of a workload, in each of the namespaces. With a selector or podNames as well, a pod must satisfy all.
 */
export interface TargetWorkload {
  kind: WorkloadKind;
  /**
   * The workload's name.
   */
  name: string;
}
/**
 * The values from one time on.
 */
export interface ProfileStep {
  /**
   * When the step begins, since the fault was applied in the pod, such as 0s, 500ms or 1m30s. Later than the step before it, and before the run is over.
   */
  at: string;
  /**
   * The share of packets lost from then on, in percent, from 0 to 100.
   */
  lossPercentage?: number;
  /**
   * How much later each packet is sent from then on, from 0ms to 60s.
   */
  latency?: string;
  /**
   * By how much the latency varies from then on, from 0ms to 60s.
   */
  jitter?: string;
  /**
   * The share of packets in which one bit is flipped from then on, in percent, from 0 to 100.
   */
  corruptPercentage?: number;
  /**
   * The share of packets that overtake others from then on, in percent, from 0 to 100.
   */
  reorderPercentage?: number;
  /**
   * The bits per second that pass from then on, from 8bit to 1000gbit.
   */
  rate?: string;
}
/**
 * Lets the fault come and go while it is held: it is there for `active`, then away for `paused`, again and again, such as a link that flaps.
 */
export interface Pulses {
  /**
   * How long the fault is there each time, from 100ms to 1h.
   */
  active: string;
  /**
   * How long it is away each time, from 100ms to 1h.
   */
  paused: string;
}
/**
 * Somebody that the target talks with, as address and port together. Exactly one of cidr, host, service, pods and kubelet may be given; with none of them, ports or localPorts of everybody.
 */
export interface Peer {
  /**
   * Addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7. Services whose ready endpoints all lie in it are covered too, by their own addresses.
   */
  cidr?: string;
  services?: CoveredServices;
  /**
   * A DNS name, resolved in the target pod, again and again while the fault is held.
   */
  host?: string;
  service?: ServicePeer;
  pods?: PodPeers;
  /**
   * The node's own addresses and the pod's gateway, from which the kubelet's probes come.
   */
  kubelet?: boolean;
  /**
   * The peer's ports. The default is all traffic with it.
   *
   * @maxItems 16
   */
  ports?: PeerPort[];
  /**
   * The target's own ports. The default is all of them.
   *
   * @maxItems 16
   *
   * Items: A port, a range of ports, or a protocol as a whole.
   */
  localPorts?: PeerPort[];
}
/**
 * A Service, by its own addresses and those of its endpoints.
 */
export interface ServicePeer {
  /**
   * The Service's name.
   */
  name: string;
  /**
   * The Service's namespace. The default is the experiment's own.
   */
  namespace?: string;
  /**
   * A port of the Service, by number or name. The default is all of them.
   */
  port?: number | string;
}
/**
 * Pods, by their labels.
 */
export interface PodPeers {
  /**
   * Labels that a pod must have.
   */
  selector: LabelSelector;
  /**
   * Namespaces to look for pods in. The default is the experiment's own.
   *
   * @maxItems 100
   */
  namespaces?: string[];
}
/**
 * A port, a range of ports, or a protocol as a whole.
 */
export interface PeerPort {
  /**
   * The port, or the first of a range. Without it, the whole protocol.
   */
  port?: number;
  /**
   * The last port of a range.
   */
  endPort?: number;
  protocol?: Protocol;
}
/**
 * A check from inside each target, before it has its fault, while it has it and, unless it was ended early, afterwards: whether a TCP connection succeeds, and after how long. status.pods tells what came of it; nothing depends on it.
 */
export interface Verify {
  /**
   * An address, or a DNS name that is resolved in the target.
   */
  host: string;
  /**
   * The TCP port.
   */
  port: number;
  /**
   * How long each of up to three tries may take, from 1 (the default) to 3.
   */
  timeoutSeconds?: number;
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
   * Allow what is as bad as an outage: more lost and corrupted than 40 %, or than maxLossPercentage of a SafetyPolicy, a partition, a rate below 8kbit, a latency above 10s.
   */
  allowHighLoss: boolean;
  /**
   * Allow targets in namespaces that a SafetyPolicy calls production.
   */
  allowProduction: boolean;
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
   * The value of the annotation squall.dev/rerun that this attempt has answered.
   */
  rerun?: string;
  /**
   * Why this attempt ends early. Once set, it stays, whatever becomes of the reason.
   */
  stopping?: string;
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
   * The fault asked for, such as 20% or 100ms latency.
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
   * No fault of a pod that came later lives longer than this.
   */
  joinedDeadline?: string;
  /**
   * How long each pod keeps its fault, in milliseconds.
   */
  durationMs: number;
  /**
   * What tc is told after the word netem: first for spec, then for each step of its profile.
   */
  netem: string[];
  /**
   * Whom the fault hits and whom it passes, as the agent was told at the start.
   */
  peers?: string[];
  /**
   * Which packets are impaired, as seen from the pod.
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
   * When it was this pod's turn, in milliseconds since startTime; without it, at startTime. Its times in run are later by this.
   */
  batch?: number;
  /**
   * When the fault was proven there, in milliseconds since startTime.
   */
  applied?: number;
  /**
   * When the fault ended, in milliseconds since startTime.
   */
  ended?: number;
  verified?: Verified;
  engine?: Engine;
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
/**
 * What spec.verify has found, such as 0.4ms, or 1002ms at try 2, or no answer in 3 tries.
 */
export interface Verified {
  /**
   * Before the pod had its fault.
   */
  before: string;
  /**
   * While it had it.
   */
  during?: string;
  /**
   * When it was gone.
   */
  after?: string;
}
