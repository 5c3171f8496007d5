import { expect, test } from 'vitest';
import { onNode } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('netem-missing');

/** Takes sch_netem away from the node's kernel until the suite ends, however far this comes. */
async function removeNetem(): Promise<void> {
  const file = (await onNode('find /lib/modules/$(uname -r) -name "sch_netem.ko*"')).trim();
  expect(file).not.toBe('');
  const hidden = '/var/lib/sch_netem.hidden';
  suite.atEnd(async () => {
    await onNode(`if [ -e ${hidden} ]; then mv ${hidden} ${file}; fi && modprobe sch_netem`);
  });
  await onNode(
    `mv ${file} ${hidden} && if lsmod | grep -q '^sch_netem '; then rmmod sch_netem; fi`,
  );
}

test('on a node without netem the run fails and says so, leaves nothing, and can be deleted', async () => {
  await removeNetem();
  const pod = await suite.newPod('bare');
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment('bare', {
    targets: { podNames: ['bare'] },
    duration: '10s',
  });
  const status = await experiment.ended();
  expect(status.phase).toBe('Failed');
  expect(status.pods?.[0]).toMatchObject({ state: 'Failed', reason: 'NetemUnavailable' });
  expect(status.summary).toMatchObject({ injected: 0, pods: '0/1' });
  expect(suite.watch.faults(pod.ip)).toEqual([]);
  expect(await suite.watch.residue(pod.ip)).toBe(before);
  const asked = Date.now();
  await experiment.delete();
  expect((await experiment.gone(5_000)) - asked).toBeLessThan(5_000);
});
