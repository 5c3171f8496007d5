import { beforeAll, describe, expect, inject, test } from 'vitest';
import { containerName } from '../../../src/domain/container.ts';
import { AuditLog, isFromPod, isGranted } from '../../support/audit-log.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { pathOf } from '../../support/cluster.ts';
import { kubectl } from '../../support/lab.ts';
import { APP_IMAGE } from '../../support/pod.ts';
import { Policies } from '../../support/policies.ts';
import {
  type Role,
  type RoleBinding,
  type Roles,
  rightsGranted,
  rightText,
  uses,
} from '../../support/right.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('rights');

const NAMESPACE = 'squall-system';
const ACCOUNTS = ['squall-controller', 'squall-webhook'] as const;
type Account = (typeof ACCOUNTS)[number];
const CERTIFICATE = 'squall-webhook-certificate';
const CONFIGURATION = 'squall';

/** Rights that no entry of this cluster's log can tell of, and why they are granted all the same. */
const untold: Readonly<Record<Account, Readonly<Record<string, string>>>> = {
  'squall-controller': {
    'create pods/exec':
      'Kubernetes 1.35 and later ask for it beside get when an exec comes by WebSocket',
  },
  'squall-webhook': {},
};

let log: AuditLog;

const userOf = (account: Account) => `system:serviceaccount:${NAMESPACE}:${account}`;

/** What the installed pods of the account have asked for since the suite began. */
async function requestsOf(account: Account) {
  const events = await log.events();
  return events.filter((event) => event.user.username === userOf(account) && isFromPod(event));
}

beforeAll(async () => {
  log = await AuditLog.fromNowOn(inject('lab').auditLog);
});

describe('what the rights are for:', () => {
  test.each(ACCOUNTS)('%s begins anew: what it follows it lists only then', async (account) => {
    const rollout = ['-n', NAMESPACE, 'rollout'];
    expect((await kubectl([...rollout, 'restart', `deployment/${account}`])).exitCode).toBe(0);
    const status = [...rollout, 'status', `deployment/${account}`, '--timeout=120s'];
    expect((await kubectl(status, { timeoutMs: 130_000 })).exitCode).toBe(0);
  });

  test('a run that proves itself and is stopped early', async () => {
    await suite.newPod('stopped');
    const experiment = await suite.experiment('stopped', {
      targets: { podNames: ['stopped'] },
      duration: '10m',
    });
    await experiment.phase('Running');
    await experiment.annotate({ 'squall.dev/stop': 'enough' });
    expect((await experiment.phase('Aborted')).pods?.[0]).toMatchObject({ reason: 'Stopped' });
  });

  test('an agent that dies is reaped', async () => {
    const pod = await suite.newPod('killed');
    const experiment = await suite.experiment('killed', {
      targets: { podNames: ['killed'] },
      duration: '10m',
    });
    await experiment.phase('Running');
    await suite.killAgent(pod);
    expect((await experiment.phase('Completed')).pods?.[0]).toMatchObject({ reason: 'Reaped' });
  });

  test('a second attempt, whose events raise the count of the first', async () => {
    await suite.newPod('again');
    const experiment = await suite.experiment('again', {
      targets: { podNames: ['again'] },
      duration: '1s',
    });
    await experiment.phase('Completed');
    await experiment.annotate({ 'squall.dev/rerun': 'again' });
    const over = ({ attempt, phase }: { attempt?: number; phase?: string }) =>
      attempt === 2 && phase === 'Completed';
    await experiment.until('the second attempt is over', over);
  });

  test('an agent that the API server finds invalid: the pod is read, to see why', async () => {
    const experiment = await suite.experiment('invalid', {
      targets: { podNames: ['invalid'] },
      duration: '10s',
      dryRun: true,
    });
    await experiment.phase('Failed');
    // Of two containers of one name no pod can have the second; the first is none of the ephemeral ones.
    const { metadata } = await experiment.read();
    const container = {
      name: containerName(metadata.uid, 1),
      image: APP_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      command: ['traffic', 'serve'],
    };
    await suite.newPod('invalid', { spec: { containers: [container] } });
    await experiment.change({ dryRun: false });
    await experiment.until(
      'the injection is refused',
      ({ pods }) => pods?.[0]?.reason === 'InjectionRefused',
    );
  });

  test('an experiment that has outlived its end is deleted', async () => {
    await suite.newPod('expiring');
    const experiment = await suite.experiment('expiring', {
      targets: { podNames: ['expiring'] },
      duration: '1s',
      ttlSecondsAfterFinished: 1,
    });
    await experiment.gone(90_000);
  });

  test('a safety policy is told what is in force', async () => {
    const policies = new Policies(suite.cluster);
    suite.atEnd(() => policies.remove('e2e-rights'));
    await policies.set('e2e-rights', { maxPods: 50 });
    await awaitCondition(
      'the policy has a status',
      async () => {
        const { status } = await suite.cluster.read<{ status?: { inForce?: object } }>(
          'SafetyPolicy',
          '',
          'e2e-rights',
        );
        return status?.inForce !== undefined;
      },
      { withinMs: 20_000 },
    );
  });

  test('a certificate that is damaged, lost and not trusted comes back each time', async () => {
    const { cluster } = suite;
    const served = async () =>
      (await cluster.find<{ data?: Record<string, string> }>('Secret', NAMESPACE, CERTIFICATE))
        ?.data?.['tls.crt'];
    const wait = { withinMs: 60_000, everyMs: 250 };
    await cluster.patch('Secret', NAMESPACE, CERTIFICATE, { data: { 'tls.crt': '' } });
    await awaitCondition('the certificate is mended', async () => (await served()) || false, wait);
    await cluster.remove('Secret', NAMESPACE, CERTIFICATE);
    await awaitCondition('the certificate is back', async () => (await served()) || false, wait);

    const trusted = async () => {
      const { webhooks } = await cluster.read<{
        webhooks: { clientConfig: { caBundle?: string } }[];
      }>('ValidatingWebhookConfiguration', '', CONFIGURATION);
      return webhooks.every(({ clientConfig }) => (clientConfig.caBundle ?? '') !== '');
    };
    await cluster.client.request({
      method: 'PATCH',
      path: pathOf('ValidatingWebhookConfiguration', '', CONFIGURATION),
      contentType: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }],
    });
    await awaitCondition('the certificate is trusted again', trusted, wait);
  });
});

describe.each(ACCOUNTS)('the account %s', (account) => {
  test('uses each single right that it is granted', async () => {
    const rights = rightsGranted({ namespace: NAMESPACE, name: account }, await allRoles());
    expect(rights.length).toBeGreaterThan(5);
    const requests = await requestsOf(account);
    const unused = rights
      .filter((right) => !requests.some((event) => uses(event, right)))
      .map(rightText);
    expect(unused.sort()).toEqual(Object.keys(untold[account]).sort());
  });

  test('asks for nothing that it is not granted', async () => {
    const requests = await requestsOf(account);
    expect(requests.some(isGranted)).toBe(true);
    const refused = requests.filter(({ responseStatus }) =>
      [401, 403].includes(responseStatus?.code ?? 0),
    );
    expect(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  });
});

/** Every role and binding of the cluster. */
async function allRoles(): Promise<Roles> {
  const { cluster } = suite;
  const everywhere = async <T>(plural: string) => {
    const path = `/apis/rbac.authorization.k8s.io/v1/${plural}`;
    return (await cluster.client.request<{ items: T[] }>({ method: 'GET', path })).items;
  };
  return {
    roles: [...(await everywhere<Role>('clusterroles')), ...(await everywhere<Role>('roles'))],
    bindings: [
      ...(await everywhere<RoleBinding>('clusterrolebindings')),
      ...(await everywhere<RoleBinding>('rolebindings')),
    ],
  };
}
