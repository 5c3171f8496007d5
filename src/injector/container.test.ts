import { describe, expect, it } from 'vitest';
import { agentContainer, reaperContainer, type StartedExperiment } from './container.ts';

const experiment = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: {
    namespace: 'shop',
    name: 'loss',
    uid: 'u-1',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    action: 'pod-network-loss',
    targets: { podNames: ['web'], count: 1 },
    duration: '10s',
    direction: 'both',
    lossPercentage: 20,
    correlation: 0,
    dryRun: false,
    injectionTimeout: '60s',
    startingDeadline: '10m',
  },
  status: {
    startTime: '2026-01-01T00:00:00.000Z',
    attempt: 1,
    run: {
      container: 'squall-0123456789-1',
      image: 'squall.local/injector:dev',
      handle: '1f',
      startBefore: '2026-01-01T00:01:00.000Z',
      deadline: '2026-01-01T00:01:10.000Z',
      durationMs: 10_000,
      lossPercentage: 20,
      correlation: 0,
      realisedCorrelation: 0,
      direction: 'both',
    },
  },
} satisfies StartedExperiment;

const env = (container: { env: readonly { name: string; value: string }[] }) =>
  Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

describe('agentContainer', () => {
  it('is the same whenever it is built again', () => {
    expect(agentContainer(experiment)).toEqual(agentContainer(structuredClone(experiment)));
  });

  it('has NET_ADMIN and nothing else, and no command of ours', () => {
    const container = agentContainer(experiment);
    expect(container.securityContext).toEqual({
      runAsUser: 0,
      runAsNonRoot: false,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(Object.keys(container).sort()).toEqual([
      'env',
      'image',
      'imagePullPolicy',
      'name',
      'securityContext',
      'terminationMessagePolicy',
    ]);
  });

  it("carries the write-ahead's times, and no $ that Kubernetes would expand", () => {
    const variables = env(agentContainer(experiment));
    expect(variables).toMatchObject({
      SQUALL_MODE: 'run',
      SQUALL_UID: 'u-1',
      SQUALL_DURATION_MS: '10000',
      SQUALL_START_BEFORE_MS: String(Date.UTC(2026, 0, 1, 0, 1)),
      SQUALL_DEADLINE_MS: String(Date.UTC(2026, 0, 1, 0, 1, 10)),
    });
    expect(Object.values(variables).join('')).not.toContain('$');
  });
});

describe('reaperContainer', () => {
  it("undoes the agent's program under a name of its own and installs nothing", () => {
    const reaper = reaperContainer(experiment, 2);
    expect(reaper.name).toBe('squall-0123456789-1-r2');
    expect(env(reaper)).toMatchObject({ SQUALL_MODE: 'reap', SQUALL_HANDLE: '1f' });
    expect(env(reaper)['SQUALL_UNDO']).toBe(env(agentContainer(experiment))['SQUALL_UNDO']);
    expect(env(reaper)).not.toHaveProperty('SQUALL_INSTALL');
  });
});
