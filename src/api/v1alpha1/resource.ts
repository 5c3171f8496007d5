/** Where the API server serves ChaosExperiments; equal to the CRD by test. */
export const GROUP = 'squall.dev';
export const VERSION = 'v1alpha1';
export const PLURAL = 'chaosexperiments';
export const KIND = 'ChaosExperiment';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

/** The collection of all experiments. */
export const EXPERIMENTS_PATH = `/apis/${API_VERSION}/${PLURAL}`;

/** The collection of the experiments in a namespace. */
export const experimentsIn = (namespace: string) =>
  `/apis/${API_VERSION}/namespaces/${namespace}/${PLURAL}`;

/** The collection of all safety policies. */
export const POLICY_PLURAL = 'safetypolicies';
export const POLICY_KIND = 'SafetyPolicy';
export const POLICIES_PATH = `/apis/${API_VERSION}/${POLICY_PLURAL}`;
