import type { AgentReport } from '../agent/report.ts';
import { reaperName } from '../container.ts';
import { aContainer } from '../targets/pod.builder.ts';
import type { ContainerState, EphemeralContainer } from '../targets/pod.ts';

/** Whose words they are, in every builder of this folder. */
export const identity = { uid: 'e1e1e1e1-0000', attempt: 1, handle: '1f' };

/** The name of the agent's container in every builder of this folder. */
export const CONTAINER = 'squall-0123456789-1';

type ReportFields = Partial<AgentReport> & {
  readonly uid?: string;
  readonly attempt?: number;
  readonly handle?: string;
  readonly mode?: 'run' | 'reap';
};

/** A termination message: of an agent that never applied and is clean, unless the test says otherwise. */
export function reportText(fields: ReportFields = {}): string {
  return JSON.stringify({
    event: 'report',
    mode: 'run',
    ...identity,
    interface: 'eth0',
    applied: false,
    clean: true,
    reason: 'Stopped',
    message: '',
    appliedAtMs: 0,
    endedAtMs: 0,
    ...fields,
  });
}

/** Ended at `endedAtMs`, with these last words. */
export function terminated(
  message: string,
  parts: { readonly reason?: string; readonly exitCode?: number; readonly at?: number } = {},
): ContainerState {
  const { reason = 'Completed', exitCode = 0, at } = parts;
  const finishedAt = at === undefined ? '' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return { kind: 'terminated', exitCode, reason, message, finishedAt };
}

/** Our agent's container. */
export function anAgent(state: ContainerState): EphemeralContainer {
  return aContainer({ name: CONTAINER, env: { SQUALL_UID: identity.uid }, state });
}

/** The n-th container that cleans up after it. */
export function aReaper(n: number, state: ContainerState): EphemeralContainer {
  return aContainer({
    name: reaperName(CONTAINER, n),
    env: { SQUALL_UID: identity.uid },
    state,
  });
}
