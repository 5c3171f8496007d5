import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { reaperName, UID_VARIABLE } from '../domain/container.ts';
import type { StartedStatus } from '../domain/lifecycle/run.ts';
import { program } from '../domain/network/program.ts';

/** The part of an EphemeralContainer (core/v1) that we set; everything else keeps Kubernetes' defaults. */
export interface InjectorContainer {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: typeof SECURITY_CONTEXT;
  readonly terminationMessagePolicy: 'File';
}

/**
 * NET_ADMIN and nothing else. The capability is effective for uid 0 alone, so the container says so itself, also in
 * a pod that runs as somebody else; runAsNonRoot false keeps the pod's own true from refusing it.
 */
const SECURITY_CONTEXT = {
  runAsUser: 0,
  runAsNonRoot: false,
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** A started run, as its write-ahead has it. */
export type StartedExperiment = Omit<ChaosExperiment, 'status'> & {
  readonly status: StartedStatus;
};

/**
 * The agent's container: a function of the experiment and its write-ahead alone, times included, so that asking for it
 * again after a restart is no change.
 */
export function agentContainer(experiment: StartedExperiment): InjectorContainer {
  const { run } = experiment.status;
  return container(experiment, run.container, 'run', {
    SQUALL_INTERFACE: experiment.spec.interface ?? '',
    SQUALL_INSTALL: lines(programOf(experiment).install),
    SQUALL_DURATION_MS: String(run.durationMs),
    SQUALL_START_BEFORE_MS: String(Date.parse(run.startBefore)),
    SQUALL_DEADLINE_MS: String(Date.parse(run.deadline)),
  });
}

/** The n-th container that takes away what the agent left. */
export function reaperContainer(experiment: StartedExperiment, n: number): InjectorContainer {
  return container(experiment, reaperName(experiment.status.run.container, n), 'reap', {
    SQUALL_INTERFACE: experiment.spec.interface ?? '',
  });
}

function container(
  { metadata, status }: StartedExperiment,
  name: string,
  mode: 'run' | 'reap',
  rest: Readonly<Record<string, string>>,
): InjectorContainer {
  const env = {
    SQUALL_MODE: mode,
    SQUALL_EXPERIMENT: `${metadata.namespace}/${metadata.name}`,
    [UID_VARIABLE]: metadata.uid,
    SQUALL_ATTEMPT: String(status.attempt),
    SQUALL_HANDLE: status.run.handle,
    ...rest,
    SQUALL_UNDO: lines(programOf({ status }).undo),
  };
  return {
    name,
    image: status.run.image,
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    securityContext: SECURITY_CONTEXT,
    terminationMessagePolicy: 'File',
  };
}

function programOf({ status: { run } }: Pick<StartedExperiment, 'status'>) {
  return program({ id: run.handle }, run.direction, {
    lossPercentage: run.lossPercentage,
    correlation: run.realisedCorrelation,
  });
}

const lines = (program: readonly string[]) => `${program.join('\n')}\n`;
