import { beforeAll, expect, test } from 'vitest';
import { controllerRules } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { INJECTOR_IMAGE } from '../../support/controller-process.ts';
import { onNode } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('image-pull', { ownController: true });

/** The installed controller's account may inject the installed image only. */
let kubeconfig: string;
beforeAll(async () => {
  kubeconfig = await suite.account('any-image', await controllerRules(suite.cluster));
});

const INJECTION_TIMEOUT_S = 40;
/** A run is held so long beyond its injectionTimeout, for clocks that differ. */
const ALLOWANCE_S = 30;

/** Until so long after the experiment was created. */
function untilAge(createdMs: number, ms: number): Promise<true> {
  return awaitCondition('the time has come', () => Date.now() - createdMs >= ms, {
    withinMs: ms + 1_000,
    everyMs: 10,
  });
}

test('an image that can be pulled only after the run was deleted makes no fault without its object', async () => {
  const image = `squall.local/injector:late-${suite.namespace}`;
  await (await suite.controller({ kubeconfig, injectorImage: image })).ready();
  const pod = await suite.newPod('late');
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment('late', {
    targets: { podNames: ['late'] },
    duration: '10m',
    injectionTimeout: `${INJECTION_TIMEOUT_S}s`,
  });
  suite.atEnd(async () => {
    await onNode(`ctr -n k8s.io images rm ${image}`);
  });

  await untilAge(experiment.createdMs, 5_000);
  expect((await experiment.status()).phase).toBe('Injecting');
  await experiment.delete();
  await untilAge(experiment.createdMs, 20_000);
  expect(await experiment.find(), 'the container may still start').toBeDefined();
  await onNode(`ctr -n k8s.io images tag ${INJECTOR_IMAGE} ${image}`);

  const limit = (INJECTION_TIMEOUT_S + ALLOWANCE_S) * 1_000;
  const gone = await experiment.gone(limit);
  expect(gone - experiment.createdMs).toBeLessThanOrEqual(limit);
  const { offsetMs, uncertaintyMs } = await suite.watch.clockOffset();
  for (const { to } of suite.watch.faults(pod.ip))
    expect(to).toBeLessThanOrEqual(gone + offsetMs + uncertaintyMs);
  expect(await suite.watch.residue(pod.ip)).toBe(before);
  console.log(
    `image pullable after 20 s, deleted at 5 s: gone ${gone - experiment.createdMs} ms after it was created`,
  );

  // An agent that starts after its time does nothing, so the pod stays as it is although its container may run now.
  await awaitCondition(
    'the container has ended, or can never have an effect any more',
    async () => {
      const [status] = (await suite.readPod('late')).status.ephemeralContainerStatuses ?? [];
      return status?.state?.terminated !== undefined || Date.now() - experiment.createdMs > limit;
    },
    { withinMs: limit },
  );
  expect(suite.watch.active(pod.ip)).toEqual([]);
});

test('an image that cannot be pulled fails the run and says so', async () => {
  await (
    await suite.controller({
      kubeconfig,
      injectorImage: 'squall.local/injector:none',
      shard: `${suite.namespace}-none`,
    })
  ).ready();
  const pod = await suite.newPod('never');
  const experiment = await suite.experiment(
    'never',
    { targets: { podNames: ['never'] }, duration: '10s', injectionTimeout: '8s' },
    `${suite.namespace}-none`,
  );
  const status = await experiment.ended();
  expect(status.phase).toBe('Failed');
  expect(status.pods?.[0]).toMatchObject({ state: 'Failed', reason: 'ImagePull' });
  expect(status.summary).toMatchObject({ injected: 0, pods: '0/1' });
  expect(suite.watch.faults(pod.ip)).toEqual([]);
  const asked = Date.now();
  await experiment.delete();
  expect((await experiment.gone(5_000)) - asked).toBeLessThan(5_000);
});
