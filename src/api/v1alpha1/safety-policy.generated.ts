// Generated from config/crd/safetypolicies.squall.dev.yaml by scripts/generate.ts. Edit that file and run `npm run generate`.
// These are objects as the API server serves them: a field with a default is always there.

/**
 * Whether experiments may lift limits by safety.allowHighLoss and safety.allowProduction. The default is Allow.
 */
export type Allowance = 'Allow' | 'Deny';

/**
 * Limits for every experiment in the cluster. Of several policies, the strictest value of each field is in force; where no policy sets a field, its default is. A field that is not set allows nothing by being absent.
 */
export interface SafetyPolicy {
  /**
   * The version of this API, squall.dev/v1alpha1.
   */
  apiVersion: 'squall.dev/v1alpha1';
  /**
   * The kind of this object, SafetyPolicy.
   */
  kind: 'SafetyPolicy';
  metadata: ObjectMeta;
  spec: SafetyPolicySpec;
  status?: SafetyPolicyStatus;
}
/**
 * What Kubernetes itself keeps about an object, as far as Squall uses it.
 */
export interface ObjectMeta {
  name: string;
  namespace?: string;
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
 * The limits. A field that is left out leaves its default, or another policy's value, in force.
 */
export interface SafetyPolicySpec {
  /**
   * Stop everything that runs and refuse what comes; dry runs stay allowed. Taking it back starts nothing.
   */
  halt?: boolean;
  /**
   * The largest share of the matching pods that may be under a fault, and of the pods of each controlling owner, in percent, from 1 to 100. The default is 100.
   */
  maxPercentage?: number;
  /**
   * The most pods that one experiment may hit, from 1 to 1000. The default is 100.
   */
  maxPods?: number;
  /**
   * The longest duration of one experiment, from 1s to 24h. The default is 1h.
   */
  maxDuration?: string;
  /**
   * The most experiments that run at one time; more of them wait. The default is 10.
   */
  maxConcurrentExperiments?: number;
  /**
   * The largest loss without the override safety.allowHighLoss, what is corrupted counted as lost, in percent, from 0.0001 to 40. The default is 40.
   */
  maxLossPercentage?: number;
  allowOverrides?: Allowance;
  /**
   * Namespaces that no experiment touches, in addition to kube-system, kube-public, kube-node-lease and squall-system, which always are.
   *
   * @maxItems 1000
   */
  protectedNamespaces?: string[];
  productionNamespaces?: LabelSelector;
  /**
   * A label without which no pod is hit, as key or key=value. Of several policies, all must be there. By default none is asked for.
   */
  optInLabel?: string;
  /**
   * Whether experiments may have targets in other namespaces than their own. The default is Allow where the installation has the requester policy in force, else Deny.
   */
  crossNamespace?: Allowance;
}
/**
 * Labels of namespaces in which an experiment needs safety.allowProduction. An empty selector makes every namespace one.
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
 * What is in force. Written by the controller only.
 */
export interface SafetyPolicyStatus {
  /**
   * The metadata.generation that this status speaks of.
   */
  observedGeneration?: number;
  /**
   * Experiments that wait, or were refused by halt, because of this policy.
   */
  heldBack?: number;
  inForce?: LimitsInForce;
}
/**
 * The strictest of all policies and the defaults, field by field.
 */
export interface LimitsInForce {
  /**
   * Everything is stopped and nothing starts.
   */
  halt?: boolean;
  /**
   * In percent.
   */
  maxPercentage?: number;
  /**
   * Pods of one experiment.
   */
  maxPods?: number;
  /**
   * Of one experiment.
   */
  maxDuration?: string;
  /**
   * Experiments that run at one time.
   */
  maxConcurrentExperiments?: number;
  /**
   * Without the override, in percent.
   */
  maxLossPercentage?: number;
  /**
   * Whether experiments may lift limits by themselves.
   */
  allowOverrides?: string;
  /**
   * No experiment touches these.
   */
  protectedNamespaces?: string[];
  /**
   * Label selectors of the namespaces in which an experiment needs safety.allowProduction.
   */
  productionNamespaces?: string[];
  /**
   * No pod without all of these is hit.
   */
  optInLabels?: string[];
  /**
   * Whether experiments may have targets in other namespaces than their own.
   */
  crossNamespace?: string;
}
