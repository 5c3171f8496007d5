import { dump } from 'js-yaml';
import { Agent } from 'undici';
import { expect, inject, test } from 'vitest';
import { fuzzBodies } from '../../../webhook/fuzz-bodies.ts';
import type { Rule } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import type { KubernetesObject } from '../../support/cluster.ts';
import { DryRunLoad } from '../../support/dry-run-load.ts';
import { anExperiment, type SpecParts } from '../../support/experiment.ts';
import { Policies } from '../../support/policies.ts';
import { useSuite } from '../../support/suite.ts';
import { User } from '../../support/user.ts';
import { Webhook } from '../../support/webhook.ts';

const suite = useSuite('webhook');

const ASK: Rule = {
  apiGroups: ['squall.dev'],
  resources: ['chaosexperiments'],
  verbs: ['create'],
};
const INJECT: Rule = {
  apiGroups: [''],
  resources: ['pods/ephemeralcontainers'],
  verbs: ['patch'],
};
const LIST: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };

const user = (name: string) => new User(suite.cluster, `${suite.namespace}-${name}`);

/** What kubectl says about the experiment, and whether the API server would take it. */
async function dryRun(by: User, spec: SpecParts) {
  const stdin = dump(anExperiment('asked', { duration: '5s', ...spec }));
  const args = ['-n', suite.namespace, 'create', '--dry-run=server', '-f', '-'];
  const { exitCode, stderr } = await by.kubectl(args, { stdin });
  return { taken: exitCode === 0, stderr };
}

/** The API server itself does not check requesters until what is returned is called. */
async function withoutRequesterPolicy(): Promise<() => Promise<void>> {
  const [kind, name] = ['ValidatingAdmissionPolicyBinding', 'squall-requester'] as const;
  const { metadata, ...binding } = await suite.cluster.read<KubernetesObject>(kind, '', name);
  await suite.cluster.remove(kind, '', name);
  return async () => {
    const { labels } = metadata;
    await suite.cluster.create(kind, '', { ...binding, metadata: { name, labels } });
  };
}

test('without the requester policy, the webhook itself refuses who may not inject, and names every namespace', async () => {
  const nowhere = await user('nowhere').may(suite.namespace, [ASK]);
  const targets = { podNames: ['none'], namespaces: [suite.namespace, 'default', 'elsewhere'] };
  const byPolicy = async () =>
    (await dryRun(nowhere, { targets })).stderr.includes("'squall-requester'");
  expect(await byPolicy()).toBe(true);
  const restore = await withoutRequesterPolicy();
  try {
    await awaitCondition('the policy is off', async () => !(await byPolicy()), {
      withinMs: 60_000,
    });
    const { taken, stderr } = await dryRun(nowhere, { targets });
    expect(taken).toBe(false);
    expect(stderr).toContain('admission webhook "chaosexperiments.squall.dev" denied the request');
    expect(stderr).toContain(
      `spec.targets.namespaces: user ${nowhere.name} may not patch pods/ephemeralcontainers in ` +
        `${suite.namespace}, default, elsewhere, which an experiment does there`,
    );
    // Nobody checks requesters in other namespaces now, so nobody gets in there.
    expect(stderr).toContain('which does not check the rights of requesters');
  } finally {
    await restore();
    await awaitCondition('the policy is on', byPolicy, { withinMs: 60_000 });
  }
});

test('warnings name pods to those who may list them, and to nobody else', async () => {
  const listing = await user('listing').may(suite.namespace, [ASK, INJECT, LIST]);
  const blind = await user('blind').may(suite.namespace, [ASK, INJECT]);
  const labels = { group: 'warned' };
  await suite.pods(['pod-shown', 'pod-marked'], { labels });
  await suite.cluster.patch('Pod', suite.namespace, 'pod-marked', {
    metadata: { labels: { 'squall.dev/exclude': 'true' } },
  });
  const targets = { selector: { matchLabels: labels }, count: '50%' };
  const answer = async (by: User) => {
    const { taken, stderr } = await dryRun(by, { targets });
    expect(taken).toBe(true);
    return stderr.trim().split('\n');
  };
  await awaitCondition(
    'the webhook knows the mark',
    async () => (await answer(listing)).some((line) => line.includes('Excluded')),
    { withinMs: 10_000 },
  );
  expect(await answer(listing)).toEqual([
    `Warning: would hit 1 of 2 matching pods: ${suite.namespace}/pod-shown`,
    `Warning: leaves out 1, Excluded: ${suite.namespace}/pod-marked`,
  ]);
  expect(await answer(blind)).toEqual([
    'Warning: would hit 1 of 2 matching pods',
    'Warning: leaves out 1, Excluded',
  ]);
});

test('while the webhook is dead nothing comes in, and all that runs can end', async () => {
  const names = ['ends', 'stopped', 'deleted', 'halted'] as const;
  const pods = await suite.pods(names);
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  const start = (name: string, spec: Omit<SpecParts, 'targets'>) =>
    suite.experiment(name, { targets: { podNames: [name] }, ...spec });
  const [stopped, deleted, halted] = await Promise.all(
    (['stopped', 'deleted', 'halted'] as const).map((name) => start(name, { duration: '10m' })),
  );
  const promised = await suite.experiment('promised', {
    targets: { podNames: ['ends'] },
    duration: '10m',
    dryRun: true,
  });
  await Promise.all([stopped!, deleted!, halted!].map((one) => one.phase('Running')));
  const ends = await start('ends', { duration: '60s' });
  await ends.phase('Running');

  const webhook = new Webhook(suite.cluster);
  const policies = new Policies(suite.cluster);
  const policy = suite.namespace;
  try {
    await webhook.end();
    const unanswered = {
      status: 500,
      message: expect.stringContaining('failed calling webhook "chaosexperiments.squall.dev"'),
    };
    const asked = Date.now();
    await expect(start('late', { duration: '10s' })).rejects.toMatchObject(unanswered);
    const refused = Date.now() - asked;
    await expect(promised.change({ dryRun: false })).rejects.toMatchObject(unanswered);
    expect((await ends.status()).phase, 'it outlives the webhook').toBe('Running');

    await stopped!.annotate({ 'squall.dev/stop': 'nobody is there' });
    await deleted!.delete();
    const [byStop, byDeletion] = await Promise.all(
      [pods[1]!, pods[2]!].map((pod) => suite.awaitClean(pod, 10_000)),
    );
    expect((await stopped!.phase('Aborted')).message).toContain('nobody is there');
    await deleted!.gone(10_000);

    await ends.phase('Completed');
    await ends.until(
      'its finalizer is gone',
      (_, { metadata }) => (metadata.finalizers ?? []).length === 0,
      5_000,
    );
    await ends.delete();
    await ends.gone(5_000);

    const [, byHalt] = await Promise.all([
      policies.set(policy, { halt: true }),
      suite.awaitClean(pods[3]!, 10_000),
    ]);
    expect((await halted!.phase('Aborted')).message).toContain(`halted by SafetyPolicy ${policy}`);
    console.log(
      `webhook dead: refused after ${refused} ms; clean ${byStop} ms after a stop, ${byDeletion} ms after a deletion, ${byHalt} ms after halt`,
    );
  } finally {
    await webhook.begin();
    await policies.remove(policy);
  }
  expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
  expect(await suite.existing('late').find()).toBeUndefined();
});

test('another certificate, and other pods, cost not one request', {
  timeout: 480_000,
}, async () => {
  const webhook = new Webhook(suite.cluster);
  const old = new Set((await webhook.replicas()).map(({ name }) => name));
  const load = new DryRunLoad(inject('lab').kubeconfig, suite.namespace, 4);
  const began = Date.now();
  await webhook.rotate(suite.namespace);
  const rotated = Date.now();
  await webhook.restart();
  const rolled = Date.now();
  await awaitCondition(
    'the old pods are gone',
    async () => (await webhook.replicas()).every(({ name }) => !old.has(name)),
    { withinMs: 60_000 },
  );
  const { codes, failures, slowestMs, seconds } = await load.end();
  const requests = codes['201'] ?? 0;
  console.log(
    `certificate rotated in ${Math.round((rotated - began) / 1_000)} s, pods rolled in ` +
      `${Math.round((rolled - rotated) / 1_000)} s: ${requests} dry-run creates in ${Math.round(seconds)} s ` +
      `on 4 connections, ${failures.length} failed, the slowest took ${slowestMs} ms`,
  );
  expect(failures).toEqual([]);
  expect(codes).toEqual({ 201: requests });
  expect(requests / seconds, 'several a second').toBeGreaterThan(3);
});

test('1,000 bodies, good and bad, are answered as they deserve', { timeout: 480_000 }, async () => {
  const webhook = new Webhook(suite.cluster);
  const before = await webhook.replicas();
  const { ip, ca } = await webhook.endpoint();
  const agent = new Agent({ connections: 4, connect: { ca, servername: webhook.serverName } });
  const wrong: string[] = [];
  const codes: Record<number, number> = {};
  const memory = [await webhook.memory()];
  const bodies = fuzzBodies(1, 1_000);
  let next = 0;
  const send = async () => {
    for (let n = next++; n < bodies.length; n = next++) {
      const { what, contentType, expected, bytes } = bodies[n]!;
      const { statusCode, body } = await agent.request({
        origin: `https://${ip}`,
        path: '/validate',
        method: 'POST',
        headers: { 'content-type': contentType },
        body: bytes(),
      });
      const text = await body.text();
      codes[statusCode] = (codes[statusCode] ?? 0) + 1;
      const { message } = JSON.parse(text) as { message?: string };
      if (!expected.includes(statusCode) || (statusCode >= 500 && !message))
        wrong.push(`${n}, ${what}: ${statusCode} instead of ${expected.join(' or ')}: ${text}`);
      if (n % 50 === 0) memory.push(await webhook.memory());
    }
  };
  try {
    await Promise.all([send(), send(), send(), send()]);
  } finally {
    await agent.destroy();
  }
  memory.push(await webhook.memory());
  const largest = Math.max(...memory.flat());
  console.log(
    `1,000 bodies: answers ${JSON.stringify(codes)}; resident memory of the replicas before ` +
      `${memory[0]!.join(' and ')} MB, at most ${largest} MB, after ${memory.at(-1)!.join(' and ')} MB`,
  );
  expect(wrong).toEqual([]);
  expect(await webhook.replicas(), 'none has crashed').toEqual(before);
  expect(largest, 'MB, of a limit of 512 MiB').toBeLessThan(300);
});
