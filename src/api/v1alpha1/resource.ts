/** Where the API server serves ChaosExperiments; equal to the CRD by test. */
export const GROUP = 'squall.dev';
export const VERSION = 'v1alpha1';
export const PLURAL = 'chaosexperiments';
export const KIND = 'ChaosExperiment';
export const API_VERSION = `${GROUP}/${VERSION}` as const;
