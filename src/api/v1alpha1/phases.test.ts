import { expect, test } from 'vitest';
import { FINAL_PHASES, isFinal, PHASES } from './phases.ts';
import { chaosExperimentSchema } from './chaos-experiment-schema.generated.ts';

test('the phases are those of the CRD, in its order', () => {
  expect(PHASES).toEqual([...chaosExperimentSchema.properties.status.properties.phase.enum]);
});

test('exactly the last three phases are final', () => {
  expect(PHASES.filter(isFinal)).toEqual([...FINAL_PHASES]);
  expect(PHASES.slice(-3)).toEqual([...FINAL_PHASES]);
});

test('a run without a phase is not over', () => {
  expect(isFinal(undefined)).toBe(false);
});
