import { expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { deploy } from '../../support/deployment.ts';
import { whileHeld } from '../../support/held.ts';
import { nodeAtRest } from '../../support/lab.ts';
import { expectLosses, lossOf } from '../../support/losses.ts';
import { isReady, type Pod } from '../../support/pod.ts';
import { newService } from '../../support/service.ts';
import { type Suite, type TestPod, useSuite } from '../../support/suite.ts';
import { measure } from '../../support/traffic.ts';

const suite = useSuite('peers-rolling');

/** What a change in the cluster may take until the agents know of it, in milliseconds. */
const FOLLOWED_MS = 5_000;

const lost = (from: TestPod, to: TestPod) => lossOf(suite.endpoint(from), suite.endpoint(to));

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** Waits until the Service leads to a pod that is none of those known, and returns it with our time of that. */
async function newEndpoint(service: string, known: readonly string[]) {
  const probe = async () => {
    const slices = await suite.cluster.list<Slice>('EndpointSlice', suite.namespace, {
      labelSelector: `kubernetes.io/service-name=${service}`,
    });
    return slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready === true)
      .flatMap(({ addresses }) => addresses)
      .find((ip) => ip.includes('.') && !known.includes(ip));
  };
  const ip = await awaitCondition(`a new endpoint of ${service}`, probe, {
    withinMs: 120_000,
    describe: () => suite.describe(),
  });
  return { ip, seenMs: Date.now() };
}

async function podOf({ cluster, namespace }: Suite, ip: string): Promise<string> {
  const all = await cluster.list<Pod>('Pod', namespace);
  const found = all.find((pod) => pod.status.podIP === ip && isReady(pod));
  if (found === undefined) throw new Error(`no pod has ${ip}`);
  return found.metadata.name;
}

test('a rolling update of the peer: within 5 s its new pods are cut off as well, others never', async () => {
  const [rolling, d] = (await suite.pods(['rolling', 'd'])) as [TestPod, TestPod];
  const [first] = (await deploy(suite, 'rolled', 1)) as [TestPod];
  await newService(suite, 'rolled', { app: 'rolled' });
  const old = await newEndpoint('rolled', []);
  await nodeAtRest();
  const spec = {
    lossPercentage: 100,
    peers: [{ service: { name: 'rolled' } }],
    safety: { allowHighLoss: true },
  };
  await whileHeld(suite, rolling, 'rolling', spec, async (_running, experiment) => {
    await expectLosses({ first: [lost(rolling, first), 100], d: [lost(rolling, d), 0] });
    // Somebody who is never hit, all the while.
    const aside = measure(suite.endpoint(rolling), suite.endpoint(d), {
      packets: 6_000,
      rate: 250,
    });
    await suite.cluster.patch('Deployment', suite.namespace, 'rolled', {
      spec: { template: { metadata: { annotations: { update: 'once' } } } },
    });
    const fresh = await newEndpoint('rolled', [old.ip]);
    const second = await suite.pod(await podOf(suite, fresh.ip));
    const flow = await measure(suite.endpoint(rolling), suite.endpoint(second), {
      packets: 2_400,
      rate: 200,
      record: true,
      // To ask the new pod whether it listens would take the processor that the agent is to be told with.
      atOnce: true,
    });
    const { offsetMs } = await suite.watch.clockOffset();
    const last = Math.max(0, ...flow.arrivals.map(({ seq }) => flow.sentUs[seq]! / 1_000));
    const took = Math.round(last - offsetMs - fresh.seenMs);
    console.log(
      last === 0
        ? `rolling update: the new pod was cut off before the first packet, ${Math.round(flow.startMs - offsetMs - fresh.seenMs)} ms after it was an endpoint`
        : `rolling update: the last packet to the new pod was sent ${took} ms after it was an endpoint`,
    );
    const { conditions } = await experiment.status();
    expect(took, JSON.stringify(conditions)).toBeLessThan(FOLLOWED_MS);
    expect(flow.lost).toBeGreaterThan(0.5 * flow.sent);
    await expectLosses({ second: [lost(rolling, second), 100], d: [lost(rolling, d), 0] });
    expect((await aside).lost).toBe(0);
  });
});
