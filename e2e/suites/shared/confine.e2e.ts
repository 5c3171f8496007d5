import { beforeAll, describe, expect, inject, test } from 'vitest';
import { anExperiment, aRun, at } from '../../../src/domain/lifecycle/experiment.builder.ts';
import { aPod as aTarget } from '../../../src/domain/targets/pod.builder.ts';
import { agentContainer, reaperContainer } from '../../../src/injector/container.ts';
import type { KubeClient, Query } from '../../../src/kube/client.ts';
import { CONTROLLER_ACCOUNT, clientOf } from '../../support/account.ts';
import { pathOf } from '../../support/cluster.ts';
import { INJECTOR_IMAGE } from '../../support/controller-process.ts';
import { aPod, type Pod, squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('confine');

/** The controller's own account, held by the policy, and nobody else. */
let controller: KubeClient;

/** These pods are never scheduled: what the API server lets into them is all that is looked at, and nothing starts. */
const unscheduled = {
  schedulingGates: [{ name: 'squall.dev/e2e' }],
  volumes: [
    { name: 'password', secret: { secretName: 'password' } },
    { name: 'device', persistentVolumeClaim: { claimName: 'device' } },
  ],
};

/** What kubectl debug asks for. */
const debug = {
  name: 'debugger-x7k2p',
  image: 'busybox',
  stdin: true,
  tty: true,
  targetContainerName: 'app',
  command: ['sh'],
};

const experiment = anExperiment();
const started = {
  ...experiment,
  status: { startTime: at(0), attempt: 1, run: aRun({ image: INJECTOR_IMAGE }) },
};
const agent = agentContainer(started, aTarget());
const reaper = reaperContainer(started, 1);
const { securityContext } = agent;

beforeAll(async () => {
  controller = await clientOf(suite.cluster, CONTROLLER_ACCOUNT, inject('lab').kubeconfig);
  suite.atEnd(() => controller.close());
  for (const name of ['refused', 'occupied', 'accepting']) {
    await suite.cluster.create('Pod', suite.namespace, aPod(name, { spec: unscheduled }));
  }
  await patch(suite.cluster.client, 'occupied', [debug]);
  await patch(controller, 'occupied', [agent]);
});

/** kubectl's way of adding ephemeral containers, and the controller's. */
function patch(client: KubeClient, pod: string, ephemeralContainers: readonly unknown[]) {
  return client.request<Pod>({
    method: 'PATCH',
    path: `${pathOf('Pod', suite.namespace, pod)}/ephemeralcontainers`,
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { ephemeralContainers } },
  });
}

/** Nothing is executed: a request that is let through fails for the want of a node. */
function exec(client: KubeClient, pod: string, query: Query) {
  const path = `${pathOf('Pod', suite.namespace, pod)}/exec`;
  return client.request({ method: 'GET', path, query: { stdout: true, ...query } });
}

/** Everything of the pod that anyone but the cluster itself writes. */
async function written(pod: string) {
  const { metadata, spec } = await suite.readPod(pod);
  return { labels: metadata.labels, annotations: metadata.annotations, spec };
}

async function expectRefusal(request: Promise<unknown>, ...texts: readonly string[]) {
  const error: unknown = await request.then(
    () => 'not refused',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'Forbidden' });
  for (const text of ["'squall-confine'", ...texts]) {
    expect(error).toHaveProperty('message', expect.stringContaining(text));
  }
}

describe('the account of the controller cannot add an ephemeral container with', () => {
  const secret = { name: 'password' };
  const surplus = (...fields: readonly string[]) => [...fields, ' must not be set'];
  const rows: readonly {
    readonly it: string;
    /** Fields of the agent's container that are replaced. */
    readonly but: object;
    readonly says: readonly string[];
  }[] = [
    { it: 'another name', but: { name: 'agent' }, says: ['the name must begin with squall-'] },
    {
      it: 'another image',
      but: { image: 'busybox' },
      says: [`image is busybox and must be ${INJECTOR_IMAGE}`],
    },
    {
      it: 'another tag of the image',
      but: { image: `${INJECTOR_IMAGE}1` },
      says: [`must be ${INJECTOR_IMAGE}`],
    },
    { it: 'a command', but: { command: ['sh'] }, says: surplus('command') },
    { it: 'arguments', but: { args: ['reap'] }, says: surplus('args') },
    { it: 'a working directory', but: { workingDir: '/proc/1' }, says: surplus('workingDir') },
    {
      it: 'the volume of a secret',
      but: { volumeMounts: [{ name: 'password', mountPath: '/password' }] },
      says: surplus('volumeMounts'),
    },
    {
      it: 'a block device',
      but: { volumeDevices: [{ name: 'device', devicePath: '/dev/sda' }] },
      says: surplus('volumeDevices'),
    },
    {
      it: "another container's processes",
      but: { targetContainerName: 'app' },
      says: surplus('targetContainerName'),
    },
    { it: 'stdin', but: { stdin: true }, says: surplus('stdin') },
    {
      it: 'stdin once',
      but: { stdinOnce: true },
      says: surplus('stdinOnce'),
    },
    { it: 'a terminal', but: { tty: true }, says: surplus('tty') },
    {
      it: 'all variables of a secret',
      but: { envFrom: [{ secretRef: secret }] },
      says: surplus('envFrom'),
    },
    {
      it: 'a variable from a secret',
      but: {
        env: [{ name: 'SQUALL_UID', valueFrom: { secretKeyRef: { ...secret, key: 'key' } } }],
      },
      says: ['env may hold only variables SQUALL_*'],
    },
    {
      it: "a variable of the pod's",
      but: {
        env: [{ name: 'SQUALL_UID', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
      },
      says: ['env may hold only variables SQUALL_*'],
    },
    {
      it: 'a variable that is not ours',
      but: { env: [...agent.env, { name: 'LD_PRELOAD', value: '/dev/shm/x' }] },
      says: ['env may hold only variables SQUALL_*'],
    },
    {
      it: 'no security context',
      but: { securityContext: null },
      says: ['securityContext is wrong', ...Object.keys(securityContext)],
    },
    ...(
      [
        ['all privileges', { privileged: true, allowPrivilegeEscalation: true }],
        ['privilege escalation', { allowPrivilegeEscalation: true }],
        ['another user', { runAsUser: 1000 }],
        ['no user', { runAsUser: null }],
        ['a group', { runAsGroup: 0 }],
        ['runAsNonRoot', { runAsNonRoot: true, runAsUser: 1000 }],
        ['a writable root', { readOnlyRootFilesystem: false }],
        ['another capability', { capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } }],
        ['one more capability', { capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] } }],
        ['every capability', { capabilities: { drop: ['ALL'], add: ['ALL'] } }],
        ['capabilities that are not dropped', { capabilities: { add: ['NET_ADMIN'] } }],
        ['no seccomp profile', { seccompProfile: null }],
        ['an unconfined seccomp profile', { seccompProfile: { type: 'Unconfined' } }],
        ['an AppArmor profile', { appArmorProfile: { type: 'Unconfined' } }],
        ['SELinux options', { seLinuxOptions: { type: 'spc_t' } }],
        ['Windows options', { windowsOptions: { runAsUserName: 'ContainerAdministrator' } }],
        ['a mount of /proc', { procMount: 'Default' }],
      ] as const
    ).map(([it, but]) => ({
      it,
      but: { securityContext: { ...securityContext, ...but } },
      says: ['securityContext is wrong in ', ...Object.keys(but)],
    })),
  ];

  test.each(rows)('$it', async ({ but, says }) => {
    const before = await written('refused');
    const container = { ...agent, ...but };
    await expectRefusal(
      patch(controller, 'refused', [container]),
      `pod ${suite.namespace}/refused, ephemeral container ${container.name}: `,
      ...says,
    );
    expect(await written('refused')).toEqual(before);
  });

  test('a command, beside a container that somebody else has added', async () => {
    const before = await written('occupied');
    const container = { ...agent, name: 'squall-0123456789-2', command: ['sh'] };
    await expectRefusal(
      patch(controller, 'occupied', [container]),
      `ephemeral container ${container.name}: command must not be set`,
    );
    expect(await written('occupied')).toEqual(before);
  });

  test('another one in the same request', async () => {
    const before = await written('refused');
    await expectRefusal(
      patch(controller, 'refused', [agent, reaper]),
      'the controller may add only one at a time',
    );
    expect(await written('refused')).toEqual(before);
  });
});

describe('the account of the controller cannot', () => {
  const changes: readonly (readonly [string, object])[] = [
    ["change kubectl debug's container", { ephemeralContainers: [{ ...debug, image: 'other' }] }],
    ['change its own container', { ephemeralContainers: [{ ...agent, image: 'other' }] }],
    ['remove a container', { ephemeralContainers: [{ name: debug.name, $patch: 'delete' }] }],
  ];
  test.each(changes)('%s', async (_, spec) => {
    const before = await written('occupied');
    await expect(
      controller.request({
        method: 'PATCH',
        path: `${pathOf('Pod', suite.namespace, 'occupied')}/ephemeralcontainers`,
        contentType: 'application/strategic-merge-patch+json',
        body: { spec },
      }),
    ).rejects.toMatchObject({ code: 'Invalid' });
    expect(await written('occupied')).toEqual(before);
  });

  test('change anything else of a pod beside its ephemeral containers', async () => {
    const before = await written('occupied');
    await controller.request({
      method: 'PATCH',
      path: `${pathOf('Pod', suite.namespace, 'occupied')}/ephemeralcontainers`,
      body: {
        metadata: { labels: { app: 'other' }, annotations: { a: 'b' }, finalizers: ['a.dev/b'] },
        spec: { activeDeadlineSeconds: 1, containers: [{ name: 'app', image: 'other' }] },
      },
    });
    expect(await written('occupied')).toEqual(before);
    expect(await suite.readPod('occupied')).not.toHaveProperty('metadata.finalizers');
  });

  const ours = { container: agent.name };
  const prefixed = ': the controller may execute commands only in containers squall-*';
  const executions: readonly (readonly [string, Query, string])[] = [
    [
      'execute in an application container',
      { container: 'app', command: ['/squall/agent', 'stop'] },
      `app${prefixed}`,
    ],
    [
      'execute in a container of kubectl debug',
      { container: debug.name, command: ['/squall/agent', 'stop'] },
      `${debug.name}${prefixed}`,
    ],
    [
      'execute where no container is named',
      { command: ['/squall/agent', 'stop'] },
      `(none named)${prefixed}`,
    ],
    ['execute a shell', { ...ours, command: ['sh'] }, 'may execute only /squall/agent stop'],
    ['execute the agent alone', { ...ours, command: ['/squall/agent'] }, 'may execute only'],
    [
      'execute another verb of the agent',
      { ...ours, command: ['/squall/agent', 'run'] },
      'may execute only',
    ],
    [
      'execute the agent with one more argument',
      { ...ours, command: ['/squall/agent', 'stop', 'now'] },
      'may execute only',
    ],
    [
      'execute with a terminal',
      { ...ours, command: ['/squall/agent', 'update'], tty: true, stdin: true },
      'exec takes no tty',
    ],
    [
      'write to the agent',
      { ...ours, command: ['/squall/agent', 'status'], stdin: true },
      'stdin only for /squall/agent update',
    ],
  ];
  test.each(executions)('%s', async (_, query, says) => {
    await expectRefusal(
      exec(controller, 'occupied', query),
      `pod ${suite.namespace}/occupied, container `,
      says,
    );
  });
});

describe('the account of the controller can', () => {
  test("add the agent and a reaper, once and again, also beside kubectl debug's container", async () => {
    await patch(suite.cluster.client, 'accepting', [debug]);
    for (const container of [agent, agent, reaper, agent]) {
      await patch(controller, 'accepting', [container]);
    }
    const names = squallContainers(await suite.readPod('accepting'));
    expect(names.sort()).toEqual([agent.name, reaper.name]);
  });

  test.each([
    [['/squall/agent', 'stop'], false],
    [['/squall/agent', 'status'], false],
    [['/squall/agent', 'update'], false],
    [['/squall/agent', 'update'], true],
  ])('execute %j in the agent (stdin: %s)', async (command, stdin) => {
    await expect(
      exec(controller, 'occupied', { container: agent.name, command, stdin }),
    ).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('host assigned'),
    });
  });
});

test('nobody else is held by it', async () => {
  const { client } = suite.cluster;
  await suite.cluster.create('Pod', suite.namespace, aPod('free', { spec: unscheduled }));
  await patch(client, 'free', [debug, { ...debug, name: 'squall-debug', image: 'other' }]);
  expect((await suite.readPod('free')).spec.ephemeralContainers).toHaveLength(2);
  for (const container of ['app', debug.name]) {
    await expect(
      exec(client, 'free', { container, command: ['sh'], stdin: true, tty: true }),
    ).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('host assigned'),
    });
  }
});
