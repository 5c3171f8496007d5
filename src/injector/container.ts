import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { reaperName, UID_VARIABLE } from '../domain/container.ts';
import { parseDuration } from '../domain/duration.ts';
import { shortUid } from '../domain/lifecycle/observed.ts';
import { runTimes, type StartedStatus } from '../domain/lifecycle/run.ts';
import { timesOf } from '../domain/lifecycle/turn.ts';
import { lossAlone } from '../domain/network/impairment.ts';
import { exceptsNode, nodeLines } from '../domain/peers/node.ts';
import { program } from '../domain/network/program.ts';
import type { Pod } from '../domain/targets/pod.ts';

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
 * The agent's container: a function of the experiment, its write-ahead and the pod's node alone, times included, so that
 * asking for it again after a restart is no change.
 */
export function agentContainer(experiment: StartedExperiment, pod: Pod): InjectorContainer {
  const { run } = experiment.status;
  const { pulses, verify } = experiment.spec;
  const peers = [...(run.peers ?? []), ...nodeLines(exceptsNode(experiment.spec), pod)];
  const { install, steps, fallback } = programOf(experiment);
  const entry = experiment.status.pods?.find(({ uid }) => uid === shortUid(pod)) ?? {};
  const times = timesOf(entry, runTimes(experiment.status));
  return container(experiment, run.container, 'run', {
    SQUALL_INTERFACE: experiment.spec.interface ?? '',
    SQUALL_INSTALL: lines(install),
    ...(fallback !== undefined && { SQUALL_FALLBACK: lines(fallback) }),
    ...(peers.length > 0 && { SQUALL_PEERS: lines(peers) }),
    ...(verify && {
      SQUALL_VERIFY: `${verify.host} ${verify.port} ${verify.timeoutSeconds ?? 1}`,
    }),
    ...(steps.length > 0 && { SQUALL_STEPS: lines(steps) }),
    ...(pulses && {
      SQUALL_PULSES: `${milliseconds(pulses.active)} ${milliseconds(pulses.paused)}`,
    }),
    SQUALL_DURATION_MS: String(run.durationMs),
    SQUALL_START_BEFORE_MS: String(times.startBefore),
    SQUALL_DEADLINE_MS: String(times.deadline),
  });
}

/** The n-th container that takes away what the agent left. */
export function reaperContainer(experiment: StartedExperiment, n: number): InjectorContainer {
  return container(experiment, reaperName(experiment.status.run.container, n), 'reap', {
    SQUALL_INTERFACE: experiment.spec.interface ?? '',
  });
}

function container(
  { metadata, spec, status }: StartedExperiment,
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
    SQUALL_UNDO: lines(programOf({ spec, status }).undo),
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

function programOf({ spec, status: { run } }: Pick<StartedExperiment, 'spec' | 'status'>) {
  return program({
    handle: { id: run.handle },
    direction: run.direction,
    netem: run.netem,
    stepsAtMs: (spec.profile ?? []).map(({ at }) => milliseconds(at)),
    lossAlone: lossAlone(spec),
    onlyPeers: spec.peers !== undefined,
  });
}

const milliseconds = (text: string) => parseDuration(text) ?? 0;

const lines = (program: readonly string[]) => `${program.join('\n')}\n`;
