import { expect, test } from 'vitest';
import { binomialRange } from '../../support/binomial.ts';
import { counted } from '../../support/experiment.ts';
import { onNode } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';
import { measure } from '../../support/traffic.ts';

const suite = useSuite('netem-missing');

const FLOW = { packets: 20_000, rate: 4_000 };

/** Packets of the pod's own, such as those of its shell, that may come beside those of a flow. */
const STRAY_PACKETS = 30;

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

test('on a node without netem a latency fails and says so, leaves nothing, and can be deleted', async () => {
  await removeNetem();
  const pod = await suite.newPod('bare');
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment('bare', {
    action: 'pod-network-delay',
    targets: { podNames: ['bare'] },
    latency: '100ms',
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

  // The same node, and a loss, which can be had without it.
  const endpoint = suite.endpoint(pod);
  const loss = await suite.experiment('lossy', {
    targets: { podNames: ['bare'] },
    lossPercentage: 20,
    duration: '2m',
  });
  const running = await loss.phase('Running');
  expect(running.pods?.[0]).toMatchObject({ state: 'Injected', engine: 'bpf' });
  const egress = await measure(endpoint, suite.host, FLOW);
  const ingress = await measure(suite.host, endpoint, FLOW);
  for (const { sent, lost } of [egress, ingress]) {
    const { low, high } = binomialRange(sent, 0.2);
    expect(lost).toBeGreaterThanOrEqual(low);
    expect(lost).toBeLessThanOrEqual(high);
  }
  await loss.annotate({ 'squall.dev/stop': 'measured' });
  const ended = await loss.ended();
  expect(ended).toMatchObject({ phase: 'Aborted', summary: { recovered: 1 } });
  const counts = counted(ended.pods![0]!, 'egress');
  expect(counts.lost).toBeGreaterThanOrEqual(egress.lost);
  expect(counts.lost).toBeLessThanOrEqual(egress.lost + STRAY_PACKETS);
  expect(await suite.watch.residue(pod.ip)).toBe(before);
});
