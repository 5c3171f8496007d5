import { fingerprint } from './fingerprint.ts';
import type { EphemeralContainer } from './targets/pod.ts';

/** Every container of ours begins with this; what makes it a run's own is the uid in its environment. */
const PREFIX = 'squall-';

/** The variable by which a container says whose it is. */
export const UID_VARIABLE = 'SQUALL_UID';

/** The variable by which it says for which experiment (namespace/name) it is. */
export const EXPERIMENT_VARIABLE = 'SQUALL_EXPERIMENT';

/** The ephemeral container of one attempt: the same in every pod, a DNS label of at most 28 characters. */
export function containerName(experimentUid: string, attempt: number): string {
  return `${PREFIX}${fingerprint(experimentUid).slice(0, 10)}-${attempt}`;
}

/** The n-th container (from 1) that cleans up after the agent of that name. */
export function reaperName(container: string, n: number): string {
  return `${container}-r${n}`;
}

/** Whether the container is any run's, of this installation or another. */
export function isOurs(container: Pick<EphemeralContainer, 'name' | 'env'>): boolean {
  return container.name.startsWith(PREFIX) && container.env[UID_VARIABLE] !== undefined;
}
