import { expect, test } from 'vitest';
import type {
  ChaosExperimentStatus,
  Targets,
} from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { condition } from '../../support/experiment.ts';
import { squallContainers } from '../../support/pod.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('dry-run');

const named = (status: ChaosExperimentStatus) => (status.pods ?? []).map(({ name }) => name).sort();

const selections: {
  readonly it: string;
  readonly targets: (group: string) => Partial<Targets>;
  readonly seed?: string;
  readonly selected: number;
}[] = [
  { it: 'a label', targets: (group) => ({ selector: { matchLabels: { group } } }), selected: 1 },
  {
    it: 'an expression and a number',
    targets: (group) => ({
      selector: {
        matchExpressions: [
          { key: 'group', operator: 'In', values: [group] },
          { key: 'odd', operator: 'Exists' },
        ],
      },
      count: 1,
    }),
    selected: 1,
  },
  {
    it: 'a percentage',
    targets: (group) => ({ selector: { matchLabels: { group } }, count: '50%' }),
    selected: 2,
  },
  {
    it: 'names and a seed',
    targets: (group) => ({ podNames: [0, 1, 2, 3].map((n) => `${group}-${n}`), count: 3 }),
    seed: 'a seed',
    selected: 3,
  },
  {
    it: 'an exclusion',
    targets: (group) => ({
      selector: { matchLabels: { group } },
      exclude: { matchLabels: { odd: 'yes' } },
      count: 1,
    }),
    selected: 1,
  },
];

test.concurrent.each(selections.map((selection, index) => ({ ...selection, index })))(
  'by $it: the dry run names exactly the pods that the real run then hits',
  async ({ targets, seed, selected, index }) => {
    const group = `group-${index}`;
    const partsOf = (n: number) => ({ labels: { group, ...(n < 2 && { odd: 'yes' }) } });
    const names = [0, 1, 2, 3].map((n) => `${group}-${n}`);
    const pods = new Map<string, TestPod>();
    const create = async (name: string) =>
      pods.set(name, await suite.newPod(name, partsOf(names.indexOf(name))));
    await Promise.all(names.map(create));
    const hit = () => names.filter((name) => suite.watch.faults(pods.get(name)!.ip).length > 0);
    const read = () => Promise.all(names.map((name) => suite.readPod(name)));
    // What a controller could change; the kubelet goes on writing the status by itself.
    const asWritten = async () =>
      (await read()).map(({ metadata: { uid, labels, annotations }, spec }) => ({
        uid,
        labels,
        annotations,
        spec,
      }));

    for (const replaced of [false, true]) {
      const already = new Set(hit());
      const before = await asWritten();
      const experiment = await suite.experiment(`${group}-${replaced ? 'replaced' : 'as-is'}`, {
        targets: targets(group),
        duration: '1s',
        dryRun: true,
        ...(seed && { seed }),
      });
      const planned = await experiment.phase('Planned');
      expect(condition(planned, 'Accepted')).toMatchObject({ status: 'True', reason: 'DryRun' });
      expect(planned.startTime).toBeUndefined();
      const promised = named(planned);
      expect(promised).toHaveLength(selected);
      expect(await asWritten(), 'a dry run changes no pod').toEqual(before);

      if (replaced) {
        const other = names.find((name) => !promised.includes(name))!;
        already.delete(other);
        await suite.cluster.remove('Pod', suite.namespace, other);
        await suite.waitGone(pods.get(other)!);
        await create(other);
      }
      await experiment.change({ dryRun: false });
      const status = await experiment.phase('Completed');
      expect(named(status)).toEqual(promised);
      const containers = (await read()).map(squallContainers);
      const injected = names.filter((_, n) => containers[n]!.includes(status.run!.container));
      expect(injected).toEqual(promised);
      expect(hit()).toEqual(names.filter((name) => already.has(name) || promised.includes(name)));
    }
  },
);
