import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    ]) {
      expect(targetsHash(other)).not.toBe(targetsHash(base));
    }
  });
});
