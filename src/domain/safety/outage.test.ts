import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { anExperiment } from '../lifecycle/experiment.builder.ts';
import { outages } from './outage.ts';

const LIMIT = { value: 40 };
const { lossPercentage: _, ...bare } = anExperiment().spec;

const percentage = fc.integer({ min: 0, max: 100 });
const values = fc.record(
  {
    lossPercentage: percentage,
    corruptPercentage: percentage,
    rate: fc.constantFrom('800bit', '7999bit', '8kbit', '1mbit'),
    latency: fc.constantFrom('0ms', '100ms', '10s', '10001ms', '60s'),
  },
  { requiredKeys: [] },
);
const specs = fc
  .record({ spec: values, steps: fc.array(values, { maxLength: 4 }) })
  .map(({ spec, steps }) => ({
    spec: { ...bare, ...spec } satisfies ChaosExperimentSpec,
    steps: steps.map((step, index) => ({ at: `${index}s`, ...step })),
  }));

/** What is wrong, without where in the spec. */
const causes = (spec: ChaosExperimentSpec) =>
  outages(spec, LIMIT).map(({ field, passes }) => [field.replace(/^.*\./, ''), passes].join(' '));

describe('outages', () => {
  it('of a profile are those of its moments, one for each cause', () => {
    fc.assert(
      fc.property(specs, ({ spec, steps }) => {
        const moments = [spec, ...steps.map(({ at: _at, ...step }) => ({ ...spec, ...step }))];
        const kinds = (all: readonly string[]) =>
          new Set(all.map((cause) => cause.replace(/^(loss|corrupt)Percentage.*/, 'lost')));
        const together = causes({ ...spec, profile: steps });
        expect(kinds(together)).toEqual(kinds(moments.flatMap(causes)));
        expect(together).toHaveLength(kinds(together).size);
      }),
    );
  });

  it('are told at a field that the spec has, or has by default', () => {
    fc.assert(
      fc.property(specs, ({ spec, steps }) => {
        for (const { field } of outages({ ...spec, profile: steps }, LIMIT)) {
          const [, step, name = ''] = /^spec(?:\.profile\[(\d)\])?\.(\w+)$/.exec(field) ?? [];
          const place = step === undefined ? spec : steps[Number(step)];
          expect([...Object.keys(place ?? {}), 'lossPercentage']).toContain(name);
        }
      }),
    );
  });
});
