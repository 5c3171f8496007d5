import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsInForce } from '../safety/limits.ts';
import { aPeerWorld, aService } from '../peers/world.builder.ts';
import { aContainer, aPod } from './pod.builder.ts';
import type { Pod } from './pod.ts';
import { type PlanInput, planPods, targetsHash } from './plan.ts';

const input = (parts: Partial<PlanInput>): PlanInput => ({
  namespace: 'shop',
  name: 'loss',
  targets: { selector: { matchLabels: { app: 'web' } }, count: '100%' },
  seed: undefined,
  pods: [],
  faultedBy: () => undefined,
  promised: () => false,
  namespaces: { get: () => undefined },
  services: aPeerWorld(),
  limits: limitsInForce([], { requesterChecked: true }),
  ...parts,
});
const names = (pods: readonly Pod[]) => pods.map((pod) => pod.metadata.name).sort();
const webs = (n: number) => Array.from({ length: n }, (_, i) => aPod({ name: `web-${i}` }));

describe('planPods', () => {
  const used = Array.from({ length: 9 }, (_, i) =>
    aContainer({ name: `squall-0123456789-${i}`, env: { SQUALL_UID: 'x' } }),
  );
  it.each<[string, Partial<Parameters<typeof aPod>[0]>, string]>([
    ['a pod that is being deleted', { terminating: true }, 'Terminating'],
    ['a Pending pod', { phase: 'Pending' }, 'NotRunning'],
    ['a Succeeded pod', { phase: 'Succeeded' }, 'NotRunning'],
    [
      "a pod on the node's network, even a Pending one",
      { hostNetwork: true, phase: 'Pending' },
      'HostNetwork',
    ],
    ['a static pod', { mirror: true }, 'StaticPod'],
    ['a Windows pod', { windows: true }, 'Windows'],
    ['a pod that carries the exclusion', { excluded: true }, 'Excluded'],
    ['a pod that targets.exclude matches', { labels: { app: 'web', keep: 'yes' } }, 'Excluded'],
    [
      'a pod of Squall itself',
      { labels: { app: 'web', 'app.kubernetes.io/name': 'squall' } },
      'OwnPod',
    ],
    [
      'a pod whose budget of containers is used up but for the reaper',
      { ephemeralContainers: used },
      'BudgetExhausted',
    ],
  ])('rejects %s', (_name, parts, reason) => {
    const targets = {
      selector: { matchLabels: { app: 'web' } },
      exclude: { matchLabels: { keep: 'yes' } },
      count: 1,
    };
    const { plan, selected } = planPods(input({ targets, pods: [aPod(parts)] }));
    expect(selected).toEqual([]);
    expect(plan).toMatchObject({ matched: 1, eligible: 0, selected: 0 });
    expect(plan.rejected).toEqual([{ reason, count: 1, examples: ['shop/web'] }]);
  });

  it('takes a pod with a kubectl-debug container and eight of ours', () => {
    const debug = aContainer({ name: 'debugger-x7k2p' });
    const pod = aPod({ ephemeralContainers: [debug, ...used.slice(1)] });
    expect(planPods(input({ pods: [pod] })).selected).toEqual([pod]);
  });

  it('names the experiment that holds a pod already', () => {
    const planned = planPods(
      input({
        pods: webs(2),
        faultedBy: (pod) => (pod.metadata.name === 'web-0' ? 'shop/other' : undefined),
      }),
    );
    expect(names(planned.selected)).toEqual(['web-1']);
    expect(planned.plan.rejected).toEqual([
      { reason: 'AlreadyFaulted', count: 1, examples: ['shop/web-0 (by shop/other)'] },
    ]);
    expect(planned).toMatchObject({ running: 2, faulted: 1 });
  });

  it('counts every pod that it rejects, and names the first three of each reason in order', () => {
    const pods = [9, 2, 7, 8, 4, 0, 5].map((n) =>
      aPod({ name: `web-${n}`, ...(n % 2 === 0 ? { excluded: true } : { hostNetwork: true }) }),
    );
    const targets = { podNames: ['nobody', ...pods.map((pod) => pod.metadata.name)], count: 1 };
    expect(planPods(input({ targets, pods })).plan.rejected).toEqual([
      { reason: 'Excluded', count: 4, examples: ['shop/web-0', 'shop/web-2', 'shop/web-4'] },
      { reason: 'HostNetwork', count: 3, examples: ['shop/web-5', 'shop/web-7', 'shop/web-9'] },
      { reason: 'NotFound', count: 1, examples: ['nobody'] },
    ]);
  });

  it('wants both selector and podNames where both are given, and says which names are not there', () => {
    const targets = {
      selector: { matchLabels: { app: 'web' } },
      podNames: ['web-1', 'db', 'nobody'],
      count: '100%',
    };
    const pods = [...webs(3), aPod({ name: 'db', labels: { app: 'db' } })];
    const planned = planPods(input({ targets, pods }));
    expect(names(planned.selected)).toEqual(['web-1']);
    expect(planned.plan.rejected).toEqual([{ reason: 'NotFound', count: 1, examples: ['nobody'] }]);
  });

  it('wants all of selector, podNames, service and workload where they are given', () => {
    const owner = { kind: 'StatefulSet', name: 'web', uid: 'o-1' };
    const labels = { app: 'web', tier: 'front' };
    const all = aPod({ name: 'web-0', labels, owner });
    const pods = [
      all,
      aPod({ name: 'web-1', labels, owner }),
      aPod({ name: 'web-0', labels, owner, namespace: 'bank', uid: 'elsewhere' }),
      aPod({ name: 'web-2', labels: { app: 'web' }, owner }),
      aPod({ name: 'web-3', labels: { tier: 'front' }, owner }),
      aPod({ name: 'web-4', labels }),
    ];
    const targets = {
      selector: { matchLabels: { tier: 'front' } },
      podNames: pods.map((pod) => pod.metadata.name).filter((name) => name !== 'web-1'),
      service: { name: 'web' },
      workload: { kind: 'StatefulSet' as const, name: 'web' },
      namespaces: ['shop', 'bank'],
      count: '100%',
    };
    const services = aPeerWorld({ services: [aService({ name: 'web' })] });
    const planned = planPods(input({ targets, pods, services }));
    expect(planned.selected).toEqual([all]);
    expect(planned.plan).toMatchObject({ matched: 1, rejected: [] });
  });

  it('says which Service and which workload is not there', () => {
    const targets = {
      service: { name: 'web' },
      workload: { kind: 'Deployment' as const, name: 'web' },
      count: 1,
    };
    const planned = planPods(input({ targets, pods: webs(2) }));
    expect(planned.selected).toEqual([]);
    expect(planned.plan.rejected).toEqual([
      { reason: 'NotFound', count: 2, examples: ['deployment web', 'service web'] },
    ]);
  });

  it('looks into the own namespace only, unless others are named', () => {
    const pods = [aPod({ name: 'here' }), aPod({ name: 'there', namespace: 'other' })];
    expect(names(planPods(input({ pods })).selected)).toEqual(['here']);
    const targets = { selector: { matchLabels: { app: 'web' } }, namespaces: ['other'], count: 5 };
    expect(names(planPods(input({ pods, targets })).selected)).toEqual(['there']);
  });

  it.each<[number | string, number, number]>([
    [1, 3, 1],
    [5, 3, 3],
    ['30%', 10, 3],
    ['30%', 9, 2],
    ['1%', 3, 1],
    ['100%', 4, 4],
  ])('count %s of %d pods is %d', (count, of, expected) => {
    const targets = { selector: { matchLabels: { app: 'web' } }, count };
    expect(planPods(input({ targets, pods: webs(of) })).selected).toHaveLength(expected);
  });

  it('keeps what an earlier dry run promised when pods were added since', () => {
    const targets = { selector: { matchLabels: { app: 'web' } }, count: 1 };
    const [promised] = planPods(input({ targets, pods: webs(1) })).selected;
    const later = planPods(
      input({
        targets,
        pods: webs(30),
        promised: (pod) => pod === promised || pod.metadata.uid === promised?.metadata.uid,
      }),
    );
    expect(names(later.selected)).toEqual(['web-0']);
  });

  const pods = fc
    .uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 20 })
    .map((ids) => ids.map((id) => aPod({ name: `web-${id}` })));
  it('chooses the same pods in whatever order they are listed', () => {
    fc.assert(
      fc.property(
        pods,
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.nat()),
        (list, count, noise) => {
          const shuffled = list
            .map((pod) => ({ pod, key: noise.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ pod }) => pod);
          const targets = { selector: { matchLabels: { app: 'web' } }, count };
          expect(planPods(input({ targets, pods: shuffled })).selected).toEqual(
            planPods(input({ targets, pods: list })).selected,
          );
        },
      ),
    );
  });

  it('never chooses more than asked, and loses at most one of the others when one pod is replaced', () => {
    fc.assert(
      fc.property(pods, fc.integer({ min: 1, max: 20 }), (list, count) => {
        const targets = { selector: { matchLabels: { app: 'web' } }, count };
        const before = names(planPods(input({ targets, pods: list })).selected);
        expect(before.length).toBe(Math.min(count, list.length));
        const replaced = [...list.slice(1), aPod({ name: 'web-new' })];
        const after = new Set(names(planPods(input({ targets, pods: replaced })).selected));
        const lost = before.filter((name) => name !== list[0]?.metadata.name && !after.has(name));
        expect(lost.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('targetsHash', () => {
  it('does not depend on the order of keys, but on the name, the targets and the seed', () => {
    const base = {
      namespace: 'shop',
      name: 'loss',
      targets: { count: 1, podNames: ['a'] },
      seed: undefined,
    };
    expect(targetsHash({ ...base, targets: { podNames: ['a'], count: 1 } })).toBe(
      targetsHash(base),
    );
    for (const other of [
      { ...base, name: 'x' },
      { ...base, seed: 'x' },
      { ...base, targets: { count: 2, podNames: ['a'] } },
      { ...base, targets: { count: 1, podNames: ['a'], service: { name: 'a' } } },
    ]) {
      expect(targetsHash(other)).not.toBe(targetsHash(base));
    }
  });
});
