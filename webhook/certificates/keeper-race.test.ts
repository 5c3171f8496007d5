import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { lifetimeMs, Replicas } from './test-replicas.ts';

vi.setConfig({ testTimeout: 120_000 });

it.each([1, 2])(
  'of two replicas that race, one issuance wins for each rotation (seed %i)',
  async (seed) => {
    const replicas = new Replicas(2, seed);
    await replicas.advance(30_000);
    expect(replicas.ready).toEqual([true, true]);
    await replicas.advance(4 * lifetimeMs);
    const { issuances, promotions, objects } = replicas;
    // Each 2/3 of a lifetime after the issuance of the one before, and then until it was trusted for 30 s.
    expect(promotions).toBeGreaterThanOrEqual(5);
    expect(promotions).toBeLessThanOrEqual(6);
    expect(issuances).toBe(1 + promotions + (objects.secret?.data['next.crt'] ? 1 : 0));
    expect(replicas.violations).toEqual([]);
    await replicas.stop();
  },
);

it('takes up what the Secret has within seconds, in all replicas', async () => {
  const replicas = new Replicas(3, 1);
  await replicas.advance(30_000);
  const [first, ...others] = replicas.served;
  expect(first?.cert).toBe(replicas.objects.secret?.data['tls.crt']);
  expect(others).toEqual([first, first]);
  await replicas.stop();
});

const kinds = [
  'rotate',
  'restart',
  'empty',
  'delete',
  'breakKey',
  'breakNext',
  'overwrite',
] as const;
type Kind = (typeof kinds)[number];

/** What holds up a rotation; too many in a row would let the certificate expire. */
const delaying: ReadonlySet<Kind> = new Set<Kind>([
  'empty',
  'delete',
  'breakKey',
  'breakNext',
  'overwrite',
]);

function happen(kind: Kind, which: number, replicas: Replicas): void {
  const { objects } = replicas;
  const { data = {}, annotations = {} } = objects.secret ?? {};
  switch (kind) {
    case 'rotate':
      objects.setSecret({ data, annotations: { ...annotations, 'squall.dev/rotate': `${which}` } });
      break;
    case 'restart':
      replicas.restart(which % 2);
      break;
    case 'empty':
      objects.setSecret({ data: {}, annotations: {} });
      break;
    case 'delete':
      objects.setSecret(undefined);
      break;
    case 'breakKey':
      objects.setSecret({ data: { ...data, 'tls.key': 'x' }, annotations });
      break;
    case 'breakNext':
      objects.setSecret({ data: { ...data, 'next.crt': 'x' }, annotations });
      break;
    case 'overwrite':
      replicas.overwrite();
      break;
  }
}

it('serves only what is trusted, whatever happens to the objects and whoever is restarted', async () => {
  const event = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 15_000 }), fc.integer({ min: 0, max: 150_000 })),
    kind: fc.oneof(fc.constant('rotate' as const), fc.constantFrom(...kinds)),
    which: fc.nat(1_000_000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(event, { minLength: 5, maxLength: 20 }),
      async (seed, events) => {
        const replicas = new Replicas(2, seed);
        await replicas.advance(30_000);
        let delayedAt = 0;
        for (const { afterMs, kind, which } of events) {
          await replicas.advance(afterMs);
          const now = replicas.clock.now();
          if (delaying.has(kind) && now - delayedAt < 150_000) continue;
          if (delaying.has(kind)) delayedAt = now;
          happen(kind, which, replicas);
        }
        await replicas.advance(lifetimeMs);
        expect(replicas.violations).toEqual([]);
        expect(replicas.ready).toEqual([true, true]);
        await replicas.stop();
      },
    ),
    { numRuns: 5 },
  );
});
