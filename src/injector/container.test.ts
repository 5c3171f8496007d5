import { describe, expect, it } from 'vitest';
import { aPod } from '../domain/targets/pod.builder.ts';
import { shortUid } from '../domain/lifecycle/observed.ts';
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
      netem: ['limit 100000 loss random 20%'],
      direction: 'both',
    },
  },
} satisfies StartedExperiment;

const web = aPod({ hostIps: ['10.0.2.15', 'fd00::2'] });

const env = (container: { env: readonly { name: string; value: string }[] }) =>
  Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

describe('agentContainer', () => {
  it('is the same whenever it is built again', () => {
    expect(agentContainer(experiment, web)).toEqual(
      agentContainer(structuredClone(experiment), web),
    );
  });

  it('has NET_ADMIN and nothing else, and no command of ours', () => {
    const container = agentContainer(experiment, web);
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
    const variables = env(agentContainer(experiment, web));
    expect(variables).toMatchObject({
      SQUALL_MODE: 'run',
      SQUALL_UID: 'u-1',
      SQUALL_DURATION_MS: '10000',
      SQUALL_START_BEFORE_MS: String(Date.UTC(2026, 0, 1, 0, 1)),
      SQUALL_DEADLINE_MS: String(Date.UTC(2026, 0, 1, 0, 1, 10)),
    });
    expect(Object.values(variables).join('')).not.toContain('$');
  });

  it('carries the times of the turn that the pod has', () => {
    const { status } = experiment;
    const pods = [
      {
        namespace: 'shop',
        name: 'web',
        uid: shortUid(web),
        state: 'Planned' as const,
        batch: 2_500,
      },
    ];
    expect(env(agentContainer({ ...experiment, status: { ...status, pods } }, web))).toMatchObject({
      SQUALL_START_BEFORE_MS: String(Date.UTC(2026, 0, 1, 0, 1, 2, 500)),
      SQUALL_DEADLINE_MS: String(Date.UTC(2026, 0, 1, 0, 1, 12, 500)),
    });
  });

  it('says nothing of peers, steps and pulses where there are none', () => {
    const variables = Object.keys(env(agentContainer(experiment, web)));
    for (const name of ['SQUALL_PEERS', 'SQUALL_STEPS', 'SQUALL_PULSES'])
      expect(variables).not.toContain(name);
  });

  it('tells of peers as the write-ahead has them, and of the node that is left alone', () => {
    const aimed = {
      ...experiment,
      spec: {
        ...experiment.spec,
        peers: [{ cidr: '10.32.0.0/16' }],
        exceptPeers: [{ kubelet: true }],
      },
      status: {
        ...experiment.status,
        run: {
          ...experiment.status.run,
          peers: ['hit ip any - - 10.32.0.0/16', 'pass gateway any - - -'],
        },
      },
    };
    const variables = env(agentContainer(aimed, web));
    expect(variables['SQUALL_PEERS']).toBe(
      'hit ip any - - 10.32.0.0/16\npass gateway any - - -\npass ip any - - 10.0.2.15\npass ipv6 any - - fd00::2\n',
    );
    expect(variables['SQUALL_INSTALL']).not.toContain('protocol ip prio 30');
  });

  it('tells of the connection to check', () => {
    const verify = { host: 'db', port: 5432 };
    const checked = { ...experiment, spec: { ...experiment.spec, verify } };
    expect(env(agentContainer(checked, web))['SQUALL_VERIFY']).toBe('db 5432 1');
  });

  it('tells of the times at which the fault changes, comes and goes', () => {
    const profile = [{ at: '2s', lossPercentage: 40 }];
    const changing = {
      ...experiment,
      spec: { ...experiment.spec, profile, pulses: { active: '2s', paused: '1m' } },
    };
    const variables = env(agentContainer(changing, web));
    expect(variables['SQUALL_PULSES']).toBe('2000 60000');
    expect(variables['SQUALL_STEPS']).toMatch(/^2000 tc filter add dev squall-1f parent 7c1f: /);
  });
});

describe('reaperContainer', () => {
  it("undoes the agent's program under a name of its own and installs nothing", () => {
    const reaper = reaperContainer(experiment, 2);
    expect(reaper.name).toBe('squall-0123456789-1-r2');
    expect(env(reaper)).toMatchObject({ SQUALL_MODE: 'reap', SQUALL_HANDLE: '1f' });
    expect(env(reaper)['SQUALL_UNDO']).toBe(env(agentContainer(experiment, web))['SQUALL_UNDO']);
    expect(env(reaper)).not.toHaveProperty('SQUALL_INSTALL');
  });
});
