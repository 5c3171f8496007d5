/** Each closed list is a table: the reason as it stands in status, and what it tells the person who reads it. */
type ReasonTable = Readonly<Record<string, string>>;

/** Why a matched pod was left out of the plan. */
export const rejectionReasons = {
  NotFound: 'No pod, Service or workload of that name is in the target namespaces.',
  Terminating: 'The pod is being deleted.',
  NotRunning: 'The pod is not in phase Running.',
  HostNetwork: "The pod uses the node's network: a fault would hit the whole node.",
  StaticPod: 'The kubelet owns the pod; the API server cannot add a container to it.',
  Windows: 'The pod runs Windows, which has no tc.',
  Protected: 'The namespace is protected.',
  Excluded:
    'targets.exclude matches the pod, or the pod or its namespace carries squall.dev/exclude: "true".',
  NotOptedIn: 'The pod lacks a label that a SafetyPolicy asks for (optInLabel).',
  OwnPod: 'The pod belongs to Squall itself.',
  AlreadyFaulted: 'The pod is still in the hands of another experiment, which the message names.',
  BudgetExhausted:
    'The pod has no room for another ephemeral container (they can never be removed; ten of ours at most, one kept for cleaning up). Recreate the pod.',
} as const satisfies ReasonTable;
export type RejectionReason = keyof typeof rejectionReasons;

/** Why a selected pod is in the state that status shows. */
export const podReasons = {
  Elapsed: 'The fault was held for the whole duration and taken away.',
  Deadline:
    'The fault was taken away at the deadline, before its full duration: it had started late.',
  Stopped: 'The fault was taken away early, because the experiment was stopped or deleted.',
  Terminated: 'The agent was told to end by the kubelet and took the fault away.',
  Reaped: 'The agent did not clean up; a second container took the fault away.',
  NotStarted: "The agent's container did not start in time, or the run was stopped before it did.",
  Excluded: 'The pod, or its namespace, was excluded after it had been chosen; nothing was added.',
  ImagePull: 'The injector image could not be pulled in time.',
  RuntimeUnsupported: 'The container runtime refused to start the agent.',
  PolicyDenied:
    'Admission refused the ephemeral container (Pod Security, a policy or a quota); the message has its words.',
  Mutated:
    'Admission has made something else of our container, as the message says; nothing was added. Exempt containers named squall- from what changes them; after a change of the injector image, install again.',
  InjectionRefused: 'The API server refused the ephemeral container; the message has its words.',
  NameTaken: 'A container of the same name that is not ours is in the pod.',
  ForeignQdisc: 'The interface has a qdisc that is not ours; it was left untouched.',
  AlreadyFaulted: "Another run's fault is on the interface; it was left untouched.",
  InterfaceNotFound: 'The pod has no such interface, or none that could be detected.',
  NetemUnavailable:
    "The node's kernel has no sch_netem (or prio, flower, matchall, ifb), and more is asked than an independent loss, which needs no netem. Install its extra modules package.",
  NotPermitted: 'The agent was not allowed to change qdiscs: NET_ADMIN was taken from it.',
  InstallFailed: 'tc refused a line of the program; what was added before it has been removed.',
  Unverified: 'What was installed could not be read back; it has been removed.',
  OwnResidue: 'The agent found its own fault at its start and only removed it.',
  BadInput:
    "The agent refused what it was given. Controller and injector image don't fit together.",
  PeersUnresolved: 'A host that is a peer does not resolve in the pod; nothing was added.',
  ExceptionUnresolved:
    'A host that is an exception does not resolve in the pod. Without it the fault would hit more than was asked; nothing was added.',
  ClockSkew: "The node's clock differs from the controller's by more than 10 s.",
  Unproven: 'The agent runs but did not prove its fault in time; it is being stopped.',
  AgentDied:
    'The agent ended without a clean report; its fault may still be there and is being removed.',
  RevertFailed: 'The agent could not remove its fault; it is being removed by a second container.',
  PodGone: 'The pod ended or was deleted, and its network with it.',
  DeadlinePassed:
    'The pod could not be observed any more; its agent ends by itself, and its deadline is over.',
  ReapFailed: 'The fault could not be removed for two minutes. Recreate the pod.',
} as const satisfies ReasonTable;
export type PodReason = keyof typeof podReasons;

/** Why an experiment may not run, by the rules that webhook and controller share, in the order in which they are asked. */
export const safetyReasons = {
  Halted: 'A SafetyPolicy has halted everything; only dry runs are taken.',
  CrossNamespace:
    "The targets are in other namespaces than the experiment, which a SafetyPolicy or this installation doesn't allow.",
  ProtectedNamespace: 'A target namespace is protected.',
  ProductionNamespace:
    'A target namespace is production, and safety.allowProduction is missing or denied.',
  MaxDurationExceeded: 'The duration is above maxDuration.',
  MaxLossExceeded:
    'The fault is an outage (more lost and corrupted than maxLossPercentage, a partition, a rate below 8kbit, a latency above 10s), and safety.allowHighLoss is missing or denied.',
  MaxPodsExceeded: 'The run would hit more pods than maxPods allows.',
  MaxPercentageExceeded:
    'The run would put a larger share of the pods, or of the pods of one owner, under a fault than maxPercentage allows.',
} as const satisfies ReasonTable;
export type SafetyReason = keyof typeof safetyReasons;

/** Reasons of the condition Accepted. */
export const acceptedReasons = {
  Planned: 'The pods are chosen and the run is on.',
  DryRun: 'The pods are chosen; nothing is injected while dryRun is true.',
  NoEligiblePods: 'No pod can be hit; status.plan says why for each.',
  ...safetyReasons,
  PeersUnresolved:
    'A peer, or an exception, resolves to nobody; nothing is hit. The message names the field.',
  TooManyPeers:
    'The peers come to more addresses than an agent can be told of; the message has both numbers.',
  Queued: 'As many experiments run as maxConcurrentExperiments allows; this one waits.',
  StartingDeadlineExceeded: 'The experiment is older than its startingDeadline and has never run.',
  Restored: 'The experiment is a copy of one that was run before, as a backup restores it.',
  StoppedBeforeStart: 'The stop annotation was there before the run started.',
  InvalidSpec: 'The spec cannot be read, or contradicts itself; the message names the field.',
  ClusterUnreadable: 'The pods or namespaces cannot be read at the moment.',
  PolicyUnreadable:
    'The safety policies cannot be read at the moment; nothing starts without them.',
} as const satisfies ReasonTable;
export type AcceptedReason = keyof typeof acceptedReasons;

/** Reasons of the condition Injected. */
export const injectedReasons = {
  Injecting: 'Some pods have no proof yet.',
  Proven: 'Every selected pod has proven its fault.',
  PartlyProven: 'Some pods have proven their fault, the others were refused or failed.',
  NoneProven: 'No pod has proven a fault.',
} as const satisfies ReasonTable;
export type InjectedReason = keyof typeof injectedReasons;

/** Reasons of the condition Recovered. */
export const recoveredReasons = {
  FaultsActive: 'Some pods are not proven clean yet.',
  AllClean: 'Every selected pod is proven clean, gone or was never hit.',
  NotAllProven: 'The run is over, but not every pod could be proven clean; its entry says why.',
} as const satisfies ReasonTable;
export type RecoveredReason = keyof typeof recoveredReasons;

/** Reasons of the condition Degraded. */
export const degradedReasons = {
  AsPlanned: 'Nothing went otherwise than planned.',
  PodsFailed: 'Some pods were refused or failed.',
  PeersStale:
    'Agents could not be told where peers are now; they go on with what they knew. The message says why.',
  PeersUnresolved: 'A peer has become nobody while the fault is held; nothing of it is hit.',
  PartialService:
    'A Service has endpoints inside and outside of a cidr; only direct traffic with those inside is hit.',
  CorrelationLimited: 'Correlation 100 is realised as 99: the chain would never change state.',
  Leaked: 'An agent ended without cleaning up.',
  NotClean: 'A pod could not be proven clean.',
} as const satisfies ReasonTable;
export type DegradedReason = keyof typeof degradedReasons;

/** Reasons of the Events on experiments and pods. */
export const eventReasons = {
  Planned: 'The pods were chosen.',
  Injected: 'Every selected pod has proven its fault or failed.',
  Recovered: 'The run is over.',
  Refused: 'The run was refused; nothing was injected.',
  Leaked: 'An agent ended without cleaning up, or its fault could not be removed.',
} as const satisfies ReasonTable;
export type EventReason = keyof typeof eventReasons;
